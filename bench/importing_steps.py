"""The part of the import bench that needs Django, run in a process of its own."""

from __future__ import annotations

import csv
import io
import json
import sys
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime

import django

TODAY = date(2026, 3, 1)
NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
ORGANS, BUILDINGS = 50, 100


def _csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(head)
    writer.writerows(rows)
    return text.getvalue().encode()


def _world(rows: int) -> None:
    """A county of 50 organs, 100 buildings and as many persons as there are rooms."""
    from yiwang.areas.offices import factories as offices
    from yiwang.core.orgs import factories as orgs
    from yiwang.core.orgs.models import Appointment, Person

    root = orgs.organ("青河县", code="990101")
    organs = [orgs.organ(f"青河县第{number}局", root) for number in range(ORGANS)]
    for number in range(BUILDINGS):
        offices.building(organs[number % ORGANS], f"{number}号楼", site=f"大院{number}")
    people = []
    for number in range(rows):
        at = organs[number % ORGANS]
        person = Person(
            organ=at, name=f"人{number}", sort_key=f"ren{number:06}", staff_number=f"P{number:06}", rank="科员"
        )
        person.place()
        people.append(person)
    Person.objects.bulk_create(people, batch_size=2000)
    posts = [Appointment(person=one, organ=one.organ, rank=one.rank, valid_from=date(2020, 1, 1)) for one in people]
    for post in posts:
        post.place()
    Appointment.objects.bulk_create(posts, batch_size=2000)


def _rooms(rows: int) -> bytes:
    head = ("楼栋", "房号", "单位", "使用面积(㎡)", "用途")
    found = ((n % BUILDINGS, n // BUILDINGS, n % ORGANS, 8 + (n % 20 == 0) * 4 + n % 7 / 10) for n in range(rows))
    return _csv(head, ((f"大院{b}/{b}号楼", f"{r:04}", f"青河县第{o}局", area, "办公室") for b, r, o, area in found))


def _occupancies(rows: int) -> bytes:
    head = ("房间", "使用人", "单位", "起用日期")
    found = ((n % BUILDINGS, n // BUILDINGS, n % ORGANS, n) for n in range(rows))
    return _csv(
        head, ((f"大院{b}/{b}号楼/{r:04}", f"人{n}/P{n:06}", f"青河县第{o}局", "2024-01-01") for b, r, o, n in found)
    )


def _purchases(rows: int) -> bytes:
    head = ("采购编号", "单位", "用途", "车型", "能源", "单价(元)", "排气量(升)", "购置日期")
    return _csv(
        head,
        (
            (
                f"CG{n:06}",
                f"青河县第{n % ORGANS}局",
                "应急保障用车",
                "轿车",
                "燃油",
                140000 + n % 40 * 500 + (n % 25 == 0) * 40000,
                1.5,
                f"2025-{n % 12 + 1:02}-05",
            )
            for n in range(rows)
        ),
    )


def _execute(kind: str, content: bytes, rows: int) -> float:
    """Rows a second of the confirmed import."""
    from django.core.files.base import ContentFile

    from yiwang.core.orgs.models import Organ
    from yiwang.core.rights.access import access_for
    from yiwang.core.rights.models import Grant, Role, User
    from yiwang.desk import importing

    user, _ = User.objects.get_or_create(username="bench")
    Grant.objects.get_or_create(user=user, organ=Organ.objects.get(depth=1), role=Role.CLERK)
    access = access_for(user)
    job = importing.accept(kind=kind, file=ContentFile(content, name="台账.csv"), access=access, on=TODAY, now=NOW)
    found = importing.trial(job)
    assert not found.errors, found.errors[:3]
    importing.confirm(job, access)
    started = time.perf_counter()
    job = importing.execute(job.pk, now=NOW)
    spent = time.perf_counter() - started
    assert (job.state, job.created) == ("DONE", rows), job.errors
    return rows / spent


def main(rows: int) -> None:
    """Fill, import, print."""
    from django.core.management import call_command

    from yiwang.core.standards.book import load

    call_command("migrate", verbosity=0)
    load()
    _world(rows)
    found = {
        "rooms": _execute("offices.room", _rooms(rows), rows),
        "occupancies": _execute("offices.occupancy", _occupancies(rows), rows),
        "purchases": _execute("vehicles.purchase", _purchases(rows), rows),
    }
    print(json.dumps(found))


if __name__ == "__main__":
    django.setup()
    main(int(sys.argv[1]))
