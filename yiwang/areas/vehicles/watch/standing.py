"""How things stand: the three colours of cars and organs, and what became of what each rule caught."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from django.db.models import Count

from yiwang.areas.vehicles.life.models import Vehicle, VehicleState
from yiwang.areas.vehicles.watch.actions import DATASET
from yiwang.areas.vehicles.watch.rules import RULES, Rule
from yiwang.core.orgs.models import TREE_DEPTH, Organ
from yiwang.core.rights.access import Access
from yiwang.core.verdicts.models import Finding, FindingKind, Outcome, State

#: So many open findings of one car are more than an oversight.
MANY = 3


class Colour(StrEnum):
    """State of a car or an organ."""

    RED = "红"
    YELLOW = "黄"
    GREEN = "绿"

    @property
    def chip(self) -> str:
        """The chip it is shown as; sign and word say what the colour says."""
        return {"红": "over", "黄": "warning", "绿": "within"}[self.value]


def car_of(subject: str) -> int:
    """The car of a sign's subject: MOVED:12:20261129 → 12."""
    return int(subject.split(":")[1])


@dataclass
class Load:
    """The open findings of one car."""

    open: int = 0
    late: int = 0
    over: int = 0

    @property
    def colour(self) -> Colour:
        """Red: one is overdue or over a clause, or there are many; yellow: there are some."""
        if self.late or self.over or self.open >= MANY:
            return Colour.RED
        return Colour.YELLOW if self.open else Colour.GREEN


@dataclass
class Place:
    """An organ with the cars of it and of all below it (`own`: of it alone)."""

    organ: Organ
    cars: int = 0
    loads: dict[int, Load] = field(default_factory=lambda: defaultdict(Load))
    own: bool = False

    def count(self, colour: Colour) -> int:
        """Cars of a colour; the green are those without a finding."""
        found = sum(load.colour is colour for load in self.loads.values())
        return found if colour is not Colour.GREEN else max(self.cars - len(self.loads), 0)

    @property
    def red(self) -> int:
        """Red cars."""
        return self.count(Colour.RED)

    @property
    def yellow(self) -> int:
        """Yellow cars."""
        return self.count(Colour.YELLOW)

    @property
    def green(self) -> int:
        """Green cars."""
        return self.count(Colour.GREEN)

    @property
    def colour(self) -> Colour:
        """The worst of its cars."""
        return Colour.RED if self.red else Colour.YELLOW if self.yellow else Colour.GREEN


def places(access: Access, organ: Organ, on: date) -> list[Place]:
    """The organ alone, then each right below it with its whole tree; those with red cars first. Three queries."""
    level = f"l{min(organ.depth + 1, TREE_DEPTH)}"
    below = {} if organ.depth == TREE_DEPTH else {one.pk: Place(one) for one in _below(access, organ)}
    own = Place(organ, own=True)
    cars = access.scope(Vehicle.objects.exclude(state=VehicleState.RETIRED)).filter(**{f"l{organ.depth}": organ.pk})
    for key, number in cars.order_by().values_list(level).annotate(n=Count("pk")):
        below.get(key, own).cars += number
    found = _pending(access).filter(**{f"l{organ.depth}": organ.pk})
    for key, subject, kind, due in found.values_list(level, "subject", "kind", "due_date"):
        load = below.get(key, own).loads[car_of(subject)]
        load.open += 1
        load.late += bool(due and due < on)
        load.over += kind == FindingKind.OVER
    return [own, *sorted(below.values(), key=lambda one: (-one.red, -one.yellow, one.organ.sort_key, one.organ.pk))]


def _below(access: Access, organ: Organ) -> list[Organ]:
    return list(access.organs().filter(superior=organ, closed_date=None))


def _pending(access: Access):  # type: ignore[no-untyped-def]
    return access.scope(Finding.objects.filter(dataset=DATASET)).exclude(state=State.CLOSED).order_by()


@dataclass(frozen=True)
class Feedback:
    """What became of what a rule caught. Confirmed: rectified; dismissed: the appeal was right, it was allowed, or the
    papers came later."""

    rule: Rule
    caught: int = 0
    confirmed: int = 0
    dismissed: int = 0

    @property
    def pending(self) -> int:
        """Not settled yet."""
        return self.caught - self.confirmed - self.dismissed

    @property
    def precision(self) -> Decimal | None:
        """Per cent of the settled that were confirmed."""
        settled = self.confirmed + self.dismissed
        return round(Decimal(100 * self.confirmed) / settled, 1) if settled else None


def feedback(access: Access, *, since: date | None = None) -> list[Feedback]:
    """Each rule with what became of its findings in scope; one query."""
    rows = access.scope(Finding.objects.filter(dataset=DATASET))
    if since is not None:
        rows = rows.filter(opened_date__gte=since)
    caught: Counter[str] = Counter()
    confirmed: Counter[str] = Counter()
    dismissed: Counter[str] = Counter()
    for topic, state, outcome, number in (
        rows.order_by().values_list("topic", "state", "outcome").annotate(n=Count("pk"))
    ):
        caught[topic] += number
        if state == State.CLOSED:
            (confirmed if outcome == Outcome.RECTIFIED else dismissed)[topic] += number
    return [Feedback(rule, caught[rule.topic], confirmed[rule.topic], dismissed[rule.topic]) for rule in RULES.values()]
