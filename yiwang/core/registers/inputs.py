"""The inputs of a register's form: what stands in them, and what their user may not fill."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from yiwang.core.registers import sight
from yiwang.core.registers.register import Bound, Register, Show
from yiwang.core.registers.values import NONE, writer
from yiwang.core.rights.access import Access
from yiwang.core.rights.naming import names
from yiwang.kit.refusal import Refusal


@dataclass
class Field:
    """An input of a form or filter. `kind`: text, number, date, link (a text with suggestions), fixed (no
    input, but its text); options make a select."""

    key: str
    label: str
    value: str
    kind: str = "text"
    options: tuple[tuple[Any, str], ...] = ()
    blank: str = "请选择"
    unit: str = ""
    required: bool = False
    note: str = ""
    errors: list[str] = field(default_factory=list)


def initial(register: Register, access: Access, row: models.Model | None, given: Mapping[str, str]) -> dict[str, str]:
    """What stands in the form at first: the record, or the defaults, and what the address says."""
    values, closed = {}, sight.closed(register, access)
    for bound in (one for one in register.inputs if one.key not in closed):
        default = bound.field.get_default() if bound.field.has_default() else None
        values[bound.key] = _written(bound, getattr(row, bound.field.attname) if row else default)
    return values | {key: value for key, value in given.items() if key in values}


def _fixed(register: Register, access: Access, row: models.Model | None) -> dict[str, str]:
    """The columns of a record that the user may not fill, as he may see them."""
    hidden = sight.hidden(register, access)
    found = {}
    for key in sorted(sight.closed(register, access)) if row else ():
        bound = register.of(key)
        raw = getattr(row, bound.field.attname) if "__" not in bound.column.path else None
        if key in hidden:
            found[key] = sight.left(bound)(raw)
        else:
            found[key] = (_written(bound, raw) or NONE) if bound.show is Show.LINK else writer(bound)(raw)
    return found


def _written(bound: Bound, raw: Any) -> str:
    """A value as an input holds it."""
    if raw is None:
        return ""
    if bound.show is Show.LINK:
        return names(bound.target, [raw]).get(raw, "")
    return f"{raw / 100:.2f}" if bound.show is Show.MONEY else str(raw)


_INPUTS = {Show.LINK: "link", Show.DATE: "date", Show.NUMBER: "number", Show.MONEY: "number"}


def fields(
    register: Register,
    access: Access,
    row: models.Model | None,
    values: Mapping[str, str],
    errors: Iterable[Refusal],
) -> list[Field]:
    """The inputs with what is wrong; a column that the user may not fill stands there as text, if there is a record."""
    fixed, closed = _fixed(register, access, row), sight.closed(register, access)
    wrong: dict[str, list[str]] = {}
    for error in errors:
        wrong.setdefault(error.where.column, []).append(error.message)
    return [
        Field(
            key=bound.key,
            label=bound.label,
            unit=bound.unit,
            kind="fixed" if bound.key in closed else _INPUTS.get(bound.show, "text"),
            value=fixed[bound.key] if bound.key in closed else values.get(bound.key, ""),
            required=bound.required and bound.key not in closed,
            note=bound.column.note,
            options=() if bound.key in closed else tuple(bound.choices.items()),
            errors=wrong.get(bound.label, []),
        )
        for bound in register.inputs
        if bound.key not in closed or bound.key in fixed
    ]
