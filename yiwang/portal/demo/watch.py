"""The watch in the demo province: tracks that tell something, figures, places, an assessment, and what became of findings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from django.db import transaction
from django.utils import timezone

from yiwang.areas.vehicles.gateway import roads
from yiwang.areas.vehicles.life.models import Vehicle, VehicleState
from yiwang.areas.vehicles.tracks.models import Point
from yiwang.areas.vehicles.trips.models import Depot
from yiwang.areas.vehicles.watch.actions import DATASET
from yiwang.areas.vehicles.watch.engine import judge_points
from yiwang.areas.vehicles.watch.models import Assessment, ListedPlace, Sign, Threshold
from yiwang.core.ledger.post import post
from yiwang.core.orgs.models import Organ, Scoped
from yiwang.core.rights.access import Access, access_for
from yiwang.core.rights.granting import give
from yiwang.core.rights.models import OwnRole, Role, User
from yiwang.core.verdicts import actions as findings
from yiwang.core.verdicts.models import Finding
from yiwang.kit.pinyin import sort_key

SEED, STEP = 20260731, 20
COUNTY = "990101"
SUPERVISOR = "province-supervisor"
Place = tuple[float, float]
#: Days ago, clock, minutes at the far end, region and number of the far place: the first is the one night still open.
OUTINGS = (
    (1, time(22, 12), 14, "990102", 3),
    (9, time(20, 5), 40, COUNTY, 5),
    (17, time(22, 6), 10, "990103", 8),
    (26, time(20, 10), 45, "990100", 2),
    (41, time(22, 8), 15, "990102", 6),
)
#: What became of the findings of each outing but the first.
ENDS = ("assigned", "rectified", "appealed", "rectified")


@dataclass(frozen=True)
class Outing:
    """A car that left its yard without an order."""

    car: Vehicle
    day: date
    start: datetime
    wait: int
    far: Place


def load_watch(*, now: datetime) -> dict[str, int]:
    """Furnish the watch of a province that has organs, cars and accounts; rows by kind. One entry beside those of the verbs."""
    root = Organ.objects.filter(superior=None, closed_date=None).order_by("pk")[0]
    made = _registers(root, timezone.localtime(now).date())
    outings = _outings(now)
    points = sum(_drive(one, Random(SEED + number)) for number, one in enumerate(outings))  # noqa: S311 (made-up data)
    today = timezone.localtime(now).date()
    for one in outings:
        judge_points(one.day, vehicles=[one.car.pk], now=now, on=today)
    _worked_on(outings[1:], today)
    counts = {**made, "points": points, "signs": Sign.objects.count()}
    with transaction.atomic():
        post(actor="system", act="demo.furnish", obj=f"demo.watch:{root.pk}", body={"rows": counts})
    return counts


def supervise(root: Organ, secret: str) -> User:
    """The supervisor's account: reads vehicles and the ledger, may ask for tracks, writes nothing."""
    user = User.objects.create(username=SUPERVISOR, display_name="省用车监督(纪检)", organ=root, password=secret)
    give(actor="system", user=user, organ=root, role=Role.AUDITOR, area="vehicles")
    own = OwnRole.objects.create(name="轨迹查阅", note="查阅车辆轨迹,逐次写明事由", pairs=" vehicles:track ")
    facts = {"note": own.note, "pairs": own.pairs.split()}
    post(actor="system", act="rights.role.define", obj=f"rights.role:{own.pk}", body=facts)
    give(actor="system", user=user, organ=root, role=Role.OWN, own=own)
    return user


def _saved(row: Scoped) -> Scoped:
    row.place()
    row.save()
    return row


def _registers(root: Organ, today: date) -> dict[str, int]:
    """Listed places, a figure of the province's own, the assessment."""
    since = date(today.year, 1, 1)
    spots = (("示例温泉度假村", "SCENIC", 5, 250), ("示例高尔夫俱乐部", "GOLF", 9, 400))
    for name, kind, number, radius in spots:
        lon, lat = roads.site(COUNTY, number)
        _saved(
            ListedPlace(
                organ=root, name=name, kind=kind, longitude=round(lon, 6), latitude=round(lat, 6), radius=radius, valid_from=since
            )
        )  # fmt: skip
    _saved(
        Threshold(organ=root, rule="MOVED", name="上限", value=200, valid_from=since, ground="示机管〔2026〕3号(演示)")
    )
    _saved(
        Assessment(
            organ=root,
            title="公务用车轨迹查阅",
            purpose="核查线索、投诉和事故;按车按日查阅轨迹",
            risk="可推知驾驶员的行踪和作息",
            measures="专门权限、逐次写明事由、存证、半小时失效、图示不记姓名",
            assessor="示例省机关事务管理局(演示)",
            valid_from=since,
            valid_to=date(today.year + 1, 1, 1),
        )
    )
    return {"places": len(spots), "thresholds": 1, "assessments": 1}


def _outings(now: datetime) -> list[Outing]:
    """Some cars of a county, each once."""
    cars = Vehicle.objects.filter(organ__region_id=COUNTY, state=VehicleState.IN_USE).select_related("organ", "depot")
    chosen = list(cars.order_by("pk")[: len(OUTINGS)])
    today = timezone.localtime(now).date()
    found = []
    for car, (ago, clock, wait, region, far) in zip(chosen, OUTINGS, strict=False):
        day = today - timedelta(days=ago)
        found.append(Outing(car, day, timezone.make_aware(datetime.combine(day, clock)), wait, roads.site(region, far)))
    return found


def _home(car: Vehicle) -> Place:
    """The car's yard; one is made where it has none."""
    if car.depot is None or car.depot.longitude is None or car.depot.latitude is None:
        lon, lat = roads.site(COUNTY, 1)
        name = f"{car.organ.name}车场"
        found = Depot.objects.filter(organ=car.organ, name=name).first()
        if found is None:
            found = Depot(organ=car.organ, name=name, sort_key=sort_key(name), places=10)
        found.longitude, found.latitude = round(lon, 6), round(lat, 6)
        _saved(found)
        car.depot = found
        car.save()
        return lon, lat
    return float(car.depot.longitude), float(car.depot.latitude)


def _drive(one: Outing, rng: Random) -> int:
    """Points of an hour before, the way there, the wait, the way back; how many."""
    home = _home(one.car)
    there = roads.way(home, one.far)
    rows: list[tuple[datetime, Place, float]] = []
    at = one.start - timedelta(hours=1)
    while at < one.start:
        rows.append((at, home, 0.0))
        at += timedelta(minutes=2)
    at = _along(rows, there.places, there.lengths, there.speeds, one.start)
    for minute in range(one.wait):
        rows.append((at + timedelta(minutes=minute), one.far, 0.0))
    back = (there.places[::-1], there.lengths[::-1], there.speeds[::-1])
    _along(rows, *back, at + timedelta(minutes=one.wait))
    points = [
        Point(
            vehicle=one.car.pk, terminal=0, at=moment.replace(microsecond=0), speed=round(speed, 1),
            longitude=lon + rng.uniform(-3e-5, 3e-5), latitude=lat + rng.uniform(-3e-5, 3e-5),
        )
        for moment, (lon, lat), speed in rows
    ]  # fmt: skip
    Point.objects.bulk_create(points, ignore_conflicts=True)
    return len(points)


def _along(
    rows: list[tuple[datetime, Place, float]], places: Any, lengths: Any, speeds: Any, start: datetime
) -> datetime:
    """A point every STEP seconds along a way; when it ends."""
    at = start
    for (lon0, lat0), (lon1, lat1), length, speed in zip(places, places[1:], lengths, speeds, strict=False):
        seconds = max(length / (speed / 3.6), 1.0)
        for done in range(0, int(seconds), STEP):
            share = done / seconds
            place = (lon0 + (lon1 - lon0) * share, lat0 + (lat1 - lat0) * share)
            rows.append((at + timedelta(seconds=done), place, float(speed)))
        at += timedelta(seconds=seconds)
    return at


def _worked_on(outings: list[Outing], today: date) -> None:
    """Findings of the older outings, each at another stage."""
    clerk, manager = (_access(f"county-{role}") for role in ("clerk", "manager"))
    for one, end in zip(outings, ENDS, strict=False):
        subjects = Sign.objects.filter(vehicle=one.car, day=one.day).values_list("subject", flat=True)
        for finding in Finding.objects.filter(dataset=DATASET, subject__in=list(subjects)).pending().order_by("pk"):
            _handle(finding, end, clerk, manager, today)


def _handle(finding: Finding, end: str, clerk: Access, manager: Access, today: date) -> None:
    assert isinstance(clerk.user, User)
    if not clerk.holds(finding):
        return
    due = today + timedelta(days=10)
    findings.assign(finding=finding.pk, handler=clerk.user, due=due, note="请核实", access=manager, on=today)
    if end == "rectified":
        findings.rectify(finding=finding.pk, note="未经派车出场,已批评教育并补缴油费", access=clerk)
        findings.review(finding=finding.pk, accept=True, access=manager, on=today)
    elif end == "appealed":
        findings.appeal(finding=finding.pk, note="送车到定点厂检修,附进厂单", access=clerk)
        findings.review(finding=finding.pk, accept=True, note="属实", access=manager, on=today)


def _access(username: str) -> Access:
    return access_for(User.objects.get(username=username))
