"""Datums, distances, simplified lines."""

from __future__ import annotations

import itertools
import math

import numpy
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.kit import geo

chinese = st.tuples(st.floats(73, 135), st.floats(18, 53))


def test_a_place_that_is_known_on_both() -> None:
    """天安门: the shift that map services give, to a few metres."""
    lon, lat = geo.wgs_to_gcj(116.391265, 39.907375)
    assert abs(lon - 116.397507) < 3e-5
    assert abs(lat - 39.908778) < 3e-5


@settings(max_examples=60, deadline=None)
@given(chinese)
def test_there_and_back(place: tuple[float, float]) -> None:
    """The way back is good to a millimetre; the shift itself is some hundred metres."""
    there = geo.wgs_to_gcj(*place)
    assert 1 < geo.metres(*place, *there) < 1500
    assert geo.metres(*place, *geo.gcj_to_wgs(*there)) < 0.001


def test_abroad_nothing_is_shifted_and_arrays_agree_with_floats() -> None:
    places = [(114.3, 30.6), (139.7, 35.7), (2.35, 48.86), (87.6, 43.8)]
    assert geo.wgs_to_gcj(2.35, 48.86) == geo.gcj_to_wgs(2.35, 48.86) == (2.35, 48.86)
    lons, lats = (numpy.array(one) for one in zip(*places, strict=True))
    for way in (geo.wgs_to_gcj, geo.gcj_to_wgs):
        x, y = way(lons, lats)
        assert numpy.allclose(numpy.column_stack((x, y)), [way(*one) for one in places], atol=1e-12)


def test_distances_and_directions() -> None:
    """A minute of latitude is a nautical mile, to half a per cent."""
    assert abs(geo.metres(114, 30, 114, 30 + 1 / 60) - 1852) < 9
    assert [geo.bearing(114, 30, *to) for to in ((114, 31), (115, 30), (114, 29), (113, 30))] == [0, 90, 180, 270]
    assert geo.steps(numpy.array([114.0, 114.0]), numpy.array([30.0, 31.0])).shape == (1,)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(-500, 500), st.integers(-500, 500)), min_size=1, max_size=60), st.integers(1, 80))
def test_what_is_left_out_is_near_the_line(offsets: list[tuple[int, int]], tolerance: int) -> None:
    lats = [30 + y / 111_195 for _, y in offsets]
    lons = [114 + x / 111_195 / math.cos(math.radians(30)) for x, _ in offsets]
    kept = geo.simplify(lons, lats, tolerance)
    assert kept[0] == 0
    assert kept[-1] == len(lons) - 1
    for first, last in itertools.pairwise(kept):
        for one in range(first + 1, last):
            assert _away(offsets[one], offsets[first], offsets[last]) <= tolerance + 1


def _away(p: tuple[int, int], a: tuple[int, int], b: tuple[int, int]) -> float:
    """Metres from a place to a segment, in the plane."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    share = ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / ((dx * dx + dy * dy) or 1)
    share = min(1, max(0, share))
    return math.hypot(p[0] - a[0] - share * dx, p[1] - a[1] - share * dy)
