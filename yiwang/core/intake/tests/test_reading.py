"""Rows of a dataset from a sheet: what is a record, what is left out, what stays unknown."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from yiwang.core.intake.mapping import Layout, Mapping
from yiwang.core.intake.result import Table, skipped
from yiwang.core.intake.tests.conftest import Check, lines
from yiwang.kit.refusal import Refusal

HEAD = "使用人,单位,机关层级,职级,楼栋,房号,使用面积,备注"
CARS = "单位,车辆用途,车型,配备情形,购置价格,排气量,能源类型,批准文号"


@pytest.fixture
def table(tmp_path: Path, check: Check) -> object:
    """Reads lines as a dataset: the table."""

    def read(dataset: str, *rows: str, mapping: Mapping | None = None) -> Table:
        _, result = check(f"{dataset}={lines(tmp_path / 'a.csv', rows)}", mapping=mapping)
        return result.tables[0]

    return read


def persons(table: Table) -> list[tuple[object, ...]]:
    """(row, person, area, sharers, shared) of each row."""
    return [
        (row.number, *(row.values.get(key) for key in ("person", "usable_area", "sharers", "shared")))
        for row in table.rows
    ]


def test_subtotals_notes_blanks_are_left_out_and_said(table: object) -> None:
    rows = (
        HEAD,
        "张三,甲局,市级机关,局(处)级以下,A,1,8,",
        ",,,,,,,",
        "小计,,,,,,8,",
        "李四,甲局,市级机关,局(处)级以下,A,2,9,",
        "合计,,,,,,17,",
        "说明:面积为使用面积。,,,,,,,",
    )
    found = table("offices.person_space", *rows)  # type: ignore[operator]
    assert [row[:2] for row in persons(found)] == [(2, "张三"), (5, "李四")]
    assert {(one.row, one.what) for one in found.skipped} == {(3, "空行"), (4, "小计"), (6, "合计"), (7, "说明")}
    assert "不作记录:小计 1 行(第 4 行)" in skipped(found)


def test_shared_rooms(table: object) -> None:
    rows = (
        HEAD,
        "张三、李四,甲局,市级机关,局(处)级以下,A,1,18,",
        "王五,甲局,市级机关,局(处)级以下,A,2,18,共用",
        "赵六,甲局,市级机关,局(处)级以下,A,3,18,与钱七共用",
        "孙八,甲局,市级机关,局(处)级以下,A,4,20,共用",
        "周九,甲局,市级机关,局(处)级以下,A,4,20,共用",
    )
    found = table("offices.person_space", *rows)  # type: ignore[operator]
    two = Decimal(2)
    assert persons(found) == [
        (2, "张三", 18, two, False),
        (2, "李四", 18, two, False),
        (3, "王五", 18, None, True),
        (4, "赵六", 18, two, None),
        (5, "孙八", 20, two, True),
        (6, "周九", 20, two, True),
    ]
    assert [(one.row, one.code) for one in found.problems] == [(3, "share.unknown")]


def test_rooms_that_nobody_uses(table: object) -> None:
    found = table(
        "offices.person_space", HEAD, ",甲局,市级机关,,A,会议室,80,", "张三,甲局,市级机关,局(处)级以下,A,1,8,"
    )  # type: ignore[operator]
    assert [row[1] for row in persons(found)] == ["张三"]
    assert [(one.row, one.what) for one in found.skipped] == [(2, "没有使用人的房间")]


def test_bad_cells_are_noted_and_unknown(table: object) -> None:
    found = table(
        "vehicles.purchase",
        CARS,
        "甲局,机要通信用车,轿车,一般,十二万,1.6L,燃油,",
        "乙局,机要通信用车,轿车,一般,12.5万元,1600ml,燃油,",
    )  # type: ignore[operator]
    first, second = (row.values for row in found.rows)
    assert "price" not in first
    assert (first["displacement"], second["price"], second["displacement"]) == (Decimal("1.6"), 125000, Decimal("1.6"))
    assert [(one.row, one.header) for one in found.problems] == [(2, "购置价格")]


def test_unit_from_the_mapping_file(table: object, check: Check, tmp_path: Path) -> None:
    rows = (CARS, "甲局,机要通信用车,轿车,一般,12.5,1.6,燃油,")
    plan, _ = check(
        f"vehicles.purchase={lines(tmp_path / 'b.csv', [CARS, '甲局,机要通信用车,轿车,一般,125000,1.6,燃油,'])}"
    )
    fingerprint = plan.matches()[0].fingerprint
    mapping = Mapping(layouts=[Layout(fingerprint=fingerprint, units={"price": "万元"})])
    found = table("vehicles.purchase", *rows, mapping=mapping)  # type: ignore[operator]
    assert found.rows[0].values["price"] == 125000
    assert "“购置价格”的单位是万元,已换算成元" in found.notes


def test_constants_and_blocks_from_the_mapping_file(check: Check, tmp_path: Path) -> None:
    path = lines(tmp_path / "a.csv", ["姓名,单位,使用面积", "甲类,,", "张三,甲局,30", "乙类,,", "李四,甲局,8"])
    source = f"offices.person_space={path}"
    plan, result = check(source)
    assert "rank" not in result.tables[0].rows[0].values
    layout = Layout(
        fingerprint=plan.matches()[0].fingerprint,
        constants={"organ_tier": "市级机关"},
        block="rank",
        blocks={"甲类": "正局(处)级", "乙类": "局(处)级以下"},
    )
    _, result = check(source, mapping=Mapping(layouts=[layout]), on=date(2024, 1, 1))
    assert [(one.verdict.subject, one.verdict.excess) for one in result.findings] == [("张三 · 甲局", Decimal(6))]


@pytest.mark.parametrize(
    ("layout", "code"),
    [
        ({"columns": {"单位": "nothing"}}, "mapping.unknown-column"),
        ({"constants": {"nothing": "x"}}, "mapping.unknown-column"),
        ({"units": {"nothing": "元"}}, "mapping.unknown-column"),
        ({"dataset": "no.such"}, "dataset.unknown"),
        ({"dataset": ""}, "input.nothing-matched"),
    ],
)
def test_answers_that_cannot_be(layout: dict[str, object], code: str, check: Check, tmp_path: Path) -> None:
    path = lines(tmp_path / "公务用车购置.csv", [CARS, "甲局,机要通信用车,轿车,一般,125000,1.6,燃油,"])
    plan, _ = check(path)
    mapping = Mapping(layouts=[Layout.model_validate({"fingerprint": plan.matches()[0].fingerprint, **layout})])
    with pytest.raises(Refusal) as refusal:
        check(path, mapping=mapping)
    assert refusal.value.code == code
