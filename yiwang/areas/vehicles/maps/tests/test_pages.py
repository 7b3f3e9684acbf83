"""The map's pages: owner, colleague, stranger, nobody; what a car is doing; fences drawn, drawn anew, ended."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from yiwang.areas.vehicles.factories import vehicle
from yiwang.areas.vehicles.life.models import Vehicle, VehicleState
from yiwang.areas.vehicles.maps import base, factories, geofences, live
from yiwang.areas.vehicles.maps.day import midnight, read
from yiwang.areas.vehicles.maps.live import Doing
from yiwang.areas.vehicles.maps.models import Geofence, GeofenceKind
from yiwang.areas.vehicles.maps.planned import way_of
from yiwang.areas.vehicles.trips.models import Assignment, Stop, Trip, TripState
from yiwang.areas.vehicles.watch.rights import open_track
from yiwang.areas.vehicles.watch.tests import scene
from yiwang.areas.vehicles.watch.tests import test_rights as watching
from yiwang.core.ledger.models import Entry
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import access_for
from yiwang.core.rights.models import Role, User
from yiwang.desk.testing import KindTests, World, page, world
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db
LIVE_QUERIES = 2  # those of the positions themselves


@pytest.fixture
def we() -> World:
    return world()


@pytest.fixture
def car(we: World) -> Vehicle:
    return vehicle(we.ours, plate="示A00001")


def holder(we: World) -> Client:
    """A browser of somebody who has the right to see tracks, beside that to read."""
    client = Client()
    client.force_login(watching.reader(we.ours))
    return client


def opened(we: World, car: Vehicle) -> None:
    """He says why, and an impact assessment is in force."""
    today = timezone.localdate()
    scene.assessment(we.province, until=today + timedelta(days=90))
    access = access_for(User.objects.get(username=f"inspector{we.ours.pk}"))
    given = {"vehicle": car.pk, "since": today, "until": today, "reason": "核查一件投诉"}
    open_track(access=access, now=timezone.now(), **given)  # type: ignore[arg-type]


def driving(car: Vehicle, we: World, since: datetime) -> Assignment:
    """A trip that the car has begun."""
    user = we.user()
    trip = Trip(organ=we.ours, number="YC1", applicant=user, passengers=2, purpose="MEETING", reason="开会")
    trip.starts_at, trip.ends_at, trip.requested_at = since, since + timedelta(hours=2), since
    trip.state = TripState.UNDER_WAY
    trip.place()
    trip.save()
    row = Assignment(organ=we.ours, trip=trip, vehicle=car, held_from=since, held_to=since + timedelta(hours=2))
    row.assigned_by, row.assigned_at, row.started_at = user, since, since
    row.place()
    row.save()
    return row


def asked(we: World, query: dict[str, str] | None = None, **who: Any) -> Any:
    return we.client(**who).get(reverse("vehicles:map-live"), query or {})


class TestGeofence(KindTests):
    key = "vehicles.geofence"

    def make(self, organ: Organ) -> Geofence:
        return factories.fence(organ, f"围栏{Geofence.objects.count()}")

    def given(self, organ: Organ) -> dict[str, str]:
        return {"organ": organ.name, "name": "新区", "kind": "APPROVED", "valid_from": "2026-01-01"}


@pytest.mark.parametrize(
    ("age", "speed", "state", "ordered", "doing"),
    [
        (10, 0, "IN_USE", False, Doing.IDLE),
        (10, 40, "IN_USE", False, Doing.UNORDERED),
        (10, 40, "IN_USE", True, Doing.DRIVING),
        (10, 0, "IN_USE", True, Doing.WAITING),
        (3600, 40, "IN_USE", True, Doing.SILENT),
        (10, 0, "LAID_UP", False, Doing.LAID_UP),
        (10, 40, "LAID_UP", False, Doing.UNORDERED),
    ],
)
def test_what_a_car_is_doing(
    we: World, car: Vehicle, age: int, speed: float, state: str, ordered: bool, doing: Doing
) -> None:
    now = timezone.now()
    Vehicle.objects.filter(pk=car.pk).update(state=state)
    factories.seen(car, now - timedelta(seconds=age), speed=speed)
    if ordered:
        driving(car, we, now - timedelta(hours=1))
    (found,) = live.seen(we.access(), now)
    assert found.doing == doing
    assert found.number == ("YC1" if ordered else "")


def test_live_cars_are_those_of_the_scope(we: World, car: Vehicle) -> None:
    other = vehicle(we.theirs, plate="示A00002")
    for one in (car, other):
        factories.seen(one, timezone.now())
    assert [row[1] for row in asked(we).json()["cars"]] == ["示A00001"]
    assert [row[1] for row in asked(we, role=Role.DISPATCHER).json()["cars"]] == ["示A00001"]
    assert [row[1] for row in asked(we, at=we.theirs).json()["cars"]] == ["示A00002"]
    assert len(asked(we, at=we.province).json()["cars"]) == 2
    assert asked(we, role=Role.STAFF).status_code == 403


def test_a_screen_asks_for_its_box(we: World, car: Vehicle) -> None:
    factories.seen(car, timezone.now())
    assert len(asked(we, {"box": "102,25,103,26"}).json()["cars"]) == 1
    assert asked(we, {"box": "103,25,104,26"}).json()["cars"] == []
    for wrong in ("1,2,3", "a,b,c,d", "nan,1,2,3", "3,1,2,2", "1,2,inf,4"):
        answer = asked(we, {"box": wrong})
        assert (answer.status_code, answer.json()["code"]) == (422, "map.box")


def test_queries_do_not_grow_with_cars(we: World) -> None:
    for number in range(12):
        factories.seen(vehicle(we.ours), timezone.now(), speed=number)
    access = we.access()
    with CaptureQueriesContext(connection) as queries:
        assert len(live.seen(access, timezone.now())) == 12
    assert len(queries) == LIVE_QUERIES


def test_the_map_says_in_a_table_what_it_shows(we: World, car: Vehicle) -> None:
    factories.seen(car, timezone.now(), speed=50)
    laid_up = vehicle(we.ours, plate="示A00003", state=VehicleState.LAID_UP)
    factories.seen(laid_up, timezone.now())
    text = page(we.client().get(reverse("vehicles:map")))
    assert text.index("示A00001") < text.index("示A00003")  # what deserves a look first
    assert "示A00003" not in page(we.client().get(reverse("vehicles:map"), {"doing": "UNORDERED"}))
    assert "没有符合条件的车" in page(we.client().get(reverse("vehicles:map"), {"q": "示Z"}))
    assert "还没有装车载终端" in page(we.client(at=we.theirs).get(reverse("vehicles:map")))


def test_roads_are_the_demo_province_s_alone(we: World) -> None:
    answer = we.client().get(reverse("vehicles:map-roads"))
    assert len(answer.json()["features"]) > 50
    assert "max-age" in answer.headers["Cache-Control"]
    assert base.road_map(None, streets=False) == base.NOTHING


def test_nothing_is_asked_elsewhere_unless_set(we: World, settings: Any) -> None:
    address = reverse("vehicles:map")
    assert "connect-src 'self';" in we.client().get(address).headers["Content-Security-Policy"]
    settings.TIANDITU_KEY = "k123"
    answer = we.client().get(address)
    assert "connect-src 'self' https://t0.tianditu.gov.cn;" in answer.headers["Content-Security-Policy"]
    assert "k123" in page(answer)
    assert "tianditu" not in we.client().get(reverse("vehicles:quota")).headers["Content-Security-Policy"]


def test_over_gcj_tiles_all_is_shifted_and_back(we: World, car: Vehicle, settings: Any) -> None:
    settings.MAP_TILES, settings.MAP_GCJ02 = "https://tiles.example/{z}/{x}/{y}.png", True
    factories.seen(car, timezone.now())
    row = asked(we).json()["cars"][0]
    assert 100 < abs(row[2] - factories.MIDDLE[0]) * 100_000 < 1000  # some hundred metres
    given = base.polygon_measured(str(base.polygon_drawn(factories.square())).replace("'", '"'))
    made = we.client().post(
        reverse("vehicles:fences"),
        {"verb": "open", "name": "甲", "kind": "YARD", "valid_from": "2026-01-01", "polygon": given},
    )
    assert made.status_code == 302
    settings.MAP_GCJ02 = False
    assert base.drawn(1.0, 2.0) == (1.0, 2.0)


def test_a_day_of_a_car(we: World, car: Vehicle) -> None:
    day = timezone.localdate()
    way = [(102.71 + number * 0.001, 25.04) for number in range(20)]
    factories.points(car, midnight(day) + timedelta(hours=9), [*way, *[way[-1]] * 10])
    row = driving(car, we, midnight(day) + timedelta(hours=9))
    for number, place in enumerate((way[0], way[-1])):
        Stop.objects.create(trip=row.trip, order=number, name=f"地点{number}", longitude=place[0], latitude=place[1])
    found = read(car, day)
    assert found.metres == pytest.approx(19 * 100.8, rel=0.01)
    assert [one.minutes for one in found.halts] == [10]
    assert len(found.kept()) < 6  # a straight line needs its ends


def test_a_track_needs_the_right_a_reason_and_leaves_an_entry(we: World, car: Vehicle) -> None:
    driving(car, we, timezone.now())
    address, reader = reverse("vehicles:track", args=[car.pk]), holder(we)
    asking = reader.get(address)
    assert asking.status_code == 302
    assert asking.headers["Location"].startswith(reverse("vehicles:track-ask"))
    opened(we, car)
    text = page(reader.get(address))
    assert "YC1" in text
    assert Entry.objects.filter(act="vehicles.track.read").count() == 1
    assert reader.get(address, {"day": "2020-01-01"}).status_code == 302  # the reading is of today
    assert reader.get(address, {"day": "x"}).status_code == 404
    assert we.client(at=we.theirs).get(address).status_code == 404
    for role in (Role.CLERK, Role.DISPATCHER, Role.AUDITOR, Role.STAFF):  # live perhaps, but no history
        assert we.client(role).get(address).status_code == 403


def test_the_planned_way_goes_there_and_back(we: World, car: Vehicle) -> None:
    row = driving(car, we, timezone.now())
    assert way_of(row.trip, demo=False) == []
    for number, lon in enumerate((102.7, 102.8)):
        Stop.objects.create(trip=row.trip, order=number, name="x", longitude=lon, latitude=25.0)
    assert way_of(row.trip, demo=False) == [(102.7, 25.0), (102.8, 25.0), (102.7, 25.0)]
    assert len(way_of(row.trip, demo=True)) > 3


def test_fences_of_an_organ_are_its_own_and_those_above(we: World) -> None:
    factories.fence(we.province, "全省")
    factories.fence(we.ours, "本县", kind=GeofenceKind.YARD)
    factories.fence(we.theirs, "邻县")
    factories.fence(we.ours, "过去", valid_to=date(2026, 2, 1))
    factories.fence(we.ours, "没画", polygon="")
    factories.fence(we.ours, "坏的", polygon="{}")
    day = date(2026, 6, 1)
    assert [one.name for one in geofences.of(we.ours, day)] == ["全省", "本县"]
    assert [one.name for one in geofences.of(we.ours, date(2026, 1, 31))] == ["全省", "本县", "过去"]
    assert [one.name for one in geofences.of(we.ours, day, [GeofenceKind.YARD])] == ["本县"]
    assert geofences.of(we.ours, date(2025, 12, 31)) == []


def test_a_fence_is_drawn_drawn_anew_and_ended(we: World) -> None:
    client, given = we.client(), {"name": "市区", "kind": "APPROVED", "valid_from": "2026-01-01"}
    index = reverse("vehicles:fences")
    assert "没有闭合" in page(
        client.post(
            index, {"verb": "open", **given, "polygon": '{"type":"Polygon","coordinates":[[[1,2],[2,2],[2,3]]]}'}
        ),
        422,
    )
    assert client.post(index, {"verb": "open", **given, "polygon": factories.square()}).status_code == 302
    row = Geofence.objects.get()
    one = reverse("vehicles:fence", args=[row.pk])
    assert "已有名为" in page(client.post(index, {"verb": "open", **given, "polygon": factories.square()}), 422)
    assert client.post(one, {"verb": "redraw", "polygon": factories.square(half=0.02)}).status_code == 302
    assert "要晚于这一天" in page(client.post(one, {"verb": "end", "valid_to": "2026-01-01"}), 422)
    assert client.post(one, {"verb": "end", "valid_to": "2026-06-01"}).status_code == 302
    row.refresh_from_db()
    assert row.valid_to == date(2026, 6, 1)
    acts = Entry.objects.filter(obj=f"vehicles.geofence:{row.pk}").order_by("id").values_list("act", flat=True)
    assert [act.rpartition(".")[2] for act in acts] == ["open", "redraw", "end"]
    for stranger in (we.client(at=we.theirs), we.client(role=Role.READER, at=we.theirs)):
        assert stranger.get(one).status_code == 404
        assert stranger.post(one, {"verb": "end", "valid_to": "2026-07-01"}).status_code == 404
    assert we.client(role=Role.READER).post(one, {"verb": "end", "valid_to": "2026-07-01"}).status_code == 403
    assert we.client(role=Role.STAFF).get(index).status_code == 403


def test_the_boxes_refusal_names_what_to_write() -> None:
    with pytest.raises(Refusal, match="西、南、东、北"):
        live.box_of("1")
