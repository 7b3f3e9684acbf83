"""The ways of our own tracks: legs between stops, medians by class, used by the planner and shown with their samples."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.areas.vehicles import dispatch
from yiwang.areas.vehicles.board import calibrating, plans
from yiwang.areas.vehicles.board.models import WayFactor
from yiwang.areas.vehicles.board.tests.scene import DAY, NOW, pool
from yiwang.areas.vehicles.board.travelling import provider
from yiwang.areas.vehicles.dispatch.bands import Band, Banded, calibrated
from yiwang.areas.vehicles.dispatch.travel import Detour, Driven, line
from yiwang.areas.vehicles.factories import vehicle
from yiwang.areas.vehicles.life.models import Vehicle
from yiwang.areas.vehicles.tracks import lines
from yiwang.areas.vehicles.tracks.models import DayTrack
from yiwang.desk.testing import world

MONDAY = date(2026, 11, 30)
HOME = (102.71, 25.04)


def east(km: float) -> tuple[float, float]:
    return HOME[0] + km / 100.8, HOME[1]


def way(km: float, factor: float = 1.5, kmh: float = 30) -> Driven:
    """So many km on the great circle, driven so much farther."""
    metres = line(HOME, east(km)) * factor
    return Driven(HOME, east(km), metres, metres / (kmh / 3.6) + 60)


def test_classes_have_medians_of_their_own() -> None:
    """A lost fix does not count; a class with too few ways has none."""
    pairs = [way(1, 1.6)] * 20 + [way(1, 9.0)] * 3 + [way(30, 1.2, 70)] * 25 + [way(8)] * 19
    bands = calibrated(pairs)
    assert [(one.least, one.factor, one.kmh, one.sample) for one in bands] == [
        (500, 1.6, 30.0, 23),
        (15_000, 1.2, 70.0, 25),
    ]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(0.1, 80), st.floats(1.0, 3.0)), max_size=30))
def test_a_class_lies_within_its_ways(given_: list[tuple[float, float]]) -> None:
    for band in calibrated([way(km, factor) for km, factor in given_], least=1):
        factors = [factor for km, factor in given_ if line(HOME, east(km)) >= 500]
        assert min(factors) - 0.002 <= band.factor <= max(factors) + 0.002


def test_each_way_by_its_class() -> None:
    bands = [Band(2_000, 2.0, 20.0, 30), Band(15_000, 1.1, 80.0, 40)]
    found = Banded(bands, Detour(1.35, 40.0, 60)).matrix([HOME, east(1), east(10), east(30)])
    for place, factor in ((1, 1.35), (2, 2.0), (3, 1.1)):
        assert found.metres[0, place] == pytest.approx(line(HOME, east((0, 1, 10, 30)[place])) * factor, rel=0.001)
    assert found.metres[0, 0] == found.seconds[0, 0] == 0
    assert "2 公里起 ×2、20 公里/小时(30 段)" in found.notes[0]
    assert Banded([], Detour()).notes() == ()


def drive(car: Vehicle, day: date, *, hole: bool = False) -> None:
    """Ten minutes at home, then 6 km east by a corner (4.24 km each side of it), ten minutes there."""
    corner = (HOME[0] + 3 / 100.8, HOME[1] + 3 / 111.2)
    start = lines.begin(day) + 8 * 3600
    places = [HOME, HOME, corner, east(6), east(6)]
    times = [0, 600, 900 if not hole else 1_500, 1_200 if not hole else 2_400, 3_000]
    at = [start + one for one in times]
    made = lines.track(at, [x for x, _ in places], [y for _, y in places], [0, 0, 60, 0, 0])
    zero = lines.begin(day)
    stops = [[at[0] - zero, at[1] - zero, *HOME], [at[3] - zero, at[4] - zero, *east(6)]]
    DayTrack.objects.create(
        vehicle=car, day=day, points=5, metres=made.metres, moving=600, top_speed=60, first_at=NOW, last_at=NOW,
        stops=stops, line=lines.pack(made, day),
    )  # fmt: skip


@pytest.mark.django_db
def test_from_the_tracks_to_the_plan() -> None:
    car = vehicle(world().ours)
    for back in range(1, 26):
        drive(car, MONDAY - timedelta(days=back), hole=back > 22)
    assert calibrating.nightly(on=MONDAY + timedelta(days=1), now=NOW) == 0  # not a Monday
    assert isinstance(provider(), Detour)
    assert calibrating.nightly(on=MONDAY, now=NOW) == 1
    row = WayFactor.objects.get()
    assert (row.least, row.sample) == (5_000, 22)
    assert float(row.factor) == pytest.approx(1.41, abs=0.01)
    assert isinstance(provider(), Banded)
    DayTrack.objects.all().delete()
    assert calibrating.nightly(on=MONDAY, now=NOW) == 0
    assert isinstance(provider(), Detour)


@pytest.mark.django_db
def test_a_plan_says_what_its_ways_rest_on() -> None:
    p = pool()
    p.trip(9)
    WayFactor.objects.create(least=2_000, factor="1.5", kmh="30", sample=77, at=NOW)
    plan = plans.propose(day=DAY, access=p.access, now=NOW, behind=False)
    assert any("77 段" in note for note in plan.notes)
    assert dispatch.great_circle([HOME]).notes == ()
