"""The year's budget of an organ: taken and given back by one conditional update, by bills and by the registers of a car's life.

A repair, a policy or a fine takes its amount from the budget when it is entered, as fuel does. When its bill comes, the
bill's amount stands in its place. An organ without a budget for the year is not bounded.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db.models import F, Sum
from django.db.models.functions import Greatest

from yiwang.areas.vehicles.costs.elsewhere import ELSEWHERE, unbilled
from yiwang.areas.vehicles.costs.models import Cost, CostBudget
from yiwang.core.orgs.models import Organ
from yiwang.core.registers.hearing import Written, listen
from yiwang.kit.among import Among  # noqa: F401 (registers the look-up)
from yiwang.kit.refusal import Refusal

#: (organ, year) → fen.
Sums = Mapping[tuple[int, int], int]
REGISTERS = ("vehicles.maintenance", "vehicles.insurance", "vehicles.violation")
_PATHS = dict(zip(REGISTERS, (path for _, path in ELSEWHERE.values()), strict=True))


def spend(organ: int, year: int, amount: int) -> None:
    """Take so much (fen) out of the budget of the year, or refuse `cost.budget`; less than nothing is given back.

    Inside a transaction: the row stays locked until its end.
    """
    budget = CostBudget.objects.filter(organ=organ, year=year)
    if amount <= 0:
        budget.update(spent=Greatest(F("spent") + amount, 0))
        return
    if budget.filter(spent__lte=F("amount") - amount).update(spent=F("spent") + amount):
        return
    found = budget.select_related("organ").first()
    if found is not None:
        left = Decimal(found.amount - found.spent) / 100
        raise Refusal(
            "cost.budget",
            f"“{found.organ}” {year} 年用车经费只剩 {left:,.2f} 元,不够 {Decimal(amount) / 100:,.2f} 元;请先调整预算。",
        )


def spend_all(sums: Sums) -> None:
    """Take them in one order for everybody, so that two writers never wait for one another."""
    for (organ, year), amount in sorted(sums.items()):
        if amount:
            spend(organ, year, amount)


def spent(organ: Organ, year: int) -> int:
    """What the bills and the registers of a year come to, fen."""
    whole = Cost.objects.filter(organ=organ, day__year=year).aggregate(n=Sum("amount"))["n"] or 0
    for kind, (_, path) in ELSEWHERE.items():
        rows = unbilled(kind).filter(organ=organ, **{f"{path}__year": year})
        whole += rows.aggregate(n=Sum("amount"))["n"] or 0
    return int(whole)


def standing_for(pairs: Collection[tuple[int, str]]) -> list[tuple[int, int, int]]:
    """(organ, year, fen) that the registers took for these (car, number), whose bills come now. Three queries."""
    found = []
    for kind, (_, path) in ELSEWHERE.items():
        rows = unbilled(kind).filter(number__among=[number for _, number in pairs])
        for car, number, organ, day, amount in rows.values_list("vehicle_id", "number", "organ_id", path, "amount"):
            if (car, number) in pairs:
                found.append((organ, day.year, amount))
    return found


def declare() -> None:
    """Hear of the registers; called once when Django starts."""
    for register in REGISTERS:
        listen(register, _followers[register])


def _follower(register: str) -> Callable[[Collection[Written]], None]:
    def follow(rows: Collection[Written]) -> None:
        _follow(rows, _PATHS[register])

    return follow


_followers = {register: _follower(register) for register in REGISTERS}


def _follow(rows: Collection[Written], path: str) -> None:
    """Take what the rows cost more than before, give back what they cost less; those that have a bill cost nothing here."""
    states = [state for row in rows for state in (row.before, row.after) if state is not None]
    billed = _billed(states)
    sums: dict[tuple[int, int], int] = defaultdict(int)
    for row in rows:
        for state, sign in ((row.before, -1), (row.after, 1)):
            if state is not None and state["amount"] and (state["vehicle_id"], state["number"]) not in billed:
                sums[state["organ_id"], state[path].year] += sign * state["amount"]
    spend_all(sums)


def _billed(states: Iterable[Mapping[str, Any]]) -> set[tuple[int, str]]:
    numbers = sorted({state["number"] for state in states})
    rows = Cost.objects.filter(number__among=numbers)
    return set(rows.values_list("vehicle_id", "number"))
