"""开放时间 as people write it: `工作日 08:00-12:00,14:00-18:00;周六 09:00-12:00;节假日 不开放`.

Of several entries that fit a day the most particular holds: 节假日 before a weekday's name before 工作日, 休息日 before
每天. Pure; minutes are those after local midnight, spans half-open.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from yiwang.kit.refusal import Refusal

Span = tuple[int, int]
DAY = 24 * 60
WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_SPAN = re.compile(r"(\d{1,2})[::](\d{2})\s*[-–—~至到]\s*(\d{1,2})[::](\d{2})")
_CLOSED = ("不开放", "关闭", "休息")


class DayKind(StrEnum):
    """What a day is by the calendar of holidays; the value is the word."""

    WORKDAY = "工作日"
    RESTDAY = "休息日"
    HOLIDAY = "节假日"


_RANK = {"每天": 0, DayKind.WORKDAY: 1, DayKind.RESTDAY: 1, **dict.fromkeys(WEEKDAYS, 2), DayKind.HOLIDAY: 3}


@dataclass(frozen=True)
class Entry:
    """The spans of one word for days."""

    word: str
    spans: tuple[Span, ...]


@lru_cache(maxsize=512)
def parse_hours(text: str) -> tuple[Entry, ...]:
    """The entries of a text. Refusal `hours.text` with the piece that cannot be read."""
    entries = []
    for piece in re.split(r"[;;\n]", text):
        if piece.strip():
            entries += _entries(piece.strip())
    if not entries:
        raise _unreadable(text)
    return tuple(entries)


def _entries(piece: str) -> list[Entry]:
    words, _, rest = piece.replace("\u3000", " ").partition(" ")
    spans = tuple(
        sorted(_span(part, piece) for part in re.split(r"[,,、]", rest) if part.strip() not in ("", *_CLOSED))
    )
    if not rest.strip() or any(first[1] > second[0] for first, second in itertools.pairwise(spans)):
        raise _unreadable(piece)
    return [Entry(word, spans) for word in _words(words, piece)]


def _words(text: str, piece: str) -> list[str]:
    """周一至周五 is five words; 周六、周日 two."""
    found: list[str] = []
    for part in re.split(r"[、,,]", text):
        first, _, last = part.replace("到", "至").partition("至")
        if first in WEEKDAYS and last in WEEKDAYS and WEEKDAYS.index(first) < WEEKDAYS.index(last):
            found += WEEKDAYS[WEEKDAYS.index(first) : WEEKDAYS.index(last) + 1]
        elif part in _RANK:
            found.append(part)
        else:
            raise _unreadable(piece)
    return found


def _span(text: str, piece: str) -> Span:
    found = _SPAN.fullmatch(text.strip())
    if found is None:
        raise _unreadable(piece)
    hour, minute, to_hour, to_minute = map(int, found.groups())
    span = (hour * 60 + minute, to_hour * 60 + to_minute)
    if minute > 59 or to_minute > 59 or not 0 <= span[0] < span[1] <= DAY:
        raise _unreadable(piece)
    return span


def _unreadable(piece: str) -> Refusal:
    example = "工作日 08:00-12:00,14:00-18:00;周六 09:00-12:00;节假日 不开放"
    return Refusal("hours.text", f"开放时间“{piece}”看不懂,请照这样写:{example}。")


def spans_on(entries: Sequence[Entry], day: date, kind: DayKind) -> tuple[Span, ...]:
    """The open spans of a day; empty where the text says nothing about it."""
    words: tuple[str, ...] = ("每天", str(kind), WEEKDAYS[day.weekday()])
    if kind is DayKind.HOLIDAY:
        words = (*words, str(DayKind.RESTDAY))
    fitting = [entry for entry in entries if entry.word in words]
    return max(fitting, key=lambda entry: _RANK[entry.word]).spans if fitting else ()


def clock(minute: int) -> str:
    """510 → 08:30."""
    return f"{minute // 60:02}:{minute % 60:02}"


def said(spans: Sequence[Span]) -> str:
    """Spans in words."""
    return "、".join(f"{clock(first)}–{clock(last)}" for first, last in spans) or "不开放"
