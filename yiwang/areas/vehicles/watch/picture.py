"""The picture of a sign, drawn on the server: what was driven, what was planned, yard and place, roads where they are known."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from yiwang.areas.vehicles.gateway import roads
from yiwang.areas.vehicles.watch.models import Sign
from yiwang.kit import svg

WIDTH, HEIGHT, EDGE = 640, 380, 44
DEGREE = 111.195  # km
ROAD, PLAN, TRACK, HOME = "#d5dce5", "#12519c", "#ad1519", "#1a6638"
_STEPS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200)
Line = Sequence[Sequence[float]]


class _Frame:
    """Degrees to the drawing: the evidence fills it, north is up, one scale both ways."""

    def __init__(self, places: Line) -> None:
        lons, lats = [one[0] for one in places], [one[1] for one in places]
        self.lon, self.lat = (min(lons) + max(lons)) / 2, (min(lats) + max(lats)) / 2
        self.narrow = math.cos(math.radians(self.lat))
        wide = max((max(lons) - min(lons)) * self.narrow, 0.004) * DEGREE
        high = max(max(lats) - min(lats), 0.004) * DEGREE
        self.per_km = min((WIDTH - 2 * EDGE) / wide, (HEIGHT - 2 * EDGE) / high)

    def at(self, lon: float, lat: float) -> tuple[float, float]:
        """Where a place is drawn."""
        east, north = (lon - self.lon) * self.narrow * DEGREE, (lat - self.lat) * DEGREE
        return WIDTH / 2 + east * self.per_km, HEIGHT / 2 - north * self.per_km

    def line(self, places: Line, look: str) -> str:
        """A line through places."""
        points = " ".join("{:.1f},{:.1f}".format(*self.at(one[0], one[1])) for one in places)
        return f'<polyline fill="none" {look} points="{points}"/>'

    def shows(self, lon: float, lat: float) -> bool:
        """Whether a place is on the drawing."""
        x, y = self.at(lon, lat)
        return -40 < x < WIDTH + 40 and -40 < y < HEIGHT + 40


@lru_cache(maxsize=1)
def _edges() -> tuple[tuple[str, tuple[tuple[float, float], ...]], ...]:
    return tuple((edge.kind, edge.line) for edge in roads.graph().edges)


def _roads(frame: _Frame) -> str:
    """Roads of the demo province that cross the drawing; streets only where they can be told apart."""
    parts = []
    for kind, line in _edges():
        if (kind == "street" and frame.per_km < 25) or not any(frame.shows(*place) for place in line):
            continue
        width = {"trunk": 4, "road": 3}.get(kind, 1.5)
        parts.append(frame.line(line, f'stroke="{ROAD}" stroke-width="{width}"'))
    return "".join(parts)


def clock(seconds: float) -> str:
    """23:12 from seconds since midnight."""
    return f"{int(seconds) // 3600 % 24:02}:{int(seconds) % 3600 // 60:02}"


def draw(sign: Sign) -> str:
    """An SVG with a title and a description in words; "" where there is nothing to draw."""
    evidence: dict[str, Any] = sign.evidence
    track, plan, home = evidence.get("track", []), evidence.get("plan", []), evidence.get("home")
    place = evidence.get("place")
    shown = [*track, *plan, *([place] if place else [])]
    if not shown:
        return ""
    if home and track:
        shown.append(home)
    frame = _Frame(shown)
    parts = [f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#f7f9fb"/>']
    if sign.organ.region_id.startswith("99"):
        parts.append(_roads(frame))
    if place:
        parts.append(_circle(frame, place))
    if plan:
        parts.append(frame.line(plan, f'stroke="{PLAN}" stroke-width="3" stroke-dasharray="7 5"'))
    if track:
        parts.append(frame.line(track, f'stroke="{TRACK}" stroke-width="3.5" stroke-linejoin="round"'))
    if home:
        parts.append(_mark(frame, home, "车场", HOME))
    parts += _ends(frame, track)
    parts.append(_scale(frame))
    return svg.frame("".join(parts), width=WIDTH, height=HEIGHT, title=f"{sign} 图示", description=_said(sign, track))


def _ends(frame: _Frame, track: Line) -> list[str]:
    """Dots with the times where it began, was farthest from that, and ended."""
    if not track:
        return []
    first = track[0]
    far = max(track, key=lambda one: (one[0] - first[0]) ** 2 + (one[1] - first[1]) ** 2)
    marks = {0: (first, "起"), 1: (far, "最远"), 2: (track[-1], "止")}
    if far in (first, track[-1]):
        del marks[1]
    parts = []
    for number, (one, word) in marks.items():
        x, y = frame.at(one[0], one[1])
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="#fff" stroke="{TRACK}" stroke-width="3"/>')
        high = y + (-12 if number != 2 else 24)
        side = "end" if x > WIDTH - 90 else "start" if x < 90 else "middle"
        parts.append(svg.text(x, high, f"{word} {clock(one[2])}", colour=TRACK, anchor=side, size=14))
    return parts


def _mark(frame: _Frame, place: Sequence[float], word: str, colour: str) -> str:
    x, y = frame.at(place[0], place[1])
    box = f'<rect x="{x - 6:.1f}" y="{y - 6:.1f}" width="12" height="12" fill="{colour}"/>'
    return box + svg.text(x + 10, y + 20, word, colour=colour, size=14)


def _circle(frame: _Frame, place: Sequence[Any]) -> str:
    x, y = frame.at(place[0], place[1])
    radius = max(float(place[2]) / 1000 * frame.per_km, 7)
    ring = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="#85500a" fill-opacity=".12" stroke="#85500a" stroke-dasharray="4 3"/>'
    return ring + svg.text(x, y - radius - 6, str(place[3]), colour="#85500a", anchor="middle", size=14)


def _scale(frame: _Frame) -> str:
    """A bar of a round length."""
    km = next((step for step in _STEPS if step * frame.per_km >= 70), _STEPS[-1])
    width, y = km * frame.per_km, HEIGHT - 16
    bar = f'<path d="M16 {y - 6}V{y}H{16 + width:.1f}V{y - 6}" fill="none" stroke="{svg.INK}"/>'
    words = f"{km:g} 公里" if km >= 1 else f"{km * 1000:g} 米"
    return bar + svg.text(22 + width, y, words, colour=svg.INK, size=13)


def _said(sign: Sign, track: Line) -> str:
    if not track:
        return sign.note
    return f"{sign.note}图上红线是 {clock(track[0][2])} 至 {clock(track[-1][2])} 的轨迹,虚线是派车单的路线。"
