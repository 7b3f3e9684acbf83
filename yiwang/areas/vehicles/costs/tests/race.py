"""Many clients at one budget, in a process of its own: `python -m yiwang.areas.vehicles.costs.tests.race locked|open [rounds]`.

Thirty-two threads, each with a connection of its own, enter a bill of 100 yuan at the same moment, for several rounds; the
budget has room for five a round. Prints as JSON how much was to be had, how much was entered, what the budget says.
`open` is the control: the same check before a plain write, which must enter more. The database is that of YIWANG_DATABASE.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime

from yiwang.kit.tests.clients import together

CLIENTS, ROUNDS, PLACES, FEN = 32, 3, 5, 10_000
NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)


def race(mode: str, rounds: int = ROUNDS) -> dict[str, int]:
    """Each round another organ's budget of this year."""
    from django.db.models import F

    from yiwang.areas.vehicles import factories
    from yiwang.areas.vehicles.costs import actions
    from yiwang.areas.vehicles.costs.models import Cost, CostBudget
    from yiwang.areas.vehicles.costs.statements import bill_of
    from yiwang.core.orgs import factories as orgs
    from yiwang.desk.testing import world

    we = world()
    clerk = we.access(at=we.province)
    given = kept = 0
    for number in range(rounds):
        organ = orgs.organ(f"第{number}局", we.province, code="990103")
        car = factories.vehicle(organ, plate=f"示R{number:05}")
        budget = CostBudget(organ=organ, year=2026, amount=PLACES * FEN)
        budget.place()
        budget.save()

        def careful(client: int, number: int = number) -> object:
            facts = {"kind": "TOLL", "plate": f"示R{number:05}", "number": f"{number}-{client}", "amount": "100"}
            return actions.record(bill_of(0, {**facts, "at": "2026-11-20 09:00"}), access=clerk, now=NOW)

        def careless(client: int, number: int = number, budget: CostBudget = budget, car: int = car.pk) -> object:
            """The control: look, then write what was seen."""
            seen = CostBudget.objects.get(pk=budget.pk)
            if seen.spent + FEN > seen.amount:
                return False
            row = Cost(organ=budget.organ, vehicle_id=car, kind="TOLL", number=f"{number}-{client}", amount=FEN)
            row.at, row.day = NOW, NOW.date()
            row.place()
            row.save()
            return CostBudget.objects.filter(pk=budget.pk).update(spent=seen.spent + FEN)

        job = careful if mode == "locked" else careless
        together([lambda client=client, job=job: job(client) for client in range(CLIENTS)])  # type: ignore[misc]
        given += Cost.objects.filter(organ=organ).count()
        kept += CostBudget.objects.filter(pk=budget.pk).values_list(F("spent") / FEN, flat=True)[0]
    return {"had": PLACES * rounds, "given": given, "kept": kept}


def main(mode: str, rounds: str = str(ROUNDS)) -> None:
    """Migrate, run, print."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.portal.settings")
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    print(json.dumps(race(mode, int(rounds))))


if __name__ == "__main__":
    main(*sys.argv[1:])
