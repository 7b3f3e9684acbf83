"""Acts at the same instant (F17-F19), in a process of its own: `python -m yiwang.core.flow.tests.races ROUNDS held|free`.

Every round opens fresh cases, lets several threads act behind a barrier, and looks whether there is one final state
and one effect. `free` is the control: the case is not held, and a pause between reading and writing widens the gap;
it must be found out, and ends when every race has been. The database is the one of YIWANG_DATABASE.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import django

from yiwang.kit.tests import clients

CLICKS = 10


def together(jobs: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run each at once with a connection of its own; what each gave. A fault of the database is an answer too."""
    from django.db import OperationalError

    return clients.together(jobs, patience=60, also=(OperationalError,))


class Races:
    """The world of the races and their counts: rounds, and what was wrong."""

    def __init__(self) -> None:
        from yiwang.core.flow.tests.worlds import office
        from yiwang.core.rights.models import Role

        self.world = office()
        self.world.person("第二主管", Role.MANAGER)
        self.wrong: Counter[str] = Counter()
        self.rounds: Counter[str] = Counter()

    def note(self, what: str, answers: Sequence[Any], *, fair: bool) -> None:
        """Count a round. An error of the database is no answer: a deadlock would be one."""
        from django.db import OperationalError

        self.rounds[what] += 1
        failed = any(isinstance(one, OperationalError) for one in answers)
        self.wrong[what] += failed or not fair

    def approve(self, case: Any, name: str, key: str = "") -> Callable[[], Any]:
        """A job: he approves."""
        from yiwang.core.flow import actions
        from yiwang.core.flow.tests.worlds import DAY

        task, access = self.world.task(case, name).pk, self.world.access(name)
        now = self.world.at
        return lambda: actions.act(task=task, verdict="approve", access=access, on=DAY, now=now, key=key).pk

    def withdraw(self, case: Any) -> Callable[[], Any]:
        """A job: the applicant takes it back."""
        from yiwang.core.flow import actions
        from yiwang.core.flow.tests.worlds import DAY

        access, now = self.world.access("申请人"), self.world.at
        return lambda: actions.withdraw(case=case.pk, access=access, on=DAY, now=now).pk

    def apply(self, key: str) -> Callable[[], Any]:
        """A job: the applicant applies."""
        from yiwang.core.flow import actions
        from yiwang.core.flow.tests.worlds import DAY

        access, now, organ = self.world.access("申请人"), self.world.at, self.world.organ
        return lambda: (
            actions.open_case(
                process="t.one", title="试", organ=organ, access=access, facts={}, on=DAY, now=now, key=key
            ).pk
        )

    def steps(self, case: Any, node: str) -> int:
        """How often a node was visited and not voided."""
        return int(case.steps.filter(node=node).exclude(state="VOID").count())

    def entries(self, case: Any) -> int:
        """Entries in the ledger on a case."""
        from yiwang.core.ledger.models import Entry

        return Entry.objects.filter(obj=f"flow.case:{case.pk}").count()

    def approve_and_withdraw(self) -> None:
        """F19: one of them comes too late."""
        case = self.world.open("t.one")
        answers = together([self.approve(case, "主管"), self.withdraw(case)])
        case.refresh_from_db()
        won = [one == case.pk for one in answers]
        state = "WITHDRAWN" if won == [False, True] else "OPEN"
        fair = sum(won) == 1 and case.state == state and self.entries(case) == 2
        self.note("approve and withdraw", answers, fair=fair)

    def two_approvers(self) -> None:
        """F19: either is enough, the second comes too late, the next step opens once."""
        case = self.world.open("t.one")
        answers = together([self.approve(case, "主管"), self.approve(case, "第二主管")])
        fair = sum(one == case.pk for one in answers) == 1 and self.steps(case, "next") == 1
        self.note("two approvers, one is enough", answers, fair=fair and self.entries(case) == 2)

    def two_of_two(self) -> None:
        """Both must approve: both do, and the next step opens once."""
        case = self.world.open("t.all")
        answers = together([self.approve(case, "主管"), self.approve(case, "第二主管")])
        fair = answers == [case.pk] * 2 and self.steps(case, "next") == 1 and self.entries(case) == 3
        self.note("two approvers, both needed", answers, fair=fair)

    def two_lanes(self) -> None:
        """Both lanes arrive at once: the join goes on once."""
        case = self.world.open("t.lanes")
        answers = together([self.approve(case, "主管"), self.approve(case, "财务")])
        fair = answers == [case.pk] * 2 and self.steps(case, "next") == 1
        self.note("two lanes at a join", answers, fair=fair)

    def clicks(self, number: int) -> None:
        """F18: one application and one approval under one key each, ten times at once."""
        answers = together([self.apply(f"open{number}") for _ in range(CLICKS)])
        self.note("ten clicks on apply", answers, fair=len(set(answers)) == 1 and isinstance(answers[0], int))
        case = self.world.open("t.one")
        answers = together([self.approve(case, "主管", f"act{number}")] * CLICKS)
        fair = set(answers) == {case.pk} and self.entries(case) == 2 and self.steps(case, "next") == 1
        self.note("ten clicks on approve", answers, fair=fair)

    def numbers(self) -> None:
        """F17: numbers have no gap and no twin."""
        from yiwang.core.flow.models import Case

        answers = together([self.apply("") for _ in range(CLICKS)])
        found = sorted(int(one[-5:]) for one in Case.objects.filter(process="t.one").values_list("number", flat=True))
        self.note("numbers", answers, fair=found == list(range(1, len(found) + 1)))


def free() -> None:
    """The control: nothing is held, and everybody pauses between reading and writing."""
    from yiwang.core.flow import holding
    from yiwang.core.flow.actions import acting, moving
    from yiwang.core.flow.engine import end

    def slow(work: Callable[..., Any]) -> Callable[..., Any]:
        def done(*given: Any, **named: Any) -> Any:
            result = work(*given, **named)
            time.sleep(0.1)
            return result

        return done

    def late_end(*given: Any, **named: Any) -> None:
        time.sleep(0.1)
        end(*given, **named)

    for module, name, work in (
        (holding, "hold", lambda case: None),
        (holding, "load", slow(holding.load)),
        (acting, "claim", slow(holding.claim)),
        (moving, "end", late_end),
    ):
        setattr(module, name, work)


def main(rounds: int, mode: str) -> None:
    """Migrate, race, and print the counts."""
    from contextlib import ExitStack

    from django.core.management import call_command

    from yiwang.core.flow.tests.files import node, process, ways
    from yiwang.core.flow.tests.worlds import registered

    call_command("migrate", verbosity=0)
    if mode == "free":
        free()
    ends = [
        node("start", "s"),
        node("task", "apply", role="applicant"),
        node("task", "next", role="LEADER"),
        node("end", "e"),
    ]
    manager = {"one": node("task", "m", role="MANAGER"), "all": node("task", "m", role="MANAGER", rule="all")}
    line = ways("s > apply > m > next > e")
    lanes = [node("and", "p"), node("and", "j"), node("task", "m", role="MANAGER"), node("task", "f", role="FINANCE")]
    with ExitStack() as stack:
        for key, part in manager.items():
            stack.enter_context(registered(process(f"t.{key}", [*ends, part, *line]), f"t.{key}"))
        ways_of_lanes = ways("s > apply > p > m > j > next > e", "p > f > j")
        stack.enter_context(registered(process("t.lanes", [*ends, *lanes, *ways_of_lanes]), "t.lanes"))
        races = Races()
        for number in range(rounds):
            races.approve_and_withdraw()
            races.two_approvers()
            races.two_of_two()
            races.two_lanes()
            if mode == "held":
                races.clicks(number)
                races.numbers()
            elif len(+races.wrong) == len(races.rounds):
                break
    sys.stdout.write(json.dumps({"rounds": dict(races.rounds), "wrong": dict(races.wrong)}) + "\n")


if __name__ == "__main__":
    django.setup()
    main(int(sys.argv[1]), sys.argv[2])
