"""F35: workers under kill -9, in a process of its own: `python -m yiwang.core.jobs.tests.kills KILLS SEED` prints what was found.

A parent forks the tasks worker of the product, lets it work on jobs of STEPS steps, and kills it at a random moment; then
it takes up what was left, as the supervisor does each minute. In the end every step of every job must have been done once,
the poison job must be parked, and the kills must have hit work in progress.
"""

from __future__ import annotations

import json
import random
import sys
import time
from datetime import UTC, datetime, timedelta

import django

from tests import killing

#: A worker is killed within this many statements; all jobs together take several times as many.
STATEMENTS = 100
STEPS, JOBS, ATTEMPTS = 30, 5, 3


def _register() -> None:
    """The work: each step is an entry, posted where it is not there yet; and one that always fails."""
    from django.db import transaction

    from yiwang.core.jobs import running
    from yiwang.core.jobs.kinds import Outcome, Progress, work
    from yiwang.core.ledger.models import Entry
    from yiwang.core.ledger.post import post

    running.FIRST, running.PATIENCE = 0, timedelta(0)  # what died between the queue and its work is taken up at once

    @work("tests.steps", label="逐步", attempts=1000)
    def steps(run: Progress, *, name: str) -> Outcome:
        for number in range(STEPS):
            with transaction.atomic():
                if not Entry.objects.filter(obj=f"tests.step:{name}-{number}").exists():
                    post(actor="system", act="tests.step.do", obj=f"tests.step:{name}-{number}")
            run.progress(number + 1, STEPS)
        return Outcome("好了")

    @work("tests.poison", label="总是失败", attempts=ATTEMPTS)
    def poison(run: Progress) -> None:
        raise ZeroDivisionError("坏数据")


def _work(_: killing.Say) -> None:
    """The worker of the product."""
    from django.core.management import call_command

    call_command("db_worker", interval=0.01, startup_delay=False, reload=False)


def _strike(chance: random.Random) -> bool:
    """Fork a worker, kill it somewhere; whether it had a job in hand."""
    from yiwang.core.jobs import running
    from yiwang.core.jobs.models import Job, JobState

    killing.strike(chance, STATEMENTS, _work)
    hit = Job.objects.filter(state=JobState.RUNNING).exists()
    until = time.monotonic() + 30
    while Job.objects.filter(state=JobState.RUNNING).exists() and time.monotonic() < until:
        running.recover(datetime.now(UTC))  # a server may need a moment to see that its client is gone
    return hit


def main(kills: int, seed: int) -> None:
    """Migrate, strike, let a last worker finish, and print the counts."""
    from django.core.management import call_command
    from django.db.models import Count

    from yiwang.core.jobs import actions, running
    from yiwang.core.jobs.models import Job, JobState
    from yiwang.core.ledger.models import Entry

    call_command("migrate", verbosity=0)
    _register()
    now = datetime.now(UTC)
    for number in range(JOBS):
        actions.start(kind="tests.steps", access=None, now=now, name=str(number))
    poison = actions.start(kind="tests.poison", access=None, now=now)
    chance = random.Random(seed)
    hits = sum(_strike(chance) for _ in range(kills))
    for _ in range(JOBS + ATTEMPTS):
        running.recover(datetime.now(UTC))
        call_command("db_worker", interval=0, startup_delay=False, reload=False, batch=True)
    poison.refresh_from_db()
    steps = Entry.objects.filter(act="tests.step.do").values("obj").annotate(times=Count("pk"))
    found = {
        "hits": hits,
        "done": Job.objects.filter(kind="tests.steps", state=JobState.DONE).count(),
        "attempts": sum(Job.objects.filter(kind="tests.steps").values_list("attempts", flat=True)),
        "steps": len(steps),
        "twice": sum(step["times"] > 1 for step in steps),
        "poison": [poison.state, poison.attempts, poison.error.strip().rpartition("\n")[2]],
    }
    print(json.dumps(found, ensure_ascii=False))


if __name__ == "__main__":
    django.setup()
    main(int(sys.argv[1]), int(sys.argv[2]))
