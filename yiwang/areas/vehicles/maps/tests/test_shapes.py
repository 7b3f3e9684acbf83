"""Polygons from outside: what is taken, what is refused and with which code; pictures; halts."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import Polygon

from yiwang.areas.vehicles.maps import geofences
from yiwang.areas.vehicles.maps.day import halts
from yiwang.areas.vehicles.maps.drawing import Picture
from yiwang.areas.vehicles.maps.factories import square
from yiwang.areas.vehicles.maps.shapes import polygon_of, text_of
from yiwang.kit.refusal import Refusal


def ring(*places: tuple[float, float]) -> str:
    return json.dumps({"type": "Polygon", "coordinates": [list(places)]})


BOW = ring((0, 0), (1, 1), (1, 0), (0, 1), (0, 0))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "fence.form"),
        ("[" * 5000, "fence.form"),
        ('{"type": "Point", "coordinates": [1, 2]}', "fence.form"),
        ('{"type": "Polygon", "coordinates": []}', "fence.form"),
        ('{"type": "Polygon", "coordinates": [[["a", 1]]]}', "fence.form"),
        ('{"type": "Polygon", "coordinates": [[[NaN, 1], [1, 1], [1, 0], [NaN, 1]]]}', "fence.form"),
        (ring(*[(0.0, 0.0)] * 2001), "fence.form"),
        (ring((0, 0), (1, 0), (1, 1)), "fence.open"),
        (ring((0, 0), (1, 0), (1, 1), (0, 1)), "fence.open"),
        (ring((25, 102), (25.1, 102), (25.1, 102.1), (25, 102)), "fence.range"),
        (BOW, "fence.crossing"),
        (ring((0, 0), (20, 0), (20, 1), (0, 0)), "fence.size"),
    ],
)
def test_what_is_no_fence_is_refused_by_name(text: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        polygon_of(text)
    assert refused.value.code == code


def test_a_feature_and_a_hole_are_taken() -> None:
    outer = [[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]]
    hole = [[1, 1], [2, 1], [2, 2], [1, 2], [1, 1]]
    found = polygon_of(json.dumps({"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [outer, hole]}}))
    assert found.area == 15
    assert polygon_of(text_of(found)).equals(found)


corner = st.tuples(st.integers(-50, 50), st.integers(-50, 50))


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(corner, min_size=3, max_size=12, unique=True), st.lists(corner, min_size=1, max_size=30))
def test_points_are_inside_as_the_plain_question_says(
    corners: list[tuple[int, int]], asked: list[tuple[int, int]]
) -> None:
    polygon = Polygon(corners).convex_hull
    if polygon.geom_type != "Polygon":
        return
    area = geofences.Area(1, "x", "YARD", polygon)
    lons, lats = zip(*asked, strict=True)
    expected = [polygon.intersects(shapely.Point(*place)) for place in asked]
    assert list(geofences.inside(area, lons, lats)) == expected
    assert geofences.hits([area, area], lons, lats).shape == (2, len(asked))


def test_no_area_has_no_rows() -> None:
    assert geofences.hits([], [1.0], [2.0]).shape == (0, 1)


FIRST = datetime(2026, 7, 1, tzinfo=UTC)


def test_a_halt_is_long_and_near() -> None:
    seconds: Any = np.arange(0, 1200, 60, dtype=float)
    lons = np.where(seconds < 600, 102.71, 102.71 + (seconds - 540) * 1e-4)  # 10 m a second from then on
    found = halts(seconds, lons, np.full(len(seconds), 25.04), FIRST)
    assert [(one.minutes, one.since) for one in found] == [(9, FIRST)]
    short = halts(seconds[:5], lons[:5], np.full(5, 25.04), FIRST)
    assert short == []


def test_silence_is_a_halt_where_it_begins_and_ends_at_one_place() -> None:
    found = halts(np.array([0.0, 3600.0]), np.array([102.7, 102.7001]), np.array([25.0, 25.0]), FIRST)
    assert [one.minutes for one in found] == [60]
    assert halts(np.array([]), np.array([]), np.array([]), FIRST) == []


def test_a_picture_escapes_and_stays_within_its_frame() -> None:
    picture = Picture("轨迹", "两点")
    assert picture.svg() == ""
    picture.line([(102.7, 25.0), (102.8, 25.1)])
    picture.mark((102.8, 25.1), "<b>")
    picture.area(polygon_of(square()).exterior.coords[:], "围栏")
    drawn = picture.svg(300, 200)
    assert "&lt;b&gt;" in drawn
    assert "<b>" not in drawn
    figures = [
        float(one) for pair in drawn.split('points="')[1:] for one in pair.split('"')[0].replace(",", " ").split()
    ]
    assert min(figures) >= 0
    assert max(figures) <= 300
