"""Days of cars: written, read, shortened, put away, deleted."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy
import pyarrow.parquet
import pytest
from django.db import connection

from yiwang.areas.vehicles import factories
from yiwang.areas.vehicles.gateway import driving, roads, sinks
from yiwang.areas.vehicles.gateway.location import FIXED, Fix
from yiwang.areas.vehicles.models import DayTrack, GatewayCount, LivePosition, Point, PointDay, SuspectPoint, Vehicle
from yiwang.areas.vehicles.tracks import keeping, lines, reading
from yiwang.areas.vehicles.tracks.writing import write_reports
from yiwang.core.jobs.testing import work_off
from yiwang.core.ledger.models import Entry
from yiwang.core.rights.models import Role
from yiwang.desk.testing import World, world
from yiwang.kit import geo

DAY = date(2026, 11, 20)
START = lines.begin(DAY) + 9 * 3600
NOW = datetime(2026, 11, 21, 2, tzinfo=UTC)


@pytest.fixture
def we(db: None, settings: Any, tmp_path: Path) -> World:
    """Two organs, files in a folder of their own."""
    settings.LAKE = tmp_path
    sinks._marked.clear()
    return world()


def trip(*mishaps: driving.Mishap, start: int = START) -> list[driving.Report]:
    """To a county and back, with a quarter of an hour there."""
    places = (roads.site("990100", 3), roads.site("990102", 5), roads.site("990100", 3))
    return driving.drive(driving.Drive("13900000001", start, places, mishaps=mishaps))


def plain(reports: list[driving.Report]) -> lines.Track:
    """The track of the reports as they are."""
    fixes = [one.fix for one in reports]
    return lines.track(
        [one.at for one in fixes], [one.longitude / 1e6 for one in fixes], [one.latitude / 1e6 for one in fixes],
        [one.speed / 10 for one in fixes],
    )  # fmt: skip


def test_a_drive_has_its_length_its_stop_and_its_time() -> None:
    """Against the roads it was driven on, which the track has never seen."""
    reports = trip()
    way = roads.way(roads.site("990100", 3), roads.site("990102", 5))
    found = plain(reports)
    assert abs(found.metres - 2 * way.metres) < 0.02 * way.metres
    assert [stop.seconds for stop in found.stops] == [900]
    assert geo.metres(found.stops[0].longitude, found.stops[0].latitude, *way.places[-1]) < 10
    mileage = ((reports[-1].fix.mileage or 0) - (reports[0].fix.mileage or 0)) / 10
    assert abs(mileage * 1000 - found.metres) < 500
    assert not found.gaps()
    assert len(plain(trip(driving.Mishap("silent", 300, 1200))).gaps()) == 1


def test_the_same_drive_gives_the_same_points_and_mishaps_show() -> None:
    assert trip() == trip()
    assert plain(trip(driving.Mishap("fast", 0, 900))).top_speed > plain(trip()).top_speed * 1.3
    offline = trip(driving.Mishap("offline", 300, 900))
    assert {one.sent for one in offline if one.backfill} == {START + 900}
    assert any(stop.seconds >= 500 for stop in plain(trip(driving.Mishap("stop", 300, 900))).stops)


def test_standing_still_is_no_distance() -> None:
    """The fix wobbles all night; the car has not moved."""
    found = plain(driving.stand("1", roads.seat("990100"), START, START + 8 * 3600))
    assert (found.metres, found.moving) == (0, 0)
    assert len(found.stops) == 1


def test_the_line_is_short_and_near() -> None:
    """Every point lies within the tolerance of the packed line; begin and end of the stop are kept."""
    found = plain(trip())
    packed = lines.pack(found, DAY)
    at, lon, _, _ = lines.unpack(packed, DAY)
    assert len(at) < len(found) / 4
    assert len(packed) < 12 * len(at) + 40
    kept = numpy.searchsorted(found.at, at)
    assert set(at) <= set(found.at)
    assert numpy.abs(found.longitude[kept] - lon).max() < 1e-6
    assert {found.stops[0].start, found.stops[0].end} <= set(at)
    assert len(lines.unpack(lines.pack(lines.track([], [], [], []), DAY), DAY)[0]) == 0


def test_live_is_within_the_scope(we: World) -> None:
    """Owner, colleague, stranger; an older place never replaces a newer."""
    mine, other = factories.vehicle(we.ours), factories.vehicle(we.theirs)
    for car in (mine, other):
        write_reports(1, car.pk, trip(), now=START + 9000)
    newest = LivePosition.objects.get(vehicle=mine)
    sinks.write_live({mine.pk: Fix(START, 1, 1, 0, 0, 0, 0, FIXED, None, None, b"")})
    assert LivePosition.objects.get(vehicle=mine).at == newest.at
    assert [one.vehicle_id for one in reading.live(we.access(Role.CLERK))] == [mine.pk]
    assert [one.vehicle_id for one in reading.live(we.access(Role.CLERK, we.theirs))] == [other.pk]
    assert not reading.live(we.access(Role.CLERK), [other.pk])
    assert reading.live(we.access(Role.AUDITOR, we.province)).count() == 2


def test_a_day_is_read_from_points_and_later_from_the_line(we: World) -> None:
    car = factories.vehicle(we.ours)
    good, doubtful = write_reports(7, car.pk, trip(driving.Mishap("spoofed", 600, 640)), now=START + 9000)
    assert SuspectPoint.objects.filter(vehicle=car.pk, reason="jump").count() == doubtful > 0
    assert Point.objects.count() == good
    whole = reading.day(car.pk, DAY)
    assert (len(whole), whole.simplified) == (good, False)
    begin = datetime.fromtimestamp(START, UTC)
    assert reading.distance(car.pk, begin, begin + timedelta(hours=4)) == whole.metres
    assert not len(reading.day(car.pk, DAY + timedelta(days=1)))
    assert keeping.put_away(DAY, NOW) == good
    Point.objects.all().delete()
    short = reading.day(car.pk, DAY)
    assert (short.simplified, short.metres, short.moving) == (True, whole.metres, whole.moving)
    assert [(a.start, a.end) for a in short.stops] == [(a.start, a.end) for a in whole.stops]
    assert reading.days([car.pk], DAY, DAY + timedelta(days=1)).get().points == good


def test_days_are_put_away_and_again_after_a_back_fill(we: World) -> None:
    """One file a day, sorted by car and instant; a back-fill makes its own day stale, and only that."""
    cars = [factories.vehicle(we.ours) for _ in range(3)]
    for car in reversed(cars):
        write_reports(car.pk, car.pk, trip(), now=START + 9000)
        write_reports(car.pk, car.pk, trip(start=START + 86_400), now=START + 86_400 + 9000)
    keeping.nightly(on=DAY + timedelta(days=2), now=NOW)
    work_off()
    table = pyarrow.parquet.ParquetFile(keeping.path_of(DAY)).read()
    rows = list(zip(table["vehicle"].to_pylist(), table["at"].to_pylist(), strict=True))
    assert rows == sorted(rows)
    assert {vehicle for vehicle, _ in rows} == {car.pk for car in cars}
    assert all(START <= at < START + 86_400 for _, at in rows)
    assert DayTrack.objects.count() == 6
    later = NOW + timedelta(days=3)
    PointDay.objects.update(changed_at=NOW, kept_at=NOW + timedelta(hours=1))
    assert keeping.stale(DAY + timedelta(days=2)) == []
    sinks._marked.clear()
    write_reports(1, cars[0].pk, driving.stand("1", roads.seat("990100"), START - 3600, START, every=600), now=START)
    assert keeping.stale(DAY + timedelta(days=2)) == [DAY]
    before = len(rows)
    assert keeping.put_away(DAY, later) == before + 6
    assert DayTrack.objects.count() == 6


def test_what_is_over_is_deleted_with_an_entry_and_the_rest_stays(we: World, settings: Any) -> None:
    """Points only of days that are in a file; then the file; then the day in short."""
    car = factories.vehicle(we.ours)
    write_reports(1, car.pk, trip(), now=START + 9000)
    GatewayCount.objects.create(hour=NOW, kind="frames", count=1)
    settings.POINT_DAYS, settings.POINT_FILE_DAYS, settings.TRACK_DAYS = 10, 20, 30
    assert keeping.clear(DAY + timedelta(days=11))["points"] == 0  # not put away yet
    count = keeping.put_away(DAY, NOW)
    assert keeping.clear(DAY + timedelta(days=10))["points"] == 0
    assert keeping.clear(DAY + timedelta(days=11))["points"] == count
    assert not Point.objects.exists()
    assert keeping.path_of(DAY).exists()
    assert keeping.stale(DAY + timedelta(days=12)) == []
    assert keeping.clear(DAY + timedelta(days=21))["days"] == 1
    assert not keeping.path_of(DAY).exists()
    assert DayTrack.objects.exists()
    assert keeping.clear(DAY + timedelta(days=31))["tracks"] == 1
    assert Entry.objects.filter(act="vehicles.track.purge").count() == 3
    assert keeping.clear(DAY + timedelta(days=31)) == dict.fromkeys(
        ("points", "days", "tracks", "doubtful", "messages", "commands"), 0
    )


def test_a_car_that_is_gone_does_not_stop_the_rest(we: World) -> None:
    car, gone = factories.vehicle(we.ours), factories.vehicle(we.ours)
    write_reports(1, car.pk, trip(), now=START + 9000)
    key = gone.pk
    write_reports(1, key, trip(), now=START + 9000)
    Vehicle.objects.filter(pk=key).delete()
    assert keeping.put_away(DAY, NOW) == Point.objects.count()
    assert list(DayTrack.objects.values_list("vehicle_id", flat=True)) == [car.pk]
    sinks.write_live({key: trip()[0].fix, car.pk: trip()[-1].fix._replace(at=START + 80_000)})
    assert LivePosition.objects.get().at == datetime.fromtimestamp(START + 80_000, UTC)


def test_a_value_that_the_database_never_takes_holds_nobody_back(we: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The batch fails as a whole, then goes in row by row; the one is kept apart."""
    from django.db import DataError

    real = sinks._points

    def refuse(rows: Any) -> int:
        if any(row[2].altitude == 4711 for row in rows):
            raise DataError("out of range")
        return real(rows)

    monkeypatch.setattr(sinks, "_points", refuse)
    fixes = [
        Fix(START + n, 25_000_000, 102_000_000, 4711 if n == 3 else 9, 0, 0, 0, FIXED, None, None, b"")
        for n in range(6)
    ]
    assert sinks.write(sinks.Batch(rows=[(1, 1, fix) for fix in fixes])) == 5
    assert SuspectPoint.objects.count() == 1


EXTREME = (
    Fix(START, 25_046_800, 102_712_300, 1890, 360, 90, 0, FIXED, 123_456, 400, b"\x30\x01\x1f"),
    Fix(START + 1, -90_000_000, -180_000_000, 0xFFFF, 0, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, None, None, b""),
    Fix(START + 2, 1, -1, 0, 3000, 359, 1, FIXED, 0xFFFFFFFF, 0xFFFF, bytes(range(256))),
    Fix(START + 3, 90_000_000, 179_999_999, 0, 1, 360, 0, FIXED, 0, None, b"'; DROP TABLE vehicles_point; --"),
)


@pytest.mark.parametrize("route", ["_copy", "_at_once"])
def test_each_way_into_the_table_writes_the_same(we: World, route: str) -> None:
    """By COPY, in one statement, by executemany: what is read back is what was sent, and a second time nothing is added."""
    if connection.vendor != "postgresql":
        route = "_many"  # SQLite has one way
    write = getattr(sinks, route)
    rows = [(7, 9, fix) for fix in EXTREME]
    assert (write(rows), write(rows)) == (len(rows), 0)
    for fix, row in zip(EXTREME, Point.objects.order_by("at"), strict=True):
        assert (row.vehicle, row.terminal, row.at.timestamp()) == (9, 7, fix.at)
        assert (row.longitude, row.latitude) == (fix.longitude / 1e6, fix.latitude / 1e6)
        assert (row.speed, row.direction, row.altitude) == (fix.speed / 10, fix.direction % 360, fix.altitude)
        assert (row.alarm, row.status, bytes(row.extras)) == (fix.alarm, fix.status, fix.rest)
        assert row.mileage == (None if fix.mileage is None else fix.mileage / 10)
        assert row.fuel == (None if fix.fuel is None else fix.fuel / 10)
