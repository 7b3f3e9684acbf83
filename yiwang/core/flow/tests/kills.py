"""Approvals under kill -9 (A05), in a process of its own: `python -m yiwang.core.flow.tests.kills KILLS SEED whole|torn`.

A warm parent forks a worker that approves open cases one after the other; each approval writes case, step, task,
history, ledger and what the process does beside (`on_event` writes a row of another table), and begins the next step.
The parent kills it at a random moment and looks, in one snapshot: everything of an approval is there, or nothing.
`torn` is the control: the verb without its transaction, which must be found out; it ends with the first kill that tears.
"""

from __future__ import annotations

import json
import random
import sys
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import django

from tests import killing

OPEN = 6
#: Of an approval, about; a worker is killed in his first, second or third.
STATEMENTS = 120


class Trial:
    """One run of many kills."""

    def __init__(self, seed: int) -> None:
        from yiwang.core.flow.tests.worlds import office

        self.random = random.Random(seed)
        self.world = office()
        self.cases: list[int] = []
        self.acknowledged: set[int] = set()
        self.torn = self.lost = self.hits = 0
        self.before = 0

    def fill(self) -> None:
        """Enough cases that wait for the manager."""
        from yiwang.core.flow.models import Task

        while Task.objects.filter(state="OPEN", step__node="m").count() < OPEN:
            self.cases.append(self.world.open("t.kill").pk)

    def strike(self) -> None:
        """Fork a worker, kill it somewhere in its work, and look."""
        said = killing.strike(self.random, STATEMENTS, lambda say: work(say, self.world))
        self.acknowledged |= {int(one) for one in said if one.isdigit()}
        begun = {int(one[1:]) for one in said if one.startswith("b")}
        self.hits += bool(begun - self.acknowledged)
        self.look()

    def look(self) -> None:
        """All in one snapshot: the server may finish a commit whose client is dead."""
        from django.db import connection, transaction

        with transaction.atomic():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            found = traces()
        self.torn = len(found[0].union(*found) - found[0].intersection(*found))
        self.lost = len(self.acknowledged - found[0])


def traces() -> list[set[int]]:
    """What an approval leaves, for each kind of trace the cases that have it: the sets must be equal."""
    from yiwang.core.flow.models import Case, CaseEvent, Party, Step, Task
    from yiwang.core.ledger.models import Entry

    rows = (
        Task.objects.filter(step__node="m", state="DONE").values_list("case", flat=True),
        Step.objects.filter(node="m", state="DONE").values_list("case", flat=True),
        Step.objects.filter(node="next").values_list("case", flat=True),
        Task.objects.filter(step__node="next", state="OPEN").values_list("case", flat=True),
        CaseEvent.objects.filter(verb="APPROVE").values_list("case", flat=True),
        Party.objects.filter(user__display_name="领导", kind="SIGNER").values_list("case", flat=True),
        Case.objects.filter(facts__amount="7").values_list("pk", flat=True),
        Case.objects.filter(subject_id="marked").values_list("pk", flat=True),  # by on_event
    )
    named = Entry.objects.filter(act="flow.case.approve").values_list("obj", flat=True)
    return [*map(set, rows), {int(name.removeprefix("flow.case:")) for name in named}]


def mark(*, case: Any, event: Any, **_: Any) -> None:
    """What an area does beside: here a change of a row."""
    from yiwang.core.flow.models import Case

    if event.kind == "left" and event.node == "m":
        Case.objects.filter(pk=case.pk).update(subject_id="marked")


def work(say: killing.Say, world: Any) -> None:
    """The worker: approve whatever waits, say so before and after each."""
    from yiwang.core.flow.models import Task

    for task in list(Task.objects.filter(state="OPEN", step__node="m").select_related("case").order_by("?")):
        say(f"b{task.case_id}")
        world.act(task.case, "主管", facts={"amount": 7})
        say(task.case_id)


def tear() -> None:
    """The control: every piece in a transaction of its own."""
    from yiwang.core.flow import holding
    from yiwang.core.ledger.post import post as original

    @contextmanager
    def nothing() -> Any:
        yield

    class Torn:
        """In place of django.db.transaction: no transaction around the whole."""

        atomic = staticmethod(nothing)

        def __getattr__(self, name: str) -> Any:
            from django.db import transaction

            return getattr(transaction, name)

    def post(**given: Any) -> int:
        from django.db import transaction

        time.sleep(0.01)
        with transaction.atomic():
            return original(**given)

    for name, instead in (("transaction", Torn()), ("post", post)):
        setattr(holding, name, instead)


def main(kills: int, seed: int, mode: str) -> None:
    """Migrate, strike, verify the ledger, and print the counts."""
    from django.core.management import call_command

    from yiwang.core.flow.tests.files import fact, node, process, ways
    from yiwang.core.flow.tests.worlds import registered
    from yiwang.core.ledger import sealer
    from yiwang.core.ledger.verify import verify

    call_command("migrate", verbosity=0)
    parts = [
        node("start", "s"),
        node("task", "apply", role="applicant"),
        node("task", "m", role="MANAGER", asks="amount"),
    ]
    parts += [node("task", "next", role="LEADER"), node("end", "e"), *ways("s > apply > m > next > e")]
    data = process("t.kill", parts, [fact("amount", "金额", "number")])
    with registered(data, "t.kill", on_event=mark):
        trial = Trial(seed)
        if mode == "torn":
            tear()
        for _ in range(kills):
            trial.fill()
            trial.strike()
            if mode == "torn" and trial.torn:
                break
    if parameters := sealer.parameters():  # nobody seals here, and entries must not be older than a minute unsealed
        with sealer.connect(parameters) as connection:
            sealer.seal_all(connection)
    found = {"kills": kills, "cases": len(trial.cases), "acknowledged": len(trial.acknowledged), "torn": trial.torn}
    found |= {"lost": trial.lost, "in_the_middle": trial.hits, "ledger": verify(now=datetime.now(UTC)).ok}
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    django.setup()
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
