"""F3, the rooms of a university under blocks by rank, filled three ways. Used by `forms.build`."""

from __future__ import annotations

from decimal import Decimal
from itertools import groupby
from typing import Any

import xlsxwriter

from yiwang.kit.sheets.tests.forms_data import ROOMS, RoomRow
from yiwang.kit.sheets.tests.painter import Col, Drawn, Painter

WORDS = {
    "category": "类别",
    "serial": "序号",
    "building": "建筑名称",
    "floor": "楼层",
    "room": "房号",
    "purpose": "实际用途",
    "department": "使用单位",
    "section": "使用科室",
    "area": "使用面积",
    "entitled": "按标准核定面积",
    "over": "是否超标",
    "adjusted": "此次是否调整",
}
USERS = {
    "count": "人数",
    "names": "姓名",
    "staff_numbers": "职工号/身份证号",
    "posts": "职务",
    "regular": "是否正式编制",
    "double": "是否双肩挑",
    "phone": "联系电话",
}
SEPARATOR = {1: "、", 2: "\n", 3: "\uff0c"}
YES_NO = {1: ("是", "否"), 2: ("√", ""), 3: ("Y", "N")}
CHANGED = {
    2: {"building": "楼宇", "room": "房间号", "area": "使用面积(m2)", "entitled": "核定面积(m2)", "over": "超标"},
    3: {
        "category": "用房类别",
        "room": "房间编号",
        "department": "单位(部门)",
        "entitled": "标准面积",
        "adjusted": "调整与否",
    },
}


def columns(way: int) -> list[Col]:
    """The columns as each way words them."""
    words = WORDS | CHANGED.get(way, {})
    left_out = {1: set[str](), 2: {"category"}, 3: {"serial"}}[way]
    unit = "㎡" if way == 2 else ""
    plain = [
        Col((text,), key, unit if key in ("area", "entitled") else "")
        for key, text in words.items()
        if key not in left_out
    ]
    users = [Col(("使用人情况" if way == 2 else "使用人", text), key) for key, text in USERS.items()]
    return [*plain, *users, Col(("备注",), "remark")]


def record_of(row: RoomRow) -> dict[str, Any]:
    """The truth of one room."""
    return {
        "category": row.category, "rank": row.rank, "building": row.building, "floor": row.floor, "room": row.room,
        "purpose": row.purpose, "department": row.department, "section": row.section, "area": row.area,
        "entitled": row.entitled, "over": row.over, "adjusted": row.adjusted, "count": len(row.users),
        "names": [user[0] for user in row.users], "staff_numbers": [user[1] for user in row.users],
        "posts": [user[2] for user in row.users], "regular": [user[3] for user in row.users],
        "double": [user[4] for user in row.users], "remark": row.remark,
    }  # fmt: skip


def shown(row: RoomRow, way: int) -> dict[str, Any]:
    """The cells as the clerk wrote them in this way."""
    yes, no = YES_NO[way]
    record = record_of(row)
    cells = dict(record)
    for key in ("names", "staff_numbers", "posts"):
        cells[key] = SEPARATOR[way].join(record[key])
    for key in ("regular", "double"):
        cells[key] = SEPARATOR[way].join(yes if flag else no for flag in record[key]).strip()
    cells["over"] = "" if row.entitled is None else (yes if row.over and not row.wrong else no)
    cells["adjusted"] = yes if row.adjusted else no
    cells["count"] = len(row.users) or None
    return cells


def f3(book: xlsxwriter.Workbook, way: int) -> list[Drawn]:
    """F3 in one of three ways."""
    pen = Painter(book, "统计表", columns(way), wide=way != 2)
    pen.title("教学、科研、行政办公用房使用情况统计表")
    if way == 1:
        pen.line(
            {0: "单位(公章):示例大学", 8: "填表人:金某", 12: "填表时间:2014/12/3"},
            {"单位": "示例大学", "填表人": "金某", "填表时间": "2014/12/3"},
        )
    elif way == 3:
        pen.title("(行政办公用房部分)")
        pen.drawn.title = "教学、科研、行政办公用房使用情况统计表"
    pen.header()
    {1: merged_blocks, 2: heading_blocks, 3: loose_blocks}[way](pen)
    return [pen.drawn, *([dictionary(book)] if way == 3 else [])]


def draw(pen: Painter, row: RoomRow, way: int, block: str, extra: dict[str, Any]) -> int:
    """One room; remembers its planted error."""
    number = pen.data(shown(row, way) | extra, record_of(row), block=block)
    if row.wrong:
        pen.plant(number, "over", row.wrong)
    return number


def merged_blocks(pen: Painter) -> None:
    """类别 is one merged cell beside its rooms; serials restart in each."""
    for category, rows in groupby(ROOMS, key=lambda row: row.category):
        numbers = [
            draw(pen, row, 1, category, {"serial": serial} | ({"category": ""} if serial > 1 else {}))
            for serial, row in enumerate(rows, 1)
        ]
        if len(numbers) > 1:
            pen.sheet.merge_range(numbers[0] - 1, 0, numbers[-1] - 1, 0, category, pen.cell)
    pen.note("备注:1. 类别按使用人职级填写;2. 多人合用一室的,姓名之间用顿号隔开;面积单位为㎡。")
    pen.blanks(4)


def heading_blocks(pen: Painter) -> None:
    """Headings over the width, subtotals, a total; users one a line."""
    pen.numbers()
    for numeral, (category, rows) in zip("一二三四五六七", groupby(ROOMS, key=lambda row: row.category), strict=False):
        block = f"{numeral}、{category}"
        pen.heading(block)
        members = list(rows)
        for serial, row in enumerate(members, 1):
            draw(pen, row, 2, block, {"serial": serial})
        pen.data({"building": "小计", "area": total(members)}, None, kind="subtotal", block=block)
    pen.data({"building": "合计", "area": total(list(ROOMS))}, None, kind="total")


def loose_blocks(pen: Painter) -> None:
    """类别 written once at the first row of its block and not merged; subtotals, empty rows at the end."""
    for category, rows in groupby(ROOMS, key=lambda row: row.category):
        members = list(rows)
        for position, row in enumerate(members):
            draw(pen, row, 3, category, {} if position == 0 else {"category": ""})
        pen.data({"category": "小计", "area": total(members)}, None, kind="subtotal", block=category)
    pen.blanks(6)
    pen.note("说明:使用面积单位为平方米。")


def total(rows: list[RoomRow]) -> Decimal:
    """The sum of the usable areas."""
    return sum((row.area for row in rows), Decimal(0))


def dictionary(book: xlsxwriter.Workbook) -> Drawn:
    """A hidden sheet with the words of the drop-downs, as forms often carry."""
    sheet = book.add_worksheet("数据字典")
    for row, word in enumerate(("办公室", "会议室", "接待室", "配电室")):
        sheet.write_string(row, 0, word)
    sheet.hide()
    return Drawn("数据字典", "", hidden=True)
