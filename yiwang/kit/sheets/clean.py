"""Cells as clerks fill them → values: numbers with their unit, dates, yes and no, codes, text.

Each function returns None for an empty cell and raises `Refusal` with a stable code for one that cannot be trusted.
Nothing is guessed: two numbers in a cell, an unknown unit, a day that does not exist are refused with what to do.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from yiwang.kit.refusal import Refusal, Where
from yiwang.kit.sheets.grid import Cell
from yiwang.kit.sheets.units import UNIT_PATTERN, Unit, converted, unit_of
from yiwang.kit.sheets.words import compact, half_width, is_nothing, tidy

NONE_WORDS = {"无", "空", "没有", "n/a", "na", "null", "none", "不适用", "暂无"}
ERRORS = re.compile(r"#(REF|N/A|VALUE|DIV/0|NAME\?|NUM|NULL|SPILL|CALC)!?\??", re.IGNORECASE)
CODE_DIGITS = 15  # a spreadsheet keeps no more digits of a number than this


@dataclass(frozen=True)
class Quantity:
    """A number and the unit that stood with it ("" if none did)."""

    value: Decimal
    unit: str = ""


def _shown(cell: Cell) -> str:
    return str(cell)[:40]


def _text_of(cell: Cell, where: Where | None) -> str:
    text = cell if isinstance(cell, str) else str(cell)
    if ERRORS.fullmatch(text.strip()):
        raise Refusal("cell.formula-error", f"公式出错({text.strip()}),请改正公式或直接填写数值", where=where)
    return text


# --- text and codes ---------------------------------------------------------------------------------------------------


def text(cell: Cell, *, where: Where | None = None) -> str | None:
    """Words on one line, trimmed (U+3000 and line breaks too). Numbers and dates as they read. None for empty, "/", "—"."""
    if cell is None:
        return None
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, Decimal):
        return format(cell, "f")
    words = tidy(_text_of(cell, where))
    return None if is_nothing(words) else words


def several(cell: Cell, *, where: Where | None = None) -> list[str]:
    """The entries of a cell that holds several, one a line or separated by 、 , ; /: names, staff numbers."""
    if not isinstance(cell, str):
        one = text(cell, where=where)
        return [one] if one else []
    parts = re.split(r"[、,;/|\r\n\t]+", half_width(_text_of(cell, where)))
    return [word for part in parts if (word := tidy(part)) and not is_nothing(word)]


def code(cell: Cell, *, where: Where | None = None) -> str | None:
    """A code of digits and letters: half width, no spaces, as text. A long one that arrived as a number is refused."""
    if cell is None:
        return None
    if isinstance(cell, Decimal):
        if cell != cell.to_integral_value() or len(cell.as_tuple().digits) + max(0, _exponent(cell)) > CODE_DIGITS:
            raise Refusal(
                "code.number", f"代码被当成数字({cell}),末位已经丢失;请把该列设为“文本”格式后重新填写", where=where
            )
        return format(cell, "f")
    word = compact(_text_of(cell, where)).lstrip("'`’‘")
    if re.fullmatch(r"\d(\.\d+)?[eE]\+?\d+", word):
        raise Refusal(
            "code.number", f"代码成了科学记数({word}),末位已经丢失;请把该列设为“文本”格式后重新填写", where=where
        )
    return None if is_nothing(word) else word


def _exponent(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


# --- numbers ------------------------------------------------------------------------------------------------------------

_SIGN = r"[-+]?"
_DIGITS = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|\.\d+"
_NUMBER = re.compile(
    rf"(?:约|共|计|合计|总计|合|人民币)?(?P<currency>[¥¥$]?)(?P<number>{_SIGN}(?:{_DIGITS}))"
    rf"(?P<scale>[千万亿]?)(?P<unit>{UNIT_PATTERN})?(?:整|左右)?",
    re.IGNORECASE,
)
_SCIENTIFIC = re.compile(r"[-+]?\d(?:\.\d+)?[eE][-+]?\d{1,2}")
_BRACKETED = re.compile(r"\(([^()]*)\)")
_SCALES = {"": Decimal(1), "千": Decimal(1000), "万": Decimal(10_000), "亿": Decimal(100_000_000)}


def quantity(cell: Cell, *, where: Where | None = None) -> Quantity | None:
    """A number as Decimal and the unit found with it: 1,234.5㎡, １２．５平方米, 12.8万元, ¥180000, 30%, 1.6L.

    万元 stays the unit (`number` converts); 1.2万 without a unit is 12000. None for empty, "/", "—", 无.
    """
    if isinstance(cell, bool | dt.date):
        raise Refusal(
            "number.not-a-number", f"“{_shown(cell)}”不是数字;若单元格被设成日期格式,请改为“常规”后重填", where=where
        )
    if cell is None:
        return None
    if isinstance(cell, Decimal):
        return Quantity(cell)
    word = compact(_text_of(cell, where))
    if is_nothing(word) or word.lower() in NONE_WORDS:
        return None
    if len(word) > 60:
        raise Refusal("number.not-a-number", f"“{_shown(cell)}…”不是数字", where=where)
    return _parsed(word, cell, where)


def _parsed(word: str, cell: Cell, where: Where | None) -> Quantity:
    if _SCIENTIFIC.fullmatch(word):
        return Quantity(Decimal(format(_decimal(word), "f")))
    word = _BRACKETED.sub(lambda match: match[1] if unit_of(match[1]) else match[0], word)
    match = _NUMBER.fullmatch(word)
    if not match:
        raise _no_number(word, cell, where)
    scale, unit = match["scale"], match["unit"] or ("元" if match["currency"] and match["currency"] != "$" else "")
    if match["currency"] == "$":
        raise Refusal("number.currency", f"“{_shown(cell)}”不是人民币,请折算后填写", where=where)
    found = unit_of(scale + unit) if unit else None
    value = _decimal(match["number"].replace(",", ""))
    if found:
        return Quantity(value, found.name)
    plain = unit_of(unit)
    return Quantity(value * _SCALES[scale], plain.name if plain else "")


def _no_number(word: str, cell: Cell, where: Where | None) -> Refusal:
    numbers = re.findall(r"\d+(?:\.\d+)?", word)
    if len(numbers) > 1:
        return Refusal("number.several", f"“{_shown(cell)}”里不止一个数,请只填一个", where=where)
    if numbers:
        return Refusal("number.unit", f"“{_shown(cell)}”的单位或文字认不出来,请只填数字", where=where)
    return Refusal("number.not-a-number", f"“{_shown(cell)}”不是数字", where=where)


def _decimal(word: str) -> Decimal:
    try:
        value = Decimal(word)
    except InvalidOperation:
        raise Refusal("number.not-a-number", f"“{word}”不是数字") from None
    return value


def number(cell: Cell, *, unit: str = "", assumed: str = "", where: Where | None = None) -> Decimal | None:
    """The number in the wanted unit. `assumed` is the unit that the header or the sheet says, for cells that say none.

    12.8万元 wanted in 元 → 128000; 30㎡ wanted in 元 is refused (`number.unit`).
    """
    found = quantity(cell, where=where)
    if found is None:
        return None
    have, want = unit_of(found.unit or assumed or unit), unit_of(unit)
    if have is None or want is None:
        return found.value
    return _in_unit(found.value, have, want, cell, where)


def _in_unit(value: Decimal, have: Unit, want: Unit, cell: Cell, where: Where | None) -> Decimal:
    result = converted(value, have, want)
    if result is None:
        raise Refusal("number.unit", f"“{_shown(cell)}”的单位是{have.name},应为{want.name}", where=where)
    return result


def integer(cell: Cell, *, unit: str = "", where: Where | None = None) -> Decimal | None:
    """A whole number (of persons, cars …) as Decimal; 3.5 is refused."""
    value = number(cell, unit=unit, where=where)
    if value is not None and value != value.to_integral_value():
        raise Refusal("number.not-whole", f"“{_shown(cell)}”应为整数", where=where)
    return value


# --- dates ------------------------------------------------------------------------------------------------------------

_EPOCH = dt.date(1899, 12, 30)
_DATES = (
    re.compile(r"(\d{4})[年./\-](\d{1,2})(?:[月./\-](\d{1,2})[日号]?)?月?"),
    re.compile(r"(\d{4})(\d{2})(\d{2})"),
)
_CLOCK = re.compile(r"[T ]?\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$")
_CHINESE = {"〇": "0", "○": "0", "零": "0"} | {digit: str(at) for at, digit in enumerate("一二三四五六七八九", 1)}


def date(cell: Cell, *, serial: bool = False, year_alone: bool = False, where: Where | None = None) -> dt.date | None:
    """A day: 2014.12, 2014年12月, 2014年12月3日, 2014-12-03, 2014/12/3, 20141203, 二〇一四年十二月三日, a date cell.

    A month alone means its first day; a year alone means 1 January only if `year_alone` says so. A bare number is a day count of the spreadsheet only if `serial` says so, but
    2014.12 that arrived as a number is read as December 2014 and 2014.1 is refused: it may be January or October.
    """
    if cell is None or isinstance(cell, bool):
        return None if cell is None else _no_date(cell, where)
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    if isinstance(cell, Decimal):
        return _date_of_number(cell, serial=serial, year_alone=year_alone, where=where)
    word = _CLOCK.sub("", half_width(_text_of(cell, where)).strip())
    word = _arabic(compact(word))
    if is_nothing(word) or word.lower() in NONE_WORDS:
        return None
    return _date_of_text(word, cell, year_alone=year_alone, where=where)


def _no_date(cell: Cell, where: Where | None) -> dt.date:
    raise Refusal("date.not-a-date", f"“{_shown(cell)}”不是日期,请写成 2014-12-03 或 2014年12月3日", where=where)


def _date_of_text(word: str, cell: Cell, *, year_alone: bool, where: Where | None) -> dt.date:
    if re.fullmatch(r"(19|20)\d{2}年?", word):
        if not year_alone:
            raise Refusal("date.only-year", f"“{_shown(cell)}”只有年份,请补上月份,如 2014年12月", where=where)
        return dt.date(int(word[:4]), 1, 1)
    for pattern in _DATES:
        if match := pattern.fullmatch(word):
            year, month, day = (int(group) if group else 1 for group in match.groups())
            return _valid(year, month, day, cell, where)
    return _no_date(cell, where)


def _date_of_number(cell: Decimal, *, serial: bool, year_alone: bool, where: Where | None) -> dt.date:
    whole = cell == cell.to_integral_value()
    if whole and 19000101 <= cell <= 21001231:
        digits = str(int(cell))
        return _valid(int(digits[:4]), int(digits[4:6]), int(digits[6:]), cell, where)
    if serial and 1 <= cell < 80_000 and not 1900 <= cell <= 2100:
        return _EPOCH + dt.timedelta(days=int(cell))
    if whole and 1900 <= cell <= 2100:
        return _date_of_text(str(int(cell)), cell, year_alone=year_alone, where=where)
    match = re.fullmatch(r"((?:19|20)\d{2})\.(\d{2})", str(cell))
    if match:
        return _valid(int(match[1]), int(match[2]), 1, cell, where)
    if re.fullmatch(r"(19|20)\d{2}\.\d", str(cell)):
        raise Refusal(
            "date.ambiguous", f"“{cell}”可能是 1 月也可能是 10 月,请写成“2014年10月”或把该列设为文本", where=where
        )
    return _no_date(cell, where)


def _valid(year: int, month: int, day: int, cell: Cell, where: Where | None) -> dt.date:
    try:
        found = dt.date(year, month, day)
    except ValueError:
        raise Refusal("date.no-such-day", f"“{_shown(cell)}”不是存在的日期", where=where) from None
    if not 1900 <= year <= 2100:
        raise Refusal("date.no-such-day", f"“{_shown(cell)}”的年份不对", where=where)
    return found


def _arabic(word: str) -> str:
    """Chinese numerals of a date in figures: 二〇一四年十二月三日 → 2014年12月3日."""
    if not re.match(r"[一二三四五六七八九〇○零]{4}年", word):
        return word
    word = re.sub(r"(?<![一二三四五六七八九])十(?![一二三四五六七八九])", "10", word)
    word = re.sub(r"(?<![一二三四五六七八九])十", "1", word)
    word = re.sub(r"十(?=[月日])", "0", word).replace("十", "")
    return "".join(_CHINESE.get(letter, letter) for letter in word)


# --- yes and no ---------------------------------------------------------------------------------------------------------

YES = {"√", "✓", "✔", "☑", "是", "有", "y", "yes", "true", "t", "1", "对", "已"}
NO = {"×", "✗", "✘", "x", "☒", "否", "无", "n", "no", "false", "f", "0", "没有", "不是", "未"}


def boolean(cell: Cell, *, where: Where | None = None) -> bool | None:
    """Yes or no by √ ✓ 是 有 Y 1 and × 否 无 N 0. None for empty: whether that means no is the caller's to know."""
    if cell is None or isinstance(cell, bool):
        return cell
    word = compact(_text_of(format(cell, "f") if isinstance(cell, Decimal) else cell, where)).lower()
    if word in YES:
        return True
    if word in NO:
        return False
    if is_nothing(word) or word == "□":
        return None
    raise Refusal("bool.unclear", f"“{_shown(cell)}”看不出是“是”还是“否”,请填 是 / 否", where=where)
