"""Imports under kill -9, in a process of its own: `python -m yiwang.desk.tests.kills KILLS SEED whole|torn` prints what was found.

A warm parent forks the worker, lets it write confirmed jobs one after the other, and kills it at a random moment. Then
it looks: every job's rows are all there or none is, what the worker had acknowledged is there, each written job has
exactly one entry. What was left is executed again by the next worker. The database is the one of YIWANG_DATABASE.
`torn` is the control: rows and entry in transactions of their own, which must be found out; it ends with the first kill
that tears.
"""

from __future__ import annotations

import csv
import io
import json
import random
import sys
import time
from collections import Counter
from datetime import UTC, date, datetime
from typing import Any

import django

from tests import killing

ROWS = 150
#: A worker is killed in the first or the second of his imports.
STATEMENTS = 60
TODAY = date(2026, 3, 1)
NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def _content(batch: int, building: str) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("楼栋", "房号", "单位", "使用面积(㎡)"))
    writer.writerows((building, f"{batch:03}-{number:04}", "青河县财政局", 18) for number in range(ROWS))
    return text.getvalue().encode()


class Trial:
    """One run of many kills."""

    def __init__(self, seed: int) -> None:
        from yiwang.areas.offices import factories as offices
        from yiwang.core.orgs import factories as orgs
        from yiwang.core.rights.access import access_for
        from yiwang.core.rights.models import Grant, Role, User

        self.random = random.Random(seed)
        organ = orgs.organ("青河县财政局")
        offices.building(organ, "A座")
        user = User.objects.create(username="clerk")
        Grant.objects.create(user=user, organ=organ, role=Role.CLERK)
        self.access = access_for(user)
        self.jobs: list[int] = []
        self.acknowledged: set[int] = set()
        self.hits = self.torn = self.lost = 0

    def add(self) -> None:
        """One more confirmed job."""
        from django.core.files.base import ContentFile

        from yiwang.desk import importing

        file = ContentFile(_content(len(self.jobs), "A座"), name="台账.csv")
        job = importing.accept(kind="offices.room", file=file, access=self.access, on=TODAY, now=NOW)
        assert not importing.trial(job).errors
        importing.confirm(job, self.access)
        self.jobs.append(job.pk)

    def strike(self) -> None:
        """Fork a worker, kill it somewhere in its work, and look."""
        self.acknowledged |= set(map(int, killing.strike(self.random, STATEMENTS, _work)))
        self.look()

    def look(self) -> None:
        """Each job whole or absent; state, rows and entry say the same; nothing acknowledged is lost.

        All in one snapshot: the server may have a commit in hand when its client is killed, and finish it between two
        of our questions.
        """
        from django.db import connection, transaction

        with transaction.atomic():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            self._compare()

    def _compare(self) -> None:
        from yiwang.areas.offices.models import Room
        from yiwang.core.ledger.models import Entry
        from yiwang.desk.models import ImportJob, ImportState

        states = dict(ImportJob.objects.values_list("pk", "state"))
        rooms = Counter(number[:3] for number in Room.objects.values_list("number", flat=True))
        entries = Counter(Entry.objects.filter(obj__startswith="desk.import:").values_list("obj", flat=True))
        for batch, pk in enumerate(self.jobs):
            done = states[pk] == ImportState.DONE
            found = rooms[f"{batch:03}"], entries[f"desk.import:{pk}"]
            self.torn += found != ((ROWS, 1) if done else (0, 0))
            self.lost += pk in self.acknowledged and not done
            self.hits += states[pk] == ImportState.RUNNING


def _tear() -> None:
    """The control: no transaction around the whole."""
    from django.db import transaction

    from yiwang.core.registers import writing
    from yiwang.desk import importing

    def slow(work: Any) -> Any:
        def done(*given: Any, **named: Any) -> Any:
            with transaction.atomic():
                result = work(*given, **named)
            time.sleep(0.03)
            return result

        return done

    for name in ("put", "post"):
        setattr(writing, name, slow(getattr(writing, name)))
    setattr(importing, "_written", getattr(importing._written, "__wrapped__"))  # noqa: B009, B010


def _work(say: killing.Say) -> None:
    """The worker: write whatever is left, say so after each."""
    from yiwang.desk import importing

    while True:
        for job in list(importing.unfinished()):
            if importing.execute(job.pk, now=NOW).state == "DONE":
                say(job.pk)


def main(kills: int, seed: int, mode: str) -> None:
    """Migrate, strike, resume, verify the ledger, and print the counts."""
    from django.core.management import call_command

    from yiwang.core.ledger import sealer
    from yiwang.core.ledger.verify import verify
    from yiwang.core.standards.book import load
    from yiwang.desk import importing

    load()
    call_command("migrate", verbosity=0)
    trial = Trial(seed)
    if mode == "torn":
        _tear()
    for _ in range(kills):
        while importing.unfinished().count() < 4:
            trial.add()
        trial.strike()
        if mode == "torn" and trial.torn:
            break
    resumed = [importing.execute(job.pk, now=NOW).state for job in list(importing.unfinished())]
    if parameters := sealer.parameters():  # nobody seals here, and entries must not be older than a minute unsealed
        with sealer.connect(parameters) as connection:
            sealer.seal_all(connection)
    found = {"kills": kills, "jobs": len(trial.jobs), "acknowledged": len(trial.acknowledged), "torn": trial.torn}
    found |= {"lost": trial.lost, "in_the_middle": trial.hits, "resumed": sum(state == "DONE" for state in resumed)}
    found |= {"left": importing.unfinished().count(), "ledger": verify(now=datetime.now(UTC)).ok}
    print(json.dumps(found))


if __name__ == "__main__":
    django.setup()
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
