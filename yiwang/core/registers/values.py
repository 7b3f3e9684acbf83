"""Values in and out: what a person wrote becomes a value of the column, and a value becomes what a person reads."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db import models

from yiwang.core.registers.register import Bound, Show
from yiwang.core.rights.naming import plain
from yiwang.kit.refusal import Refusal
from yiwang.kit.sheets import clean

NONE = "—"


def parse(bound: Bound, raw: Any) -> Any:
    """The value of a column from a form or a cleaned sheet; links stay text. Money comes in yuan and leaves in fen.

    Refusals: `value.missing`, `.places`, `.large`, `.word`, `.long`, and those of `kit.sheets.clean`.
    """
    if bound.show is Show.DATE:
        value: Any = clean.date(raw)
    elif bound.numeric:
        figure = clean.number(Decimal(raw) if isinstance(raw, int) else raw, unit=bound.unit)
        value = None if figure is None else _figure(bound, figure)
    else:
        value = plain(clean.text(raw)) or None
    if value is None:
        return _absent(bound)
    if bound.show is Show.CHOICE:
        return _word(bound, value)
    if reader := getattr(bound.field, "read", None):  # the field has a normal form of its own
        value = reader(value)
    longest = bound.field.max_length if bound.show is Show.TEXT else None
    if longest and len(value) > longest:
        raise Refusal("value.long", f"“{bound.label}”最多 {longest} 个字,现有 {len(value)} 个。")
    return value


def _absent(bound: Bound) -> Any:
    if bound.required:
        raise Refusal("value.missing", f"“{bound.label}”没有填。")
    if bound.field.has_default():
        default = bound.field.get_default()
        return str(default) if bound.show is Show.CHOICE else default
    return None if bound.field.null else ""


def _figure(bound: Bound, figure: Decimal) -> Decimal | int:
    """Whole fen, whole numbers, or as many places as the field keeps."""
    field = bound.field
    places, digits = (field.decimal_places, field.max_digits) if isinstance(field, models.DecimalField) else (0, 15)
    scaled = figure * 100 if bound.show is Show.MONEY else figure
    if abs(scaled) >= Decimal(10) ** (digits - places):
        raise Refusal("value.large", f"“{bound.label}”的 {figure:,} 太大,请核对单位。")
    kept = scaled.quantize(Decimal(1).scaleb(-places))
    if kept != scaled:
        most = 2 if bound.show is Show.MONEY else places
        raise Refusal("value.places", f"“{bound.label}”的 {figure} 小数位太多,最多 {most} 位。")
    return kept if places else int(kept)


def _word(bound: Bound, text: str) -> Any:
    for value, label in bound.choices.items():
        if text in (label, str(value)):
            return value
    words = "、".join(bound.choices.values())
    raise Refusal("value.word", f"“{bound.label}”没有“{text}”这一项,可填:{words}。")


def writer(bound: Bound) -> Callable[[Any], str]:
    """A function from a stored value to what a person reads."""
    if bound.show is Show.CHOICE:
        labels = bound.choices
        return lambda value: NONE if value in (None, "") else labels.get(value, str(value))
    if bound.show is Show.MONEY:
        return lambda value: NONE if value is None else f"{Decimal(value) / 100:,.2f}"
    if bound.show is Show.NUMBER:
        return lambda value: NONE if value is None else f"{value:,}"
    if bound.show is Show.DATE:
        return lambda value: NONE if value is None else str(value.isoformat())
    return lambda value: str(value) if value not in (None, "") else NONE


def exporter(bound: Bound) -> Callable[[Any], Any]:
    """A function from a stored value to what exports and JSON have: money in yuan, choices by their label, nothing as None."""
    if bound.show is Show.MONEY:
        return lambda value: None if value is None or value == "" else Decimal(value) / 100
    if bound.show is Show.CHOICE:
        labels = bound.choices
        return lambda value: None if value is None or value == "" else labels.get(value, value)
    return lambda value: None if value == "" else value


def exported(bound: Bound, value: Any) -> Any:
    """One value as exports have it."""
    return exporter(bound)(value)
