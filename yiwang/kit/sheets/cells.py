"""Small questions about cells and rows that the layout is read by: is it a value, a label, a note, a total, a serial."""

from __future__ import annotations

import re
from decimal import Decimal

from yiwang.kit.sheets.grid import Cell
from yiwang.kit.sheets.units import UNIT_PATTERN
from yiwang.kit.sheets.words import compact, half_width, tidy

VALUE = re.compile(rf"[¥$]?[-+]?\d[\d,]*(\.\d+)?(万|亿)?({UNIT_PATTERN})?", re.IGNORECASE)
DATE = re.compile(r"\d{4}([年./-]\d{1,2}([月./-](\d{1,2}日?)?)?|\d{4})(\d{1,2}:\d{2}.*)?")
YEAR = re.compile(r"(19|20)\d{2}(年度?)?")
NOTE = re.compile(
    r"(填[表报]说明|填表要求|填报要求|说明|附注|注意?事项|备注|注\d*)\s*[::.、,]|[※*★]|注\s*\d|(填[表报])?说明$|\(?注\)?$"
)
NUMBERED = re.compile(r"(\d{1,2}|[((]\d{1,2}[))]|[①-⑳])[.、,.]?\s*\S{6,}")
ENUMERATED = re.compile(
    r"([一二三四五六七八九十]{1,3}[、..]|[((][一二三四五六七八九十]{1,3}[))]|第[一二三四五六七八九十]{1,3}[部分类章])"
)
CHINESE_NUMERAL = re.compile(r"[((]?[一二三四五六七八九十]{1,3}[))]?[、.]?")
ELLIPSIS = re.compile(r"(…+|\.{2,}|。{2,}|·{2,}|⋯+|、{2,}|⋮)")
GRAND = re.compile(r"(总计|总合计|共计|累计|全[县市省区校]合计)[::]?")
SUM = re.compile(r"(.{0,12}?)(合计|小计|汇总|总计|共计)[::]?(\(.{0,8}\))?")
SUBTOTAL = re.compile(r".{0,12}?(小计|本页[合小]?计)[::]?")
PAIR = re.compile(
    r"(?:^|[\s(;,])((?:[\u4e00-\u9fff] {1,4}){1,8}[\u4e00-\u9fff]|[\u4e00-\u9fffA-Za-z]{1,12}(?:\([^()]{1,8}\))?) ?:"
)
SERIAL_LABEL = re.compile(r"(序号|编号|顺序号?|序|no\.?|№|项次|行次)", re.IGNORECASE)
TITLE = re.compile(r"附[件表录]?\s*[\d一二三四五六七八九十]*[::]?|表\s*[\d一二三四五六七八九十]+([-—–.]\d+)*")
TITLE_END = re.compile(r".*(表|台账|清单|名册|明细|统计|汇总|情况|目录|登记簿)([((].*[))])?|.*年度.*")
CATEGORY = re.compile(r"类别|分类|类型|种类|级别|职级|项目|部门|处室|科室|单位|楼")
HEADER_WORDS = re.compile(
    "序号|编号|单位|名称|姓名|职务|职级|级别|面积|备注|人数|房号|楼层|数量|金额|价格|单价|日期|时间|类别|品牌|型号|车牌|"
    "用途|地址|项目|规格|说明|电话|标准|处室|部门|科室|间数|建筑|楼号|编制|原值|年限|状态|性质"
)
ROWS_AHEAD = 60


def filled(row: list[Cell]) -> list[tuple[int, Cell]]:
    """The cells of a row that hold something, with their 0-based columns."""
    return [(at, cell) for at, cell in enumerate(row) if cell is not None and (type(cell) is not str or cell.strip())]


def is_value(cell: Cell) -> bool:
    """Whether a cell is a figure, a day or a truth value rather than words. A bare year may be a header: no value."""
    if not isinstance(cell, str):
        return not (isinstance(cell, Decimal) and 1990 <= cell <= 2100 and cell == cell.to_integral_value())
    word = compact(cell)
    return not YEAR.fullmatch(word) and bool(VALUE.fullmatch(word) or DATE.fullmatch(word))


def is_label(cell: Cell) -> bool:
    """Whether a cell could stand in a header: words, not too many."""
    return not is_value(cell) and len(compact(str(cell))) <= 40


def is_meta(cells: list[tuple[int, Cell]]) -> bool:
    """Whether a line is made of blanks to fill: 填报单位:… 填报时间:… At least every second cell has a colon."""
    pairs = sum(1 for _, cell in cells if isinstance(cell, str) and _has_pair(cell))
    return pairs > 0 and pairs * 2 >= len(cells)


def _has_pair(text: str) -> bool:
    match = PAIR.search(half_width(text).strip())
    return match is not None and not match[1].startswith("其中") and not NOTE.match(half_width(text).strip())


def is_note(text: str) -> bool:
    """Whether a line explains the table."""
    return NOTE.match(half_width(tidy(text))) is not None


def is_ellipsis(cells: list[tuple[int, Cell]]) -> bool:
    """Whether a row only says that rows were left out."""
    return all(isinstance(cell, str) and ELLIPSIS.fullmatch(compact(cell)) for _, cell in cells)


def total_word(cells: list[tuple[int, Cell]]) -> str:
    """The word of summing among the first two cells with words (合计, 小计 …), "" if there is none."""
    words = [cell for _, cell in cells[:3] if isinstance(cell, str)][:2]
    words = [compact(word) for word in words if "计" in word or "其中" in word or "汇" in word]
    for word in words:
        if SUM.fullmatch(word) or GRAND.fullmatch(word) or word.startswith("其中:"):
            return word
    return ""


def is_column_numbers(cells: list[tuple[int, Cell]], width: int) -> bool:
    """Whether a row counts the columns: 1 2 3 …, 甲 乙 1 2 …, 1 2 3=1+2 …, over most of the header's width."""
    words = [compact(str(cell)).strip("()[]") for _, cell in cells]
    words = [word for word in words if word not in ("甲", "乙", "丙", "丁", "栏次", "列号", "列次")]
    numbers = [int(match[0]) for word in words if (match := re.match(r"\d{1,3}(?=$|=)", word))]
    if len(numbers) < 3 or len(numbers) != len(words) or len(cells) * 5 < width * 3:
        return False
    return numbers == list(range(numbers[0], numbers[0] + len(numbers))) and numbers[0] in (0, 1, 2)


def pairs_of(text: str) -> dict[str, str]:
    """The blanks of a line and what fills them: {填报单位: …, 填报时间: …}; empty ones are left out by the caller."""
    plain = half_width(text).replace("\n", "  ")
    found = list(PAIR.finditer(plain))
    pairs = {}
    for match, following in zip(found, [*found[1:], None], strict=False):
        value = plain[match.end() : following.start() if following else len(plain)].strip()
        unmatched = value.endswith(")") and value.count(")") > value.count("(")
        pairs[re.sub(r"\([^()]*\)", "", compact(match[1]))] = value[:-1] if unmatched else value
    return pairs
