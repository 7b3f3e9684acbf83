"""Utility statements: good rows, bad rows with every reason, the same file twice, remembered columns, the page."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from yiwang.areas.energy import factories
from yiwang.areas.energy.meters.statements import Taken, lines, remembered, take
from yiwang.areas.energy.models import EnergyBill, UseMonth, UtilityForm, UtilityStatement
from yiwang.core.ledger.models import Entry
from yiwang.core.rights.models import Role
from yiwang.desk.testing import World, page, world

pytestmark = pytest.mark.django_db
NOW = timezone.make_aware(datetime(2026, 11, 30, 12))
HEADS = ("用户编号", "账单编号", "上次抄表日期", "本次抄表日期", "结算电量", "应收金额")


@pytest.fixture
def we() -> World:
    found = world()
    factories.meter(found.ours, number="H001", form="BILLED")
    factories.meter(found.theirs, number="H002", form="BILLED")
    return found


def workbook(rows: list[tuple[Any, ...]], heads: tuple[str, ...] = HEADS) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([heads, *rows])
    return text.getvalue().encode("utf-8-sig")


ROWS: list[tuple[Any, ...]] = [
    ("H001", "Z1", "2026-03-01", "2026-04-01", "1,240.5", "769.11"),
    ("H009", "Z2", "2026-03-01", "2026-04-01", "10", "6"),
    ("H002", "Z3", "2026-03-01", "2026-04-01", "10", "6"),
    ("H001", "Z4", "2026-04-01", "2026-05-01", "-3", "6"),
    ("H001", "Z5", "2026-03-20", "2026-04-20", "30", "6"),
    ("H001", "Z6", "2026-05-01", "2027-05-01", "30", "6"),
]


def taken(we: World, content: bytes, *, good_only: bool = False, columns: dict[str, str] | None = None) -> Taken:
    found, read = lines(content, "电费.csv", columns or {})
    assert not read.missing
    return take(
        found, supplier="示例供电公司", name="电费.csv", content=content, columns=read.columns, good_only=good_only,
        access=we.access(Role.CLERK), now=NOW,
    )  # fmt: skip


def test_nothing_is_kept_where_a_row_is_wrong_and_the_good_ones_where_asked(we: World) -> None:
    nothing = taken(we, workbook(ROWS))
    assert (nothing.statement, EnergyBill.objects.count()) == (None, 0)
    codes = {(line.row, one.code) for line in nothing.refused for one in line.wrong}
    assert codes == {
        (3, "bill.meter"), (4, "bill.meter"), (5, "bill.figure"), (6, "bill.overlap"), (7, "bill.period"),
    }  # fmt: skip
    some = taken(we, workbook(ROWS), good_only=True)
    assert some.statement is not None
    assert (some.kept, some.statement.rows, some.statement.amount) == (1, 6, 76_911)
    (march,) = UseMonth.objects.all()
    assert (march.month, march.quantity, march.fen) == (date(2026, 3, 1), 1_240_500, 76_911)
    assert Entry.objects.get(act="energy.statement.take").obj == f"energy.statement:{some.statement.pk}"


def test_the_same_file_twice_is_one(we: World) -> None:
    content = workbook(ROWS[:1])
    first = taken(we, content)
    again = taken(we, content)
    assert (again.again, again.statement) == (True, first.statement)
    assert (EnergyBill.objects.count(), UtilityStatement.objects.count()) == (1, 1)
    other = taken(we, content + b"\r\n")
    assert [one.code for line in other.refused for one in line.wrong] == ["bill.known"]


def test_a_bill_without_a_first_day_goes_on_from_the_last(we: World) -> None:
    taken(we, workbook(ROWS[:1]))
    heads = (*HEADS[:2], *HEADS[3:])
    found = taken(we, workbook([("H001", "Z7", "2026-05-01", "30", "18")], heads))
    assert found.kept == 1
    assert EnergyBill.objects.get(number="Z7").valid_from == date(2026, 4, 1)


def test_columns_that_nobody_knows_are_chosen_once(we: World) -> None:
    content = workbook(ROWS[:1], ("甲栏", "乙栏", "丙栏", "丁栏", "戊栏", "己栏"))
    _, read = lines(content, "a.csv", {})
    assert "表号" in read.missing
    names = ("meter_number", "number", "valid_from", "valid_to", "quantity", "amount")
    columns = dict(zip(names, read.headers, strict=True))
    assert taken(we, content, columns=columns).kept == 1
    assert remembered(we.ours, "示例供电公司") == columns
    assert remembered(we.theirs, "示例供电公司") == {}
    assert UtilityForm.objects.count() == 1


def test_the_page(we: World) -> None:
    """A clerk sends a file twice and a wrong one; a reader and a stranger may not."""
    url = reverse("energy:statement")
    client = we.client(Role.CLERK)
    page(client.get(url))

    def post(content: bytes, **more: str) -> Any:
        return client.post(url, {"supplier": "示例供电公司", "file": SimpleUploadedFile("a.csv", content), **more})

    assert "H009" in page(post(workbook(ROWS)))
    assert "没有认出这些列" in page(post(workbook(ROWS[:1], ("甲", "乙", "丙", "丁", "戊", "己"))))
    assert post(workbook(ROWS[:1])).status_code == 302
    post(workbook(ROWS[:1]))
    assert "没有重复入账" in page(client.get(url))
    assert "请填写供应单位" in page(client.post(url, {}), 422)
    assert "请选择对账单文件" in page(client.post(url, {"supplier": "某"}), 422)
    assert we.client(Role.READER).get(url).status_code == 403
    assert "a.csv" not in page(we.client(Role.CLERK, we.theirs).get(url))
