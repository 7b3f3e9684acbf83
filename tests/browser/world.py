"""A small world for the browser: one city bureau with counties below, people in rooms, cars, one thing wrong in each.

Run as a program in the environment of the server under test: `python -m tests.browser.world`; migrates, fills, and prints
ids as JSON.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from tests.browser import figures

if TYPE_CHECKING:
    from yiwang.core.orgs.models import Organ

PASSWORD = "browser-test-1"
TODAY = date.today()
COUNTIES = ("云岭县财政局", "白石县财政局", "长河县财政局", "双桥县财政局")


def build() -> dict[str, int | str]:
    """Fill an empty database; ids by name."""
    from yiwang.core.orgs import factories
    from yiwang.core.orgs.models import Organ, Region
    from yiwang.core.orgs.regions import load_regions
    from yiwang.core.rights.access import access_for
    from yiwang.core.rights.granting import define_role
    from yiwang.core.rights.models import User, Verb
    from yiwang.core.verdicts.sync import sync_all

    load_regions()
    for code, name, level in (("990000", "示例省", 1), ("990100", "青河市", 2), ("990101", "云岭县", 3)):
        Region.objects.get_or_create(code=code, defaults={"name": name, "level": level})
    province = factories.organ("示例省机关事务管理局", tier="PROVINCE", code="990000")
    city = factories.organ("青河市机关事务管理局", province, tier="CITY", code="990100")
    ids: dict[str, int | str] = {"province": province.pk, "city": city.pk}
    for name in COUNTIES:
        ids |= {f"{name}.{key}": value for key, value in _county(name, city).items()}
    for role in ("READER", "CLERK", "MANAGER", "AUDITOR"):
        _user(role.lower(), province, role)
    _user("clerk-below", city, "CLERK")
    for name, role in (("sysadmin", "SYSTEM_ADMIN"), ("secadmin", "SECURITY_ADMIN"), ("auditadmin", "AUDIT_ADMIN")):
        _user(name, province, role)
    security = access_for(User.objects.get(username="secadmin"))
    powers = [("vehicles", Verb.READ), ("vehicles", Verb.WRITE)]
    own = define_role(access=security, name="车队记录员", pairs=powers, note="只登记公务用车")
    ids |= {"account": User.objects.get(username="clerk").pk, "role": own.pk}
    ids |= _services(province, int(ids[f"{COUNTIES[3]}.organ"]))
    ids |= _supplies(province)
    sync_all(on=TODAY, actor="system")
    ids |= _examples() | {"import": _import()} | _told() | _venues(province)
    ids |= _trips(city) | _board(int(ids[f"{COUNTIES[-1]}.organ"]))
    ids |= _returns(int(ids[f"{COUNTIES[1]}.organ"]))
    ids |= _cases(COUNTIES[0], int(ids[f"{COUNTIES[0]}.organ"]))
    below = [Organ.objects.get(pk=ids[f"{name}.organ"]) for name in COUNTIES]
    return ids | figures.fill(province, below, today=TODAY)


def _trips(city: Organ) -> dict[str, int | str]:
    """A pool: who asks, who approves, who sends, who drives; a car, a price, two places; the day for which is asked."""
    from yiwang.areas.vehicles import factories as vehicles
    from yiwang.areas.vehicles.trips import factories
    from yiwang.areas.vehicles.trips.models import Landmark
    from yiwang.core.rights.models import User
    from yiwang.core.workdays.current import current

    for name, role in (("rider", "STAFF"), ("head", "MANAGER"), ("sender", "DISPATCHER"), ("wheel", "DRIVER")):
        _user(name, city, role)
    car = vehicles.vehicle(city, mileage=1200)
    factories.driver(city, "马骏", user=User.objects.get(username="wheel"), phone="13900000001")
    factories.rule(city)
    factories.tariff(city, per_trip=2000, per_km=250)
    for name, longitude in (("机关大院", "102.710000"), ("会展中心", "102.790000")):
        row = Landmark(organ=city, name=name, sort_key=name, longitude=longitude, latitude="25.040000")
        row.place()
        row.save()
    from yiwang.areas.vehicles.life.tests import small

    small.furnish(city, vehicles.vehicle(city), TODAY)  # another car: this one lies in the workshop
    return {"pool_car": car.plate, "fleet_car": car.pk, "trip_day": current().add_workdays(TODAY, 1).isoformat()}


def _board(pk: int) -> dict[str, int | str]:
    """A pool for the dispatch board: three cars (one in repair), two drivers, four trips that wait; a fence, a live car."""
    from django.utils import timezone

    from yiwang.areas.vehicles import factories as vehicles
    from yiwang.areas.vehicles.board import factories as board
    from yiwang.areas.vehicles.maps import factories as maps
    from yiwang.areas.vehicles.trips import factories
    from yiwang.core.orgs.models import Organ
    from yiwang.core.rights.models import User

    organ = Organ.objects.get(pk=pk)
    _user("boarder", organ, "DISPATCHER")
    day = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=2)
    yard = factories.depot(organ, "城关车场")
    cars = [vehicles.vehicle(organ, plate=f"示W0000{number}", depot=yard, use="OTHER") for number in (1, 2, 3)]
    for name in ("高明", "罗川"):
        factories.driver(organ, name, depot=yard)
    factories.outage(organ, "MAINTENANCE", day, day + timedelta(days=2), vehicle=cars[2])
    asking = User.objects.get(username="boarder")
    trips = []
    for after, prefix in enumerate(("PC", "PD")):  # a day for the hand, the next one for the planner
        for number, (hour, persons) in enumerate(((9, 3), (9.5, 3), (14, 3), (10, 8)), start=1):
            trip = {"number": f"{prefix}0000{number}", "passengers": persons, "urgent": True}
            trips.append(factories.trip(organ, asking, day + timedelta(days=after, hours=hour), 1.5, **trip))
    maps.seen(cars[0], timezone.now(), speed=40)
    return {
        "board_day": day.date().isoformat(),
        "plan_day": (day + timedelta(days=1)).date().isoformat(),
        "board_trip": trips[0].pk,
        "fence": maps.fence(organ, "城关镇").pk,
        "day_plan": board.plan(asking, trips[2], cars[0], why="最近的空车").pk,
        "pooling": board.pooling(trips[2], "可以拼一辆车。").pk,
    }


def _returns(pk: int) -> dict[str, int | str]:
    """Two open months of a small return, and one of the year before that was handed in with its gas."""
    from datetime import date

    from yiwang.areas.reporting import actions, opening
    from yiwang.areas.reporting.factories import NOW, ON, SMALL
    from yiwang.areas.reporting.models import Return
    from yiwang.core.orgs.models import Organ
    from yiwang.core.rights.access import access_for
    from yiwang.core.rights.models import User

    organ = Organ.objects.get(pk=pk)
    _user("filler", organ, "CLERK", "MANAGER")
    access = access_for(User.objects.get(username="filler"))
    revision = opening.save_scheme(text=SMALL, access=access)
    opening.issue_scheme(revision=revision.pk, access=access)
    found = []
    for start in (date(2025, 9, 1), date(2026, 8, 1), date(2026, 9, 1)):
        period = opening.open_period(revision=revision.pk, start=start, access=access, now=NOW)
        found.append(Return.objects.get(period=period).pk)
    typed = [actions.Change(*one) for one in (("users", "", "90"), ("power", "", "4000"), ("gas", "", "12"))]
    actions.save_cells(pk=found[0], changes=typed, reasons={}, access=access, on=ON)
    actions.submit(pk=found[0], access=access, on=ON, now=NOW)
    return {"return": found[2], "return_offline": found[1], "period": Return.objects.get(pk=found[2]).period_id}


def _supplies(organ: Organ) -> dict[str, int | str]:
    """One contract, store, canteen and visitor; a cadre who asks and a keeper who issues."""
    from yiwang.areas.services.tests.small import furnish
    from yiwang.core.rights.models import User

    _user("asker", organ, "STAFF")
    _user("keeper", organ, "KEEPER")
    return furnish(organ, User.objects.get(username="manager"), User.objects.get(username="clerk"))


@cache
def _digest() -> str:
    """The password as it is kept, worked out once: that is slow on purpose."""
    from django.contrib.auth.hashers import make_password

    return make_password(PASSWORD)


def _user(name: str, organ: Organ, *roles: str) -> None:
    from django.db import transaction

    from yiwang.core.rights.granting import give
    from yiwang.core.rights.models import Role, User

    user = User.objects.create(
        username=name,
        password=_digest(),
        display_name={
            "reader": "李查",
            "clerk": "王敏",
            "manager": "周正",
            "leader": "林岚",
            "cadre": "陈立",
            "dispatcher": "吴调",
            "repairer": "刘强",
        }.get(name, "吴审"),
    )
    with transaction.atomic():
        for role in roles:
            give(actor="system", user=user, organ=organ, role=Role(role))


def _county(name: str, city: Organ) -> dict[str, int]:
    from yiwang.areas.assets import factories as assets
    from yiwang.areas.offices import factories as offices
    from yiwang.areas.vehicles import factories as vehicles
    from yiwang.core.orgs import factories

    organ = factories.organ(name, city, tier="COUNTY", code="990101")
    building = offices.building(organ, "行政中心 A座", site=f"{name[:3]}行政中心")
    offices.floor(building, 1)
    people = [
        factories.person(organ, who, rank=rank)
        for who, rank in (("陈立", "正科级"), ("刘强", "副科级"), ("赵明", "科员"))
    ]
    areas = ("24", "12", "9")  # the first sits in 24 m² where 18 are allowed
    for number, (who, area) in enumerate(zip(people, areas, strict=True), start=1):
        room = offices.room(building, f"010{number}", area)
        offices.occupancy(room, who)
        assets.asset(organ, holder=who)
    free = offices.room(building, "0204", "18")
    car = vehicles.vehicle(organ, price=15_000_000)
    vehicles.quota(organ, 2)
    vehicles.purchase(organ, 160_000)
    _user(f"clerk-{organ.pk}", organ, "CLERK")
    _user(f"manager-{organ.pk}", organ, "MANAGER")
    return {"organ": organ.pk, "free": free.pk, "car": car.pk, "person": people[0].pk}


def _services(province: Organ, county: int) -> dict[str, int | str]:
    """A county where somebody reports, somebody gives out, somebody repairs: one order done, one room and one hall labelled."""
    from yiwang.areas.services.orders import actions, factories, repairs
    from yiwang.areas.services.patrols import actions as patrols
    from yiwang.areas.services.patrols import factories as plans
    from yiwang.areas.services.patrols.models import Round
    from yiwang.core.orgs.models import Organ
    from yiwang.core.places.models import Building
    from yiwang.core.rights.access import access_for
    from yiwang.core.rights.models import User

    organ, now = Organ.objects.get(pk=county), datetime.now(UTC)
    factories.catalogue(province)
    for name, role in (("cadre", "STAFF"), ("dispatcher", "DISPATCHER"), ("repairer", "REPAIRER")):
        _user(name, organ, role)
    cadre, dispatcher, repairer = (
        access_for(User.objects.get(username=name)) for name in ("cadre", "dispatcher", "repairer")
    )
    team = factories.team(organ, User.objects.get(username="repairer"), name="水电班", skills="05、06")
    building = Building.objects.get(organ=organ)
    room = factories.spot(building, "0101")
    hall = factories.spot(building, "一层大厅", kind="PUBLIC", patrol_object="SHARED_PARTS", checks="照明、消火栓")
    plans.plan(building, 24, TODAY.replace(month=1, day=1), patrol_object="SHARED_PARTS", team=team)
    patrols.tick(on=TODAY, now=now)
    order = actions.report(access=cadre, item="05", problem="门锁打不开", spot=room, now=now).pk
    actions.assign(order=order, team=team, now=now, access=dispatcher)
    for verb in (repairs.accept, repairs.arrive):
        verb(order=order, now=now, access=repairer)
    repairs.finish(order=order, solution="换了锁芯", labour=5000, now=now, access=repairer)
    return {
        "order": order,
        "team": team.pk,
        "room": room.token,
        "hall": hall.token,
        "building": building.pk,
        "round": Round.objects.latest("start_date").pk,
    }


def _venues(province: Organ) -> dict[str, int | str]:
    """Two rooms of the province that everybody below may book, one with a booking of tomorrow; a plan of a meeting."""
    from datetime import timedelta
    from decimal import Decimal

    from yiwang.areas.services.events import actions as events
    from yiwang.areas.services.venues import actions, factories
    from yiwang.areas.services.venues.grid import midnight
    from yiwang.core.rights.access import access_for
    from yiwang.core.rights.models import User

    for role in ("STAFF", "LEADER", "FINANCE", "RECEPTION", "CANTEEN"):
        _user(f"meet-{role.lower()}", province, role)
    room = factories.venue(
        province, "第一会议室", seats=20, code="door-one", rule={"hours": "每天 08:00-20:00", "after_minutes": 15}
    )
    big = factories.venue(province, "礼堂", seats=300, kind="HALL", rule={"hours": "每天 08:00-20:00"})
    factories.equipment(room)
    clerk, now = access_for(User.objects.get(username="clerk")), datetime.now(UTC)
    day = midnight(TODAY + timedelta(days=1))
    first, last = day + timedelta(hours=9), day + timedelta(hours=10)
    booking = actions.book(
        venue=room.pk, starts_at=first, ends_at=last, title="局务会", participants=8, access=clerk, now=now
    )
    facts = {"first_date": day.date(), "last_date": day.date(), "days": Decimal(1), "participants": 30, "staff": 3}
    event = events.draft(name="全省机关事务工作座谈会", meeting_class="三类", access=clerk, now=now, **facts)
    return {"venue": room.pk, "big": big.pk, "booking": booking.pk, "event": event.pk}


def _examples() -> dict[str, int | str]:
    """One id of each thing that a page shows."""
    from yiwang.core.ledger.models import Entry
    from yiwang.core.verdicts.models import Finding

    return {
        "entry": Entry.objects.order_by("pk").values_list("pk", flat=True)[0],
        "finding": Finding.objects.order_by("pk").values_list("pk", flat=True)[0],
    }


def _cases(name: str, county: int) -> dict[str, int | str]:
    """A cadre of the first county and of the third; a request that waits for their manager, with a room too large."""
    from yiwang.core.flow import actions, definitions
    from yiwang.core.orgs.models import Organ
    from yiwang.core.rights.access import access_for
    from yiwang.core.rights.models import User

    definitions.install_shipped()
    for organ in Organ.objects.filter(name__in=[name, COUNTIES[2]]):
        _user(f"cadre-{organ.pk}", organ, "STAFF")
    _user("leader", Organ.objects.get(pk=county).superior or Organ.objects.get(pk=county), "LEADER")
    access = access_for(User.objects.get(username=f"cadre-{county}"))
    assert access.organ is not None
    facts = {"person": "赵明", "rank": "正科级", "reason": "原房间漏水", "usable_area": "24"}
    now = datetime.now(UTC)
    case = actions.open_case(
        process="offices.allocation",
        title="赵明换办公室",
        organ=access.organ,
        access=access,
        facts=facts,
        on=TODAY,
        now=now,
    )
    return {"case": case.pk, "definition": case.definition_id}


def _told() -> dict[str, int | str]:
    """A paper about the first finding, a finished job, and the message that says so."""
    from yiwang.core.jobs.models import Job
    from yiwang.core.notices.actions import send
    from yiwang.core.papers import actions
    from yiwang.core.rights.access import access_for
    from yiwang.core.rights.models import User
    from yiwang.core.verdicts.models import Finding

    manager, now = User.objects.get(username="manager"), datetime.now(UTC)
    finding = Finding.objects.order_by("pk").values_list("pk", flat=True)[0]
    paper = actions.issue(kind="verdicts.finding", pk=finding, access=access_for(manager), on=TODAY, now=now)
    job = Job.objects.create(
        kind="services.month",
        user=manager,
        state="DONE",
        message="已生成",
        created_at=now,
        next_at=now,
        finished_at=now,
    )
    about = f"jobs.job:{job.pk}"
    send(
        to=[manager], template="job.done", about=about, url=f"/jobs/{job.pk}/", now=now, label="月报", message="已生成"
    )
    return {"paper": paper.pk, "paper_code": paper.code, "job": job.pk}


def _import() -> int:
    """A file that was tried out and waits to be confirmed."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from yiwang.core.rights.access import access_for
    from yiwang.core.rights.models import User
    from yiwang.desk import importing
    from yiwang.portal.intake import jobs

    text = f"房号,楼栋,单位,用途,使用面积\n0301,{COUNTIES[0][:3]}行政中心 行政中心 A座,{COUNTIES[0]},办公室,18\n"
    made = importing.accept(
        kind="offices.room",
        file=SimpleUploadedFile("房间.csv", text.encode()),
        access=access_for(User.objects.get(username="manager")),
        on=TODAY,
        now=datetime.now(UTC),
    )
    jobs.try_out(made)
    return made.pk


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.portal.settings")
    import django

    django.setup()
    from django.core.management import call_command

    from yiwang.cli.supervise import collect

    call_command("migrate", verbosity=0)
    collect()
    print(json.dumps(build()))
