"""A day judged from the tables: signs, findings, judged again, figures by organ and place."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yiwang.areas.vehicles.life.models import Vehicle
from yiwang.areas.vehicles.maps import factories as fences
from yiwang.areas.vehicles.maps.models import Geofence, GeofenceKind
from yiwang.areas.vehicles.tracks.models import Point
from yiwang.areas.vehicles.trips.models import Purpose, TripState
from yiwang.areas.vehicles.watch import jobs, loading, planning
from yiwang.areas.vehicles.watch.actions import DATASET, Kept
from yiwang.areas.vehicles.watch.engine import judge_points
from yiwang.areas.vehicles.watch.limits import by_law, figures
from yiwang.areas.vehicles.watch.loading import midnight
from yiwang.areas.vehicles.watch.models import ListedPlace, Sign, Threshold
from yiwang.areas.vehicles.watch.rights import EVIDENCE_DAYS, forget
from yiwang.areas.vehicles.watch.rules import FIGURES
from yiwang.areas.vehicles.watch.tests import drawn, scene
from yiwang.areas.vehicles.watch.tests.scene import DAY, NIGHT, NOW
from yiwang.core.ledger.models import Entry
from yiwang.core.verdicts import actions as findings
from yiwang.core.verdicts.models import Finding, Outcome, State
from yiwang.core.verdicts.sync import sync
from yiwang.desk.testing import World, world

pytestmark = pytest.mark.django_db
ON = DAY + timedelta(days=1)


@pytest.fixture
def we() -> World:
    return world()


def judge(**more: object) -> Kept:
    return judge_points(DAY, now=NOW, on=ON, **more)  # type: ignore[arg-type]


def test_a_night_trip_without_an_order_is_found(we: World) -> None:
    car = scene.car(we.ours)
    scene.report(car, NIGHT)
    assert judge().fresh == 2
    moved = Sign.objects.get(rule="MOVED")
    assert (moved.vehicle, moved.organ, moved.day) == (car, we.ours, DAY)
    assert moved.measure == pytest.approx(Decimal(10_000), rel=Decimal("0.02"))
    assert "23:12 至 23:50,没有派车单" in moved.note
    assert len(moved.evidence["track"]) >= 3
    assert moved.evidence["home"]
    found = Finding.objects.get(subject=moved.subject)
    assert (found.dataset, found.kind, found.clause, found.organ) == (DATASET, "warning", "YW-WATCH/moved", we.ours)
    assert found.url == f"/vehicles/watch/signs/{moved.pk}/"


def test_a_stop_in_a_sensitive_fence_is_found_below_the_organ_that_drew_it(we: World) -> None:
    """Forty minutes in the corner of the fence, or just outside of it though within its circle; where the trip went is meant."""
    middle = drawn.degrees(10, 0)
    fences.fence(we.ours, "景区", kind=GeofenceKind.SCENIC, polygon=fences.square(middle, 0.01))
    fences.fence(we.ours, "县城", kind=GeofenceKind.RESIDENCE, polygon=fences.square(middle, 1.0))
    inside, outside, foreign, meant = (scene.car(organ) for organ in (we.ours, we.ours, we.theirs, we.ours))
    rests: list[tuple[Vehicle, float]] = [(inside, 10.5), (outside, 11.3), (foreign, 10.5), (meant, 10.5)]
    for car, east in rests:
        rest: list[list[Any]] = [["09:00", 0, 0], ["09:20", east, 0], ["10:00", east, 0], ["10:20", 0, 0]]
        scene.report(car, rest)
        start = midnight(DAY) + timedelta(hours=8.9)
        stops = [[0, 0], [10, 0]] if car is meant else [[0, 0], [9, 5]]
        scene.trip(car, start, start + timedelta(hours=2), stops=stops)
    judge()
    (sign,) = Sign.objects.filter(rule="STOP")
    assert sign.vehicle == inside
    assert "景区" in sign.note
    assert sign.evidence["place"][3] == "景区"


def test_judged_again_nothing_changes_and_nothing_is_posted(we: World) -> None:
    scene.report(scene.car(we.ours), NIGHT)
    judge()
    before, sign = Entry.objects.count(), Sign.objects.values_list("pk", "found_at").first()
    assert judge() == Kept(same=2)
    assert (Entry.objects.count(), Sign.objects.values_list("pk", "found_at").first()) == (before, sign)


def test_papers_that_come_later_withdraw_the_sign_and_close_the_finding(we: World) -> None:
    car = scene.car(we.ours)
    scene.report(car, NIGHT)
    judge()
    start = midnight(DAY) + timedelta(hours=23)
    scene.trip(car, start, start + timedelta(hours=1), purpose=Purpose.EMERGENCY)
    assert judge().withdrawn == 2
    assert not Sign.objects.filter(withdrawn_at=None).exists()
    closed = Finding.objects.get(topic="vehicles.watch_moved")
    assert (closed.state, closed.outcome) == (State.CLOSED, Outcome.REGISTER)


def test_a_refused_trip_entitles_nobody(we: World) -> None:
    car = scene.car(we.ours)
    scene.report(car, NIGHT)
    start = midnight(DAY) + timedelta(hours=22)
    scene.trip(car, start, start + timedelta(hours=3), purpose=Purpose.EMERGENCY, state=TripState.REFUSED)
    assert judge().fresh == 2


def test_what_was_settled_by_review_is_not_found_again(we: World) -> None:
    """No register can be corrected: accepting the rectification settles it, tonight and ever after."""
    scene.report(scene.car(we.ours), NIGHT)
    judge()
    found = Finding.objects.get(topic="vehicles.watch_moved")
    findings.rectify(finding=found.pk, note="已批评教育,油费自付", access=we.access("CLERK"))
    findings.review(finding=found.pk, accept=True, access=we.access("MANAGER"), on=ON)
    found.refresh_from_db()
    assert (found.state, found.outcome) == (State.CLOSED, Outcome.RECTIFIED)
    sync(dataset=DATASET, on=ON, actor="system")
    judge()
    assert Finding.objects.filter(topic="vehicles.watch_moved").count() == 1


def test_all_signs_judged_at_night_leave_open_findings_open(we: World) -> None:
    scene.report(scene.car(we.ours), NIGHT)
    judge()
    done = sync(dataset=DATASET, on=ON, actor="system")
    assert (done.opened, done.closed, Finding.objects.pending().count()) == (0, 0, 2)


def test_an_organ_may_set_its_own_figure(we: World) -> None:
    """Nearest organ first, half-open days; the sign keeps the figure that was in force."""
    scene.report(scene.car(we.ours), NIGHT)
    for organ, value, since in ((we.province, 500, DAY), (we.ours, 20_000, DAY)):
        row = Threshold(organ=organ, rule="MOVED", name="上限", value=value, valid_from=since, valid_to=ON)
        row.place()
        row.save()
    judge()
    assert not Sign.objects.filter(rule="MOVED").exists()
    Threshold.objects.filter(organ=we.ours).delete()
    judge()
    assert Sign.objects.get(rule="MOVED").threshold == 500
    assert figures([we.theirs.pk], ON)[we.theirs.pk]["MOVED", "上限"] == 50


def test_the_lawbook_has_a_figure_for_every_rule() -> None:
    found = by_law("990101", DAY)
    assert set(found) == {(rule, name) for rule, names in FIGURES.items() for name, _ in names}
    assert not by_law("990101", date(2025, 12, 31))


def test_a_listed_place_counts_for_the_cars_below_who_listed_it(we: World) -> None:
    mine, other = scene.car(we.ours), scene.car(we.theirs)
    track = [["09:00", 0, 0], ["09:20", 5, 0], ["11:20", 5, 0], ["11:40", 0, 0]]
    lon, lat = drawn.degrees(5, 0)
    place = ListedPlace(
        organ=we.ours, name="温泉", kind="SCENIC", longitude=round(lon, 6), latitude=round(lat, 6), valid_from=DAY
    )
    place.place()
    place.save()
    for one in (mine, other):
        scene.report(one, track)
    judge()
    assert [sign.vehicle for sign in Sign.objects.filter(rule="STOP")] == [mine]


def test_some_cars_alone_leave_the_signs_of_others(we: World) -> None:
    one, two = scene.car(we.ours), scene.car(we.theirs)
    for each in (one, two):
        scene.report(each, NIGHT)
    judge()
    Point.objects.all().delete()
    scene.report(one, [["22:50", 0, 0], ["23:50", 0, 0]])
    assert judge(vehicles=[one.pk]).withdrawn == 2
    assert Sign.objects.filter(withdrawn_at=None).values_list("vehicle", flat=True).distinct().get() == two.pk


def test_points_of_a_file_are_those_of_the_table(we: World, tmp_path: Path) -> None:
    car, other = scene.car(we.ours), scene.car(we.theirs)
    scene.report(car, NIGHT)
    scene.report(other, [["08:00", 0, 0], ["09:00", 1, 1]])
    rows = [(p.vehicle, int(p.at.timestamp()), p.longitude, p.latitude, p.speed) for p in Point.objects.all()]
    path = tmp_path / "points.parquet"
    with duckdb.connect() as lake:
        lake.execute('CREATE TABLE p (vehicle BIGINT, "at" BIGINT, longitude DOUBLE, latitude DOUBLE, speed DOUBLE)')
        lake.executemany("INSERT INTO p VALUES (?, ?, ?, ?, ?)", rows)
        lake.execute(f"COPY p TO '{path}' (FORMAT parquet)")
    (table,) = loading.batches(DAY, paths=[])
    (file,) = loading.batches(DAY, paths=[path])
    for name in ("car", "lon", "lat", "speed"):
        assert getattr(table.points, name).tolist() == getattr(file.points, name).tolist()
    assert table.points.t == pytest.approx(file.points.t, abs=1)


def test_the_queries_do_not_grow_with_the_cars(we: World) -> None:
    def queries(day: date) -> int:
        with CaptureQueriesContext(connection) as caught:
            judge_points(day, now=NOW, on=ON)
        return len(caught)

    cars = [scene.car(we.ours) for _ in range(6)]
    scene.report(cars[0], NIGHT, day=DAY - timedelta(days=1))
    for car in cars:
        scene.report(car, NIGHT)
    queries(DAY - timedelta(days=2))  # calendars and clauses are read once
    assert queries(DAY) <= queries(DAY - timedelta(days=1))


def test_the_job_judges_points_bills_and_papers_of_an_organ(we: World) -> None:
    mine, other = scene.car(we.ours), scene.car(we.theirs)
    for one in (mine, other):
        scene.report(one, NIGHT)
    done = jobs.judge(Silent(), day=DAY.isoformat(), organ=we.ours.pk)  # type: ignore[arg-type]
    assert "新增 2 条" in done.message
    assert set(Sign.objects.values_list("vehicle", flat=True)) == {mine.pk}


class Silent:
    """Progress that nobody looks at."""

    def progress(self, done: int, total: int, message: str = "") -> None:
        assert 0 <= done <= total
        assert message


def test_evidence_is_forgotten_when_it_is_settled_and_old(we: World) -> None:
    scene.report(scene.car(we.ours), NIGHT)
    judge()
    late = DAY + timedelta(days=EVIDENCE_DAYS + 1)
    assert forget(late) == 0  # still open
    for found in Finding.objects.all():
        findings.rectify(finding=found.pk, note="已处理", access=we.access("CLERK"))
        findings.review(finding=found.pk, accept=True, access=we.access("MANAGER"), on=ON)
    assert forget(DAY + timedelta(days=EVIDENCE_DAYS)) == 0
    assert forget(late) == 2
    assert Sign.objects.filter(measure__gt=0, evidence={}).count() == 2


def test_an_approved_area_is_beside_the_way_of_the_order(we: World) -> None:
    """Five kilometres off the way is found; not where the organ or one above it has approved to drive."""
    car = scene.car(we.ours)
    track = [["09:00", 0, 0], ["09:20", 5, 0], ["09:30", 5, 5], ["09:40", 5, 0], ["10:00", 10, 0]]
    scene.report(car, track)
    start = midnight(DAY) + timedelta(hours=9)
    stops = [[0, 0], [5, 0], [10, 0]]
    scene.trip(car, start, start + timedelta(hours=2), stops=stops, returns=False)
    before = planning.use(lambda a, b, region: ([a, b], 1000.0))
    try:
        judge()
        assert Sign.objects.get(rule="AREA").measure == pytest.approx(5, rel=0.02)
        corners = [drawn.degrees(*place) for place in ((4, -1), (6, -1), (6, 6), (4, 6), (4, -1))]
        shape = json.dumps({"type": "Polygon", "coordinates": [corners]})
        fence = Geofence(organ=we.province, name="市区", kind="APPROVED", polygon=shape, valid_from=DAY)
        fence.place()
        fence.save()
        judge()
        assert not Sign.objects.filter(rule="AREA", withdrawn_at=None).exists()
    finally:
        planning.use(before)
