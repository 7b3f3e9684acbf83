"""D24: what the scanner finds is held back; without its word nothing passes. The scanner is a real server on a socket."""

from __future__ import annotations

import io
import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from yiwang.core.attachments import actions, scanner, tidy
from yiwang.core.attachments.models import Attachment, AttachmentState
from yiwang.core.attachments.tests.clamd import EICAR, Clamd
from yiwang.core.ledger.models import Entry
from yiwang.core.verdicts.tests.helpers import World

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def keep(we: World, commit: Any, content: bytes = b"x") -> Attachment:
    """Kept, and the transaction committed."""
    file = SimpleUploadedFile("说明.txt", content)
    with commit(execute=True):
        row = actions.keep(file=file, about=f"tests.thing:{we.ours.pk}", access=we.access(), now=NOW)
        assert not row.ready
    row.refresh_from_db()
    return row


def test_the_protocol(clamd: Clamd, tmp_path: Path, settings: Any) -> None:
    assert scanner.scan(io.BytesIO(b"good")).clean
    large = io.BytesIO(bytes(300_000) + EICAR)
    large.seek(7)
    assert scanner.scan(large).signature == "Eicar-Signature"
    with Clamd(tmp_path / "clamd.ctl") as local:
        settings.ATTACHMENT_SCANNER = local.address
        assert scanner.scan(io.BytesIO(EICAR)).signature == "Eicar-Signature"
        assert local.asked == 1


@pytest.mark.parametrize("answer", [b"INSTREAM size limit exceeded. ERROR\0", b"", b"stream: \0", b"?"])
def test_no_verdict_is_no_verdict(clamd: Clamd, answer: bytes) -> None:
    clamd.say(answer)
    with pytest.raises(scanner.ScannerDown):
        scanner.scan(io.BytesIO(b"x"))


def test_a_silent_scanner_is_waited_for_only_so_long(settings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        settings.ATTACHMENT_SCANNER = f"tcp://127.0.0.1:{deaf.getsockname()[1]}"
        settings.ATTACHMENT_SCANNER_SECONDS = 0.05
        with pytest.raises(scanner.ScannerDown):
            scanner.scan(io.BytesIO(b"x"))


@pytest.mark.django_db
def test_d24_a_clean_file_passes(we: World, clamd: Clamd, django_capture_on_commit_callbacks: Any) -> None:
    row = keep(we, django_capture_on_commit_callbacks)
    assert (row.state, row.scanned_at, clamd.asked) == (AttachmentState.CLEAN, NOW, 1)


@pytest.mark.django_db
def test_d24_the_test_string_is_held_back(we: World, clamd: Clamd, django_capture_on_commit_callbacks: Any) -> None:
    row = keep(we, django_capture_on_commit_callbacks, EICAR)
    assert (row.state, row.signature, row.path) == (AttachmentState.INFECTED, "Eicar-Signature", "")
    assert not row.ready
    assert tidy._files("attachments") == []
    assert Entry.objects.get(act="attachments.attachment.infected").actor == "system"
    assert actions.of(row.about) == [row]  # the page says that it was stopped


@pytest.mark.django_db
def test_d24_scanner_down_the_file_is_held(
    we: World, clamd: Clamd, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    clamd.stop()
    rows = [keep(we, django_capture_on_commit_callbacks, content) for content in (b"x", EICAR)]
    assert [row.state for row in rows] == [AttachmentState.HELD] * 2
    assert tidy.scan_held(NOW) == 0
    with Clamd() as back, django_capture_on_commit_callbacks(execute=True):
        settings.ATTACHMENT_SCANNER = back.address
        assert tidy.scan_held(NOW) == 2
    for row in rows:
        row.refresh_from_db()
    assert [row.state for row in rows] == [AttachmentState.CLEAN, AttachmentState.INFECTED]


@pytest.mark.django_db
def test_without_a_scanner_nothing_waits(we: World) -> None:
    row = actions.keep(
        file=SimpleUploadedFile("a.txt", b"x"), about=f"tests.thing:{we.ours.pk}", access=we.access(), now=NOW
    )
    assert row.ready
    assert tidy.scan_held(NOW) == 0
