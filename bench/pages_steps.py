"""Steps of the page bench that need Django, run in a process of their own: build the world, count queries."""

from __future__ import annotations

import json
import os
import sys
from decimal import Decimal

import django

ROOMS, ORGANS = 200_000, 5_000


def _world() -> str:
    """A province of 5,000 organs and 200,000 rooms; gives the session key of a reader of the root."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.db import transaction

    from yiwang.areas.offices import factories as offices
    from yiwang.areas.offices.models import Room
    from yiwang.core.orgs import factories as orgs
    from yiwang.core.orgs.models import Organ, Tier
    from yiwang.core.rights.models import Grant, Role, User

    with transaction.atomic():
        orgs.region("990101", "示例")
        root = orgs.organ("示例省", tier=Tier.PROVINCE, code="990000")
        cities = [orgs.organ(f"城{n}", root, tier=Tier.CITY, code="990100") for n in range(20)]
        organs = [orgs.organ(f"单位{n}", cities[n % 20]) for n in range(ORGANS - 21)]
        buildings = [offices.building(organ) for organ in organs[:500]]
        rows = []
        for number in range(ROOMS):
            at = buildings[number % 500]
            room = Room(organ=at.organ, building=at, number=f"{number:06}", usable_area=Decimal(9 + number % 30))
            room.place()
            rows.append(room)
        Room.objects.bulk_create(rows, batch_size=2000)
        assert Organ.objects.count() == ORGANS
        user = User.objects.create(username="bench", display_name="测试")
        user.set_unusable_password()
        user.save()
        Grant.objects.create(user=user, organ=root, role=Role.READER)
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
    return str(session.session_key)


def prepare() -> None:
    """Migrate, fill, and print the session key."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    print(json.dumps({"session": _world()}))


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
