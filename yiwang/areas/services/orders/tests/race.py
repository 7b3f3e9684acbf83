"""Many repairers take the same order at once, rounds on end. Prints how many had it, round by round, as JSON.

`python -m yiwang.areas.services.orders.tests.race ROUNDS CLIENTS`, with YIWANG_DATABASE naming an empty database.
Then two rounds more as the positive control: no lock, no transaction, a moment between look and write; several must win. A
process of its own: SQLite needs a file for its clients to meet, and threads must not touch the test runner's connections.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from yiwang.kit.tests.clients import together


def bare() -> None:
    """Take the lock and the transaction away, and let everybody look before anybody writes."""
    from yiwang.areas.services.orders import notify, repairs
    from yiwang.areas.services.orders.machine import MACHINE
    from yiwang.areas.services.orders.models import WorkOrder
    from yiwang.kit.refusal import Refusal

    @contextmanager
    def held(pk: int, access: Any, verb: str) -> Iterator[Any]:
        with nullcontext():
            one = WorkOrder.objects.select_related("organ", "item", "team", "repairer").get(pk=pk)
            if one.state not in MACHINE[verb][1]:
                raise Refusal("order.state", "taken")
            time.sleep(0.2)
            yield one

    def step(one: Any, actor: str, verb: str, now: Any, *given: Any, **more: Any) -> Any:
        one.state = MACHINE[verb][2]
        one.save()
        return one

    for module, name, bare_one in (
        (repairs, "held", held),
        (repairs, "step", step),
        (notify, "to_reporter", lambda *given: None),
    ):
        setattr(module, name, bare_one)


def main(rounds: int, clients: int) -> list[int]:
    """The number of winners of each round."""
    from yiwang.areas.services.orders import factories, repairs
    from yiwang.core.orgs import factories as orgs
    from yiwang.core.rights.access import access_for
    from yiwang.core.rights.models import Role
    from yiwang.kit.refusal import Refusal

    organ = orgs.organ("青河县财政局")
    item = factories.catalogue(organ)
    users = [factories.user(organ, Role.REPAIRER, name=f"维修{number}") for number in range(clients)]
    team, winners = factories.team(organ, *users), list[int]()
    for _ in range(rounds):
        order = factories.order(organ, item, team=team, state="ASSIGNED")
        won: list[int] = []

        def take(user: Any, order: Any = order, won: list[int] = won) -> None:
            try:
                repairs.accept(order=order.pk, now=factories.NOW, access=access_for(user, organ.pk))
                won.append(user.pk)
            except Refusal as refusal:
                assert refusal.code in ("order.state", "order.repairer"), refusal.code

        together([lambda user=user: take(user) for user in users])  # type: ignore[misc]
        winners.append(len(won))
        if len(won) == 1:
            order.refresh_from_db()
            assert order.repairer_id == won[0]
            assert order.events.filter(verb="accept").count() == 1
    return winners


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.portal.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    locked = main(int(sys.argv[1]), int(sys.argv[2]))
    bare()
    print(json.dumps({"locked": locked, "bare": main(2, int(sys.argv[2]))}))
