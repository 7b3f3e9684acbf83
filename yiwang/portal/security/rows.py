"""The rows of the checklist, the tests named after them, and what the last run of the suite said of each.

A run writes `results.json` when YIWANG_CHECK_RESULTS names it (`make test` does); it ships with a release. Without the
file nothing is claimed.
"""

from __future__ import annotations

import ast
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
CHECKLIST = HERE / "checklist.yaml"
RESULTS = HERE / "results.json"
#: `test_d05_d32_after_log_out…` belongs to D05 and to D32.
NAMED = re.compile(r"^test_((?:[acd]\d\d_)+)")


@dataclass(frozen=True)
class Row:
    """A requirement, its source, and what is known of its proof."""

    id: str
    requirement: str
    source: str
    reason: str = ""
    partial: str = ""
    proofs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Line:
    """A row as the page shows it. `result`: passed, failed, "" for never run."""

    row: Row
    tests: tuple[str, ...]
    result: str = ""
    day: str = ""
    detail: dict[str, str] = field(default_factory=dict)  # test → outcome, where not passed


@cache
def rows() -> tuple[Row, ...]:
    """The checklist."""
    data = yaml.safe_load(CHECKLIST.read_text(encoding="utf-8"))
    return tuple(Row(**{**one, "proofs": tuple(one.get("proofs", ()))}) for one in data)


def rows_of(name: str) -> list[str]:
    """The rows that a test is named after: `test_d05_d32_x` → D05, D32."""
    found = NAMED.match(name.partition("[")[0])
    return found.group(1).upper().rstrip("_").split("_") if found else []


def _functions(path: Path) -> Iterator[str]:
    """Names of the tests of a module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node.name


@cache
def tests() -> dict[str, tuple[str, ...]]:
    """Row → the tests that prove it, as `path::name`; those of the house as far as they are installed."""
    found: dict[str, list[str]] = defaultdict(list)
    paths = [*(ROOT / "yiwang").rglob("tests/test_*.py"), *(ROOT / "tests").rglob("test_*.py")]
    for path in sorted(paths):
        place = path.relative_to(ROOT).as_posix()
        for name in _functions(path):
            for row in rows_of(name):
                found[row].append(f"{place}::{name}")
    for one in rows():
        found[one.id] += one.proofs
    return {row: tuple(dict.fromkeys(names)) for row, names in found.items()}


def results() -> dict[str, Any]:
    """What the last run said: {"day": …, "tests": {"path::name": "passed" | "failed" | "skipped"}}; {} without one."""
    try:
        data = json.loads(RESULTS.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


def lines() -> list[Line]:
    """Every row with its tests and the last result."""
    last = results()
    return [_line(row, tests().get(row.id, ()), last.get("tests", {}), str(last.get("day", ""))) for row in rows()]


def _line(row: Row, names: tuple[str, ...], said: dict[str, str], day: str) -> Line:
    """A row has passed when each of its tests ran in some run and none failed."""
    outcomes = {name: outcome for name in names if (outcome := _outcome(name, said))}
    if not names or not outcomes:
        return Line(row, names)
    open_ones = {name: outcomes.get(name, "missing") for name in names if outcomes.get(name) != "passed"}
    result = "failed" if "failed" in open_ones.values() else "incomplete" if open_ones else "passed"
    return Line(row, names, result, day, open_ones)


def _outcome(name: str, said: dict[str, str]) -> str:
    """Of one test, or of a whole module where a proof names one."""
    if "::" in name:
        return said.get(name, "")
    inside = [outcome for test, outcome in said.items() if test.startswith(name + "::")]
    return "failed" if "failed" in inside else "passed" if "passed" in inside else inside[0] if inside else ""
