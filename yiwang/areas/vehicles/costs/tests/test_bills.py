"""Bills: what is refused and why, what is kept, matched, paid out of the budget; statements and remembered columns."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from yiwang.areas.vehicles import factories
from yiwang.areas.vehicles.costs import actions, reading
from yiwang.areas.vehicles.costs.models import Cost, CostBudget, Statement, StatementForm
from yiwang.areas.vehicles.costs.statements import bill_of, moment, read
from yiwang.areas.vehicles.tracks.models import DayTrack
from yiwang.areas.vehicles.watch.tests import scene
from yiwang.core.ledger.models import Entry
from yiwang.core.rights.models import Role
from yiwang.desk.testing import World, page, world
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db
NOW = timezone.make_aware(datetime(2026, 11, 26, 12))
HEADS = ("加油车牌号", "交易流水号", "交易时间", "交易金额", "加油量", "油站名称")


@pytest.fixture
def we() -> World:
    return world()


def given(**more: Any) -> dict[str, Any]:
    facts = {"kind": "FUEL", "plate": "示A00001", "number": "N1", "merchant": "某站", "at": "2026-11-20 09:00"}
    return {**facts, "amount": "300", "quantity": "40", **more}


def refused(we: World, **more: Any) -> str:
    with pytest.raises(Refusal) as caught:
        actions.record(bill_of(0, given(**more)), access=we.access(Role.CLERK), now=NOW)
    return caught.value.code


def test_a_bill_is_kept_with_its_trip_and_an_entry(we: World) -> None:
    car = factories.vehicle(we.ours, plate="示A00001")
    start = timezone.make_aware(datetime(2026, 11, 20, 8))
    order = scene.trip(car, start, start + timedelta(hours=4))
    cost = actions.record(bill_of(0, given()), access=we.access(Role.CLERK), now=NOW)
    assert (cost.amount, cost.quantity, cost.organ, cost.order) == (30_000, Decimal(40), we.ours, order)
    assert Entry.objects.get(act="vehicles.cost.record").obj == f"vehicles.cost:{cost.pk}"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"plate": "示Z99999"}, "cost.plate"),
        ({"plate": ""}, "cost.plate"),
        ({"number": ""}, "cost.number"),
        ({"amount": "-20"}, "cost.amount"),
        ({"amount": "二十"}, "cost.amount"),
        ({"quantity": ""}, "cost.quantity"),
        ({"quantity": "0"}, "cost.quantity"),
        ({"at": "2019-05-01 09:00"}, "cost.day"),
        ({"at": "昨天"}, "cost.day"),
        ({"at": "2026-12-01 09:00"}, "cost.day"),
    ],
)
def test_refused(we: World, more: dict[str, Any], code: str) -> None:
    factories.vehicle(we.ours, plate="示A00001")
    assert refused(we, **more) == code
    assert not Cost.objects.exists()


def test_a_number_is_kept_once(we: World) -> None:
    factories.vehicle(we.ours, plate="示A00001")
    actions.record(bill_of(0, given()), access=we.access(Role.CLERK), now=NOW)
    assert refused(we) == "cost.known"
    actions.record(bill_of(0, given(merchant="另一站")), access=we.access(Role.CLERK), now=NOW)


def test_another_organ_s_car_is_unknown(we: World) -> None:
    factories.vehicle(we.theirs, plate="示A00001")
    assert refused(we) == "cost.plate"
    with pytest.raises(Refusal, match="没有登记用车费用的权限"):
        actions.record(bill_of(0, given()), access=we.access(Role.READER), now=NOW)


def test_a_budget_is_never_oversold(we: World) -> None:
    factories.vehicle(we.ours, plate="示A00001")
    manager = we.access(Role.MANAGER)
    budget = actions.set_budget(organ=we.ours, year=2026, amount=50_000, approval="示财〔2026〕1号", access=manager)
    actions.record(bill_of(0, given()), access=we.access(Role.CLERK), now=NOW)
    assert refused(we, number="N2") == "cost.budget"
    actions.record(bill_of(0, given(number="N3", amount="200")), access=we.access(Role.CLERK), now=NOW)
    budget.refresh_from_db()
    assert (budget.spent, Cost.objects.count()) == (50_000, 2)
    with pytest.raises(Refusal) as caught:
        actions.set_budget(organ=we.ours, year=2026, amount=49_999, approval="", access=manager)
    assert caught.value.code == "cost.budget-low"
    with pytest.raises(Refusal):
        actions.set_budget(organ=we.theirs, year=2026, amount=1, approval="", access=manager)


def test_a_budget_set_later_counts_what_was_spent(we: World) -> None:
    factories.vehicle(we.ours, plate="示A00001")
    actions.record(bill_of(0, given()), access=we.access(Role.CLERK), now=NOW)
    made = actions.set_budget(organ=we.ours, year=2026, amount=90_000, approval="", access=we.access(Role.MANAGER))
    assert made.spent == 30_000


def workbook(rows: list[tuple[Any, ...]], heads: tuple[str, ...] = HEADS) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([heads, *rows])
    return text.getvalue().encode("utf-8-sig")


ROWS: list[tuple[Any, ...]] = [
    ("示A00001", "T1", "2026-11-20 09:00:00", "300.00", "40.00", "示例路站"),
    ("示Z00000", "T2", "2026-11-20 10:00:00", "200.00", "30.00", "示例路站"),
    ("示A00001", "T3", "2026-11-21 09:00:00", "-10.00", "1.00", "示例路站"),
    ("示A00001", "T4", "2018-11-21 09:00:00", "100.00", "12.00", "示例路站"),
    ("示A00001", "T5", "2026-11-22 09:00:00", "110.00", "13.00", "示例路站"),
    ("示A00001", "T5", "2026-11-22 10:00:00", "120.00", "14.00", "示例路站"),
]


def take(we: World, content: bytes, *, good_only: bool = False, columns: dict[str, str] | None = None) -> actions.Taken:
    found = read(content, "对账单.csv", merchant="某石化", kind="FUEL", columns=columns or {})
    assert not found.missing
    return actions.take(
        found.bills, merchant="某石化", kind="FUEL", name="对账单.csv", content=content, columns=found.columns,
        good_only=good_only, access=we.access(Role.CLERK), now=NOW,
    )  # fmt: skip


def test_a_statement_is_taken_whole_or_its_good_rows_where_asked(we: World) -> None:
    factories.vehicle(we.ours, plate="示A00001")
    nothing = take(we, workbook(ROWS))
    assert (nothing.statement, Cost.objects.count(), Statement.objects.count()) == (None, 0, 0)
    codes = {(bill.row, one.code) for bill in nothing.refused for one in bill.wrong}
    assert codes == {
        (3, "cost.plate"), (4, "cost.amount"), (5, "cost.day"), (6, "cost.twice"), (7, "cost.twice"),
    }  # fmt: skip
    some = take(we, workbook(ROWS), good_only=True)
    assert some.statement is not None
    assert (some.statement.rows, some.statement.kept, some.statement.amount) == (6, 1, 30_000)
    assert Cost.objects.get().location == "示例路站"


def test_the_columns_of_a_supplier_are_remembered(we: World) -> None:
    """Headers that nobody knows are chosen once."""
    factories.vehicle(we.ours, plate="示A00001")
    content = workbook([ROWS[0]], ("甲栏", "乙栏", "丙栏", "丁栏", "戊栏", "己栏"))
    found = read(content, "a.csv", merchant="某石化", kind="FUEL", columns={})
    assert "车牌号" in found.missing
    names = ("vehicle_plate", "number", "location", "amount", "quantity", "merchant")
    columns = dict(zip(names, found.headers, strict=True))
    taken = take(we, content, columns=columns)
    assert len(taken.kept) == 1
    assert actions.remembered(we.ours, "某石化", "FUEL") == columns
    assert actions.remembered(we.theirs, "某石化", "FUEL") == {}
    assert StatementForm.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2026-03-01 08:30", "2026-03-01 08:30"),
        ("2026/3/1 8:05:09", "2026-03-01 08:05"),
        ("20260301083000", "2026-03-01 08:30"),
        ("2026-03-01", "2026-03-01 12:00"),
        ("2026年3月1日", "2026-03-01 12:00"),
        ("2026-03-01T08:30", "2026-03-01 08:30"),
        ("三月", ""),
        ("", ""),
        ("2026-13-01", ""),
    ],
)
def test_instants(text: str, wanted: str) -> None:
    found = moment(text)
    assert (f"{timezone.localtime(found):%Y-%m-%d %H:%M}" if found else "") == wanted


def test_a_bill_is_matched_by_hand_and_again_when_the_trip_comes_later(we: World) -> None:
    car = factories.vehicle(we.ours, plate="示A00001")
    cost = actions.record(bill_of(0, given()), access=we.access(Role.CLERK), now=NOW)
    other = actions.record(bill_of(0, given(number="N2")), access=we.access(Role.CLERK), now=NOW)
    actions.match(cost=other.pk, order=0, access=we.access(Role.CLERK))
    start = timezone.make_aware(datetime(2026, 11, 20, 8))
    order = scene.trip(car, start, start + timedelta(hours=4))
    assert actions.rematch(since=start - timedelta(days=1), until=NOW) == 1
    cost.refresh_from_db()
    other.refresh_from_db()
    assert (cost.order, other.order) == (order, None)
    foreign = scene.trip(factories.vehicle(we.ours), start, start + timedelta(hours=1))
    with pytest.raises(Refusal) as caught:
        actions.match(cost=cost.pk, order=foreign.pk, access=we.access(Role.CLERK))
    assert caught.value.code == "cost.order"
    with pytest.raises(Refusal):
        actions.match(cost=cost.pk, order=0, access=we.access(Role.CLERK, we.theirs))


def test_figures_by_car_model_and_organ(we: World) -> None:
    car = factories.vehicle(we.ours, plate="示A00001", model="甲型")
    actions.record(bill_of(0, given()), access=we.access(Role.CLERK), now=NOW)
    facts = {"points": 2, "moving": 3600, "top_speed": 60, "first_at": NOW, "last_at": NOW, "line": b""}
    DayTrack.objects.create(vehicle=car, day=date(2026, 11, 20), metres=100_000, **facts)
    for by, label in (("vehicle", "示A00001"), ("model", "甲型"), ("organ", we.ours.name)):
        (one,) = reading.grouped(we.access(Role.READER), date(2026, 11, 1), date(2026, 12, 1), by)
        assert (one.label, one.amount, one.per_km, one.per_trip) == (label, 30_000, 300, None)
    assert reading.grouped(we.access(Role.READER, we.theirs), date(2026, 11, 1), date(2026, 12, 1), "vehicle") == []


def test_pages(we: World) -> None:
    factories.vehicle(we.ours, plate="示A00001")
    clerk, reader, stranger = we.client(Role.CLERK), we.client(Role.READER), we.client(Role.MANAGER, we.theirs)
    posted = {**given(at="2026-11-20T09:00"), "verb": "record"}
    assert "凭证号" in page(clerk.post(reverse("vehicles:cost-new"), {**posted, "number": ""}), 422)
    assert clerk.post(reverse("vehicles:cost-new"), posted).status_code == 302
    cost = Cost.objects.get()
    assert "N1" in page(reader.get(f"{reverse('vehicles:costs')}?month=2026-11&by=organ"))
    assert "N1" in page(reader.get(f"{reverse('vehicles:costs')}?view=unmatched"))
    assert "N1" not in page(stranger.get(f"{reverse('vehicles:costs')}?month=2026-11"))
    assert "N1" in page(reader.get(reverse("vehicles:cost", args=[cost.pk])))
    assert stranger.get(reverse("vehicles:cost", args=[cost.pk])).status_code == 404
    for name in ("cost-new", "cost-statement"):
        assert reader.get(reverse(f"vehicles:{name}")).status_code == 403
        page(clerk.get(reverse(f"vehicles:{name}")))
    assert clerk.post(reverse("vehicles:cost", args=[cost.pk]), {"verb": "match", "order": "0"}).status_code == 302
    assert "不是月份" in page(reader.get(f"{reverse('vehicles:costs')}?month=x"), 422)


def test_a_missing_column_is_asked_for_and_the_others_are_known() -> None:
    text = "车牌号,交易时间,金额,数量\n示A00001,2026-11-20,300,40\n"
    found = read(text.encode(), "a.csv", merchant="某石化", kind="FUEL", columns={})
    assert found.missing == ["凭证号"]
    known = {one.label: one.header for one in found.choices if one.header}
    assert known == {"车牌号": "车牌号", "时间": "交易时间", "金额": "金额", "数量": "数量"}


def test_the_page_of_statements_says_each_row(we: World) -> None:
    factories.vehicle(we.ours, plate="示A00001")
    client, address = we.client(Role.CLERK), reverse("vehicles:cost-statement")
    given_ = {"merchant": "某石化", "kind": "FUEL"}
    text = page(client.post(address, {**given_, "file": SimpleUploadedFile("a.csv", workbook(ROWS))}))
    assert "整份没有入账" in text
    assert "第 3 行" in text
    text = page(client.post(address, {**given_, "good_only": "1", "file": SimpleUploadedFile("a.csv", workbook(ROWS))}))
    assert "已入账 1 笔" in text
    whole = client.post(address, {**given_, "file": SimpleUploadedFile("b.csv", workbook([("示A00001", "T9", "2026-11-20 09:00", "9", "1", "站")]))})  # fmt: skip
    assert whole.status_code == 302
    assert "请选择对账单文件" in page(client.post(address, given_), 422)


def test_budgets_are_set_by_managers(we: World) -> None:
    address = reverse("vehicles:cost-budgets")
    given_ = {"verb": "set", "organ": we.ours.name, "year": "2026", "amount": "5000"}
    assert we.client(Role.MANAGER).post(address, given_).status_code == 302
    assert CostBudget.objects.get().amount == 500_000
    assert "5,000.00" in page(we.client(Role.READER).get(address))
    assert "5,000.00" not in page(we.client(Role.READER, we.theirs).get(address))
    assert we.client(Role.CLERK).post(address, given_).status_code == 403
    foreign = we.client(Role.MANAGER).post(address, {**given_, "organ": we.theirs.name})
    assert "没有这个单位" in page(foreign, 422)
