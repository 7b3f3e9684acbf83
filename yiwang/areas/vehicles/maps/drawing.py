"""Small maps drawn on the server as SVG: for a browser without WebGL, for paper, for the picture beside a finding.

Plate carrée with the longitude shrunk by the cosine of the latitude: over a province nobody sees the difference.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape

from yiwang.kit.svg import COLOURS, GRID, INK, MUTED, frame

Place = tuple[float, float]
EDGE = 24
PAPER = "#f7f9fb"


@dataclass(frozen=True)
class Mark:
    """A dot with a word beside it."""

    place: Place
    label: str
    colour: str = INK


@dataclass
class Picture:
    """What is on the map: lines under marks over areas, each with its colour; degrees, longitude first."""

    title: str
    description: str
    areas: list[tuple[Sequence[Place], str, str]] = field(default_factory=list)
    lines: list[tuple[Sequence[Place], str, bool]] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)

    def area(self, ring: Sequence[Place], label: str, colour: str = COLOURS[2]) -> None:
        """A polygon by its outer ring."""
        self.areas.append((ring, label, colour))

    def line(self, places: Sequence[Place], colour: str = COLOURS[0], *, dashed: bool = False) -> None:
        """A way; dashed: the planned one."""
        if len(places) > 1:
            self.lines.append((places, colour, dashed))

    def mark(self, place: Place, label: str, colour: str = INK) -> None:
        """A place."""
        self.marks.append(Mark(place, label, colour))

    def svg(self, width: int = 720, height: int = 420) -> str:
        """The drawing; without anything to draw an empty text."""
        places = [one for ring, _, _ in self.areas for one in ring]
        places += [one for line, _, _ in self.lines for one in line] + [mark.place for mark in self.marks]
        if not places:
            return ""
        at = _projection(places, width, height)
        body = f'<rect width="{width}" height="{height}" fill="{PAPER}" stroke="{GRID}"/>'
        body += "".join(_area(at, *one) for one in self.areas) + "".join(_line(at, *one) for one in self.lines)
        body += "".join(_mark(at, one, width) for one in self.marks) + _scale(at, places, height)
        return frame(body, width=width, height=height, title=self.title, description=self.description)


class _At:
    """Degrees → pixels."""

    def __init__(self, west: float, north: float, factor: float, shrink: float, left: float, top: float) -> None:
        self.west, self.north, self.factor, self.shrink = west, north, factor, shrink
        self.left, self.top = left, top

    def __call__(self, place: Place) -> tuple[float, float]:
        x = self.left + (place[0] - self.west) * self.shrink * self.factor
        return round(x, 1), round(self.top + (self.north - place[1]) * self.factor, 1)


def _projection(places: Sequence[Place], width: int, height: int) -> _At:
    west, east = min(x for x, _ in places), max(x for x, _ in places)
    south, north = min(y for _, y in places), max(y for _, y in places)
    shrink = math.cos(math.radians((south + north) / 2))
    wide, tall = max((east - west) * shrink, 1e-4), max(north - south, 1e-4)
    factor = min((width - 2 * EDGE) / wide, (height - 2 * EDGE) / tall)
    left, top = (width - (east - west) * shrink * factor) / 2, (height - (north - south) * factor) / 2
    return _At(west, north, factor, shrink, left, top)


def _points(at: _At, places: Iterable[Place]) -> str:
    return " ".join(f"{x},{y}" for x, y in map(at, places))


def _area(at: _At, ring: Sequence[Place], label: str, colour: str) -> str:
    return (
        f'<polygon points="{_points(at, ring)}" fill="{colour}" fill-opacity=".12" stroke="{colour}">'
        f"<title>{escape(label)}</title></polygon>"
    )


def _line(at: _At, places: Sequence[Place], colour: str, dashed: bool) -> str:
    dash = ' stroke-dasharray="6 5"' if dashed else ""
    return f'<polyline points="{_points(at, places)}" fill="none" stroke="{colour}" stroke-width="2.5"{dash}/>'


def _mark(at: _At, mark: Mark, width: int) -> str:
    x, y = at(mark.place)
    anchor, dx = ("end", -9) if x > width * 0.75 else ("start", 9)
    dot = f'<circle cx="{x}" cy="{y}" r="5" fill="{mark.colour}" stroke="#fff" stroke-width="1.5"/>'
    text = (
        f'<text x="{x + dx}" y="{y + 4}" font-size="12" fill="{INK}" text-anchor="{anchor}">{escape(mark.label)}</text>'
    )
    return dot + text


def _scale(at: _At, places: Sequence[Place], height: int) -> str:
    """A bar of a round length, about a hundred pixels."""
    metre = at.factor / 111_195
    wanted = 100 / metre
    step = 10 ** math.floor(math.log10(wanted))
    length = max(one * step for one in (1, 2, 5) if one * step <= wanted)
    words = f"{length / 1000:g} km" if length >= 1000 else f"{length:g} m"
    y = height - 10
    return (
        f'<path d="M12 {y - 4}v4h{length * metre:.1f}v-4" fill="none" stroke="{MUTED}"/>'
        f'<text x="16" y="{y - 5}" font-size="11" fill="{MUTED}">{words}</text>'
    )
