"""The pages of papers, and the public one, as issuer, colleague, stranger and nobody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from yiwang.core.papers import printing
from yiwang.core.papers.models import Paper
from yiwang.core.papers.tests.conftest import Office, office
from yiwang.core.rights.models import Role
from yiwang.desk.testing import page
from yiwang.kit.refusal import Refusal
from yiwang.portal.papers import public
from yiwang.portal.tests import people

__all__ = ["office"]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_limit_left() -> Iterator[None]:
    """The questions of other tests do not count."""
    cache.clear()
    yield
    cache.clear()


def by(office: Office, role: Role = Role.CLERK, at: Any = None) -> Client:
    """A browser of somebody of ours, or there."""
    return people.client(at or office.world.ours, role)


def test_from_the_button_to_the_void(office: Office) -> None:
    client = by(office)
    answer = client.post("/papers/issue/", {"kind": "tests.order", "pk": office.world.ours.pk})
    paper = Paper.objects.get()
    assert answer["Location"] == f"/papers/{paper.pk}/"
    text = page(client.get(f"/papers/{paper.pk}/"))
    assert "维修〔2026〕0001号" in text or paper.full_number in text
    assert f"http://testserver/p/{paper.code}" in text
    assert "更换灯管" in client.get(f"/papers/{paper.pk}/print/").content.decode()
    assert paper.full_number in page(client.get("/papers/"))
    assert client.post(f"/papers/{paper.pk}/void/", {"reason": ""}).status_code == 422
    client.post(f"/papers/{paper.pk}/void/", {"reason": "写错了"})
    text = page(client.get(f"/papers/{paper.pk}/"))
    assert "写错了" in text
    assert 'name="reason"' not in text


@pytest.mark.parametrize("pk", ["", "x", "-1", "²", "9" * 30])
def test_nonsense_is_refused(office: Office, pk: str) -> None:
    assert by(office).post("/papers/issue/", {"kind": "tests.order", "pk": pk}).status_code == 422
    assert by(office).post("/papers/issue/", {"kind": "no.such", "pk": "1"}).status_code == 422
    assert by(office).get("/papers/issue/").status_code == 405


def test_owner_colleague_stranger_nobody(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "pdf", lambda *_: b"%PDF-1.7")
    paper = office.issue()
    for path in ("", "print/", "pdf/"):
        for client, status in (
            (by(office), 200),
            (by(office, Role.READER), 200),
            (by(office, Role.MANAGER, office.world.theirs), 404),
            (Client(), 302),
        ):
            assert client.get(f"/papers/{paper.pk}/{path}").status_code == status
    stranger = by(office, Role.MANAGER, office.world.theirs)
    assert paper.full_number not in page(stranger.get("/papers/"))
    assert stranger.post(f"/papers/{paper.pk}/void/", {"reason": "x"}).status_code == 422
    assert by(office, Role.READER).post(f"/papers/{paper.pk}/void/", {"reason": "x"}).status_code == 403


def test_the_pdf_is_a_download(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "pdf", lambda *_: b"%PDF-1.7")
    answer = by(office).get(f"/papers/{office.issue().pk}/pdf/")
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert answer["Content-Type"] == "application/pdf"

    def lacking(*_: Any) -> bytes:
        raise Refusal("paper.no-printer", "服务器缺少排版组件 Pango")

    monkeypatch.setattr(printing, "pdf", lacking)
    answer = by(office).get(f"/papers/{office.issue().pk}/pdf/")
    assert answer.status_code == 422
    assert "Pango" in answer.content.decode()


# ── the public page ────────────────────────────────────────────────────────────────────────────────────────────────


def asked(code: str, status: int = 200) -> str:
    """What somebody without log-in reads."""
    return page(Client().get(f"/p/{code}"), status)


def test_anybody_may_ask_and_learns_no_value(office: Office) -> None:
    paper = office.issue()
    text = asked(paper.code)
    assert "✓ 一致" in text
    for shown in (paper.full_number, "维修工单", "青河县财政局", paper.digest):
        assert shown in text
    office.facts |= {"item": "更换水管", "amount": "9999.00"}
    text = asked(paper.code)
    assert "有变化的栏目:事项、金额(元)" in text
    for secret in ("更换灯管", "更换水管", "120.00", "9999.00", "王敏", "尽快"):
        assert secret not in text
    office.facts.clear()
    assert "查无记录" in asked(paper.code)
    by(office, Role.MANAGER).post(f"/papers/{paper.pk}/void/", {"reason": "机密的原因"})
    text = asked(paper.code)
    assert "已作废" in text
    assert "机密的原因" not in text


def test_codes_that_were_never_given_out(office: Office) -> None:
    paper = office.issue()
    for code in ("x", paper.code[:-1], paper.code.lower(), paper.code[::-1], "A" * 26, "％" * 26):
        text = asked(code, 404)
        assert "查无此单" in text
        assert paper.full_number not in text
    assert Client().post(f"/p/{paper.code}").status_code == 405


def test_a07_who_asks_too_often_waits(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public, "MOST", 3)
    code = office.issue().code
    assert [Client().get(f"/p/{code}").status_code for _ in range(5)] == [200, 200, 200, 429, 429]
    assert Client(REMOTE_ADDR="10.0.0.9").get(f"/p/{code}").status_code == 200
    assert Client().get(f"/p/{code}")["Retry-After"] == "60"


def test_the_public_page_costs_few_queries(office: Office, django_assert_max_num_queries: Any) -> None:
    code = office.issue().code
    with django_assert_max_num_queries(2):
        asked(code)
