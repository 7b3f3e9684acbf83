"""The pages of contracts: owner, colleague, stranger, nobody; each verb by its form."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from yiwang.areas.services.suppliers import factories
from yiwang.areas.services.suppliers.models import Acceptance, Contract, Payment
from yiwang.areas.services.suppliers.tests.test_actions import CONTENTS, accepted, evaluated
from yiwang.core.attachments.models import Attachment
from yiwang.core.rights.models import Role
from yiwang.desk.testing import World, page, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def we() -> World:
    return world()


def test_doors(we: World) -> None:
    """Nobody logs in first; staff and keepers are refused; a stranger finds nothing; readers read, without forms."""
    one = factories.contract(we.ours)
    places = ["/services/contracts/", f"/services/contracts/{one.pk}/", f"/services/contracts/{one.pk}/terms/"]
    for place in places:
        assert Client().get(place).status_code == 302
        assert we.client(Role.STAFF).get(place).status_code == 403
        assert we.client(Role.KEEPER).get(place).status_code == 403
    stranger = we.client(Role.MANAGER, we.theirs)
    assert one.name not in page(stranger.get(places[0]))
    assert [stranger.get(place).status_code for place in places[1:]] == [404, 404]
    reader = we.client(Role.READER)
    assert one.name in page(reader.get(places[0]))
    text = page(reader.get(places[1]))
    assert "登记验收" not in text
    assert "评价一期" not in text
    assert reader.get(places[2]).status_code == 403
    assert reader.post(places[1], {"verb": "accept"} | ACCEPT).status_code == 403
    assert one.name in page(we.client(Role.READER, we.province).get(places[0]))


ACCEPT = {"valid_from": "2026-02-01", "valid_to": "2026-03-01", "result": "PASSED", "amount": "1000", "unit": "月"}


def test_a_month_by_forms(we: World) -> None:
    """Terms, acceptance, evaluation, payment, approval, voucher: as a clerk, a manager and finance would."""
    one = factories.contract(we.ours, 1_000_000, deductions=[])
    url = f"/services/contracts/{one.pk}/"
    clerk, boss, finance = we.client(), we.client(Role.MANAGER), we.client(Role.FINANCE)
    assert "分值未见" in page(clerk.get(f"{url}terms/"))
    terms = {
        "verb": "terms",
        "service-0": "保洁",
        "building-0": "",
        "stage-0": "一季度",
        "due-0": "2026-04-01",
        "amount-0": "2,500",
    }
    terms |= {
        "score-0": "80",
        "percent-0": "95",
        "score-1": "90",
        "percent-1": "100",
        "weight-保洁": "",
        "service-2": " ",
    }
    assert clerk.post(f"{url}terms/", terms).status_code == 302
    assert clerk.post(url, {"verb": "accept"} | ACCEPT).status_code == 302
    points = {f"points-{word}": "90" for word in CONTENTS} | {"users": "80", "frequency": "MONTHLY"}
    assert (
        clerk.post(
            url, {"verb": "evaluate", **points, "valid_from": "2026-02-01", "valid_to": "2026-03-01"}
        ).status_code
        == 302
    )
    text = page(clerk.get(url))
    assert "得分 88.00,按合同约定付 95%" in text
    assert "/law/c/SV-43542-4" in text
    row = Acceptance.objects.get()
    assert clerk.post(url, {"verb": "propose", "acceptance": row.pk, "amount": "950"}).status_code == 302
    pay = Payment.objects.get()
    assert (pay.amount, pay.suggested) == (95_000, 95_000)
    assert page(clerk.get("/services/contracts/")).count(">待审批<") == 1
    assert clerk.post(url, {"verb": "decide", "payment": pay.pk, "decision": "approve"}).status_code == 403
    assert boss.post(url, {"verb": "decide", "payment": pay.pk, "decision": "approve"}).status_code == 302
    assert "登记付款" in page(finance.get(url))
    sent = {"verb": "record", "payment": pay.pk, "paid_date": timezone.localdate().isoformat(), "voucher": "记-1"}
    assert finance.post(url, sent).status_code == 302
    one.refresh_from_db()
    assert (one.paid, one.deductions) == (95_000, [[90, 100], [80, 95]])
    history = page(boss.get(url))
    for word in ("修改约定", "验收", "评价", "申请付款", "批准付款", "登记付款"):
        assert word in history


def test_a_refusal_is_said_on_the_page_and_keeps_what_was_typed(we: World) -> None:
    """422, the sentence, the values; nothing was written."""
    one = factories.contract(we.ours)
    url = f"/services/contracts/{one.pk}/"
    text = page(
        we.client().post(url, {"verb": "accept"} | ACCEPT | {"valid_from": "2025-02-01", "defects": "漏水"}), 422
    )
    assert "起止日期应在合同期内" in text
    assert "漏水</textarea>" in text
    assert "没有这个操作" in page(we.client().post(url, {"verb": "x"}), 422)
    assert "请填写验收金额" in page(we.client().post(url, {"verb": "accept"} | ACCEPT | {"amount": ""}), 422)
    text = page(we.client().post(f"{url}terms/", {"verb": "terms", "score-0": "90", "percent-0": "101"}), 422)
    assert "0 到 100" in text
    assert Acceptance.objects.count() == 0


def test_payments_of_another_contract_cannot_be_reached_through_mine(we: World) -> None:
    """The payment must hang on the contract of the address."""
    one, other = factories.contract(we.ours), factories.contract(we.theirs)
    row = accepted(World(we.province, we.theirs, we.ours), other)
    pay = Payment.objects.create(
        contract=other, acceptance=row, amount=5, proposed_by=we.user(), proposed_date=row.accepted_date
    )
    sent = {"verb": "decide", "payment": pay.pk, "decision": "approve"}
    assert we.client(Role.LEADER).post(f"/services/contracts/{one.pk}/", sent).status_code == 403
    pay.refresh_from_db()
    assert pay.state == "PROPOSED"


def test_files_of_a_contract(we: World) -> None:
    """Kept by who writes, seen by who sees the contract, not there for a stranger."""
    one = factories.contract(we.ours)
    url, clerk = f"/services/contracts/{one.pk}/", we.client()
    sent = {"verb": "file", "label": "扫描件", "file": SimpleUploadedFile("合同.txt", "正文".encode())}
    assert clerk.post(url, sent).status_code == 302
    kept = Attachment.objects.get()
    assert "合同.txt" in page(we.client(Role.READER).get(url))
    address = f"/files/{kept.pk}/"
    assert we.client(Role.READER).get(address).status_code == 200
    assert we.client(Role.MANAGER, we.theirs).get(address).status_code == 404
    assert we.client(Role.STAFF).get(address).status_code == 404
    assert "请选择文件" in page(clerk.post(url, {"verb": "file"}), 422)
    assert we.client(Role.READER).post(url, {"verb": "file"}).status_code == 403


def test_what_is_due_stands_on_top(we: World) -> None:
    """Contracts that end soon, and stages whose day has come with nothing approved."""
    today = timezone.localdate()
    soon = factories.contract(we.ours, end_date=today + timedelta(days=20), begin_date=today - timedelta(days=300))
    factories.contract(we.ours, end_date=today + timedelta(days=200), begin_date=today - timedelta(days=30))
    soon.stages.create(name="尾款", due_date=today, amount=100)
    text = page(we.client(Role.READER).get("/services/contracts/"))
    assert "30 天内" in text
    assert "还有 20 天" in text
    assert "尾款" in text


def test_queries_do_not_grow(we: World) -> None:
    """As many for one contract with one of each as for one with five."""
    one = factories.contract(we.ours)
    client = we.client(Role.MANAGER)
    accepted(we, one, 10)
    evaluated(we, one)

    def asked(url: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            page(client.get(url))
        return len(queries)

    asked("/services/contracts/")
    few = asked("/services/contracts/")
    for _ in range(5):
        factories.contract(we.ours)
    assert asked("/services/contracts/") <= few
    assert few <= 14
    assert asked(f"/services/contracts/{one.pk}/") <= 20
    assert Contract.objects.count() == 6
