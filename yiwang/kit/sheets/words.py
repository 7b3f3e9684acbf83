"""Text as clerks type it, made comparable: full-width letters, spaces inside words, marks for "nothing here"."""

from __future__ import annotations

import re
from functools import lru_cache

from yiwang.kit.sheets.units import UNIT_PATTERN, unit_of

# U+FF01…U+FF5E are the ASCII characters in full width; U+3000 is the ideographic space.
FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    0x3000: 0x20,
    0xA0: 0x20,
    0xFFE5: 0xA5,
    0x2212: 0x2D,
}
INVISIBLE = re.compile("[\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\u00ad]")
SPACES = re.compile(r"[ \t\r\n\f\v]+")
HAN = "\u3400-\u9fff"
_BETWEEN_HAN = re.compile(rf"(?<=[{HAN}、,。:;()()])[ \t\r\n]+(?=[{HAN}、,。:;()()])")
NOTHING = re.compile(r"[-—–―/\\_*.。…、~]*")
BRACKETED = re.compile(r"[(\[【〔]([^()\[\]【】〔〕]{1,12})[)\]】〕]")


# A register repeats its words, and every rule about rows asks for the same cell again: remembered, they cost a third.
@lru_cache(maxsize=1 << 16)
def half_width(text: str) -> str:
    """Full-width ASCII and the ideographic space in half width; invisible marks (zero width, direction) taken out."""
    return INVISIBLE.sub("", text.translate(FULL_WIDTH))


def tidy(text: str) -> str:
    """One line: no space at the ends, none between Chinese characters, elsewhere single ones. Width is left alone."""
    text = INVISIBLE.sub("", text).replace("\u3000", " ").replace("\xa0", " ")
    return SPACES.sub(" ", _BETWEEN_HAN.sub("", text)).strip()


@lru_cache(maxsize=1 << 16)
def compact(text: str) -> str:
    """For comparing: half width, no space at all."""
    return SPACES.sub("", half_width(text))


def is_nothing(text: str) -> bool:
    """Whether a text only says that there is nothing: empty, dashes, a slash."""
    return NOTHING.fullmatch(compact(text)) is not None


def split_unit(label: str) -> tuple[str, str]:
    """A header's words and the unit it names: 使用面积(㎡) → (使用面积, ㎡); 价格(单位:万元) and 价格/万元 likewise."""
    plain = half_width(label)
    for match in BRACKETED.finditer(plain):
        unit = unit_of(re.sub(r"^(计量)?单位:", "", match[1].replace(" ", "")))
        if unit:
            return tidy(plain[: match.start()] + plain[match.end() :]), unit.name
    tail = re.search(rf"[/::](?:单位:)?\s*({UNIT_PATTERN})$", plain, re.IGNORECASE)
    if tail and (unit := unit_of(tail[1])) and tail.start() > 1:
        return tidy(plain[: tail.start()]), unit.name
    return tidy(plain), ""


def units_in(text: str) -> list[str]:
    """The units said for a whole table: 单位:㎡、间 → [㎡, 间]; 面积单位为平方米 → [㎡]; [] if none."""
    found = re.search(
        r"(?<![\u4e00-\u9fff])(?:计量|面积|金额|货币)?单位\s*[::为是均]+\s*([^\s,。;;]{1,24})", half_width(text)
    )
    if not found:
        found = re.search(r"(?:面积|金额|价格)(?:的)?单位(?:均)?[为是::]+\s*([^\s,。;;]{1,24})", half_width(text))
    if not found:
        return []
    units = [unit_of(word) for word in re.split(r"[、,/()]", found[1]) if word]
    return [unit.name for unit in units if unit] if all(units) else []
