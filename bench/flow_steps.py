"""Steps of the bench of the engine, each in a process with its own database: `python -m bench.flow_steps STEP …`."""

from __future__ import annotations

import json
import sys
import time
from datetime import date
from typing import Any

import django


def _world(users: int) -> Any:
    """An office with many managers and a process of four steps; each manager gets his share of the cases."""
    from yiwang.core.flow.tests.worlds import office
    from yiwang.core.orgs import factories
    from yiwang.core.rights.models import Grant, Role

    world: Any = office()
    world.organs = []
    for number in range(users):
        organ = factories.organ(f"第{number}科", world.organ)
        for name, role in ((f"科长{number}", Role.MANAGER), (f"职员{number}", Role.STAFF)):
            user = world.person(name)
            Grant.objects.create(user=user, organ=organ, role=role)
        world.organs.append(organ)
    return world


def desk(cases: int, users: int) -> dict[str, float]:
    """Open the cases, act on some, and ask what my desk asks, for every user."""
    from yiwang.core.flow import actions
    from yiwang.core.flow.tests.worlds import NOW
    from yiwang.core.rights.access import access_for

    world, day = _world(users), date(2026, 3, 2)
    opened, begun = [], time.process_time()
    facts = {"seal": "部门印章", "document": "报告", "copies": 1, "borrow": False, "reason": "报送"}
    for number in range(cases):
        organ = world.organs[number % users]
        access = access_for(world.users[f"职员{number % users}"], organ.pk)
        given = {"title": f"用印 {number}", "organ": organ, "access": access, "facts": facts, "on": day, "now": NOW}
        opened.append(actions.open_case(process="services.seal", **given))
    opening = (time.process_time() - begun) / cases * 1000
    acting = _acting(world, opened[: min(200, cases // 2)], users, day)
    analyze()
    p95, questions = _asking(world, users)
    return {"open_ms": opening, "act_ms": acting, "p95_ms": p95, "questions": questions}


def analyze() -> None:
    """What autovacuum does within a minute."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _acting(world: Any, cases: list[Any], users: int, day: date) -> float:
    """CPU of one approval that opens the next step, in ms."""
    from yiwang.core.flow import actions
    from yiwang.core.flow.models import Task
    from yiwang.core.flow.tests.worlds import NOW
    from yiwang.core.rights.access import access_for

    accesses = {f"科长{number}": access_for(world.users[f"科长{number}"]) for number in range(users)}
    tasks = list(Task.objects.filter(case__in=[case.pk for case in cases], state="OPEN").select_related("who"))
    begun = time.process_time()
    for task in tasks:
        assert task.who is not None
        access = accesses[task.who.display_name]
        actions.act(task=task.pk, verdict="approve", opinion="同意", access=access, on=day, now=NOW)
    return (time.process_time() - begun) / len(tasks) * 1000


def _asking(world: Any, users: int) -> tuple[float, float]:
    """p95 in ms of the four boxes of my desk with their first page and counts; how many questions they take."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from yiwang.core.flow.models import Case, Task
    from yiwang.core.rights.access import access_for

    def ask(user: Any) -> None:
        access = access_for(user)
        list(Task.objects.waiting_for(access)[:20])
        Task.objects.waiting_for(access).order_by().count()
        for box in (Case.objects.opened_by, Case.objects.handled_by, Case.objects.copied_to, Case.objects.visible):
            list(box(access).select_related("organ").order_by("-pk")[:20])

    times = []
    for _ in range(3):
        for number in range(users):
            for name in (f"科长{number}", f"职员{number}"):
                begun = time.perf_counter()
                ask(world.users[name])
                times.append((time.perf_counter() - begun) * 1000)
    with CaptureQueriesContext(connection) as captured:
        ask(world.users["科长0"])
    return sorted(times)[int(len(times) * 0.95)], len(captured)


def walks(number: int) -> dict[str, Any]:
    """Random walks; AssertionError names the seed."""
    from yiwang.core.flow.tests.walks import walk

    return dict(walk(range(number), steps=10))


def main(step: str, *arguments: str) -> None:
    """Migrate and run a step."""
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    numbers = [int(one) for one in arguments]
    found = desk(*numbers) if step == "desk" else walks(*numbers)
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
