"""Steps of the mixed load that need Django, run in a process of their own: the demo province, and who does what in it."""

from __future__ import annotations

import json
import os
import sys
from datetime import timedelta
from typing import Any

import django

Asked = str | dict[str, Any]  # an address, or one with {pk} and the keys that it may be

#: What everybody opens most.
DESK: list[Asked] = ["/", "/desk/", "/desk/?box=mine", "/desk/?box=done", "/services/", "/notices/"]
REGISTERS: list[Asked] = [
    "/findings/", "/orgs/", "/law/", "/search?q=财政", "/r/offices/room/", "/r/vehicles/vehicle/", "/r/assets/asset/",
    "/services/orders/", "/services/month/",
]  # fmt: skip
LISTS: list[Asked] = [
    "/r/offices/room/?kind=OFFICE", "/r/assets/asset/", "/findings/?kind=over", "/r/vehicles/vehicle/?sort=-plate",
    "/r/vehicles/vehicle.csv", "/r/offices/room.json?kind=OFFICE", "/services/orders.csv", "/services/month.csv",
]  # fmt: skip
CASES: list[Asked] = ["/desk/all/", "/desk/all/?state=OPEN", "/desk/all/export.csv", "/desk/?box=done"]
#: What people ask for on the page of the processes; cars have a page of their own.
REQUESTS = {
    "services.seal": {"seal": "部门印章", "document": "数据报告", "copies": "2", "reason": "报送数据"},
}  # fmt: skip


def session_of(username: str) -> str:
    """A session of the user, as the log-in would have left it."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from yiwang.core.rights.models import User

    user = User.objects.get(username=username)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def _records(kind: str, username: str, most: int = 400) -> list[int]:
    """Keys of a register's rows that the user may change."""
    from yiwang.core.rights.access import access_for
    from yiwang.core.rights.models import User
    from yiwang.desk.kinds import get

    access = access_for(User.objects.get(username=username))
    return list(access.scope(get(kind).model._default_manager.all()).order_by("pk").values_list("pk", flat=True)[:most])


def _changes(username: str) -> list[dict[str, Any]]:
    """The notes of rooms and cars."""
    return [
        {"do": "change", "path": f"/r/{area}/{kind}/{{pk}}/change/", "pks": _records(f"{area}.{kind}", username)}
        for area, kind in (("offices", "room"), ("vehicles", "vehicle"))
    ]


def _requests() -> list[dict[str, Any]]:
    cases = [{"do": "open", "process": key, "title": "压测", "facts": facts} for key, facts in REQUESTS.items()]
    return [*cases, {"do": "trip", "days": _workdays()}]


def _workdays() -> list[str]:
    """The working days of the next weeks: on others cars stay sealed, and a trip is rightly refused."""
    from django.utils import timezone

    from yiwang.core.workdays.current import current

    days = (timezone.localdate() + timedelta(days=ahead) for ahead in range(3, 45))
    return [day.isoformat() for day in days if current().is_workday(day)]


def _seen(username: str) -> list[Asked]:
    """The pages of single cases, orders, and rooms with their week, as far as the person sees any."""
    from yiwang.areas.services.orders.models import WorkOrder
    from yiwang.areas.services.venues.models import Venue
    from yiwang.core.flow.models import Case
    from yiwang.core.rights.access import access_for
    from yiwang.core.rights.models import User

    access = access_for(User.objects.get(username=username))
    venues = Venue.objects.filter(organ=access.organ)
    found: list[Asked] = ["/services/venues/"]
    for path, rows in (
        ("/desk/{pk}/", Case.objects.visible(access)),
        ("/services/orders/{pk}/", WorkOrder.objects.visible(access)),
        ("/services/venues/{pk}/", venues),
    ):
        if pks := list(rows.order_by("-pk").values_list("pk", flat=True)[:100]):
            found += [{"path": path, "pks": pks}] * 2
    return found


def _person(username: str) -> dict[str, Any]:
    """A person of the demo: what the role opens, lists and writes."""
    role, act, report = username.partition("-")[2], {"do": "act"}, {"do": "report"}
    reads = role in ("clerk", "manager", "leader", "reader")
    writes: dict[str, list[dict[str, Any]]] = {
        "clerk": [*_changes(username), report, act],
        "manager": [act, act, *_changes(username)],
        "leader": [act],
        "staff": [report, *_requests()],
        "reader": [report, *_requests()],
    }
    pages = [*DESK, *_seen(username), *(REGISTERS if reads else ["/services/mine/"])]
    lists = [*CASES, *LISTS] if reads else CASES
    return {
        "name": username,
        "session": session_of(username),
        "page": pages,
        "list": lists,
        "write": writes.get(role, [act, report]),
    }


def people() -> list[dict[str, Any]]:
    """Who works, with session, pages, lists and forms. Their order spreads the readers over the clients."""
    roles = ("staff", "clerk", "manager", "leader", "reader", "dispatcher", "keeper")
    names = [f"{place}-{role}" for role in roles for place in ("county", "province")]
    found = [_person(name) for name in [*names, "city-clerk", "city-manager"]]
    _tried(found)
    return found


def _tried(found: list[dict[str, Any]]) -> None:
    """RuntimeError where a person cannot open what is on the list: the load would measure refusals."""
    from django.conf import settings
    from django.test import Client

    for person in found:
        client = Client(headers={"host": "127.0.0.1"})
        client.cookies[settings.SESSION_COOKIE_NAME] = person["session"]
        for asked in [*person["page"], *person["list"]]:
            path = asked if isinstance(asked, str) else asked["path"].format(pk=asked["pks"][0])
            if (status := client.get(path).status_code) != 200:
                raise RuntimeError(f"{person['name']} {path}: {status}")


def prepare() -> None:
    """Migrate, load the province, and print the people."""
    from django.core.management import call_command

    from yiwang.portal.demo.load import load

    call_command("migrate", verbosity=0)
    load(password="bench-only-1")
    call_command("collectstatic", interactive=False, verbosity=0)
    print(json.dumps(people()))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.portal.settings")
    django.setup()
    {"prepare": prepare}[sys.argv[1]]()
