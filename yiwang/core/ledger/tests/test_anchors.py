"""Anchors: the file can be checked by a program that knows nothing of this one; an altered one is refused."""

from __future__ import annotations

import base64
import json
import stat
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django.core import mail

from yiwang.core.ledger import anchors
from yiwang.core.ledger.models import Anchor, Head
from yiwang.core.ledger.tests.helpers import check, codes, some, tamper
from yiwang.kit.refusal import Refusal

DAY = date(2026, 5, 9)


def independent_check(file: Path, public_pem: bytes) -> None:
    """A verifier of its own: standard JSON and Ed25519, not a line of the package."""
    data = json.loads(file.read_text("utf-8"))
    text = json.dumps(data["statement"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    key = load_pem_public_key(public_pem)
    key.verify(base64.b64decode(data["signature"]), b"yiwang-ledger-anchor-1\n" + text.encode())  # type: ignore[union-attr, call-arg]


@pytest.mark.django_db
def test_an_independent_verifier_accepts_the_file_and_refuses_an_altered_one(tmp_path: Path) -> None:
    some(3)
    key = tmp_path / "key.pem"
    anchors.send(anchors.make(day=DAY, key=key), folder=tmp_path, mail="")
    (file,) = tmp_path.glob("anchor-*.json")
    public = anchors.public_pem(key).encode()
    independent_check(file, public)
    file.write_text(file.read_text("utf-8").replace('"seq": 3', '"seq": 2'), "utf-8")
    with pytest.raises(InvalidSignature):
        independent_check(file, public)


@pytest.mark.django_db
def test_the_statement_is_the_head(tmp_path: Path) -> None:
    some(3)
    anchor = anchors.make(day=DAY, key=tmp_path / "key.pem")
    head = Head.objects.get()
    assert (anchor.seq, anchor.hash, anchor.statement["day"]) == (3, head.hash, "2026-05-09")


@pytest.mark.django_db
def test_verify_names_a_wrong_signature(tmp_path: Path) -> None:
    some(3)
    anchor = anchors.make(day=DAY, key=tmp_path / "key.pem")
    public = base64.b64decode(anchor.public_key)
    assert check(anchors=[anchor], public_key=public).ok
    other = base64.b64decode(anchors.make(day=DAY, key=tmp_path / "other.pem").public_key)
    assert codes(check(anchors=[anchor], public_key=other)) == [("ledger.signature", 3)]
    forged = replace(anchor, statement={**anchor.statement, "day": "2026-05-08"})
    assert codes(check(anchors=[forged], public_key=public)) == [("ledger.signature", 3)]


@pytest.mark.django_db
def test_without_a_public_key_it_says_so(tmp_path: Path) -> None:
    some(1)
    report = check(anchors=[anchors.make(day=DAY, key=tmp_path / "key.pem")])
    assert report.ok
    assert any("未验签名" in note for note in report.notes)


@pytest.mark.django_db
def test_the_database_remembers_its_anchors(tmp_path: Path) -> None:
    some(3)
    anchors.keep(anchors.make(day=DAY, key=tmp_path / "key.pem"), sent_to="档案室")
    assert Anchor.objects.get().sent_to == "档案室"
    assert check().anchors == 1
    tamper(f"UPDATE ledger_anchor SET hash = '{'0' * 64}'")
    assert codes(check()) == [("ledger.rebuilt", 3)]


@pytest.mark.django_db
def test_the_mail_carries_hash_and_file(tmp_path: Path) -> None:
    some(2)
    anchor = anchors.make(day=DAY, key=tmp_path / "key.pem")
    assert anchors.send(anchor, folder=None, mail="audit@example.org") == "audit@example.org"
    (message,) = mail.outbox
    assert message.to == ["audit@example.org"]
    assert anchor.hash in str(message.body)
    assert json.loads(str(message.attachments[0][1]))["signature"] == anchor.signature


def test_the_key_is_made_once_and_for_the_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "key.pem"
    first = anchors.public_pem(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert anchors.public_pem(path) == first
    path.chmod(0o644)
    with pytest.raises(Refusal) as caught:
        anchors.private_key(path)
    assert caught.value.code == "ledger.key-open"


@pytest.mark.django_db
def test_an_empty_ledger_has_nothing_to_anchor(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as caught:
        anchors.make(day=DAY, key=tmp_path / "key.pem")
    assert caught.value.code == "ledger.empty"


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"statement": {}, "signature": "", "public_key": ""}', '{"statement": 1}', "\x00"]
)
def test_a_file_that_is_no_anchor_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "anchor.json"
    path.write_text(text, "utf-8")
    with pytest.raises(Refusal) as caught:
        anchors.read(path)
    assert caught.value.code == "ledger.anchor-file"


def test_a_public_key_file_is_read_or_refused(tmp_path: Path) -> None:
    path = tmp_path / "public.pem"
    path.write_text(anchors.public_pem(tmp_path / "key.pem"))
    assert len(anchors.read_public(path)) == 32
    path.write_text("no key")
    with pytest.raises(Refusal) as caught:
        anchors.read_public(path)
    assert caught.value.code == "ledger.key-file"
