"""What a register holds: its columns bound to the model, its natural key, the datasets it feeds. Data, not callbacks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from django.db import models

from yiwang.core.datasets import Column as SheetColumn
from yiwang.core.datasets import Dataset, Kind
from yiwang.core.rights.models import Role, Verb


class Show(StrEnum):
    """How a column's value is written; follows from the model's field."""

    TEXT = "text"
    CHOICE = "choice"
    NUMBER = "number"
    MONEY = "money"  # kept in fen, shown and entered in yuan
    DATE = "date"
    LINK = "link"  # a row of another model, by its name


class Mask(StrEnum):
    """What of a value is left for who may not see it."""

    NONE = "none"  # —
    PHONE = "phone"  # 138****1234
    NAME = "name"  # 刘**
    CODE = "code"  # ****56


#: Who may see or fill a column: a verb in the register's area, or roles. None: who may read or write the register.
Allowed = Verb | frozenset[Role] | None

_SHEET_KIND = {Show.NUMBER: Kind.NUMBER, Show.MONEY: Kind.NUMBER, Show.DATE: Kind.DATE}


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: a model field by its path. What is not said follows from the field.

    `sort` names the (never empty) path it sorts by; `brief` columns stand in lists; `edit` columns in forms and imports.
    `reads` and `writes` narrow who sees and fills it: `sight.py` answers for every page, file and interface.
    """

    path: str
    label: str = ""
    unit: str = ""
    money: bool = False
    sort: str = ""
    brief: bool = True
    edit: bool = True
    synonyms: tuple[str, ...] = ()
    note: str = ""
    example: str = ""
    reads: Allowed = None
    writes: Allowed = None
    mask: Mask = Mask.NONE


@dataclass(frozen=True, kw_only=True)
class Feed:
    """A dataset that rows of the kind feed, and the paths from a row to the subjects it touches, joined by `:`.

    `own`: the subject is what the record itself is about, so that its findings stand beside it in lists.
    """

    dataset: str
    subject: tuple[str, ...]
    own: bool = True


@dataclass(frozen=True, kw_only=True)
class Bound:
    """A column bound to its model field."""

    column: Column
    field: models.Field[Any, Any]
    label: str
    show: Show

    @property
    def key(self) -> str:
        """The name in forms, imports and JSON."""
        return self.column.path.replace("__", "_")

    @property
    def unit(self) -> str:
        """What figures are counted in; money is kept in fen and shown in yuan."""
        return "元" if self.show is Show.MONEY else self.column.unit

    @property
    def required(self) -> bool:
        """Whether a row needs it."""
        return not (self.field.blank or self.field.has_default())

    @property
    def target(self) -> type[models.Model]:
        """The model that a link leads to."""
        target = self.field.related_model
        assert isinstance(target, type)
        return target

    @property
    def numeric(self) -> bool:
        """Whether its figures stand to the right."""
        return self.show in (Show.NUMBER, Show.MONEY)

    @cached_property
    def choices(self) -> dict[Any, str]:
        """value → label. Made once: a list asks for each column, and the search for each column of every register."""
        return {value: str(label) for value, label in self.field.flatchoices}

    def sheet(self) -> SheetColumn:
        """The column as a workbook has it."""
        kind = _SHEET_KIND.get(self.show, Kind.TEXT)
        return SheetColumn(
            key=self.key,
            label=self.label,
            kind=kind,
            unit=self.unit,
            synonyms=self.column.synonyms,
            required=self.required,
            note=self.column.note or "、".join(self.choices.values()),
            example=self.column.example,
        )


def bind(model: type[models.Model], column: Column) -> Bound:
    """Look the path up in the models; FieldDoesNotExist if there is none."""
    *relations, last = column.path.split("__")
    labels, owner = [], model
    for part in relations:
        relation = owner._meta.get_field(part)
        assert isinstance(relation, models.ForeignKey)
        labels.append(str(relation.verbose_name))
        owner = relation.related_model
    field = owner._meta.get_field(last)
    assert isinstance(field, models.Field)
    label = column.label or (labels[-1] if labels else str(field.verbose_name))
    return Bound(column=column, field=field, label=label, show=_show(field, column))


def _show(field: models.Field[Any, Any], column: Column) -> Show:
    if isinstance(field, models.ForeignKey):
        return Show.LINK
    if field.choices:
        return Show.CHOICE
    if isinstance(field, models.DateField):
        return Show.DATE
    if isinstance(field, models.DecimalField | models.IntegerField):
        return Show.MONEY if column.money else Show.NUMBER
    return Show.TEXT


@dataclass(frozen=True, kw_only=True)
class Register:
    """One kind of record. `key` is area.kind; `natural` the columns by which a row of a workbook finds its record.

    `owner` is the link whose row says to which organ a record belongs. Records that share the `exclusive` columns may
    not overlap in time. `pinyin`: sort column ← the column it is made of.
    """

    key: str
    label: str
    model: type[models.Model]
    columns: tuple[Column, ...]
    natural: tuple[str, ...]
    owner: str = "organ"
    exclusive: tuple[str, ...] = ()
    pinyin: tuple[tuple[str, str], ...] = ()
    feeds: tuple[Feed, ...] = ()
    words: tuple[tuple[str, str], ...] = ()  # the area's own verbs in the history: verb → word
    writes: Verb = Verb.WRITE  # what who writes it must be allowed: Verb.CONFIGURE for rules and plans

    @cached_property
    def bound(self) -> tuple[Bound, ...]:
        """The columns bound to the model."""
        return tuple(bind(self.model, column) for column in self.columns)

    @cached_property
    def inputs(self) -> tuple[Bound, ...]:
        """The columns that forms and imports fill."""
        return tuple(bound for bound in self.bound if bound.column.edit)

    @cached_property
    def guarded(self) -> tuple[Bound, ...]:
        """The columns that only some of its readers see, or only some of its writers fill."""
        return tuple(bound for bound in self.bound if bound.column.reads or bound.column.writes)

    def of(self, key: str) -> Bound:
        """The column with this key; KeyError if there is none."""
        for bound in self.bound:
            if bound.key == key:
                return bound
        raise KeyError(key)

    def attnames(self, keys: Iterable[str]) -> list[str]:
        """The model's names of some columns: a link by its id."""
        return [self.of(key).field.attname for key in keys]

    @cached_property
    def sheet(self) -> Dataset:
        """The register as intake reads it: the columns of its workbook."""
        columns = tuple(bound.sheet() for bound in self.inputs)
        return Dataset(key=self.key, label=self.label, columns=columns, subject=self.natural)
