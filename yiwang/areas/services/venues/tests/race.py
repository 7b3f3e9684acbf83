"""Many clients want the same slot of the same room, round after round. Prints who won as JSON.

`python -m yiwang.areas.services.venues.tests.race CLIENTS MODE:ROUNDS …`, with YIWANG_DATABASE naming an empty database;
the whole of it is `32 real:10000 none:200` on both databases. Modes: `real`; `no-belt` (the lock alone); `no-lock` (the
belt alone; PostgreSQL then breaks deadlocks of the constraint, and one wins all the same); `none` (neither: the positive
control, which must book double). A process of its own, since it forks.

On SQLite a transaction that begins IMMEDIATE is a lock by itself; the modes without the lock look and write there in
two transactions, as code that knows nothing of locks would.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

START = datetime(2026, 12, 1, tzinfo=ZoneInfo("Asia/Shanghai"))
PAUSE = 0.002  # seconds between the look and the insert, where the look found the room free
Try = Callable[[Any, datetime], str]


def slot(number: int) -> datetime:
    """The beginning of the quarter of an hour that a round is about."""
    return START + timedelta(minutes=15 * number)


def plant(mode: str) -> None:
    """A pause between look and insert, in all modes; and the lock taken out where the mode says so."""
    from yiwang.areas.services.venues import claims
    from yiwang.areas.services.venues.models import Venue

    look = claims.taken_by

    def slow(*given: Any) -> Any:
        found = look(*given)
        if found is None:
            time.sleep(PAUSE)
        return found

    claims.taken_by = slow  # type: ignore[assignment]
    if mode in ("no-lock", "none"):
        claims.lock = lambda *keys: Venue.objects.select_related("organ", "building").in_bulk(keys)


def tries(mode: str, room: int) -> Try:
    """How a client books: returns the code of what happened."""
    from django.db import IntegrityError, OperationalError, connection, transaction

    from yiwang.areas.services.venues import actions, claims
    from yiwang.areas.services.venues.rules import Wanted
    from yiwang.kit.refusal import Refusal

    def through_the_verb(access: Any, first: datetime) -> str:
        last = first + timedelta(minutes=15)
        given: dict[str, Any] = {"title": "抢", "participants": 1, "access": access, "now": START}
        try:
            actions.book(venue=room, starts_at=first, ends_at=last, **given)
        except Refusal as refusal:
            return refusal.code
        except OperationalError as error:
            if mode != "no-lock" or "deadlock" not in str(error):
                raise
            return "deadlock"
        return "won"

    def look_then_write(access: Any, first: datetime) -> str:
        """SQLite without its lock: two transactions."""
        venue = claims.lock(room)[room]
        wanted = Wanted(starts_at=first, ends_at=first + timedelta(minutes=15))
        claim = claims.Claim(venue=venue, organ=access.organ, person=access.user, wanted=wanted)
        rule = claims.rule_on(venue, wanted.day)
        if claims.taken_by(claim, rule):
            return "booking.taken"
        try:
            with transaction.atomic():
                claims.write(claim, rule, "BOOKED", START, {"title": "抢"})
        except IntegrityError:
            return "booking.taken"
        return "won"

    naive = connection.vendor == "sqlite" and mode in ("no-lock", "none")
    return look_then_write if naive else through_the_verb


def client(number: int, room: int, rounds: int, mode: str, barrier: Any, results: Any) -> None:
    """One client: a connection of its own, each round begun with all the others. A fault ends the race for all."""
    from django.db import connections

    from yiwang.core.rights.access import access_for
    from yiwang.core.rights.models import User

    connections.close_all()
    said: Counter[str] = Counter()
    try:
        plant(mode)
        access, book = access_for(User.objects.get(username=f"client{number}")), tries(mode, room)
        for turn in range(rounds):
            barrier.wait(120)
            said[book(access, slot(turn))] += 1
    except Exception as error:
        said[f"fault: {type(error).__name__} {error}"] += 1
        barrier.abort()
    connections.close_all()
    results.put(dict(said))


def prepare(clients: int) -> Any:
    """The organ and its clients."""
    from django.core.management import call_command

    from yiwang.core.orgs import factories
    from yiwang.core.rights.models import Grant, Role, User

    call_command("migrate", verbosity=0, skip_checks=True)
    organ = factories.organ()
    for number in range(clients):
        user = User.objects.create(username=f"client{number}")
        Grant.objects.create(user=user, organ=organ, role=Role.STAFF)
    return organ


def outcome(room: int, rounds: int) -> dict[str, int]:
    """By what the database holds at the end: rounds with one winner, with none, with several."""
    from django.db.models import Count

    from yiwang.areas.services.venues.models import Booking

    rows = Booking.objects.live().filter(venue=room)
    winners = dict(rows.values_list("starts_at").annotate(Count("pk")).order_by())
    found = Counter(min(winners.get(slot(turn), 0), 2) for turn in range(rounds))
    return {"one": found[1], "nobody": found[0], "double": found[2]}


def race(organ: Any, clients: int, mode: str, rounds: int) -> dict[str, Any]:
    """One mode, in a room of its own that is open around the clock."""
    from django.db import connections

    from yiwang.areas.services.venues import factories as venues
    from yiwang.areas.services.venues.models import SLOT, Booking
    from yiwang.kit.slots import install_slot, remove_slot

    room = venues.venue(organ, mode).pk
    (remove_slot if mode in ("no-belt", "none") else install_slot)("default", SLOT)
    connections.close_all()
    context = multiprocessing.get_context("fork")
    barrier, results = context.Barrier(clients), context.Queue()
    began = time.monotonic()
    given = (room, rounds, mode, barrier, results)
    processes = [context.Process(target=client, args=(number, *given)) for number in range(clients)]
    for process in processes:
        process.start()
    said: Counter[str] = sum((Counter(results.get(timeout=7200)) for _ in processes), Counter())
    for process in processes:
        process.join()
    seconds = round(time.monotonic() - began, 1)
    found = {
        "mode": mode,
        "rounds": rounds,
        "clients": clients,
        "seconds": seconds,
        **outcome(room, rounds),
        "said": said,
    }
    Booking.objects.filter(venue=room).delete()  # what was booked double would not let the belt be put on again
    return found


def main(clients: int, modes: list[tuple[str, int]]) -> None:
    """Prepare, race, count."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.portal.settings")
    os.environ["YIWANG_LEDGER_FAIL_AFTER"] = "0"  # nobody seals here
    import django

    django.setup()
    organ = prepare(clients)
    for mode, rounds in modes:
        print(json.dumps(race(organ, clients, mode, rounds)), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), [(mode, int(rounds)) for mode, _, rounds in (one.partition(":") for one in sys.argv[2:])])
