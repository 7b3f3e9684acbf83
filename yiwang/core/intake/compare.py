"""The clerk's own 应享有 and 超出 against what the clauses give."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from yiwang.core.intake.claims import Claim, ClaimKind
from yiwang.core.intake.explain import check_of
from yiwang.core.intake.result import Difference, Finding, Table
from yiwang.core.standards.book import Lawbook
from yiwang.core.standards.verdict import Verdict, VerdictKind, citation

CLOSE = Decimal("0.05")
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Said:
    """What a clause says about one record, as much as is compared."""

    subject: str
    column: str
    limit: Decimal
    excess: Decimal
    over: bool
    unit: str
    clause: str
    citation: str
    alone: bool  # whether the record is of one row


class Comparison:
    """The clerk's figures against the verdicts. Every verdict must be noted, those within too.

    Only a verdict with a verified clause and a known limit is held against the clerk.
    """

    def __init__(self, tables: list[Table], book: Lawbook) -> None:
        self.tables, self.book = tables, book
        self.columns = {claim.column for table in tables for claim in table.match.claims}
        self.said: dict[Place, list[_Said]] = defaultdict(list)
        self.measures: dict[tuple[str, str, str], str] = {}
        self.found: list[Difference] = []

    @property
    def any(self) -> bool:
        """Whether there is anything to compare."""
        return bool(self.columns)

    def note(self, finding: Finding) -> None:
        """Keep what a verdict says."""
        verdict = finding.verdict
        if not self.columns or verdict.limit is None or verdict.kind is VerdictKind.UNVERIFIED:
            return
        column = self._measured(verdict)
        if column in self.columns:
            said = _Said(
                verdict.subject, column, verdict.limit, verdict.excess or Decimal(0), verdict.kind is VerdictKind.OVER,
                verdict.unit, verdict.clause, citation(verdict), len(finding.places) == 1,
            )  # fmt: skip
            for place in finding.places:
                self.said[place].append(said)

    def _measured(self, verdict: Verdict) -> str:
        """The column that an upper limit is about, "" for any other verdict."""
        key = (verdict.clause, verdict.topic, verdict.dataset)
        if key not in self.measures:
            check = check_of(verdict, self.book)
            self.measures[key] = check.measure if check is not None and check.relation in ("<=", "<") else ""
        return self.measures[key]

    def settle(self, places: Iterable[Place], shared: Container[Place]) -> None:
        """Compare the rows that are one record by themselves, and forget them. `shared`: rows of several persons."""
        for place in places:
            noted = self.said.get(place)
            if noted and place not in shared and all(one.alone for one in noted):
                del self.said[place]
                self._row(place, noted)

    def _row(self, place: Place, noted: list[_Said]) -> None:
        table = self.tables[place[0]]
        for claim in table.match.claims:
            value = table.claims.get(claim.header.name, {}).get(place[1])
            said = _by_subject(noted, claim.column) if value is not None else ()
            if said:
                self._compare(place, claim, [value], said)

    def differences(self) -> list[Difference]:
        """Every figure of a clerk that differs, in the order of the sheets."""
        for index, table in enumerate(self.tables):
            for claim in table.match.claims if self.said else ():
                self._claim(index, table, claim)
        return sorted(self.found, key=lambda one: (one.table, one.row, one.header))

    def _compare(self, place: Place, claim: Claim, stated: list[Any], said: tuple[_Said, ...]) -> None:
        computed = _computed(claim.kind, said)
        value = _stated(claim.kind, stated, computed)
        if _differs(claim.kind, value, computed):
            self.found.append(_difference(*place, claim, value, computed, said))

    def _claim(self, index: int, table: Table, claim: Claim) -> None:
        """Rows about the same persons belong together: the clerk may repeat his figure on each, or split it."""
        groups: dict[tuple[str, ...], list[tuple[int, Any, tuple[_Said, ...]]]] = defaultdict(list)
        for number, value in table.claims.get(claim.header.name, {}).items():
            said = _by_subject(self.said.get((index, number), []), claim.column)
            if said:
                groups[tuple(one.subject for one in said)].append((number, value, said))
        for group in groups.values():
            self._compare((index, group[0][0]), claim, [value for _, value, _ in group], group[0][2])


def _by_subject(noted: list[_Said], column: str) -> tuple[_Said, ...]:
    """What is said about this column of each of the row's records; none if two clauses give two limits."""
    about: dict[str, list[_Said]] = defaultdict(list)
    for one in noted:
        if one.column == column:
            about[one.subject].append(one)
    if any(len({one.limit for one in group}) > 1 for group in about.values()):
        return ()
    return tuple(group[0] for group in about.values())


def _stated(kind: ClaimKind, values: list[Any], computed: Decimal | bool) -> Any:
    """The clerk's figure for all rows together: repeated on each, or the sum of its parts."""
    if kind is ClaimKind.OVER:
        return any(values)
    total = sum(values, Decimal(0))
    repeated = len(set(values)) == 1 and (len(values) == 1 or _differs(kind, total, computed))
    return values[0] if repeated else total


def _computed(kind: ClaimKind, said: tuple[_Said, ...]) -> Decimal | bool:
    if kind is ClaimKind.OVER:
        return any(one.over for one in said)
    return sum((one.excess if kind is ClaimKind.EXCESS else one.limit for one in said), Decimal(0))


def _differs(kind: ClaimKind, stated: Any, computed: Decimal | bool) -> bool:
    """Rounding by the clerk is forgiven, saying 0 where there is an excess is not."""
    if kind is ClaimKind.OVER or isinstance(computed, bool):
        return bool(stated) != computed
    if not stated or not computed:
        return abs(computed - stated) > Decimal("0.0001") and not (
            kind is ClaimKind.EXCESS and stated < 0 and not computed
        )
    exponent = stated.normalize().as_tuple().exponent
    digit = Decimal(1).scaleb(min(exponent, 0) if isinstance(exponent, int) else 0)
    return bool(abs(computed - stated) > max(CLOSE, digit / 2))


def _difference(
    index: int, number: int, claim: Claim, stated: Any, computed: Decimal | bool, said: tuple[_Said, ...]
) -> Difference:
    first = said[0]
    return Difference(
        table=index,
        row=number,
        subject="、".join(one.subject for one in said),
        header=claim.header.name,
        stated=stated,
        computed=computed,
        unit="" if isinstance(computed, bool) else first.unit,
        clause=first.clause,
        citation=first.citation,
    )
