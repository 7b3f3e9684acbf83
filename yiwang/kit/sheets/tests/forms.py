"""The forms F1, F2 and F3 that offices keep, each filled three ways, written by `build(form, way, folder)`.

F1 registers a county's organs, one row each, with counts of persons by rank. F2 has three sheets: by organ, by person
(one row a room) and the sums. F3 lists a university's rooms under blocks by rank, several users in a cell. The ways
differ in depth and wording of the header, place of units, notation of dates and numbers, serials, merges, subtotals.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Any

import xlsxwriter

from yiwang.kit.sheets.tests.forms_data import ORGANS, PERSONS, OrganRow, Person
from yiwang.kit.sheets.tests.forms_f3 import f3
from yiwang.kit.sheets.tests.painter import Col, Drawn, Filled, Painter

FULL_WIDTH = {ord(sign): ord(sign) + 0xFEE0 for sign in "0123456789.,"}
WAYS = (1, 2, 3)
FORMS = ("F1", "F2", "F3")


def build(form: str, way: int, folder: Path) -> Filled:
    """Writes the form filled in one way into the folder and returns the file with the truth about it."""
    path = folder / f"{form}-{way}.xlsx"
    book = xlsxwriter.Workbook(str(path))
    drawn = {"F1": f1, "F2": f2, "F3": f3}[form](book, way)
    book.close()
    return Filled(form, way, path, drawn)


def full_width(value: Any) -> str:
    """A figure as typed with a Chinese input method."""
    return str(value).translate(FULL_WIDTH)


def with_unit(unit: str) -> Callable[[Any], str]:
    """Writes a figure with its unit behind it."""
    return lambda value: f"{value:,}{unit}" if isinstance(value, Decimal | int) else str(value)


# --- F1 ---------------------------------------------------------------------------------------------------------------

F1_KEYS = ("authorized", "actual", "正县", "副县", "正科", "副科", "科级以下", "借聘用")
F1_NOTES = (
    "填表说明:1. 本表由各单位填报,一个单位一行,面积均为使用面积。",
    "2. 县级正职每人使用面积 30㎡,县级副职 24㎡,正科级 18㎡,副科级 12㎡,科级以下 9㎡。",
)


def f1_record(row: OrganRow) -> dict[str, Any]:
    """The truth of one row: what the clerk wrote, by key."""
    counts = dict(zip(F1_KEYS[2:], row.counts, strict=True))
    return counts | {
        "organ": row.name, "authorized": row.authorized, "actual": row.actual,
        "total": row.office + row.service, "rooms": row.office_rooms + row.service_rooms,
        "office": row.office, "office_rooms": row.office_rooms, "service": row.service, "service_rooms": row.service_rooms,
        "excess_total": row.excess + row.excess_service, "entitled": row.entitled, "excess": row.excess,
        "entitled_service": row.entitled_service, "excess_service": row.excess_service,
        "idle": row.idle, "leased": row.leased, "remark": row.remark,
    }  # fmt: skip


def f1_columns(way: int) -> list[Col]:
    """The columns of F1 as each way words them."""
    people, used, due = {
        1: ("人员情况", "实际使用基本办公用房情况", "应享有基本办公用房及超出面积情况"),
        2: ("人员情况(人)", "实际使用基本办公用房(平方米)", "应享有及超出面积(平方米)"),
        3: ("人员", "实际使用", "应享有及超出"),
    }[way]
    inner = ("其中",) if way < 3 else ()
    words = {
        1: ("正县", "副县", "正科", "副科", "科级以下", "借聘用人员"),
        2: ("县级正职", "县级副职", "正科级", "副科级", "科级以下", "借用、聘用人员"),
        3: ("正县级人数", "副县级人数", "正科级人数", "副科级人数", "科级以下人数", "借聘用人数"),
    }[way]
    area = "㎡" if way == 2 else ""
    columns = [Col(("序号",), "serial")] if way != 2 else []
    columns += [Col(("单位名称" if way < 3 else "单位全称",), "organ")]
    persons = "人" if way == 2 else ""
    columns += [Col((people, "定编人数"), "authorized", persons), Col((people, "实有人数"), "actual", persons)]
    columns += [Col((people, *inner, word), key, persons) for word, key in zip(words, F1_KEYS[2:], strict=True)]
    columns += [Col((used, "面积总计"), "total", area), Col((used, "间数总计"), "rooms")]
    columns += [
        Col((used, *inner, "办公用房面积"), "office", area),
        Col((used, *inner, "办公用房间数" if way == 3 else "间数"), "office_rooms"),
    ]
    columns += [
        Col((used, *inner, "公共服务用房面积"), "service", area),
        Col((used, *inner, "服务用房间数" if way == 3 else "间数"), "service_rooms"),
    ]
    columns += [Col((due, "超出面积总计"), "excess_total", area), Col((due, "应享有办公用房面积"), "entitled", area)]
    columns += [Col((due, "超出面积"), "excess", area), Col((due, "应享有公共服务用房"), "entitled_service", area)]
    columns += [
        Col((due, "超出公共服务用房面积" if way == 3 else "超出面积"), "excess_service", area),
        Col(("闲置房面积",), "idle"),
        Col(("出租出借等情况",), "leased"),
    ]
    return [*columns, Col(("备注",), "remark")]


def f1(book: xlsxwriter.Workbook, way: int) -> list[Drawn]:
    """F1 in one of three ways."""
    pen = Painter(book, {1: "Sheet1", 2: "登记表", 3: "汇总"}[way], f1_columns(way), merge=way < 3, wide=way != 2)
    pen.title("示例县机关办公用房管理使用情况登记表")
    f1_meta(pen, way)
    pen.header()
    if way == 1:
        pen.numbers()
    {1: f1_plain, 2: f1_blocks, 3: f1_loose}[way](pen)
    return [pen.drawn]


def f1_meta(pen: Painter, way: int) -> None:
    """The line of blanks under the title."""
    if way == 1:
        meta = {
            "填报单位": "示例县机关事务服务中心(盖章)",
            "负责人": "孔某",
            "填报人": "曹某",
            "填报时间": "2014.12",
            "单位": "㎡",
        }
        pen.line(
            {
                0: "填报单位:示例县机关事务服务中心(盖章)  负责人:孔某  填报人:曹某  联系电话:",
                16: "填报时间:2014.12",
                20: "单位:㎡",
            },
            meta,
        )
    elif way == 2:
        pen.line(
            {0: "填报单位:", 1: "示例县机关事务服务中心", 5: "填报时间:2014年12月3日"},
            {"填报单位": "示例县机关事务服务中心", "填报时间": "2014年12月3日"},
        )
    else:
        pen.skip()
        pen.line({18: "单位:平方米、间"}, {"单位": "平方米、间"})


def f1_plain(pen: Painter) -> None:
    """Serials, numbers as numbers, a total, notes, empty bordered rows between."""
    for serial, row in enumerate(ORGANS, 1):
        number = pen.data({"serial": serial} | f1_record(row), f1_record(row))
        if row.wrong:
            pen.plant(number, "entitled", row.wrong)
    pen.data({"serial": "…"}, None, kind="ellipsis")
    pen.data(f1_total("合计", ORGANS), None, kind="total")
    pen.blanks(3)
    for text in F1_NOTES:
        pen.note(text)
    pen.blanks(5)


def f1_blocks(pen: Painter) -> None:
    """Blocks with headings and subtotals, figures with their unit or in full width."""
    for block, rows in groupby(ORGANS, key=lambda row: row.block):
        pen.heading(f"{block}部分")
        members = list(rows)
        for row in members:
            record = f1_record(row)
            shown = record | {
                "office": with_unit("㎡")(row.office),
                "entitled": full_width(row.entitled),
                "idle": row.idle and with_unit("平方米")(row.idle),
            }
            number = pen.data(shown, record, block=f"{block}部分")
            if row.wrong:
                pen.plant(number, "entitled", row.wrong)
        pen.data(f1_total("小计", members), None, kind="subtotal", block=f"{block}部分")
    pen.data(f1_total("总 计", ORGANS), None, kind="total")
    pen.note("注:面积按房屋实测使用面积填写。")


def f1_loose(pen: Painter) -> None:
    """Serials that restart, no merges, text figures with thousands separators, blank rows inside."""
    for block, rows in groupby(ORGANS, key=lambda row: row.block):
        for serial, row in enumerate(rows, 1):
            record = f1_record(row)
            number = pen.data(
                record
                | {
                    "serial": serial,
                    "office": f"{row.office:,}",
                    "idle": row.idle or "无",
                    "leased": row.leased or "/",
                },
                record,
            )
            if row.wrong:
                pen.plant(number, "entitled", row.wrong)
        pen.data({}, None, kind="blank", block=block)
    pen.data(f1_total("合计", ORGANS) | {"serial": "合计", "organ": ""}, None, kind="total")
    pen.skip()
    pen.note("说明:科级以下含一至四级主任科员以下人员。")


def f1_total(word: str, rows: Any) -> dict[str, Any]:
    """A row of sums under a word."""
    records = [f1_record(row) for row in rows]
    return {
        key: sum(record[key] or 0 for record in records)
        for key in ("authorized", "actual", "total", "office", "service", "entitled")
    } | {"organ": word}


# --- F2 ---------------------------------------------------------------------------------------------------------------


def f2_columns(way: int) -> list[Col]:
    """The columns of 表1-3 as each way words them."""
    if way == 1:
        words = {
            "serial": "序号",
            "division": "处室",
            "name": "姓名",
            "post": "职务",
            "rank": "职级",
            "room": "办公室房号",
            "area": "现使用面积",
            "before": "原使用面积",
            "limit": "标准面积",
            "excess": "超出面积",
            "on": "清理时间",
            "remark": "备注",
        }
        return [Col((word,), key) for key, word in words.items()]
    if way == 2:
        words = {"serial": "序号", "name": "姓 名", "division": "所在处室", "post": "职务"}
        columns = [Col((word,), key) for key, word in words.items()]
        columns += [
            Col(("办公室使用情况", "楼号房号"), "room"),
            Col(("办公室使用情况", "使用面积(㎡)"), "area", "㎡"),
            Col(("办公室使用情况", "清理前面积(㎡)"), "before", "㎡"),
        ]
        return [
            *columns,
            Col(("规定面积(㎡)",), "limit", "㎡"),
            Col(("超出(㎡)",), "excess", "㎡"),
            Col(("清理日期",), "on"),
            Col(("备注",), "remark"),
        ]
    words = {
        "division": "部门",
        "name": "人员姓名",
        "rank": "行政级别",
        "post": "职务",
        "room": "办公室门牌号",
        "area": "实测使用面积",
        "before": "2013年清理前面积",
        "limit": "核定面积",
        "excess": "超标准面积",
        "on": "调整时间",
        "remark": "说明",
    }
    return [Col((word,), key) for key, word in words.items()]


def f2_records(person: Person) -> list[dict[str, Any]]:
    """The truth of a person's rows, one a room."""
    excess = max(Decimal(0), person.area - person.limit)
    return [
        {
            "name": person.name, "division": person.division, "post": person.post, "rank": person.rank,
            "room": room, "area": area, "sharers": sharers, "before": person.before, "limit": person.limit,
            "excess": excess, "on": dt.date(2014, 12, 1), "remark": remark,
        }
        for room, area, sharers, remark in person.rooms
    ]  # fmt: skip


def f2_written(person: Person, record: dict[str, Any]) -> dict[str, Any]:
    """What the clerk wrote instead, where the clerk was wrong."""
    return {"excess": 0 if "写成 0" in person.wrong else None} if person.wrong else {}


def f2(book: xlsxwriter.Workbook, way: int) -> list[Drawn]:
    """F2 in one of three ways: 表1-2 by organ, 表1-3 by person, 表1-4 the sums."""
    by_organ = f2_by_organ(book)
    pen = Painter(book, "表1-3", f2_columns(way), left=1 if way == 3 else 0, wide=way != 2)
    pen.title("示例省省级机关办公用房使用管理台账(表1-3)" if way < 3 else "省级机关工作人员办公室使用情况明细表")
    f2_meta(pen, way)
    pen.header()
    if way == 3:
        pen.numbers()
    {1: f2_merged, 2: f2_blocks, 3: f2_flat}[way](pen)
    return [pen.drawn, by_organ, f2_sums(book)]


def f2_meta(pen: Painter, way: int) -> None:
    """The line of blanks: in one cell, in pairs of cells, or with the unit at its right."""
    if way == 1:
        pen.line(
            {0: "填报单位:示例省发展改革委  负责人:  填报人:严某  填报时间:2014年12月", 10: "单位:平方米"},
            {"填报单位": "示例省发展改革委", "填报人": "严某", "填报时间": "2014年12月", "单位": "平方米"},
        )
    elif way == 2:
        pen.line(
            {0: "单位名称:示例省发展改革委", 6: "填表日期:2014-12-03"},
            {"单位名称": "示例省发展改革委", "填表日期": "2014-12-03"},
        )
    else:
        pen.skip()


def f2_merged(pen: Painter) -> None:
    """A person with several rooms: serial, name, post and rank merged down; the month with a point."""
    for serial, person in enumerate(PERSONS, 1):
        numbers: list[int] = []
        for record in f2_records(person):
            first = not numbers
            shown = record | {"serial": serial, "on": "2014.12"} | f2_written(person, record)
            if not first:
                shown |= dict.fromkeys(("serial", "name", "division", "post", "rank", "before", "limit", "excess"))
            numbers.append(pen.data(shown, record))
        for key in ("serial", "name", "division", "post", "rank", "before", "limit", "excess"):
            f2_merge(pen, key, numbers, person, serial)
        if person.wrong:
            pen.plant(numbers[0], "excess", person.wrong)
    pen.data(
        {"name": "合计", "area": sum(area for person in PERSONS for _, area, _, _ in person.rooms)}, None, kind="total"
    )
    pen.note("注:1. 使用面积为房间实测使用面积;2. 共用办公室的在备注栏注明“共用”。")


def f2_merge(pen: Painter, key: str, numbers: list[int], person: Person, serial: int) -> None:
    """Merges one column over a person's rows, keeping the first value."""
    if len(numbers) > 1:
        value = (f2_records(person)[0] | {"serial": serial})[key]
        index = next(at for at, column in enumerate(pen.columns) if column.key == key)
        pen.sheet.merge_range(numbers[0] - 1, index, numbers[-1] - 1, index, "", pen.cell)
        pen.sheet.write(numbers[0] - 1, index, float(value) if isinstance(value, Decimal) else value, pen.cell)


def f2_blocks(pen: Painter) -> None:
    """Blocks by rank with their own serials and subtotals; the rank stands only in the heading; real dates."""
    for numeral, (rank, persons) in zip("一二三四五", groupby(PERSONS, key=lambda person: person.rank), strict=False):
        block = f"{numeral}、{rank}"
        pen.heading(block)
        area = Decimal(0)
        for serial, person in enumerate(persons, 1):
            for record in f2_records(person):
                number = pen.data(record | {"serial": serial} | f2_written(person, record), record, block=block)
                area += record["area"]
                if person.wrong:
                    pen.plant(number, "excess", person.wrong)
        pen.data({"name": "小计", "area": area}, None, kind="subtotal", block=block)
        pen.data({"serial": "……"}, None, kind="ellipsis", block=block)
    pen.note("填表说明:共用办公室的,在备注栏注明共用人。")


def f2_flat(pen: Painter) -> None:
    """Everything repeated in each row, no serials, figures as text with units, days in Chinese."""
    for person in PERSONS:
        for record in f2_records(person):
            shown = record | {
                "area": with_unit("㎡")(record["area"]),
                "limit": full_width(record["limit"]),
                "on": "2014年12月1日",
            }
            number = pen.data(shown | f2_written(person, record), record)
            if person.wrong:
                pen.plant(number, "excess", person.wrong)
    pen.blanks(8)


def f2_by_organ(book: xlsxwriter.Workbook) -> Drawn:
    """表1-2: one row an organ with a total."""
    columns = [
        Col(("序号",), "serial"),
        Col(("使用单位",), "organ"),
        Col(("编制人数",), "authorized"),
        Col(("办公室", "间数"), "rooms"),
        Col(("办公室", "使用面积"), "area"),
        Col(("备注",), "remark"),
    ]
    pen = Painter(book, "表1-2", columns)
    pen.title("省级机关办公用房使用情况汇总表(表1-2)")
    pen.line({5: "单位:㎡、间"}, {"单位": "㎡、间"})
    pen.header()
    rooms = {(room, area) for person in PERSONS for room, area, _, _ in person.rooms}
    record = {
        "organ": "示例省发展改革委",
        "authorized": 12,
        "rooms": len(rooms),
        "area": sum(area for _, area in rooms),
        "remark": "",
    }
    pen.data(record | {"serial": 1}, record)
    pen.data(record | {"organ": "合  计"}, None, kind="total")
    return pen.drawn


def f2_sums(book: xlsxwriter.Workbook) -> Drawn:
    """表1-4: by rank, summed from 表1-3."""
    columns = [
        Col(("职级",), "rank"),
        Col(("人数",), "count"),
        Col(("使用面积合计",), "area"),
        Col(("核定面积合计",), "limit"),
    ]
    pen = Painter(book, "表1-4", columns)
    pen.title("办公用房核定表(表1-4)")
    pen.header()
    for rank, group in groupby(PERSONS, key=lambda person: person.rank):
        persons = list(group)
        record = {
            "rank": rank,
            "count": len(persons),
            "area": sum((p.area for p in persons), Decimal(0)),
            "limit": sum((p.limit for p in persons), Decimal(0)),
        }
        pen.data(record, record)
    return pen.drawn
