"""Worked cases: facts, date, place → verdicts, in YAML that the author of a clause can read and write."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field

from yiwang.core.datasets import Dataset, Kind
from yiwang.core.standards.book import SHIPPED
from yiwang.core.standards.judge import Judge
from yiwang.core.standards.records import fold
from yiwang.core.standards.verdict import Verdict


class CaseLoader(yaml.SafeLoader):
    """YAML in which only true and false are truth values, so that the key `on` stays a word."""


CaseLoader.yaml_implicit_resolvers = {
    first: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:bool"]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
CaseLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), list("tf"))


class Case(BaseModel):
    """One worked case. `facts` are common to all `rows`; `verdicts` lists every verdict expected, with the keys that matter."""

    model_config = ConfigDict(extra="forbid")
    name: str
    dataset: str
    on: date
    region: str = "CN"
    facts: dict[str, Any] = Field(default_factory=dict)
    rows: list[dict[str, Any]] = [{}]
    verdicts: list[dict[str, Any]]
    only: list[str] = Field(default_factory=list)  # compare only the verdicts under these clauses
    note: str = ""


def read_cases(folder: Path = SHIPPED / "cases") -> Iterator[tuple[str, Case]]:
    """Every case with its file's name."""
    for path in sorted(folder.glob("*.yaml")):
        for entry in yaml.load(path.read_text(encoding="utf-8"), Loader=CaseLoader) or []:  # noqa: S506 - a safe loader
            yield path.stem, Case.model_validate(entry)


def typed(dataset: Dataset, row: dict[str, Any]) -> dict[str, Any]:
    """A row as written in YAML with the values its columns want; KeyError for a column that is not there."""
    result: dict[str, Any] = {}
    for key, value in row.items():
        kind = dataset.column(key).kind
        if value is None:
            result[key] = None
        elif kind in (Kind.NUMBER, Kind.INTEGER):
            result[key] = Decimal(str(value))
        elif kind is Kind.DATE:
            result[key] = value if isinstance(value, date) else date.fromisoformat(value)
        elif kind is Kind.BOOL:
            result[key] = bool(value)
        else:
            result[key] = str(value)
    return result


def judge_case(judge: Judge, case: Case) -> list[Verdict]:
    """The verdicts of a case."""
    dataset = judge.book.datasets[case.dataset]
    rows = [typed(dataset, case.facts | row) for row in case.rows]
    records = fold(dataset, rows, on=case.on, region=case.region)
    return [
        verdict
        for record in records
        for verdict in judge.judge(case.dataset, record.values, on=record.on, region=record.region)
        if not case.only or verdict.clause in case.only
    ]


def differences(case: Case, verdicts: list[Verdict]) -> list[str]:
    """What does not agree, in words; empty if the case holds."""
    wanted = sorted(case.verdicts, key=lambda each: str(each.get("clause")))
    found = sorted(verdicts, key=lambda verdict: verdict.clause)
    if [str(each.get("clause")) for each in wanted] != [verdict.clause for verdict in found]:
        shown = [f"{v.clause} {v.kind} {v.measure} {v.limit} {v.missing}" for v in found]
        return [f"应有 {[each.get('clause') for each in wanted]},得 {shown}"]
    return [line for each, verdict in zip(wanted, found, strict=True) for line in _compare(each, verdict)]


def _compare(wanted: dict[str, Any], verdict: Verdict) -> Iterator[str]:
    data = verdict.as_dict()
    for key, value in wanted.items():
        got = data[key]
        same = sorted(value) == sorted(got) if key == "missing" else got == value
        if isinstance(value, int | float) and isinstance(got, int | float) and not isinstance(value, bool):
            same = abs(value - got) < 0.00005
        if not same:
            yield f"{verdict.clause} {key}: 应为 {value},得 {got}({verdict.message})"
