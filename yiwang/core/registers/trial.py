"""Trying rows out: what an import would do, row by row, before anything is written."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from yiwang.core.intake.matching import Question
from yiwang.core.intake.result import Problem
from yiwang.core.registers.drafts import Draft, Drafting
from yiwang.core.registers.register import Register
from yiwang.core.rights.access import Access
from yiwang.kit.refusal import Refusal

Rows = Iterable[tuple[int, Mapping[str, Any]]]


@dataclass
class Trial:
    """What an import would do: counts of rows, and every refusal with its row."""

    total: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    errors: list[Refusal] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)  # about headers; answered into the job's mapping
    notes: list[str] = field(default_factory=list)  # how units and headings were understood


def checked(register: Register, access: Access, rows: Rows, problems: Collection[Problem] = ()) -> list[Draft]:
    """The drafts of cleaned rows; cells that could not be read are refusals of their row."""
    drafts = Drafting(register, access).drafts(rows)
    by_row = {draft.number: draft for draft in drafts}
    for problem in problems:
        draft = by_row.get(problem.row)
        if draft is not None:
            draft.refuse(problem.code, problem.message, problem.header)
    return drafts


def tried(drafts: Collection[Draft]) -> Trial:
    """What these drafts would do."""
    result = Trial(total=len(drafts), errors=[error for draft in drafts for error in draft.errors])
    for draft in drafts:
        if draft.before is None:
            result.created += 1
        elif draft.changed:
            result.changed += 1
        else:
            result.unchanged += 1
    return result
