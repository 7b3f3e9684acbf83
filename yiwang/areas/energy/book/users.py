"""用能人数 by the rule of the kind: GB/T 40498-2021, 附录A.1 (organs), A.2 (education), A.3 (health). Pure."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Protocol

EDUCATION, HEALTH = "021", "024"
#: The clause that each kind's rule rests on; kinds without one count as organs do.
CLAUSES = {EDUCATION: "EN-40498-A2", HEALTH: "EN-40498-A3"}
DEFAULT = "EN-40498-A1"
_TENTH = Decimal("0.1")


class Counts(Protocol):
    """Persons, and person-days over `days`."""

    regular: int
    long_term: int
    support: int
    students: int
    student_days: int
    visitor_days: int
    inpatient_days: int
    days: int


def users(kind: str, facts: Counts) -> Decimal:
    """Persons, to one place. Students count in education and health, in-patients in health, visitors everywhere.

    Students of schools are there on `student_days` (holidays taken off); what a kind's rule does not name is left out.
    """
    found = Decimal(facts.regular + facts.long_term + facts.support)
    shared = Decimal(facts.visitor_days)
    if kind in (EDUCATION, HEALTH):
        shared += facts.students * facts.student_days
    if kind == HEALTH:
        shared += facts.inpatient_days
    return (found + shared / facts.days).quantize(_TENTH, ROUND_HALF_UP)


def clause_of(kind: str) -> str:
    """The clause that says how users of the kind are counted."""
    return CLAUSES.get(kind, DEFAULT)
