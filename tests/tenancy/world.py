"""Two counties side by side, each with one of everything, and one user of each role in ours.

**A new address with an argument** needs one line in `IDS`: its name → the arguments that lead to a thing of a side.
The same line serves the matrix (our side) and the probes for leaks (theirs). Things that your address needs and the
side has not: add them to `_side` and, if they have names or numbers, to `secrets`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from tests.tenancy import energy, evaluation, returns, services, trips, watch
from yiwang.areas.assets import factories as assets
from yiwang.areas.offices import factories as offices
from yiwang.areas.vehicles import factories as vehicles
from yiwang.areas.vehicles.board import factories as board
from yiwang.areas.vehicles.life.models import Vehicle
from yiwang.areas.vehicles.life.tests import small
from yiwang.areas.vehicles.maps import factories as maps
from yiwang.areas.vehicles.stats.models import Publicity
from yiwang.areas.vehicles.trips.models import Trip
from yiwang.core.attachments.models import Attachment, AttachmentState
from yiwang.core.flow import actions as flow
from yiwang.core.flow import definitions
from yiwang.core.flow.models import Definition, Task
from yiwang.core.jobs.models import Job
from yiwang.core.ledger.models import Entry
from yiwang.core.ledger.post import post
from yiwang.core.notices.models import Delivery, Notice
from yiwang.core.orgs import factories
from yiwang.core.orgs.models import Organ
from yiwang.core.papers import actions as papers
from yiwang.core.places.models import Building
from yiwang.core.registers.computed import computed_keys
from yiwang.core.rights.access import access_for
from yiwang.core.rights.delegation import Lending, delegate
from yiwang.core.rights.granting import give
from yiwang.core.rights.models import OwnRole, Role, User
from yiwang.core.verdicts.models import Finding, FindingEvent
from yiwang.desk.kinds import resources
from yiwang.desk.models import Approval, ImportJob, ImportState

#: Every role that can be granted, and who has none.
ROLES = [role.value for role in Role if role is not Role.OWN]
NOBODY = "NOBODY"
Arguments = dict[str, Any]


@dataclass
class Side:
    """One county: ids of its things by name, and what nobody from elsewhere may read."""

    organ: Organ
    ids: dict[str, Any]
    secrets: list[str]


@dataclass
class World:
    """Ours, where the users work; theirs, which must stay unseen."""

    ours: Side
    theirs: Side
    users: dict[str, User]


#: Name of an address → the arguments that lead to the things of a side.
IDS: dict[str, Callable[[Side], list[Arguments]]] = {
    "area:record": lambda side: _records(side),
    "area:record-json": lambda side: _records(side),
    "area:change": lambda side: _records(side),
    "area:preview-change": lambda side: _records(side),
    "area:delete": lambda side: _records(side),
    "area:approval": lambda side: [{"pk": side.ids["approval"]}],
    "findings:detail": lambda side: [{"pk": side.ids["finding"]}],
    "findings:file": lambda side: [{"pk": side.ids["finding"], "event": side.ids["event"]}],
    "intake:job": lambda side: [{"pk": side.ids["import"]}],
    "intake:state": lambda side: [{"pk": side.ids["import"]}],
    "intake:columns": lambda side: [{"pk": side.ids["import"]}],
    "intake:marked": lambda side: [{"pk": side.ids["import"]}],
    "intake:confirm": lambda side: [{"pk": side.ids["import"]}],
    "jobs:job": lambda side: [{"pk": side.ids["job"]}],
    "jobs:bar": lambda side: [{"pk": side.ids["job"]}],
    "jobs:again": lambda side: [{"pk": side.ids["job"]}],
    "attachment": lambda side: [{"pk": side.ids["attachment"]}],
    "attachment-remove": lambda side: [{"pk": side.ids["attachment"]}],
    "orgs:organ": lambda side: [{"pk": side.organ.pk}],
    "orgs:below": lambda side: [{"pk": side.organ.pk}],
    "orgs:change": lambda side: [{"pk": side.organ.pk}],
    "ledger:entry": lambda side: [{"pk": side.ids["entry"]}],
    "cases:case": lambda side: [{"pk": side.ids["case"]}],
    "cases:people": lambda side: [{"pk": side.ids["case"]}],
    "/api/v1/cases/<pk>": lambda side: [{"pk": side.ids["case"]}],
    **{
        f"/api/v1/cases/<pk>/{verb}": lambda side: [{"pk": side.ids["case"]}]
        for verb in ("withdraw", "urge", "comments", "copies", "pause", "resume")
    },
    **{
        f"/api/v1/tasks/<pk>/{verb}": lambda side: [{"pk": side.ids["task"]}]
        for verb in ("act", "send-back", "transfer", "signers")
    },
    "notices:open": lambda side: [{"pk": side.ids["notice"]}],
    "notices:retry": lambda side: [{"pk": side.ids["delivery"]}],
    "accounts:detail": lambda side: [{"pk": side.ids["user"]}],
    **{f"papers:{name}": lambda side: [{"pk": side.ids["paper"]}] for name in ("paper", "pdf", "print", "void")},
    "vehicles:track": lambda side: [{"pk": side.ids["vehicles.vehicle"]}],
    "vehicles:plan": lambda side: [{"pk": side.ids["plan"]}],
    "vehicles:vehicle": lambda side: [{"pk": side.ids["vehicles.vehicle"]}],
    "vehicles:fence": lambda side: [{"pk": side.ids["vehicles.geofence"]}],
    "services:order": lambda side: [{"pk": side.ids["order"]}],
    "services:make-labels": lambda side: [{"pk": side.ids["offices.building"]}],
    "services:team": lambda side: [{"pk": side.ids["services.team"]}],
    "services:round": lambda side: [{"pk": side.ids["round"]}],
    "services:contract": lambda side: [{"pk": side.ids["contract"]}],
    "services:terms": lambda side: [{"pk": side.ids["contract"]}],
    "services:supply-request": lambda side: [{"pk": side.ids["supply-request"]}],
    "services:store": lambda side: [{"pk": side.ids["store"]}],
    "services:stocktake": lambda side: [{"pk": side.ids["store"]}],
    "services:meal-order": lambda side: [{"pk": side.ids["meal-order"]}],
    **{f"services:{name}": lambda side: [{"pk": side.ids["canteen"]}] for name in ("menu", "waste", "self-checks")},
    "services:self-check": lambda side: [{"pk": side.ids["self-check"]}],
    "services:visit": lambda side: [{"pk": side.ids["visit"]}],
    "services:look": lambda side: [{"token": side.ids["label"]}],
    "services:venue": lambda side: [{"pk": side.ids["services.venue"]}],
    "services:venue-poster": lambda side: [{"pk": side.ids["services.venue"]}],
    "services:venue-door": lambda side: [{"code": side.ids["door"]}],
    "services:booking": lambda side: [{"pk": side.ids["booking"]}],
    "services:booking-move": lambda side: [{"pk": side.ids["booking"]}],
    "vehicles:pooling": lambda side: [{"pk": side.ids["pooling"]}],
    "vehicles:day-plan": lambda side: [{"pk": side.ids["day-plan"]}],
    "vehicles:board-trip": lambda side: [{"pk": side.ids["trip"]}],
    **{f"vehicles:{name}": lambda side: [{"pk": side.ids["trip"]}] for name in ("trip", "trip-correct", "trip-drive")},
    "vehicles:sign": lambda side: [{"pk": side.ids["sign"]}],
    "vehicles:cost": lambda side: [{"pk": side.ids["cost"]}],
    "services:event": lambda side: [{"pk": side.ids["event-plan"]}],
    "energy:meter": lambda side: [{"pk": side.ids["energy.meter"]}, {"pk": side.ids["meter-virtual"]}],
    "energy:organ": lambda side: [{"pk": side.organ.pk}],
    "energy_judge:sign": lambda side: [{"pk": side.ids["energy-sign"]}],
    "evaluation:assessment": lambda side: [{"pk": side.ids["assessment"]}],
    "evaluation:publication": lambda side: [{"pk": side.ids["publication"]}],
    **{f"reporting:{name}": lambda side: [{"pk": side.ids["scheme"]}] for name in ("scheme", "forms")},
    **{f"reporting:{name}": lambda side: _returns(side) for name in ("return", "cells", "template", "upload")},
    "reporting:receipt": lambda side: [{"pk": side.ids["receipt"]}],
    "reporting:drill": lambda side: [{**one, "key": "houses"} for one in _returns(side)],
    **{
        f"reporting:{name}": lambda side: _periods(side)
        for name in ("period", "sums", "quality", "book", "book-template")
    },
    "reporting:export": lambda side: [{**one, "form": form} for one in _periods(side) for form in ("xlsx", "csv")],
    "reporting:sdmx": lambda side: [{**one, "form": form} for one in _periods(side) for form in ("csv", "json")],
    "/api/v1/returns/<pk>": lambda side: _returns(side),
    "/api/v1/returns/<pk>/acts": lambda side: _returns(side),
    "services:event-sheet": lambda side: [{"pk": side.ids["event-plan"], "what": what} for what in ("plan", "bill")],
}

#: Opened by a code that cannot be guessed and that hangs on the wall or is printed: whoever holds it may ask, of whatever
#: organ he is (a visitor reports a broken lamp of the house he is in). Their codes are asked with a letter changed.
CODES: dict[str, Callable[[Side], list[Arguments]]] = {
    "paper": lambda side: [{"code": side.ids["code"]}],
    "services:spot": lambda side: [{"token": side.ids["label"]}],
    "services:report-at": lambda side: [{"token": side.ids["label"]}],
}

#: What is sent to an address of the API that reads JSON: sound, so that only the id in the address can be refused.
BODIES: dict[str, dict[str, Any]] = {
    "/api/v1/cases": {"process": "offices.allocation", "title": "x"},
    **{f"/api/v1/cases/<pk>/{verb}": {"text": "x"} for verb in ("withdraw", "urge", "comments", "pause", "resume")},
    "/api/v1/cases/<pk>/copies": {"to": ["nobody"], "note": "x"},
    "/api/v1/tasks/<pk>/act": {"verdict": "approve", "opinion": "x"},
    "/api/v1/tasks/<pk>/send-back": {"node": "start", "opinion": "x"},
    "/api/v1/tasks/<pk>/transfer": {"to": "nobody", "opinion": "x"},
    "/api/v1/tasks/<pk>/signers": {"who": "nobody", "place": "before", "opinion": "x"},
    "/api/v1/returns/<pk>/acts": {"verb": "submit", "text": "x"},
    "reporting:cells": {"changes": [{"key": "users", "before": "100", "after": "101"}]},
}

DATASETS: tuple[str, ...] = ("offices.person_space", "vehicles.purchase", "assets.office_item")
#: Addresses whose arguments name nothing of a side, with examples of them.
FREE: dict[str, Callable[[], list[Arguments]]] = {
    "area:list": lambda: [_kind(key) for key in _kinds()],
    "area:new": lambda: [_kind(key) for key in _kinds()],
    "area:preview": lambda: [_kind(key) for key in _kinds()],
    "area:suggest": lambda: [{**_kind(key), "column": name} for key in _kinds() for name in _links(key)],
    "area:export": lambda: [{**_kind(key), "form": form} for key in _kinds() for form in ("xlsx", "csv", "json")],
    "findings:export": lambda: [{"form": "xlsx"}, {"form": "csv"}],
    "accounts:role": lambda: [{"pk": OwnRole.objects.values_list("pk", flat=True)[0]}],
    "/api/v1/datasets/<key>": lambda: [{"key": key} for key in DATASETS],
    "/api/v1/datasets/<key>/rows": lambda: [{"key": key} for key in DATASETS],
    "/api/v1/datasets/<key>/verdicts": lambda: [{"key": key} for key in DATASETS],
    "cases:export": lambda: [{"form": "xlsx"}, {"form": "csv"}],
    "cases:new": lambda: [{"key": "offices.allocation"}],
    "cases:preview": lambda: [{"key": "offices.allocation"}],
    "cases:day": lambda: [{"day": "2026-03-05"}],
    # The definitions of processes are the installation's.
    **{
        f"cases:{name}": lambda: [{"pk": Definition.objects.order_by("pk").values_list("pk", flat=True)[0]}]
        for name in ("definition", "xml", "download", "compare", "simulate")
    },
    **{
        f"services:{name}-export": lambda: [{"form": "xlsx"}, {"form": "csv"}]
        for name in ("venue-report", "month", "consumption", "visit")
    },
    "vehicles:watch-rule": lambda: [{"key": "MOVED"}, {"key": "EXPIRY"}],
    "vehicles:settlement-export": lambda: [{"form": "xlsx"}, {"form": "csv"}],
    "services:orders-export": lambda: [{"form": "xlsx"}, {"form": "csv"}, {"form": "json"}],
    "/api/v1/datasets/<key>/figures": lambda: [{"key": key} for key in computed_keys()],
    "energy_judge:rule": lambda: [{"key": "LEAK"}, {"key": "UNIT"}],
    "vehicles:published": lambda: [{"pk": Publicity.objects.values_list("pk", flat=True)[0]}],
    "services:item": lambda: [{"code": "06"}, {"code": "13"}],
    "notices:robot": lambda: [{"channel": "feishu"}],
    "notices:robot-drop": lambda: [{"channel": "feishu"}],
}

#: 公示: whoever has logged in may read what was published, of whatever organ; nobody publishes without the right.
PUBLISHED = ("vehicles:publicity", "vehicles:published")
#: Open to every user, or to everybody, and showing nothing of any organ; and the report on the chain, which needs a
#: worker's backend and names no organ.
PUBLIC = (
    "law:",
    "reporting:worker",
    "ledger:result",
    "login",
    "recover",
    "logout",
    "healthz",
    "/api/v1/openapi",
    "sso:",
)


def _kinds() -> list[str]:
    return [resource.key for resource in resources()]


def _kind(key: str) -> Arguments:
    area, _, kind = key.partition(".")
    return {"area": area, "kind": kind}


def _links(key: str) -> list[str]:
    from yiwang.core.registers.register import Show
    from yiwang.desk.kinds import get

    return [bound.key for bound in get(key).bound if bound.show is Show.LINK]


def _returns(side: Side) -> list[Arguments]:
    return [{"pk": side.ids[name]} for name in ("return", "return-handed", "return-above")]


def _periods(side: Side) -> list[Arguments]:
    return [{"pk": side.ids[name]} for name in ("period-before", "period")]


def _records(side: Side) -> list[Arguments]:
    return [{**_kind(key), "pk": side.ids[key]} for key in _kinds() if key in side.ids]


def build() -> World:
    """Made once a test."""
    province = factories.organ("示例省机关事务管理局", tier="PROVINCE", code="990000")
    definitions.install_shipped()
    ours, theirs = _side(province, "青河", "990101"), _side(province, "云岭", "990102")
    users = {role: _user(ours.organ, role) for role in ROLES}
    users[NOBODY] = User.objects.create(username="nobody", display_name="无权")
    OwnRole.objects.create(name="记录员", pairs=" vehicles:read ")
    _above(province, (ours, theirs))
    return World(ours, theirs, users)


def _above(province: Organ, sides: tuple[Side, ...]) -> None:
    """What the province has done that concerns both: a period of returns, a quarter of its cars published."""
    chief = _user(province, Role.MANAGER)
    managers = {side.organ.pk: User.objects.get(pk=side.ids["user"]) for side in sides}
    words = {side.organ.pk: _namer(side.secrets[0]) for side in sides}
    period = returns.above(province, managers, chief, words)
    for side in sides:
        side.ids |= {"period-above": period, "return-above": returns.of_organ(period, side.organ)}
    evaluation.publicity(province, chief)


def _namer(name: str) -> Callable[[str], str]:
    """Makes a text of a side: its name, the text, its name read backwards."""
    return lambda text: f"{name}{text}{name[::-1]}"


def _user(organ: Organ, role: str) -> User:
    user = User.objects.create(username=f"{role.lower()}-{organ.pk}", display_name="我方人员", organ=organ)
    with transaction.atomic():
        give(actor="system", user=user, organ=organ, role=Role(role))
    return user


def _side(province: Organ, name: str, code: str) -> Side:
    """One of everything; every text begins with the name of the county and ends with it read backwards, so that a search
    for the name, which is shown again, does not hide what it finds.
    """
    organ = factories.organ(f"{name}县财政局{name[::-1]}", province, tier="COUNTY", code=code)
    building = offices.building(organ, f"{name}办公楼{name[::-1]}", site=f"{name}行政中心{name[::-1]}")
    person = factories.person(organ, f"{name}某甲{name[::-1]}")
    room = offices.room(building, f"{name}0101{name[::-1]}", "24")
    ids: dict[str, Any] = {
        "offices.building": building.pk,
        "offices.site": building.site_id,
        "offices.floor": offices.floor(building, 1).pk,
        "offices.room": room.pk,
        "offices.occupancy": offices.occupancy(room, person).pk,
        "vehicles.vehicle": vehicles.vehicle(organ, plate=f"{name}A1234{name[::-1]}").pk,
        "vehicles.quota": vehicles.quota(organ, 2).pk,
        "vehicles.purchase": vehicles.purchase(organ, 160_000).pk,
        "vehicles.geofence": maps.fence(organ, f"{name}围栏{name[::-1]}").pk,
        "assets.asset": assets.asset(organ, name=f"{name}台式机{name[::-1]}", holder=person).pk,
    }
    _casework(ids, organ, name)
    _people(ids, organ, name)
    return Side(organ, ids, [name, name[::-1]])


def _casework(ids: dict[str, Any], organ: Organ, name: str) -> None:
    """A finding with a step and its file, an approval, an import, an entry."""
    finding = Finding(
        dataset="offices.person_space", topic=name, subject=name, subject_label=f"{name}某甲{name[::-1]}", organ=organ
    )
    finding.kind, finding.judged_on, finding.opened_date = "over", date(2026, 1, 1), date(2026, 1, 1)
    finding.clause, finding.document, finding.message = "x", "x", f"{name}超标{name[::-1]}"
    finding.place()
    finding.save()
    step = FindingEvent(finding=finding, at=timezone.now(), actor="system", verb="OPEN", state=finding.state)
    step.file_name, step.note = f"{name}.txt{name[::-1]}", f"{name}说明{name[::-1]}"
    step.file.save("step.txt", ContentFile(f"{name}附件{name[::-1]}".encode()))
    ids |= {"finding": finding.pk, "event": step.pk}


def _people(ids: dict[str, Any], organ: Organ, name: str) -> None:
    """A user with a delegation, his import and approval, an entry of his."""
    user, other = (
        User.objects.create(username=f"{name}{n}", display_name=f"{name}用户{name[::-1]}", organ=organ) for n in (1, 2)
    )
    today = timezone.localdate()
    with transaction.atomic():
        for one in (user, other):
            give(actor="system", user=one, organ=organ, role=Role.MANAGER)
        lending = Lending(
            delegate=other, organ=organ, since=today, until=today + timedelta(days=9), reason=f"{name}事由{name[::-1]}"
        )
        lent = delegate(access=access_for(user), new=lending, on=today, now=timezone.now())
        post(
            actor=f"user:{user.pk}",
            act="offices.room.change",
            obj="offices.room:0",
            body={"note": f"{name}内容{name[::-1]}"},
        )
    job = ImportJob(
        kind="offices.room", user=user, organ=organ, name=f"{name}台账.csv{name[::-1]}", digest=name, on=today
    )
    job.created_at, job.state = datetime.now(UTC), ImportState.CHECKED
    job.place()
    job.file.save("a.csv", ContentFile("房号,楼栋\n".encode()), save=False)
    job.result.save("b.csv", ContentFile(f"{name}标注\n{name[::-1]}".encode()), save=False)
    job.save()
    approval = Approval(
        kind="offices.room", record=ids["offices.room"], number=f"{name}〔2026〕1号{name[::-1]}", organ=organ
    )
    approval.user, approval.name = user, f"{name}批文.pdf{name[::-1]}"
    approval.place()
    approval.file.save("c.pdf", ContentFile(f"{name}批文{name[::-1]}".encode()), save=False)
    approval.save()
    ids |= {"user": user.pk, "delegation": lent.pk, "import": job.pk, "approval": approval.pk}
    ids["job"] = Job.objects.create(
        kind="x",
        user=user,
        organ=organ,
        message=f"{name}任务{name[::-1]}",
        created_at=timezone.now(),
        next_at=timezone.now(),
    ).pk
    kept = Attachment(
        about="offices.room:1", name=f"{name}附件.txt{name[::-1]}", kind="text/plain", size=1, digest=name, organ=organ
    )
    kept.user, kept.added_at, kept.state = user, timezone.now(), AttachmentState.CLEAN
    kept.path = default_storage.save(f"kept-{organ.pk}.txt", ContentFile(f"{name}附件{name[::-1]}".encode()))
    kept.place()
    kept.save()
    ids["attachment"] = kept.pk
    _flow(ids, organ, name, user)
    _areas(ids, organ, name, user)


def _areas(ids: dict[str, Any], organ: Organ, name: str, user: User) -> None:
    """One of everything of each area."""
    building, worker, named = Building.objects.get(pk=ids["offices.building"]), _worker(organ, name), _namer(name)
    ids |= services.fill(organ, building, named, user, worker)
    car = Vehicle.objects.get(pk=ids["vehicles.vehicle"])
    ids |= small.furnish(organ, car, timezone.localdate(), named)
    ids |= trips.fill(organ, ids["vehicles.vehicle"], named, user)
    trip, car = Trip.objects.get(pk=ids["trip"]), Vehicle.objects.get(pk=ids["vehicles.vehicle"])
    ids["pooling"] = board.pooling(trip, f"{name}建议{name[::-1]}").pk
    ids["day-plan"] = board.plan(user, trip, car, why=f"{name}理由{name[::-1]}").pk
    ids |= watch.fill(organ, ids["vehicles.vehicle"], named, user)
    for area in (energy, returns, evaluation):
        ids |= area.fill(organ, named, user)
    ids |= _paper(user, ids["case"])
    ids["entry"] = Entry.objects.order_by("-pk")[0].pk


def _flow(ids: dict[str, Any], organ: Organ, name: str, user: User) -> None:
    """A request with its first task, and a message about it that could not be delivered."""
    today, now = timezone.localdate(), timezone.now()
    words = f"{name}申请{name[::-1]}"
    facts = {"person": words, "rank": "正科级", "reason": words, "usable_area": "24"}
    case = flow.open_case(
        process="offices.allocation",
        title=words,
        organ=organ,
        access=access_for(user, on=today),
        facts=facts,
        on=today,
        now=now,
    )
    notice = Notice.objects.create(
        user=user, batch=uuid4(), template="x", topic="x", title=words, text=words, created_at=now
    )
    delivery = Delivery.objects.create(
        notice=notice, channel="MAIL", state="PARKED", error=f"{name}超时{name[::-1]}", next_at=now
    )
    ids |= {"case": case.pk, "notice": notice.pk, "delivery": delivery.pk}
    ids["task"] = Task.objects.filter(step__case=case).values_list("pk", flat=True)[0]


def _worker(organ: Organ, name: str) -> User:
    """Who does the services' work."""
    user = User.objects.create(username=f"{name}3", display_name=f"{name}管理员{name[::-1]}", organ=organ)
    with transaction.atomic():
        for role in (Role.CLERK, Role.KEEPER, Role.CANTEEN, Role.RECEPTION):
            give(actor="system", user=user, organ=organ, role=role)
    return user


def _paper(user: User, case: int) -> dict[str, Any]:
    """A printed form of the request."""
    today, now = timezone.localdate(), timezone.now()
    row = papers.issue(kind="flow.case", pk=case, access=access_for(user, on=today), on=today, now=now)
    return {"paper": row.pk, "code": row.code}
