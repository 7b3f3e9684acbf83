"""What a sheet says outside its rows: headings between them, the organ in the line of blanks, the tier in the title."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from yiwang.core.datasets import Dataset
from yiwang.core.intake.words import normal
from yiwang.core.standards.ladders import TIER, Ladders, Vocabulary
from yiwang.kit.sheets.units import unit_of
from yiwang.kit.sheets.words import compact, half_width

_NUMERAL = re.compile(r"^\(?[一二三四五六七八九十百\d]+\)?[、.,:]?(?=\D)")
_TAILS = re.compile(r"(领导干部|领导人员|工作人员|干部|人员|职工|领导)?(个人)?(办公用房|办公室|用房|部分|情况|小计)?$")
_ORGAN_KEYS = ("填报单位", "单位名称", "使用单位", "填表单位", "单位", "机关名称", "编制单位", "申报单位")
_SEALS = re.compile(r"\((盖章|公章|章|签章)\)")
#: Words of a title that name the tier of all organs in the sheet.
_TIERS = (
    ("中央机关", re.compile(r"中央(和)?(国家|党政)?机关|中央(行政)?单位")),
    ("省级机关", re.compile(r"(?<!副)省级(党政)?(机关|单位)|省直|省本级|自治区直属")),
    ("市级机关", re.compile(r"市级(党政)?(机关|单位)|市直|市本级")),
    (
        "县级机关",
        re.compile(r"县级(党政)?(机关|单位)|县直|县本级|[县旗](\(市、区\)|(区))?(党政)?机关|县\(市、区\)|区直"),
    ),
    ("乡级机关", re.compile(r"乡(\(镇\)|镇)?(级)?(党政)?机关|乡镇")),
)


def constants(dataset: Dataset, titles: Sequence[str], meta: Mapping[str, str], have: set[str]) -> dict[str, str]:
    """Column → value that the sheet says once for all its rows, for columns that it does not have."""
    found: dict[str, str] = {}
    if "organ" in dataset.keys and "organ" not in have and (organ := _organ(meta)):
        found["organ"] = organ
    tiers = [column.key for column in dataset.columns if column.vocabulary == TIER and column.key not in have]
    if tiers and (tier := tier_of(titles)):
        found[tiers[0]] = tier
    return found


def _organ(meta: Mapping[str, str]) -> str:
    known = {normal(key): value for key, value in meta.items()}
    for key in _ORGAN_KEYS:
        value = _SEALS.sub("", half_width(known.get(key, ""))).strip()
        if value and not all(unit_of(part) for part in re.split(r"[、,,/\s]+", value)):
            return value
    return ""


def tier_of(titles: Sequence[str]) -> str:
    """The tier that a title names; "" if none or more than one is named."""
    text = compact(" ".join(titles))
    named = [tier for tier, pattern in _TIERS if pattern.search(text)]
    return named[0] if len(named) == 1 else ""


def heading_word(heading: str, vocabulary: Vocabulary) -> str:
    """The word of a heading that the vocabulary knows: `一、正处级领导干部用房` → `正处级`; "" if there is none."""
    whole = compact(heading)
    bare = _NUMERAL.sub("", whole) or whole
    for word in (whole, bare, _TAILS.sub("", bare)):
        if word and known(word, vocabulary):
            return word
    return ""


def known(word: str, vocabulary: Vocabulary) -> bool:
    """Whether the vocabulary knows a word, at some tier at least."""
    if vocabulary.resolve(word):
        return True
    return any(vocabulary.resolve(word, tier) for tier in dict.fromkeys(tier for _, tier in vocabulary.by_tier))


def block_column(dataset: Dataset, blocks: Sequence[str], ladders: Ladders, have: set[str]) -> str:
    """The coded column that most headings are words of, among those that the sheet does not have; "" if none."""
    best, most = "", 0
    for column in dataset.columns:
        if column.key in have or column.vocabulary not in ladders:
            continue
        count = sum(1 for heading in blocks if heading_word(heading, ladders[column.vocabulary]))
        if count > most:
            best, most = column.key, count
    return best if blocks and most * 2 >= len(blocks) else ""
