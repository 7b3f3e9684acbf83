"""The file of a backup: whole or absent, for the owner only, and refused when anything in it is not as it was."""

from __future__ import annotations

import json
import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest

from yiwang.kit.refusal import Refusal
from yiwang.portal.backup.archive import MANIFEST, Manifest, create, open_backup


def made(path: Path, **members: bytes) -> Manifest:
    manifest = Manifest("sqlite", "2026-05-09T00:00:00+00:00")
    with create(path) as writer:
        for name, data in members.items():
            manifest.members[name] = writer.add(name, [data[:3], data[3:]])
        writer.archive.writestr(MANIFEST, manifest.text())
    return manifest


def refusal(path: Path) -> str:
    with pytest.raises(Refusal) as caught, open_backup(path) as reader:
        reader.check()
    return caught.value.code


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "backup"
    manifest = made(path, one=b"abcdef")
    with open_backup(path) as reader:
        reader.check()
        assert reader.manifest == manifest
        assert b"".join(reader.pieces("one")) == b"abcdef"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_broken_off_backup_leaves_no_file(tmp_path: Path) -> None:
    path = tmp_path / "backup"

    def broken_off() -> None:
        with create(path) as writer:
            writer.add("one", [b"abc"])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken_off()
    assert list(tmp_path.iterdir()) == []


def test_a_backup_is_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "backup"
    path.write_text("mine")
    with pytest.raises(Refusal) as caught:
        made(path)
    assert caught.value.code == "backup.exists"
    assert path.read_text() == "mine"


def rewritten(path: Path, change: Any) -> None:
    """The same backup with other members."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)


def change_manifest(found: dict[str, bytes], /, **values: Any) -> None:
    found[MANIFEST] = json.dumps({**json.loads(found[MANIFEST]), **values}).encode()


def move(members: dict[str, bytes], name: str) -> None:
    listed = json.loads(members[MANIFEST])["members"]
    change_manifest(members, members={name: listed["one"]})


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda m: m.update(one=b"abcdeX"), "backup.broken"),
        (lambda m: m.pop("one"), "backup.broken"),
        (lambda m: m.pop(MANIFEST), "backup.broken"),
        (lambda m: m.update({MANIFEST: b"[]"}), "backup.broken"),
        (lambda m: m.update({MANIFEST: b"{}"}), "backup.broken"),
        (lambda m: change_manifest(m, tables={"x": 1}), "backup.broken"),
        (lambda m: change_manifest(m, format=2), "backup.format"),
        (lambda m: move(m, "../one"), "backup.broken"),
        (lambda m: move(m, "/one"), "backup.broken"),
    ],
)
def test_what_was_altered_is_refused(change: Any, code: str, tmp_path: Path) -> None:
    path = tmp_path / "backup"
    made(path, one=b"abcdef")
    rewritten(path, change)
    assert refusal(path) == code


@pytest.mark.parametrize("data", [b"", b"no archive", b"PK\x03\x04"])
def test_what_is_no_backup_is_refused(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "backup"
    path.write_bytes(data)
    assert refusal(path) == "backup.broken"


def test_whichever_bit_falls_over_it_is_refused_or_harmless(tmp_path: Path) -> None:
    path = tmp_path / "backup"
    manifest = made(path, one=b"abcdef" * 9)
    whole, refused = path.read_bytes(), 0
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        try:
            with open_backup(path) as reader:
                reader.check()
                assert reader.manifest.members == manifest.members
        except Refusal as refusal:
            refused += refusal.code in ("backup.broken", "backup.format")
    assert refused > len(whole) / 2
