"""Steps of the desk bench that need Django, run in a process of their own: 10,000 open cases, 50 users, the queries of a page."""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime, timedelta

import django

CASES, USERS, ORGANS = 10_000, 50, 200
NOW = datetime.now(UTC)


def _users() -> list[str]:
    """50 approvers over the organs of a city; their session keys."""
    from bench.mixed_steps import session_of
    from yiwang.core.orgs import factories as orgs
    from yiwang.core.orgs.models import Tier
    from yiwang.core.rights.models import Grant, Role, User

    root = orgs.organ("示例市", tier=Tier.CITY, code="990100")
    organs = [orgs.organ(f"单位{n}", root) for n in range(ORGANS)]
    for number in range(USERS):
        user = User.objects.create(username=f"bench{number}", display_name=f"测试{number}")
        Grant.objects.create(user=user, organ=organs[number], role=Role.MANAGER)
    return [session_of(f"bench{number}") for number in range(USERS)]


def _cases() -> None:
    """Open cases as the verbs would leave them: applied for, lying with one approver; each user also has his own."""
    from yiwang.core.flow import definitions, processes
    from yiwang.core.flow.models import Case, Party, PartyKind, Step, StepState, Task, TaskState
    from yiwang.core.orgs.models import Organ
    from yiwang.core.rights.models import User

    definition = definitions.install(processes.all_kinds()[0].key)
    node = next(one for one in definitions.graph_of(definition).people() if one.role != "applicant")
    users, organs = list(User.objects.order_by("pk")), list(Organ.objects.exclude(superior=None).order_by("pk"))
    cases = []
    for number in range(CASES):
        case = Case(
            definition=definition, process=definition.key, area=definition.area, number=f"B{number:06}",
            title=f"申请第 {number} 号", applicant=users[(number + 1) % USERS], organ=organs[number % ORGANS],
            opened_at=NOW - timedelta(minutes=number),
        )  # fmt: skip
        case.place()
        cases.append(case)
    made = Case.objects.bulk_create(cases, batch_size=1000)
    steps = [
        Step(case=case, node=node.id, name=node.name, state=StepState.OPEN, opened_at=case.opened_at,
             due_at=NOW + timedelta(hours=number % 200 - 60))
        for number, case in enumerate(made)
    ]  # fmt: skip
    opened = Step.objects.bulk_create(steps, batch_size=1000)
    Task.objects.bulk_create(
        [
            Task(case=step.case, step=step, who=users[number % USERS], role=node.role, state=TaskState.OPEN, opened_at=step.opened_at)
            for number, step in enumerate(opened)
        ],
        batch_size=1000,
    )  # fmt: skip
    parties = [Party(case=case, user=case.applicant, kind=PartyKind.APPLICANT, at=case.opened_at) for case in made]
    parties += [Party(case=case, user=users[n % USERS], kind=PartyKind.SIGNER, at=NOW) for n, case in enumerate(made)]
    Party.objects.bulk_create(parties, batch_size=1000)


def prepare() -> None:
    """Migrate, fill, and print the session keys."""
    from django.core.management import call_command
    from django.db import transaction

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    with transaction.atomic():
        sessions = _users()
        _cases()
    print(json.dumps({"sessions": sessions}))


def queries(address: str, session: str) -> None:
    """How many queries the page takes, and how large it is."""
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(headers={"host": "127.0.0.1"})
    client.cookies[settings.SESSION_COOKIE_NAME] = session
    client.get(address)
    with CaptureQueriesContext(connection) as found:
        page = client.get(address)
    assert page.status_code == 200, page.status_code
    print(json.dumps({"queries": len(found), "html_kb": len(page.content) / 1024}))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.portal.settings")
    django.setup()
    if sys.argv[1] == "prepare":
        prepare()
    else:
        queries(*sys.argv[2:])
