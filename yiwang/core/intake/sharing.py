"""Several users of one room: names in one cell, 共用 in the remarks, the same room in several rows."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from yiwang.core.intake.result import Problem, SheetRow
from yiwang.kit.sheets.words import half_width

PERSON, SHARERS, SHARED = "person", "sharers", "shared"
PLACE = ("site", "building", "floor", "room")

_SEPARATORS = re.compile(r"[、,;/|\n\r]+")
SEVERAL = re.compile(r"[、,;/|\s\u3000\uff0c\uff1b\uff0f\uff5c]")  # a cell without any of these holds one name
_SPACES = re.compile(r"[\s\u3000]{1,}")
_SHARED = re.compile(r"共用|合用|合署|同室|共享")
_DIGITS = {word: number for number, word in enumerate("零一二三四五六七八九十")} | {"两": 2}
_COUNT = re.compile(r"(\d+|[二两三四五六七八九十])\s*(?:个)?人")
_WITH = re.compile(r"(?:与|和|同|跟)(.+?)(?:等)?(?:\s*\d*\s*人)?\s*(?:共用|合用|同室|共享|合署)")


def split_names(text: str) -> list[str]:
    """The names in a cell: separated by 、, commas, slashes or line breaks; by spaces only where all parts look like names."""
    parts = [part.strip() for part in _SEPARATORS.split(half_width(text)) if part.strip()]
    if len(parts) == 1:
        words = _SPACES.split(parts[0])
        if len(words) > 1 and all(2 <= len(word) <= 4 for word in words):
            return words
    return parts


def sharers_in(remark: str) -> int | None:
    """How many share the room as a remark says: 3人共用 → 3, 与郑七共用 → 2; 0 if they are not said, None if nobody does."""
    remark = half_width(remark)
    if not _SHARED.search(remark):
        return None
    if found := _COUNT.search(remark):
        word = found.group(1)
        return int(word) if word.isdigit() else _DIGITS[word]
    if found := _WITH.search(remark):
        return len(split_names(found.group(1))) + 1
    return 0


def spread(row: SheetRow, parallel: dict[str, str], remark: str) -> tuple[list[SheetRow], list[Problem]]:
    """The rows of a row's users. `parallel`: column → the raw words of its cell, for those that may hold one word a user.

    Sets `sharers` where it is known and marks the row as shared without a number where it is not.
    """
    stated, text = row.values.get(SHARERS), str(row.values.get(PERSON) or "")
    names = split_names(text) if SEVERAL.search(text) else ()
    if len(names) > 1:
        return _several(row, list(names), parallel, stated)
    said = sharers_in(remark) if remark else None
    if said is not None and stated is None:
        if said >= 2:
            row.values[SHARERS] = Decimal(said)
        else:
            row.values[SHARED] = True
    return [row], []


def _several(
    row: SheetRow, names: list[str], parallel: dict[str, str], stated: Decimal | None
) -> tuple[list[SheetRow], list[Problem]]:
    problems = []
    count: Decimal | None = Decimal(len(names))
    if stated is not None and stated != count:
        text = f"人数写 {stated},姓名却有 {len(names)} 个,这间的面积不能分摊"
        problems.append(Problem(row.number, PERSON, "share.contradiction", text))
        count = None
    rows = []
    for place, name in enumerate(names):
        values: dict[str, Any] = row.values | {PERSON: name, SHARERS: count, SHARED: count is None}
        for key, text in parallel.items():
            words = split_names(text)
            if len(words) == len(names):
                values[key] = words[place]
        rows.append(SheetRow(row.number, values))
    return rows, problems


def settle(rows: Sequence[SheetRow], measured: str = "usable_area") -> None:
    """Rooms said to be shared without a number: known after all where several rows list the same room and area."""
    if not any(row.values.get(SHARED) and row.values.get(SHARERS) is None for row in rows):
        return
    rooms: dict[tuple[Any, ...], list[SheetRow]] = defaultdict(list)
    for row in rows:
        place = tuple(row.values.get(key) for key in PLACE)
        if row.values.get("room"):
            rooms[(row.values.get("organ"), *place)].append(row)
    for members in rooms.values():
        open_rows = [row for row in members if row.values.get(SHARED) and row.values.get(SHARERS) is None]
        persons = {row.values.get(PERSON) for row in members} - {None, ""}
        areas = {row.values.get(measured) for row in members}
        if open_rows and len(persons) == len(members) > 1 and len(areas) == 1:
            for row in open_rows:
                row.values[SHARERS] = Decimal(len(persons))
