"""Many managers at one whole, in a process of its own: `python -m yiwang.areas.energy.judge.tests.race give locked|open`.

Sixteen threads, each with a connection of its own, hand down a fifth of the whole to an organ of their own at one moment.
Prints as JSON how much was to be had and how much was given. `open` is the control: the same check before the lock and a
plain write, which must give more than there is. The database is the one of YIWANG_DATABASE, migrated here.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from decimal import Decimal
from threading import Barrier, Thread

CLIENTS, PLACES = 16, 5
ROUNDS = {"locked": 2, "open": 10}


def together(jobs: list[Callable[[], None]]) -> None:
    """Run each in a thread of its own, all at once; refusals are answers."""
    from django.db import connection

    from yiwang.kit.refusal import Refusal

    barrier, done = Barrier(len(jobs)), list[int]()

    def run(job: Callable[[], None]) -> None:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=60)
            try:
                job()
            except Refusal as refusal:
                assert refusal.code == "target.balance", refusal
            done.append(1)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert len(done) == len(jobs), "a client died"


def give(mode: str) -> dict[str, int]:
    """A whole of five parts; sixteen organs want one each. `given`: what they have got; `kept`: what the whole says."""
    from yiwang.areas.energy.judge import targets
    from yiwang.areas.energy.judge.models import Plan, Target
    from yiwang.core.orgs import factories
    from yiwang.core.rights.models import Role
    from yiwang.desk.testing import world

    we = world()
    boss = we.access(Role.MANAGER, we.province)
    organs = [factories.organ(f"某县第{number}局", we.province, code="990101") for number in range(CLIENTS)]
    given = kept = had = 0
    while had < PLACES * ROUNDS[mode] and not given > had:
        had += PLACES
        one = targets.plan(name=f"规划{had}", kind="FREE", years=(2025, 2026, 2030), ground="示", access=boss)
        what = {"plan": one.pk, "energy": "WATER", "year": 2026}
        targets.set_whole(amount=Decimal(PLACES), access=boss, **what)  # type: ignore[arg-type]

        def careful(number: int, what: dict[str, object] = what) -> None:
            targets.give(organ=organs[number], amount=Decimal(1), access=boss, **what)  # type: ignore[arg-type]

        def careless(number: int, one: Plan = one) -> None:
            """The control: look, then write what was seen."""
            seen = Target.objects.get(plan=one, organ=we.province)
            if seen.given + 1 > seen.amount:
                return
            row = Target(plan=one, organ=organs[number], energy="WATER", year=2026, amount=1)
            row.place()
            row.save()
            Target.objects.filter(pk=seen.pk).update(given=seen.given + 1)

        work = careful if mode == "locked" else careless
        together([lambda number=number, work=work: work(number) for number in range(CLIENTS)])  # type: ignore[misc]
        given += Target.objects.filter(plan=one).exclude(organ=we.province).count()
        kept += int(Target.objects.get(plan=one, organ=we.province).given)
    return {"had": had, "given": given, "kept": kept}


def main(name: str, mode: str) -> None:
    """Migrate, race, print."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.portal.settings")
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    print(json.dumps({"give": give}[name](mode)))


if __name__ == "__main__":
    main(*sys.argv[1:])
