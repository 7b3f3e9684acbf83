"""What was typed into a cell → the value of an item, or why not. The browser holds itself to the same rules.

Codes: `return.text` (words where a figure belongs), `.scale` (万 and the like: figures are written in the item's unit), `.unit`,
`.negative`, `.large`, `.places`, `.choice`, `.date`, `.long`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from yiwang.areas.reporting.schemes.schema import Item, Scheme
from yiwang.kit.refusal import Refusal, Where
from yiwang.kit.sheets import clean
from yiwang.kit.sheets.units import unit_of
from yiwang.kit.sheets.words import half_width

LONGEST = 200
_NUMBER = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|[-+]?\.\d+")
_SCALED = re.compile(r"[-+]?[\d,.]+(?:[千百十]?[万亿]|千)")


def value_of(item: Item, cell: Any, where: Where | None = None) -> Any:
    """Decimal, text, date; None for an empty cell. Refusals `return.…` with the place."""
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    if item.numeric:
        return _figure(item, cell, where)
    if item.type == "date":
        return _day(item, cell, where)
    words = clean.text(cell, where=where)
    if words is None:
        return None
    if item.type == "choice" and words not in item.choices:
        raise Refusal(
            "return.choice", f"“{item.label}”应是{'、'.join(item.choices)}之一,填的是“{words[:20]}”。", where=where
        )
    if len(words) > LONGEST:
        raise Refusal("return.long", f"“{item.label}”最多 {LONGEST} 个字。", where=where)
    return words


def _figure(item: Item, cell: Any, where: Where | None) -> Decimal:
    value = cell if isinstance(cell, Decimal) else _typed(item, cell, where)
    if item.least is not None and value < item.least:
        least = f"不能小于 {item.least:f}" if item.least else "不能是负数"
        raise Refusal("return.negative", f"“{item.label}”{least},填的是 {value:f}。", where=where)
    if abs(value) > item.most:
        raise Refusal(
            "return.large",
            f"“{item.label}”填的是 {value:f},超过 {item.most:f},请核对单位({item.unit or '无'})。",
            where=where,
        )
    places = 0 if item.type == "integer" else item.places
    if value != round(value, places):
        word = "应是整数" if not places else f"最多 {places} 位小数"
        raise Refusal("return.places", f"“{item.label}”{word},填的是 {value:f}。", where=where)
    return value


def _typed(item: Item, cell: Any, where: Where | None) -> Decimal:
    shown = str(cell).strip()[:30]
    word = re.sub(r"\s", "", half_width(str(cell))) if isinstance(cell, str) else ""
    if len(word) <= 40 and _NUMBER.fullmatch(word):
        return Decimal(word.replace(",", ""))
    if len(word) <= 40 and _SCALED.match(word):
        raise Refusal(
            "return.scale", f"“{item.label}”请按{item.unit or '个'}填写完整数字,不要写“{shown}”。", where=where
        )
    found = re.fullmatch(rf"({_NUMBER.pattern})(.+)", word[:40])
    if found and unit_of(found[2]):
        raise Refusal(
            "return.unit", f"“{item.label}”的单位是{item.unit or '无'},只填数字,不要写“{shown}”。", where=where
        )
    raise Refusal("return.text", f"“{item.label}”应是数字,填的是“{shown}”。", where=where)


def _day(item: Item, cell: Any, where: Where | None) -> date | None:
    try:
        return clean.date(cell, where=where)
    except Refusal:
        raise Refusal("return.date", f"“{item.label}”应是日期,如 2026-03-01。", where=where) from None


def stored(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as JSON keeps them: figures and days as text; what is blank is left out."""
    found: dict[str, Any] = {}
    for key, value in values.items():
        if isinstance(value, Decimal):
            text = format(value, "f")
            found[key] = text.rstrip("0").rstrip(".") if "." in text else text
        elif value is not None and value != "":
            found[key] = value.isoformat() if isinstance(value, date) else value
    return found


def loaded(items: Mapping[str, Item], kept: Mapping[str, Any]) -> dict[str, Any]:
    """What `stored` kept, as values again; items that the scheme no longer has are left out."""
    found: dict[str, Any] = {}
    for key, text in kept.items():
        item = items.get(key)
        if item and text is not None:
            found[key] = Decimal(text) if item.numeric else date.fromisoformat(text) if item.type == "date" else text
    return found


def loaded_rows(scheme: Scheme, kept: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The rows of the floating tables."""
    return {
        key: [loaded({item.key: item for item in table.items}, row) for row in kept.get(key, ())]
        for key, table in scheme.floating.items()
    }
