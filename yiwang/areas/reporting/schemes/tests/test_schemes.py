"""Schemes: what ships is sound; what is wrong is refused with its place; Python and DuckDB say the same."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.areas.reporting.schemes import bulk
from yiwang.areas.reporting.schemes.compiled import Beside, Message, compiled, facts_of, judged, shown
from yiwang.areas.reporting.schemes.reading import compiled_from, in_force, parsed, read, shipped
from yiwang.core.datasets import all_datasets
from yiwang.core.standards.book import SHIPPED, read_documents
from yiwang.core.standards.rules import column_types
from yiwang.kit.expr import Type, compile_expression
from yiwang.kit.refusal import Refusal

HEAD = "key: small\nrevision: '1'\ntitle: 小报表\nvalid_from: 2020-01-01\nperiod: month\n"
SMALL = (
    HEAD
    + """tables:
- key: main
  title: 主表
  items:
  - {key: area, label: 面积, unit: 平方米, required: true}
  - {key: users, label: 人数, unit: 人, type: integer}
  - {key: gas, label: 天然气, unit: 立方米}
  - {key: kind, label: 类别, type: choice, choices: [机关, 学校]}
  - {key: opened, label: 启用日期, type: date}
  - {key: half, label: 一半, derived: per_user / 2, adds: false}
  - {key: per_user, label: 人均, derived: gas / users, adds: false, places: 3}
- key: rooms
  title: 明细
  rows: floating
  items:
  - {key: room, label: 房间, type: text, required: true}
  - {key: size, label: 大小, unit: 平方米}
checks:
- {key: area_users, that: area >= 2 * users, message: '面积 {area},人数 {users}。'}
- {key: gas_thousand, kind: year, when: year_gas > 0, that: gas < 500 * year_gas, message: '{gas} 是上年 {year_gas} 的几百倍。'}
- {key: gas_last, level: soft, kind: last, when: last_gas > 0, that: gas between 0.5 * last_gas and 1.5 * last_gas, message: '变化大'}
- {key: peer, level: soft, kind: peer, that: per_user <= 3 * peer_per_user, message: '同类 {peer_per_user},填的 {per_user}'}
- {key: rooms_add, that: area = sum_size, when: rows_rooms > 0, message: '明细合计 {sum_size}'}
- {key: room_size, table: rooms, that: size > 0, message: '{room} 的大小是 {size}。'}
- {key: school, when: kind = '学校', that: users > 0 and opened <= '2026-01-01', message: '学校要有人'}
"""
)
ONE = compiled_from(SMALL)


def D(text: str | int) -> Decimal:
    return Decimal(text)


def refused(text: str) -> str:
    with pytest.raises(Refusal) as caught:
        parsed(text, "一.yaml")
    assert caught.value.code == "return.scheme"
    assert caught.value.where.file == "一.yaml"
    return caught.value.message


def test_what_ships_is_sound_and_cites_the_lawbook() -> None:
    """Every clause named is in the lawbook; what fills items is a column of a dataset; revisions follow one another."""
    known = {clause.id for document in read_documents(SHIPPED) for clause in document.clauses}
    for name, (scheme, text) in shipped().items():
        assert compiled_from(text, name).scheme == scheme
        cited = {*scheme.clauses, *(one.clause for one in scheme.breaks if one.clause)}
        assert cited <= known, name
        for item in scheme.items.values():
            if item.fill:
                types = column_types(all_datasets()[item.fill.dataset])
                assert not item.fill.value or compile_expression(item.fill.value, types).type is Type.NUMBER
                assert not item.fill.where or compile_expression(item.fill.where, types).type is Type.BOOL
    assert in_force("pi-energy", date(2025, 11, 9))[0].revision == "2022"
    assert in_force("pi-energy", date(2025, 11, 10))[0].revision == "2025"
    with pytest.raises(Refusal) as caught:
        in_force("pi-energy", date(2015, 12, 31))
    assert caught.value.code == "return.no-scheme"


def test_revisions_change_items_as_the_explanations_say() -> None:
    """2022: 其他能源 out of the data centre, solar in. 2025: land, chargers, renewables, UPS out; heat renamed; a break in scope."""
    old, middle, new = (set(shipped()[f"pi-energy/{year}"][0].items) for year in ("2016", "2022", "2025"))
    assert old - middle == {"dc_other"}
    assert middle - old == {"dc_solar"}
    assert middle - new == {"land_area", "chargers", "renewable", "ups_capacity"}
    assert shipped()["pi-energy/2025"][0].items["heating_heat"].label == "热力消费量(按热量收费)"
    assert any(not one.items for one in shipped()["pi-energy/2025"][0].breaks)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[]", "应是一份报表制度"),
        ("key: [", "不是合法的 YAML"),
        ("a: &x 1\nb: *x", "不是合法的 YAML"),
        (SMALL.replace("label: 面积, ", ""), "“tables.[main].items.[area].label”:缺少这一项"),
        (SMALL.replace("period: month", "period: week"), "“period”:不是允许的词"),
        (SMALL.replace("revision", "revison"), "缺少这一项"),
        (SMALL.replace("{key: gas,", "{key: area,"), "指标编号重复:area"),
        (SMALL.replace("{key: gas,", "{key: last_gas,"), "编号不能以"),
        (SMALL.replace("choices: [机关, 学校]", ""), "type: choice 要写 choices"),
        (SMALL.replace("area >= 2 * users", "area >= 2 * user"), '没有这一列:"user"'),
        (SMALL.replace("area >= 2 * users", "area + users"), "应得出 bool"),
        (SMALL.replace("area >= 2 * users", "sleep(1)"), "不允许"),
        (SMALL.replace("人数 {users}", "人数 {user}"), "没有这个指标:user"),
        (SMALL.replace("table: rooms", "table: room"), "没有浮动行表“room”"),
        (SMALL.replace("derived: gas / users", "derived: gas / half"), "推算成环"),
        (SMALL.replace("{key: size, label: 大小,", "{key: size, label: 大小, derived: size + 1,"), "不能推算或取数"),
        (SMALL.replace("valid_from", "valid_to: 2019-01-01\nvalid_from"), "valid_to 应晚于"),
        ("x" * (1 << 20) + "y", "超过 1 MB"),
    ],
)
def test_what_is_wrong_is_refused_with_its_place(text: str, says: str) -> None:
    assert says in refused(text)


def test_a_file_that_is_no_text(tmp_path: Any) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"\xff\xfe\xff")
    with pytest.raises(Refusal, match="UTF-8"):
        read(path)


def marks(messages: list[Message]) -> list[str]:
    return [one.mark for one in messages]


def test_one_return_judged() -> None:
    """The gas is a thousand times last year's: hard; what is missing is hard; a floating row by its number."""
    beside = Beside(last={"gas": D(9)}, year={"gas": D(10)}, peer={"per_user": D(2)})
    values = {"area": D(30), "users": D(4), "gas": D(10000)}
    rows: dict[str, list[dict[str, Any]]] = {"rooms": [{"room": "101", "size": D(20)}, {"size": D(0)}]}
    found = judged(ONE, values, rows, beside)
    assert marks(found) == ["required_room:2", "gas_thousand", "rooms_add", "room_size:2", "gas_last", "peer"]
    assert found[1].text == "10,000 是上年 10 的几百倍。"
    assert found[1].items == ("gas",)
    assert (found[3].table, found[3].row, found[3].text) == ("rooms", 2, "— 的大小是 0。")
    assert [one.hard for one in found] == [True, True, True, True, False, False]
    assert marks(judged(ONE, {})) == ["required_area"]
    assert judged(ONE, {"area": D(20), "users": D(5), "gas": D(10)}, {}, beside) == []


def test_derived_items_follow_one_another() -> None:
    facts = facts_of(ONE, {"gas": D(10), "users": D(3)}, {}, Beside())
    assert facts["per_user"] == D("3.333")
    assert facts["half"] == D("1.67")
    assert facts_of(ONE, {"gas": D(10), "users": D(0)}, {}, Beside())["half"] is None


def test_figures_in_messages() -> None:
    assert [shown(one) for one in (D("1234567.500"), D(100), None, "机关")] == ["1,234,567.5", "100", "—", "机关"]


FIGURE = st.none() | st.decimals(min_value=-5, max_value=99_999, places=2, allow_nan=False)
PEOPLE = st.none() | st.integers(0, 2000).map(Decimal)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "area": FIGURE,
                "users": PEOPLE,
                "gas": FIGURE,
                "kind": st.sampled_from([None, "机关", "学校"]),
                "opened": st.none() | st.dates(date(2024, 1, 1), date(2027, 1, 1)),
                "year_gas": FIGURE,
                "last_gas": FIGURE,
                "peer_per_user": FIGURE,
            }
        ),
        min_size=1,
        max_size=6,
    )
)
def test_one_by_one_and_in_bulk_agree(units: list[dict[str, Any]]) -> None:
    """The same failures and the same messages, whatever is missing."""
    con = duckdb.connect(":memory:", config={"threads": 1})
    con.execute(bulk.create(ONE, "t"))
    names = list(bulk.needed(ONE))
    wide = [{**one, "sum_size": D(0), "rows_rooms": D(0)} for one in units]
    con.executemany(
        f"INSERT INTO t VALUES ({', '.join('?' * (len(names) + 1))})",
        [[number, *(one.get(name) for name in names)] for number, one in enumerate(wide)],
    )
    expected: dict[tuple[int, str], str] = {}
    for number, one in enumerate(units):
        beside = Beside({"gas": one["last_gas"]}, {"gas": one["year_gas"]}, {"per_user": one["peer_per_user"]})
        for message in judged(ONE, one, {}, beside):
            expected[number, message.mark] = message.text
    found = {(one.unit, one.message.mark): one.message.text for one in bulk.failures(con, ONE, "t")}
    assert found == expected
    counted = bulk.count(con, ONE, "t")
    assert sum(counted.values()) == len(expected)
    assert set(counted) == {mark for _, mark in expected}


def test_compiling_is_kept() -> None:
    assert compiled_from(SMALL) is ONE
    assert compiled(ONE.scheme) is not ONE
