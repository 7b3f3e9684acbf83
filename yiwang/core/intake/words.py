"""Header words: normalised, split from their units, and compared. Scores are between 0 (nothing alike) and 1 (the same word)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

_BRACKETS = re.compile(r"[(\[{【〔「『《<]([^()\[\]{}【】〔〕「」『』《》<>]*)[)\]}】〕」』》>]")
_NOISE = re.compile(r"[\s_\-—–·.。,,、;;::!!??*#\"“”'‘’|()\[\]{}【】〔〕「」『』《》<>/\\]+")

#: Words that turn a figure into another one: 原使用面积 is not 使用面积, 应享有面积 is not 面积.
QUALIFIERS = (
    "应享有", "按标准", "超出", "超标", "超面积", "核定", "标准", "定额", "限额", "原", "闲置", "出租", "出借", "借用", "租用", "借聘用",
    "拟", "调整", "整改", "腾退", "上年", "去年", "年初", "年末", "累计", "平均", "人均", "不含", "建筑面积", "折旧", "净值", "预算",
)  # fmt: skip

#: Words that say nothing by themselves: their parents and the column before them decide.
GENERIC = frozenset(
    {"其中", "合计", "小计", "总计", "面积", "间数", "数量", "金额", "人数", "名称", "情况", "备注", "时间", "日期"}
)


@lru_cache(maxsize=20_000)
def normal(text: str, *, keep_brackets: bool = False) -> str:
    """The word without spaces, punctuation, letter case and width, and (unless kept) without what stands in brackets."""
    plain = unicodedata.normalize("NFKC", text).lower()
    if not keep_brackets:
        plain = _BRACKETS.sub("", plain) if _BRACKETS.sub("", plain).strip() else plain
    return _NOISE.sub("", plain)


def bracketed(text: str) -> tuple[str, ...]:
    """What stands in brackets in a header: `使用面积(㎡)` → `("m2",)` after width folding."""
    return tuple(found.strip() for found in _BRACKETS.findall(unicodedata.normalize("NFKC", text)) if found.strip())


def qualifiers(word: str) -> frozenset[str]:
    """The qualifying words in a normalised header."""
    return frozenset(mark for mark in QUALIFIERS if mark in word)


def _bigrams(word: str) -> set[str]:
    return {word[i : i + 2] for i in range(len(word) - 1)} or {word}


@lru_cache(maxsize=100_000)
def likeness(header: str, name: str) -> float:
    """How alike two normalised words are. A qualifier that only one of them has keeps the score below every threshold."""
    if not header or not name:
        return 0.0
    if header == name:
        return 1.0
    short, long = sorted((header, name), key=len)
    if len(short) < 2:
        return 0.0
    shared = _bigrams(header) & _bigrams(name)
    score = 2 * len(shared) / (len(_bigrams(header)) + len(_bigrams(name))) * 0.85
    if short in long:
        score = max(score, 0.5 + 0.45 * len(short) / len(long))
    return min(score, 0.4) if qualifiers(header) != qualifiers(name) else score


def best(header: str, names: Iterable[str]) -> float:
    """The highest likeness of a header to any of the names."""
    return max((likeness(header, name) for name in names), default=0.0)
