"""Downloads of attachments: never a page, never for a stranger."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from yiwang.core.attachments import actions, guards
from yiwang.core.attachments.models import Attachment, AttachmentState
from yiwang.core.attachments.tests import files
from yiwang.core.rights.models import Role
from yiwang.desk.testing import World, world
from yiwang.portal.tests.people import drained

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def we(monkeypatch: pytest.MonkeyPatch) -> World:
    """Two counties; `tests.thing:<organ>` is seen by who works there."""
    monkeypatch.setattr(guards, "_GUARDS", dict(guards._GUARDS))
    guards.register("tests.thing", lambda access, pk: access.organ is not None and access.organ.pk == pk)
    return world()


def kept(we: World, name: str, content: bytes) -> Attachment:
    """Kept by a clerk of ours."""
    file = SimpleUploadedFile(name, content)
    return actions.keep(file=file, about=f"tests.thing:{we.ours.pk}", access=we.access(), now=NOW)


@pytest.mark.parametrize(
    ("name", "content", "mime"),
    [
        ("网页.txt", b"<html><script>alert(1)</script>", "text/plain"),
        ("表.csv", b"=cmd|' /C calc'!A0\n", "text/csv"),
        ("图.png", files.photo(form="PNG") + b"<svg onload=alert(1)>", "image/jpeg"),
        ("文.pdf", b"%PDF-1.4 <script>", "application/pdf"),
        ("函.docx", files.document(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ],
)
def test_a11_every_upload_comes_back_as_a_download(we: World, name: str, content: bytes, mime: str) -> None:
    row = kept(we, name, content)
    answer = we.client().get(f"/files/{row.pk}/")
    assert answer.status_code == 200
    disposition = answer["Content-Disposition"]
    assert disposition.startswith("attachment; filename*=utf-8''")
    assert unquote(disposition.rpartition("''")[2]) == row.name
    assert answer["Content-Type"] == mime
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["Cache-Control"] == "no-store"
    assert b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def test_owner_colleague_stranger_nobody(we: World) -> None:
    row = kept(we, "a.txt", b"x")
    url = f"/files/{row.pk}/"
    for client, status in (
        (we.client(), 200),
        (we.client(Role.STAFF), 200),
        (we.client(Role.MANAGER, we.theirs), 404),
        (we.client(Role.MANAGER, we.province), 404),  # the guard says who, not the place above
        (Client(), 302),
    ):
        answer: Any = client.get(url)
        assert answer.status_code == status
        drained(answer)
    assert we.client().get(f"/files/{row.pk + 1}/").status_code == 404
    assert we.client(Role.MANAGER, we.theirs).post(f"{url}remove/").status_code == 422
    assert Attachment.objects.get().state == AttachmentState.CLEAN


def test_a_held_file_is_not_handed_out(we: World) -> None:
    row = kept(we, "a.txt", b"x")
    for state in (AttachmentState.HELD, AttachmentState.INFECTED):
        Attachment.objects.update(state=state)
        answer = we.client().get(f"/files/{row.pk}/")
        assert answer.status_code == 422
        assert "不能下载" in answer.content.decode()


@pytest.mark.parametrize("back", ["/orgs/", "https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_removing_goes_back_to_the_page(we: World, back: str) -> None:
    row = kept(we, "a.txt", b"x")
    answer = we.client().post(f"/files/{row.pk}/remove/", {"next": back})
    assert answer["Location"] == (back if back == "/orgs/" else "/")
    assert we.client().get(f"/files/{row.pk}/").status_code == 404
    assert we.client().get(f"/files/{row.pk}/remove/").status_code == 405
