"""The schema of a return scheme: one file of `lawbook/returns/`, one revision of a statistics system."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

#: Largest figure that may be reported: sums of a province still fit the twenty digits of the expressions.
LARGEST = Decimal(10) ** 12
#: Prefixes under which a check sees other figures than the present ones.
LAST, YEAR, PEER, SUM, ROWS = "last_", "year_", "peer_", "sum_", "rows_"
Tier = Literal["CENTRAL", "PROVINCE", "CITY", "COUNTY", "TOWNSHIP"]
Word = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


def _decimal(value: object) -> object:
    """YAML gives floats; the figure meant is the one that was written."""
    return Decimal(str(value)) if isinstance(value, float | int) and not isinstance(value, bool) else value


Figure = Annotated[Decimal, BeforeValidator(_decimal)]
Words = Annotated[str, Field(min_length=1, max_length=200)]


class Model(BaseModel):
    """No unknown key, no change after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, ignored_types=(cached_property,))


class Fill(Model):
    """From which register an item fills itself: rows of `dataset` as of the period's last day that belong to the organ.

    `value` is an expression over the dataset's columns; its results over the rows that `where` keeps are added up (`sum`),
    counted (`count`), or one row alone gives it (`one`).
    """

    dataset: str
    take: Literal["sum", "count", "one"] = "sum"
    value: str = ""
    where: str = ""

    @model_validator(mode="after")
    def _needs_a_value(self) -> Fill:
        if self.take != "count" and not self.value:
            raise ValueError("取数要写 value,只有 take: count 可以不写")
        return self


class Item(Model):
    """An item (指标). Figures lie between `least` and `most`; `derived` is computed from others and never typed in."""

    key: Word
    code: str = ""
    label: Words
    unit: str = ""
    type: Literal["number", "integer", "text", "date", "choice"] = "number"
    choices: tuple[str, ...] = ()
    required: bool = False
    places: int = Field(2, ge=0, le=4)
    least: Figure | None = Decimal(0)
    most: Figure = LARGEST
    derived: str = ""
    fill: Fill | None = None
    adds: bool = True  # whether the figure is added up the tree; ratios and codes are not
    note: str = ""

    @property
    def numeric(self) -> bool:
        """Whether it is a figure."""
        return self.type in ("number", "integer")

    @model_validator(mode="after")
    def _is_sound(self) -> Item:
        if self.key.startswith((LAST, YEAR, PEER, SUM, ROWS)):
            raise ValueError("编号不能以 last_、year_、peer_、sum_、rows_ 开头")
        if (self.type == "choice") != bool(self.choices):
            raise ValueError("type: choice 要写 choices,其他类型不写")
        if self.derived and (not self.numeric or self.fill):
            raise ValueError("推算指标应是数值,且不从台账取数")
        if not self.numeric and self.fill:
            raise ValueError("从台账取数的指标应是数值")
        return self


class Table(Model):
    """A table: its items are one column of figures (`fixed`), or the columns of any number of rows (`floating`)."""

    key: Word
    title: Words
    rows: Literal["fixed", "floating"] = "fixed"
    items: tuple[Item, ...] = Field(min_length=1, max_length=400)
    note: str = ""

    @property
    def floating(self) -> bool:
        """Whether it has any number of rows."""
        return self.rows == "floating"


class Check(Model):
    """An edit check (校验规则): `that` must hold where `when` does. Unknown is not false: a blank accuses nobody.

    `hard`: the return cannot be submitted; `soft`: it can, with a reason. In `message` {item} stands for a figure. `table` names a
    floating table whose rows are looked at one by one.
    """

    key: Word
    level: Literal["hard", "soft"] = "hard"
    kind: Literal["within", "between", "last", "year", "peer"] = "within"
    when: str = ""
    that: str
    message: Words
    items: tuple[Word, ...] = ()
    table: str = ""


class Break(Model):
    """A break in the series: figures before and after the day cannot be compared for these items (none: all)."""

    since: date
    items: tuple[Word, ...] = ()
    note: Words
    clause: str = ""


class Who(Model):
    """Who reports: organs of these tiers and kinds (none: all)."""

    tiers: tuple[Tier, ...] = ()
    kinds: tuple[str, ...] = ()
    note: str = ""


class Scheme(Model):
    """One revision of a return scheme, in force [valid_from, valid_to).

    `due_days`: days after the period's last day within which a return is in time. `review`: the tiers of those who review it
    in turn, from below. `seen`: whether all items of the published system were seen, or a frame of them.
    """

    key: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,39}$")]
    revision: Annotated[str, Field(min_length=1, max_length=20)]
    title: Words
    document: str = ""
    clauses: tuple[str, ...] = ()
    valid_from: date
    valid_to: date | None = None
    period: Literal["month", "quarter", "year"]
    due_days: int = Field(15, ge=0, le=366)
    who: Who = Who()
    review: tuple[Tier, ...] = ("COUNTY", "CITY", "PROVINCE")
    tables: tuple[Table, ...] = Field(min_length=1, max_length=40)
    checks: tuple[Check, ...] = Field((), max_length=400)
    breaks: tuple[Break, ...] = ()
    seen: Literal["whole", "frame"] = "frame"
    note: str = ""

    @model_validator(mode="after")
    def _names_are_single(self) -> Scheme:
        if self.valid_to and self.valid_to <= self.valid_from:
            raise ValueError("valid_to 应晚于 valid_from")
        for what, keys in (
            ("表", [one.key for one in self.tables]),
            ("指标", [one.key for _, one in self.all_items()]),
            ("校验", [one.key for one in self.checks]),
        ):
            twice = sorted({key for key in keys if keys.count(key) > 1})
            if twice:
                raise ValueError(f"{what}编号重复:{'、'.join(twice)}")
        return self

    def all_items(self) -> Iterator[tuple[Table, Item]]:
        """Every item with its table, in order."""
        return ((table, item) for table in self.tables for item in table.items)

    @cached_property
    def items(self) -> dict[str, Item]:
        """The items of the fixed tables, by key, in order."""
        return {item.key: item for table, item in self.all_items() if not table.floating}

    @cached_property
    def floating(self) -> dict[str, Table]:
        """The floating tables by key."""
        return {table.key: table for table in self.tables if table.floating}

    @property
    def name(self) -> str:
        """Key and revision: `pi-energy/2025`."""
        return f"{self.key}/{self.revision}"


FIGURE_IN_MESSAGE = re.compile(r"\{([a-z][a-z0-9_]*)\}")
