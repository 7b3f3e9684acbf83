"""Many clients at the last places of a quota, in a process of its own: `python -m yiwang.areas.vehicles.life.tests.race ROUNDS`.

Thirty-two threads, each with a connection of its own, want places of one organ at the same moment: some would move one
away, some would register a car on one, some would have one planned. Prints as JSON how many were to be had and how many
were given with the lock, and without it: the control makes the same check first and then writes, and must give more than
there is. The database is the one of YIWANG_DATABASE, migrated here.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, date, datetime
from functools import partial
from typing import TYPE_CHECKING

from yiwang.kit.tests.clients import together

if TYPE_CHECKING:
    from yiwang.core.orgs.models import Organ
    from yiwang.core.rights.access import Access

CLIENTS, PLACES = 32, 5
TODAY, NOW = date(2026, 3, 1), datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def attempt(organ: Organ, target: Organ, kind: int, boss: Access, *, locked: bool) -> bool:
    """One client: 0 moves a place away, 1 plans a car, 2 takes a car over. True where it got the place."""
    from django.db import transaction

    from yiwang.areas.vehicles import factories
    from yiwang.areas.vehicles.life import quota
    from yiwang.areas.vehicles.life.balance import of_use
    from yiwang.areas.vehicles.life.models import FleetQuota, LineState, PlanLine, Use
    from yiwang.kit.refusal import Refusal

    def line() -> None:
        row = PlanLine(organ=organ, use=Use.EMERGENCY, body="SEDAN", energy="FUEL", price=1, reason="x")
        row.state = LineState.PLANNED
        row.place()
        row.save()

    if not locked:  # the control: look, then write what was seen
        seen = of_use(organ, Use.EMERGENCY)
        if seen.free < 1:
            return False
        if kind == 0:
            FleetQuota.objects.filter(organ=organ, valid_to=None).update(number=max(0, seen.granted - 1))
        elif kind == 1:
            line()
        else:
            factories.vehicle(organ)
        return True
    try:
        if kind == 0:
            given = quota.Order(use=Use.EMERGENCY, number=1, access=boss, on=TODAY, now=NOW)
            quota.move(source=organ, target=target, order=given)
            return True
        with transaction.atomic():
            quota.take_place(organ, Use.EMERGENCY)
            line() if kind == 1 else factories.vehicle(organ)
    except Refusal:
        return False
    return True


def rounds(number: int, *, locked: bool) -> dict[str, int]:
    """So many rounds; how many places were to be had, how many were given, and in how many rounds too many were."""
    from yiwang.areas.vehicles import factories
    from yiwang.areas.vehicles.life.balance import of_use
    from yiwang.areas.vehicles.life.models import Use
    from yiwang.core.orgs import factories as orgs
    from yiwang.core.rights.models import Role
    from yiwang.desk.testing import world

    we = world()
    boss = we.access(Role.MANAGER, we.province)
    given = oversold = left = 0
    for turn in range(number):
        organ = orgs.organ(f"第{turn}局", we.province)
        factories.quota(organ, PLACES)
        jobs = [partial(attempt, organ, we.theirs, client % 3, boss, locked=locked) for client in range(CLIENTS)]
        got = sum(together(jobs))
        given += got
        left += of_use(organ, Use.EMERGENCY).free
        oversold += got > PLACES
    return {"had": PLACES * number, "given": given, "left": left, "oversold": oversold}


def main(number: str) -> None:
    """Migrate, run both, print."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.portal.settings")
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    many = int(number)
    print(json.dumps({"locked": rounds(many, locked=True), "open": rounds(min(many, 5), locked=False)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
