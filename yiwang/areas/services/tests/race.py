"""Many clients at one scarce thing, in a process of its own: `python -m yiwang.areas.services.tests.race pay|stock locked|open`.

Thirty-two threads, each with a connection of its own, want the same money or the same stock at the same moment, for several
rounds. Prints as JSON how much was to be had and how much was given. `open` is the control: the same check, made before the
lock and with a plain write, which must give more than there is; it ends when it has. The database is the one of YIWANG_DATABASE, migrated here.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from yiwang.kit.tests.clients import together

CLIENTS, PLACES = 32, 5
#: In the control at most.
ROUNDS = {"locked": 2, "open": 10}
TODAY, NOW = date(2026, 3, 1), datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def unless_refused(job: Callable[[], Any]) -> Callable[[], bool]:
    """True where it was done."""

    def run() -> bool:
        from yiwang.kit.refusal import Refusal

        try:
            job()
        except Refusal:
            return False
        return True

    return run


def pay(mode: str) -> dict[str, int]:
    """Five payments fit into what was accepted; thirty-two wait for approval."""
    from yiwang.areas.services.suppliers import actions, factories, payments
    from yiwang.areas.services.suppliers.models import Acceptance, Contract, Payment
    from yiwang.core.rights.models import Role
    from yiwang.desk.testing import world

    we = world()
    clerk, boss = we.access(), we.access(Role.MANAGER)
    given = kept = had = 0
    while had < PLACES * ROUNDS[mode] and not given > had:
        had += PLACES
        one = factories.contract(we.ours, PLACES * 100)
        row = actions.accept(
            contract=one.pk, valid_from=date(2026, 2, 1), valid_to=TODAY, result="PASSED", amount=PLACES * 100,
            access=clerk, on=TODAY,
        )  # fmt: skip
        waiting = [
            payments.propose(acceptance=row.pk, amount=100, reason="x", access=clerk, on=TODAY) for _ in range(CLIENTS)
        ]

        def careless(pay: Payment) -> bool:
            """The control: look, then write what was seen."""
            seen = Acceptance.objects.get(pk=pay.acceptance_id)
            if seen.paid + pay.amount > seen.amount:
                return False
            Payment.objects.filter(pk=pay.pk).update(state="APPROVED")
            Contract.objects.filter(pk=pay.contract_id).update(paid=seen.paid + pay.amount)
            return True

        def careful(pay: Payment) -> Callable[[], bool]:
            return unless_refused(lambda: payments.decide(payment=pay.pk, approve=True, access=boss, on=TODAY))

        together([careful(pay) if mode == "locked" else (lambda pay=pay: careless(pay)) for pay in waiting])  # type: ignore[misc]
        given += Payment.objects.filter(contract=one, state="APPROVED").count()
        kept += Contract.objects.get(pk=one.pk).paid // 100
    return {"had": had, "given": given, "kept": kept}


def stock(mode: str) -> dict[str, int]:
    """Five pens in the store; thirty-two requests for one each."""
    from yiwang.areas.services.supplies import actions, factories
    from yiwang.areas.services.supplies.models import Stock, SupplyRequest
    from yiwang.core.rights.models import Role
    from yiwang.desk.testing import world

    we = world()
    cadre, keeper = we.access(Role.STAFF), we.access(Role.KEEPER)
    given = kept = had = 0
    while had < PLACES * ROUNDS[mode] and not given > had:
        had += PLACES
        place = factories.store(we.ours)
        pens = factories.stock(place, PLACES, keeper, on=TODAY)
        waiting = [
            actions.ask(store=place.pk, lines=[(pens.supply_id, 1)], access=cadre, on=TODAY) for _ in range(CLIENTS)
        ]

        def careless(one: SupplyRequest, pens: Stock = pens) -> bool:
            """The control: look, then write what was seen."""
            seen = Stock.objects.get(pk=pens.pk).quantity
            if seen < 1:
                return False
            one.lines.update(issued=1)
            Stock.objects.filter(pk=pens.pk).update(quantity=seen - 1)
            return True

        def careful(one: SupplyRequest) -> Callable[[], bool]:
            line = one.lines.get().pk
            return unless_refused(lambda: actions.issue(request=one.pk, lines={line: 1}, access=keeper, on=TODAY))

        together([careful(one) if mode == "locked" else (lambda one=one: careless(one)) for one in waiting])  # type: ignore[misc]
        given += sum(line.issued for one in waiting for line in one.lines.all())
        kept += PLACES - Stock.objects.get(pk=pens.pk).quantity
    return {"had": had, "given": given, "kept": kept}


RACES = {"pay": pay, "stock": stock}


def main(name: str, mode: str) -> None:
    """Migrate, run, print."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.portal.settings")
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    print(json.dumps(RACES[name](mode)))


if __name__ == "__main__":
    main(*sys.argv[1:])
