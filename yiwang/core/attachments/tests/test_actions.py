"""Keeping, removing, finding and guarding files."""

from __future__ import annotations

import io
import json
import time
import tracemalloc
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from PIL import Image

from yiwang.core.attachments import actions, guards, tidy
from yiwang.core.attachments.models import Attachment, AttachmentState
from yiwang.core.attachments.tests import files
from yiwang.core.ledger.models import Entry
from yiwang.core.rights.access import nobody
from yiwang.core.rights.models import Role
from yiwang.core.verdicts.tests.helpers import World
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def keep(we: World, name: str = "说明.txt", content: bytes = "收到".encode(), **more: Any) -> Attachment:
    """Kept by a clerk of ours, with our organ as the thing it is about."""
    access = more.pop("access", None) or we.access()
    about = more.pop("about", f"tests.thing:{we.ours.pk}")
    return actions.keep(file=SimpleUploadedFile(name, content), about=about, access=access, now=NOW, **more)


def stored() -> list[str]:
    """Every file in the storage."""
    return sorted(tidy._files("attachments"))


def refused(code: str, we: World, name: str, content: bytes) -> None:
    """The file is refused with this code and nothing is left of it."""
    with pytest.raises(Refusal) as caught:
        keep(we, name, content)
    assert caught.value.code == code
    assert not Attachment.objects.exists()
    assert stored() == []


def test_a_file_is_kept_with_its_entry(we: World) -> None:
    row = keep(we, "情况说明.pdf", b"%PDF-1.7 x", label="现场")
    assert (row.name, row.kind, row.label, row.state) == (
        "情况说明.pdf",
        "application/pdf",
        "现场",
        AttachmentState.CLEAN,
    )
    assert default_storage.open(row.path).read() == b"%PDF-1.7 x"
    entry = Entry.objects.get(act="attachments.attachment.keep")
    assert entry.obj == f"attachments.attachment:{row.pk}"
    assert json.loads(entry.body)["digest"] == row.digest
    assert actions.of(row.about) == [row]
    assert actions.of_many([row.about, "tests.thing:0"]) == {row.about: [row], "tests.thing:0": []}


@pytest.mark.parametrize(
    ("name", "content", "mime"),
    [
        ("a.docx", files.document(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (
            "a.xlsx",
            files.document("xl/workbook.xml"),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        ("a.ofd", files.document("OFD.xml"), "application/ofd"),
        ("a.doc", files.OLE + bytes(600), "application/msword"),
        ("a.csv", "房号,面积\n".encode("gb18030"), "text/csv"),
        ("A.PDF", b"%PDF-1.4\n", "application/pdf"),
    ],
)
def test_kinds_that_are_taken(we: World, name: str, content: bytes, mime: str) -> None:
    assert keep(we, name, content).kind == mime


@pytest.mark.parametrize(
    ("code", "name", "content"),
    [
        ("attachment.type", "a.exe", b"MZ"),
        ("attachment.type", "a.zip", b"PK\x03\x04"),
        ("attachment.type", "a.svg", b"<svg onload='x'/>"),
        ("attachment.type", "a.html", b"<script>"),
        ("attachment.type", "报告.pdf.exe", b"%PDF-1.4"),
        ("attachment.type", "a.heic", b"....ftypheic"),
        ("attachment.content", "a.pdf", b"<html>"),
        ("attachment.content", "a.jpg", b"%PDF-1.4"),
        ("attachment.content", "a.txt", b"a\0b"),
        ("attachment.content", "a.txt", b"\xff\xfe\xff"),
        ("attachment.content", "a.docx", files.document("xl/workbook.xml")),
        ("attachment.content", "a.docx", b"PK\x03\x04 broken"),
        ("attachment.content", "a.doc", b"{\\rtf1}"),
        ("attachment.content", "a.docx", files.document(extra={"../../etc/cron.d/x": b"x"})),
        ("attachment.macro", "a.docx", files.document(extra={"word/vbaProject.bin": b"x"})),
        ("attachment.macro", "a.xls", files.OLE + bytes(512) + "_VBA_PROJECT".encode("utf-16-le")),
        ("attachment.empty", "a.txt", b""),
        ("attachment.name", "无扩展名", b"x"),
        ("attachment.name", ".pdf", b"%PDF-1.4"),
    ],
)
def test_kinds_that_are_refused(we: World, code: str, name: str, content: bytes) -> None:
    refused(code, we, name, content)


# ── pictures ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_photo_loses_place_and_serial_number(we: World) -> None:
    content = files.photo((400, 300), gps=True)
    assert b"SERIAL" in content
    row = keep(we, "现场.jpg", content)
    kept = default_storage.open(row.path).read()
    assert b"SERIAL" not in kept
    assert b"Exif" not in kept
    assert dict(Image.open(io.BytesIO(kept)).getexif()) == {}
    assert (row.width, row.height, row.image) == (400, 300, True)


def test_a_large_photo_is_scaled_and_stands_upright(we: World) -> None:
    row = keep(we, "现场.jpeg", files.photo((4000, 1000), turned=True))
    assert (row.width, row.height) == (640, 2560)


def test_a_picture_under_another_ending_gets_its_own(we: World) -> None:
    row = keep(we, "截图.bmp", files.photo(form="BMP"))
    assert (row.name, row.kind) == ("截图.jpg", "image/jpeg")


def test_what_is_hidden_behind_a_picture_is_gone(we: World) -> None:
    row = keep(we, "a.png", files.photo(form="PNG") + b"<script>alert(1)</script>")
    assert b"script" not in default_storage.open(row.path).read()


# ── rows of the checklist ────────────────────────────────────────────────────────────────────────────────────────────


def test_a15_size_is_limited(we: World, settings: Any) -> None:
    settings.ATTACHMENT_BYTES = 10
    refused("attachment.size", we, "a.txt", b"x" * 11)


def test_a15_count_is_limited(we: World, settings: Any) -> None:
    settings.ATTACHMENT_MOST = 2
    for _ in range(2):
        keep(we)
    with pytest.raises(Refusal) as caught:
        keep(we)
    assert caught.value.code == "attachment.many"
    assert Attachment.objects.count() == 2


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "name", "make"),
    [
        ("attachment.unpacked", "a.docx", files.bomb),
        ("attachment.content", "a.docx", files.lying_bomb),
        ("attachment.image", "a.png", files.wide_png),
    ],
)
def test_a15_bombs_are_refused_quickly_and_cheaply(we: World, code: str, name: str, make: Any) -> None:
    content = make()
    before = time.process_time()
    tracemalloc.start()
    refused(code, we, name, content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert time.process_time() - before < 3
    assert peak < 100 << 20


def test_a15_many_parts_are_refused(we: World) -> None:
    refused("attachment.unpacked", we, "a.docx", files.document(extra={f"p{n}": b"" for n in range(3001)}))


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../../etc/passwd.txt", "passwd.txt"),
        ("..\\..\\windows\\win.txt", "win.txt"),
        ("/abs/olute.txt", "olute.txt"),
        ("C:\\x\\y.txt", "y.txt"),
        ("a\x00b.txt", "ab.txt"),
        ("a\r\nSet-Cookie: x.txt", "aSet-Cookie x.txt"),
        ("反\u202etxt.exe.txt", "反txt.exe.txt"),
        ("长" * 300 + ".txt", "长" * 117 + ".txt"),
        ("报告 .txt", "报告.txt"),
        ('a"b;c.txt', "ab;c.txt"),
    ],
)
def test_a16_the_path_is_the_servers(we: World, given: str, shown: str) -> None:
    file = SimpleUploadedFile("x.txt", b"x")
    vars(file)["_name"] = given  # as a client that does not clean it sends it
    row = actions.keep(file=file, about=f"tests.thing:{we.ours.pk}", access=we.access(), now=NOW)
    assert row.name == shown
    assert row.path.startswith("attachments/2026/11/")
    assert len(row.path.rpartition("/")[2]) == 32
    assert stored() == [row.path]


# ── who ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_closed_without_a_guard(we: World) -> None:
    for about in (f"tests.unknown:{we.ours.pk}", "tests.thing", "tests.thing:x", "tests.thing:²", ""):
        assert not guards.may_see(we.access(), about)
        with pytest.raises(Refusal) as caught:
            keep(we, about=about)
        assert caught.value.code == "attachment.about"


def test_a_stranger_can_neither_add_nor_see(we: World) -> None:
    row = keep(we)
    stranger = we.access(Role.MANAGER, we.theirs)
    assert actions.readable(stranger, row.pk) is None
    assert actions.readable(we.access(Role.READER), row.pk) == row
    with pytest.raises(Refusal, match="不能给它添加"):
        keep(we, access=stranger)
    with pytest.raises(Refusal) as caught:
        keep(we, access=nobody())
    assert caught.value.code == "rights.denied"


def test_who_added_and_a_manager_may_remove(we: World) -> None:
    for who in (we.access(), we.access(Role.MANAGER)):
        actions.remove(attachment=keep(we).pk, access=who, now=NOW)
    row = keep(we)
    with pytest.raises(Refusal) as caught:
        actions.remove(attachment=row.pk, access=we.access(Role.CLERK, name="b"), now=NOW)
    assert caught.value.code == "rights.denied"
    with pytest.raises(Refusal) as caught:
        actions.remove(attachment=row.pk, access=we.access(Role.MANAGER, we.theirs), now=NOW)
    assert caught.value.code == "attachment.gone"


# ── removal ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_d33_removed_is_gone(we: World, django_capture_on_commit_callbacks: Any) -> None:
    row = keep(we, "现场.jpg", files.photo())
    other = keep(we)
    with django_capture_on_commit_callbacks(execute=True):
        actions.remove(attachment=row.pk, access=we.access(), now=NOW)
    assert stored() == [other.path]
    row.refresh_from_db()
    assert (row.state, row.path) == (AttachmentState.REMOVED, "")
    assert actions.of(row.about) == [other]
    assert actions.readable(we.access(), row.pk) is None
    with pytest.raises(Refusal) as caught:
        actions.remove(attachment=row.pk, access=we.access(), now=NOW)
    assert caught.value.code == "attachment.gone"
    assert Entry.objects.filter(act="attachments.attachment.remove").count() == 1


def test_d33_what_a_killed_process_left_is_cleared(we: World) -> None:
    row = keep(we)
    actions.remove(attachment=row.pk, access=we.access(), now=NOW)  # the process dies before the bytes are deleted
    lost = default_storage.save("attachments/2026/11/lost", SimpleUploadedFile("x", b"x"))  # the row never came
    kept = keep(we)
    now = datetime.now(UTC)
    assert tidy.clear(now) == 1
    assert stored() == sorted([lost, kept.path])
    assert tidy.clear(now + timedelta(days=2)) == 1
    assert stored() == [kept.path]


def test_a_rolled_back_removal_keeps_the_bytes(we: World) -> None:
    row = keep(we)
    with transaction.atomic():
        actions.remove(attachment=row.pk, access=we.access(), now=NOW)
        transaction.set_rollback(True)
    assert stored() == [row.path]
    assert actions.readable(we.access(), row.pk) == row
