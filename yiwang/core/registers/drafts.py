"""Drafts: rows on their way into a register, parsed, linked and checked in sets; one of a form or 100,000 of a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, models

from yiwang.core.orgs.models import LEVELS, Organ
from yiwang.core.registers import sight
from yiwang.core.registers.register import Bound, Register, Show
from yiwang.core.registers.values import parse
from yiwang.core.rights.access import Access
from yiwang.core.rights.naming import find, naming_of
from yiwang.kit.constraints import MANY, Row, Values, breaks, chunks, key_of, matches, overlaps
from yiwang.kit.pinyin import sort_key
from yiwang.kit.refusal import Refusal, Where


@dataclass
class Draft:
    """One row: its number in the file, its values by attname, the record it changes (None: a new one), what is wrong."""

    number: int
    values: Values = field(default_factory=dict)
    pk: Any = None
    before: Values | None = None
    errors: list[Refusal] = field(default_factory=list)

    def refuse(self, code: str, message: str, column: str = "") -> None:
        """Keep a refusal with the row and the column."""
        self.errors.append(Refusal(code, message, where=Where(row=self.number, column=column)))

    @property
    def changed(self) -> Values:
        """What differs from the record; everything for a new one."""
        before = self.before
        if before is None:
            return self.values
        return {key: value for key, value in self.values.items() if before[key] != value}


class Drafting:
    """Turns raw rows into drafts for one kind, in the name of one access. Queries grow with chunks, never with rows."""

    def __init__(self, register: Register, access: Access) -> None:
        self.register, self.access, self.model = register, access, register.model
        self.names = [one.attname for one in self.model._meta.concrete_fields if not one.primary_key]
        # Registers repeat themselves: a text that was understood once need not be read again.
        self._columns = [(bound, bound.field.attname, dict[str, Any]()) for bound in register.inputs]
        closed = sight.closed(register, access)
        self._guarded = {bound.key: bound.key not in closed for bound in register.guarded}
        self.natural, self.exclusive = register.attnames(register.natural), register.attnames(register.exclusive)

    def drafts(self, rows: Iterable[tuple[int, Mapping[str, Any]]], *, pk: Any = None) -> list[Draft]:
        """The drafts of (number, raw row) pairs; with `pk`, of the one row that changes this record.

        A column that a row does not have keeps its value on a record and gets its default on a new one.
        """
        every = [self._parsed(number, row, pk) for number, row in rows]
        for bound in self._links():
            self._link(every, bound)
        for step in (self._twins, self._existing, self._complete, self._check):
            step([draft for draft in every if not draft.errors])
        return every

    def _parsed(self, number: int, row: Mapping[str, Any], pk: Any) -> Draft:
        draft = Draft(number, pk=pk)
        for bound, name, seen in self._columns:
            if bound.key in row:
                raw = row[bound.key]
                if bound.key in self._guarded and self._kept(draft, bound, raw):
                    continue
                if type(raw) is not str:
                    found = _tried(bound, raw)
                elif raw in seen:
                    found = seen[raw]
                else:
                    found = seen[raw] = _tried(bound, raw)
                if isinstance(found, Refusal):
                    draft.refuse(found.code, found.message, bound.label)
                else:
                    draft.values[name] = found
        return draft

    def _kept(self, draft: Draft, bound: Bound, raw: Any) -> bool:
        """Whether a guarded column stays as it is: refused, or left empty by who may not fill it."""
        fills = self._guarded[bound.key]
        wrong = sight.refusal(bound, raw, fills=fills)
        if wrong is not None:
            draft.refuse(wrong.code, wrong.message, bound.label)
        return wrong is not None or not fills

    def _links(self) -> Iterator[Bound]:
        """The links, each after the one that narrows it."""
        links = {bound.key: bound for bound in self.register.inputs if bound.show is Show.LINK}
        while links:
            key = next(key for key, bound in links.items() if naming_of(bound.target).narrow not in links)
            yield links.pop(key)

    def _link(self, drafts: list[Draft], bound: Bound) -> None:
        """Texts become ids."""
        name = bound.field.attname
        asked = [draft for draft in drafts if draft.values.get(name)]
        found = find(bound.target, {draft.values[name] for draft in asked}, self.access)
        narrow = f"{naming_of(bound.target).narrow}_id"
        for draft in asked:
            text = draft.values[name]
            try:
                draft.values[name] = found[text].one(bound.label, text, draft.values.get(narrow))
            except Refusal as refusal:
                draft.refuse(refusal.code, refusal.message, bound.label)

    def _twins(self, drafts: list[Draft]) -> None:
        """Two rows of one file that mean the same record; rows that do not say which they mean."""
        first: dict[tuple[Any, ...], int] = {}
        for draft in drafts:
            if draft.pk is not None:
                continue
            if missing := [name for name in self.natural if name not in draft.values]:
                draft.refuse("value.missing", "缺少确定一条记录所需的列。", self._label(missing[0]))
                continue
            number = first.setdefault(key_of(draft.values, self.natural), draft.number)
            if number != draft.number:
                draft.refuse("import.twice", f"与第 {number} 行是同一条记录。", self._label(self.natural[-1]))

    def _existing(self, drafts: list[Draft]) -> None:
        """The records that are there already, locked when the rows are about to be written."""
        rows = self.model._default_manager.all()
        rows = rows.select_for_update() if connection.in_atomic_block else rows
        fixed = {draft.pk: draft for draft in drafts if draft.pk is not None}
        for row in rows.filter(pk__in=fixed).values("pk", *self.names):
            fixed[row["pk"]].before = row
        keys = [key_of({**(draft.before or {}), **draft.values}, self.natural) for draft in drafts]
        there = {key_of(row, self.natural): row for row in matches(rows, self.natural, keys, self.names)}
        for draft, key in zip(drafts, keys, strict=True):
            row = there.get(key, {})
            if row and draft.pk in (None, row["pk"]):
                draft.pk, draft.before = row["pk"], row
            elif row:
                draft.refuse("record.exists", "已有同一条记录,请改那一条。", self._label(self.natural[-1]))
            if draft.before and not self._mine(draft.before):
                draft.refuse("import.elsewhere", "这条记录已由您管理范围以外的单位登记。")

    def _mine(self, row: Values) -> bool:
        organ = self.access.organ
        return organ is not None and row[f"l{organ.depth}"] == organ.pk

    def _complete(self, drafts: list[Draft]) -> None:
        """Defaults, the owner with its ancestor columns, and the pinyin columns."""
        fields = {one.attname: one for one in self.model._meta.concrete_fields if not one.primary_key}
        defaults = {name: one.get_default() for name, one in fields.items()}
        owner = self.register.of(self.register.owner)
        places = _places({draft.values.get(owner.field.attname) for draft in drafts} - {None}, owner.target)
        for draft in drafts:
            if draft.before is None:
                self._needs(draft)
                draft.values = {**defaults, **draft.values}
            draft.values.update(places.get(draft.values.get(owner.field.attname), {}))
            for target, source in self.register.pinyin:
                if source in draft.values:
                    limit = fields[target].max_length or 240
                    draft.values[target] = sort_key(draft.values[source], limit=limit)

    def _needs(self, draft: Draft) -> None:
        for bound in self.register.inputs:
            if bound.required and bound.field.attname not in draft.values:
                draft.refuse("value.missing", f"“{bound.label}”没有填。", bound.label)

    def _check(self, drafts: list[Draft]) -> None:
        """What the database would refuse."""
        rows = [Row(draft, {**(draft.before or {}), **draft.values}, draft.pk) for draft in drafts if draft.changed]
        for found in overlaps(self.model, rows, self.exclusive) if self.exclusive else ():
            found.tag.refuse("period.overlap", found.message, self._label(found.attname))
        for found in breaks(self.model, [row for row in rows if not row.tag.errors], self.natural):
            found.tag.refuse(f"check.{found.name}", found.message, self._label(found.attname))

    def _label(self, attname: str) -> str:
        return next((bound.label for bound in self.register.bound if bound.field.attname == attname), "")


def _tried(bound: Bound, raw: Any) -> Any:
    try:
        return parse(bound, raw)
    except Refusal as refusal:
        return refusal


def _places(keys: set[Any], model: type[models.Model]) -> dict[Any, Values]:
    """Owner's id → organ and ancestor columns."""
    names = ("pk" if model is Organ else "organ_id", *LEVELS)
    return {
        pk: dict(zip(("organ_id", *LEVELS), row, strict=True))
        for some in chunks(keys, MANY)
        for pk, *row in model._default_manager.filter(pk__among=some).values_list("pk", *names)
    }
