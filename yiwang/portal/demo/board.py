"""派车台 and map of the demo province: tomorrow's plan, where the cars of both pools are, three fences."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random

from django.utils import timezone

from yiwang.areas.vehicles.board import plans
from yiwang.areas.vehicles.gateway import roads
from yiwang.areas.vehicles.life.models import Vehicle
from yiwang.areas.vehicles.maps import actions
from yiwang.areas.vehicles.maps.models import Geofence, GeofenceKind
from yiwang.areas.vehicles.tracks.models import LivePosition
from yiwang.areas.vehicles.trips.models import Assignment
from yiwang.core.rights.access import Access, access_for
from yiwang.core.rights.models import User
from yiwang.kit.refusal import Refusal

SINCE = date(2026, 1, 1)
#: Name, kind, corner to the south-west and to the north-east as degrees from the capital's middle.
FENCES = (
    ("省会城区", GeofenceKind.APPROVED, (-0.06, -0.05), (0.06, 0.05)),
    ("省直机关车场", GeofenceKind.YARD, (-0.004, -0.003), (0.004, 0.003)),
    ("西湖风景区", GeofenceKind.SCENIC, (-0.052, 0.012), (-0.03, 0.032)),
)


def load_board(*, now: datetime) -> dict[str, int]:
    """What there is of it; nothing again on a filled base, or without the demo accounts."""
    if Geofence.objects.exists() or not User.objects.filter(username="province-dispatcher").exists():
        return {}
    people = {name: access_for(User.objects.get(username=name)) for name in ("province-clerk", "province-dispatcher")}
    _fences(people["province-clerk"])
    seen = _positions(now)
    return {"vehicles.geofence": len(FENCES), "vehicles.live": seen, "plans": _plan(people["province-dispatcher"], now)}


def _fences(clerk: Access) -> None:
    x, y = roads.CENTRE
    for name, kind, (west, south), (east, north) in FENCES:
        corners = [(west, south), (east, south), (east, north), (west, north), (west, south)]
        ring = ", ".join(f"[{x + lon:.6f}, {y + lat:.6f}]" for lon, lat in corners)
        polygon = f'{{"type": "Polygon", "coordinates": [[{ring}]]}}'
        actions.open_fence(name=name, kind=kind, polygon=polygon, valid_from=SINCE, access=clerk)


def _positions(now: datetime) -> int:
    """Cars in a yard stand there; those that are out are on their way; one drives without an order, one is silent."""
    cars = list(Vehicle.objects.filter(depot__isnull=False).select_related("depot").order_by("pk"))
    out = Assignment.objects.filter(released_at=None, ended_at=None, started_at__lte=now)
    away = set(out.values_list("vehicle", flat=True))
    rng = Random(20261130)  # noqa: S311 (made-up data)
    rows = [_position(car, car.pk in away, number, rng, now) for number, car in enumerate(cars)]
    LivePosition.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _position(car: Vehicle, away: bool, number: int, rng: Random, now: datetime) -> LivePosition:
    depot = car.depot
    assert depot is not None
    yard = (float(depot.longitude or roads.CENTRE[0]), float(depot.latitude or roads.CENTRE[1]))
    place, speed = (yard[0] + rng.uniform(-0.002, 0.002), yard[1] + rng.uniform(-0.0015, 0.0015)), 0.0
    age = timedelta(hours=9) if number == 2 else timedelta(seconds=rng.randint(1, 50))
    if away or number == 1:
        way = roads.way(yard, roads.site(depot.organ.region_id, number + 3))
        place, speed = way.places[len(way.places) // 2], 46.0
    return LivePosition(
        vehicle=car, at=now - age, longitude=place[0], latitude=place[1], speed=speed, direction=rng.randrange(360)
    )


def _plan(dispatcher: Access, now: datetime) -> int:
    """Tomorrow as a proposal, a few lines of it taken: the board and the plan both have something on them."""
    day = timezone.localtime(now).date() + timedelta(days=1)
    try:
        plan = plans.propose(day=day, access=dispatcher, now=now, behind=False)
    except Refusal:
        return 0
    taken = list(plan.lines.filter(kept=False, driver__isnull=False).values_list("pk", flat=True)[:10])
    if taken:
        plans.accept(plan=plan.pk, lines=taken, access=dispatcher, now=now)
    return 1
