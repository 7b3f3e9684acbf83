"""The schema of a document file of the lawbook: document → clauses → rows and checks. Validated when it is loaded."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

Evidence = Literal["full_text", "reprint", "local_rule", "news", "qa_page", "recall"]
ClauseKind = Literal[
    "limit", "entitlement", "formula", "coefficient", "prohibition", "process", "target", "score", "form"
]
Relation = Literal["<=", "<", ">=", ">", "="]
Strength = Literal["hard", "soft"]

#: Why a clause is not judged on records; one word of a fixed list.
Unjudged = Literal[
    "process",  # 程序: says who does what in which order
    "conduct",  # 行为: forbids conduct that no register shows
    "definition",  # 定义、范围
    "coefficient",  # 系数: used by other figures, judges nothing by itself
    "qualitative",  # 定性: no figure to compare with
    "no_figure",  # 无数值: the figure was not seen or is set elsewhere
    "target",  # 目标: for an organ tree and a plan period, judged by the plans, not by a record
    "score",  # 评分: part of an evaluation table
    "form",  # 报表: describes a return
    "replaced",  # 已由另一条(特别规定)承接
]


def _decimal(value: object) -> object:
    """YAML gives floats; the figure meant is the one that was written."""
    return Decimal(str(value)) if isinstance(value, float | int) and not isinstance(value, bool) else value


Region = Annotated[str, Field(pattern=r"^(CN|\d{6})$")]
Figure = Annotated[Decimal, BeforeValidator(_decimal)]


class Model(BaseModel):
    """No unknown key, no change after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Row(Model):
    """One line of a clause's table. Cells are any further keys: `organ_tier`, `rank`, `item`, `value` …

    A cell may hold one word, a group that the vocabulary expands, several words joined by 、, or `各级`/`各类` (all).
    """

    model_config = ConfigDict(extra="allow", frozen=True)

    verified: bool | None = None  # overrides the clause's
    evidence: Evidence | None = None
    modality: str | None = None  # overrides the clause's
    region: Region | None = None  # GB/T 2260 code or CN: where this row holds; default the document's region
    seasons: tuple[
        Annotated[str, Field(pattern=r"^\d\d-\d\d/\d\d-\d\d$")], ...
    ] = ()  # month-day ranges, both ends included, may wrap the year: "11-01/03-31"
    effective_from: date | None = None
    effective_to: date | None = None

    @property
    def cells(self) -> dict[str, Any]:
        """The cells that are not part of the fixed keys."""
        return dict(self.__pydantic_extra__ or {})


class Limit(Model):
    """Where the figure to compare with comes from: exactly one of `table`, `expression`, `sum_of`.

    `table`: dataset columns that make the cell; the row key of the same name is matched (`columns` renames: column → row key).
    `where`: only rows whose cells equal these. `value`: the row key that holds the figure. `factor`: into the dataset's unit.
    `expression`: over the dataset's columns. `sum_of`: a topic whose limit is looked up once for each of `counts`
    (column with a number of persons → word for the topic's rank) and multiplied with the count, then added up.
    """

    table: tuple[str, ...] | None = None
    columns: dict[str, str] = Field(default_factory=dict)
    where: dict[str, Any] = Field(default_factory=dict)
    value: str = "value"
    factor: Figure = Decimal(1)
    expression: str | None = None
    sum_of: str | None = None
    counts: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _exactly_one(self) -> Limit:
        given = [name for name in ("table", "expression", "sum_of") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"limit needs exactly one of table, expression, sum_of; got {given or 'none'}")
        if (self.sum_of is None) != (not self.counts):
            raise ValueError("sum_of and counts go together")
        return self


class Check(Model):
    """How a clause is judged on a record: measure – relation – limit.

    Clauses with the same `topic` regulate the same thing and compete: at one date and place the row of the nearest
    region wins (county, city, province, nation), at the same region the higher `priority`; `combine: and` is judged beside it.
    `gap` says what an absent cell means: `undetermined` (the table has no row for this record) or `none` (not concerned).
    """

    topic: str
    dataset: str
    measure: str
    relation: Relation
    limit: Limit
    label: str = ""  # of the measure, if it is not a plain column
    unit: str = ""  # of measure and limit, if it is not the column's
    applies: str | None = None
    combine: Literal["nearest", "and"] = "nearest"
    priority: int = 0
    gap: Literal["undetermined", "none"] = "undetermined"
    strength: Strength | None = None  # overrides what the modality says


class Formula(Model):
    """The formula of a clause as its text has it, for people; what is judged is the check."""

    model_config = ConfigDict(extra="allow", frozen=True)
    result: str = ""
    expression: str | None = None
    variable: str | None = None
    meaning: str | None = None


class Clause(Model):
    """One rule of one document."""

    id: str
    article: str | None = None
    subject: str
    kind: ClauseKind
    modality: str | None = None
    paraphrase: str
    unit: str | None = None
    table: tuple[Row, ...] = ()
    formula: Formula | None = None
    frequency: str | None = None
    verified: bool
    evidence: Evidence
    note: str | None = None
    jurisdiction_note: str | None = None
    effective_from: date | None = None  # both inclusive, as published; default the document's
    effective_to: date | None = None
    checks: tuple[Check, ...] = ()
    unjudged: Unjudged | None = None

    @model_validator(mode="after")
    def _judged_or_not(self) -> Clause:
        if self.checks and self.unjudged:
            raise ValueError("a clause with checks cannot be unjudged")
        return self


class Document(Model):
    """One regulation. `effective_to` is inclusive and null while it is open; dates that were not seen are not verified."""

    code: str
    title: str
    document_number: str | None = None
    document_number_verified: bool
    issuers: tuple[str, ...] = ()
    promulgated: Annotated[str, Field(pattern=r"^\d{4}(-\d\d){0,2}$")] | None = (
        None  # year, month or day, as far as it was seen
    )
    effective_from: date | None = None
    effective_to: date | None = None
    dates_verified: bool
    date_basis: str = ""
    jurisdiction: str  # in words, as published
    region: Region = "CN"  # CN or a GB/T 2260 code: where it holds
    scope: str | None = None  # condition on the record that the jurisdiction adds, e.g. organ_tier = '中央机关'
    replaces: tuple[str, ...] = ()
    superseded_by: str | None = None
    status_known_to: str = ""
    note: str | None = None
    pass_score: int | None = None
    full_score: int | None = None
    design_proposal: bool = False
    demo: bool = False  # a made-up rule of the demo province
    clauses: tuple[Clause, ...]
