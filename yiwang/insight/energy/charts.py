"""The drawings of the page: a tile map, the trend with its breaks, the months. Offline: tiles stand for the regions."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape

from yiwang.insight.published import Level
from yiwang.kit import svg

#: Light to dark; text on the last two is white. All pairs at least 4.5 : 1.
SHADES = ("#eaf1fa", "#c9dcf2", "#94b9e3", "#2f6db5", "#0d4485")
_DARK = 3
#: Where the provinces stand, column and row: about as on the map, so that the north is above.
PLACES = {
    "65": (0, 1), "63": (1, 3), "54": (0, 4), "62": (2, 2), "64": (3, 2), "15": (4, 1), "61": (3, 3), "14": (4, 2),
    "13": (5, 2), "11": (6, 1), "12": (6, 2), "21": (7, 1), "22": (8, 1), "23": (8, 0), "37": (6, 3), "41": (5, 3),
    "32": (7, 3), "34": (6, 4), "31": (8, 4), "33": (7, 4), "42": (5, 4), "50": (4, 4), "51": (2, 4), "53": (1, 5),
    "52": (3, 5), "43": (4, 5), "36": (5, 5), "35": (6, 5), "44": (5, 6), "45": (4, 6), "46": (4, 7), "71": (7, 6),
    "81": (6, 7), "82": (5, 7), "99": (8, 6),
}  # fmt: skip
COLUMNS = 9
#: So wide is the label of a line.
_LABEL = 120


@dataclass(frozen=True)
class Tile:
    """A region with its figure (None: not known) and where it leads."""

    code: str
    name: str
    value: float | None
    href: str = ""


def tiles(found: Sequence[Tile], *, title: str, unit: str, nation: bool = False) -> str:
    """One square a region, darker where the figure is higher; by place for provinces, else in the order of the codes."""
    width, height, gap = 104, 58, 6
    at = {one.code: PLACES.get(one.code[:2], (0, 8)) for one in found} if nation else {}
    parts, rows = [], 1
    for number, one in enumerate(found):
        column, row = at.get(one.code, (number % COLUMNS, number // COLUMNS))
        rows = max(rows, row + 1)
        parts.append(_tile(one, column * (width + gap), row * (height + gap), width, height, shade(one, found)))
    said = ";".join(f"{one.name} {'无数' if one.value is None else f'{one.value:,.2f}'}{unit}" for one in found)
    whole = COLUMNS * (width + gap) - gap
    return svg.frame("".join(parts), width=whole, height=rows * (height + gap), title=title, description=said)


def shade(one: Tile, found: Sequence[Tile]) -> int | None:
    """The fifth of the regions in which this one lies; None without a figure."""
    if one.value is None:
        return None
    values = sorted(each.value for each in found if each.value is not None)
    return min(sum(value < one.value for value in values) * len(SHADES) // len(values), len(SHADES) - 1)


def _tile(one: Tile, x: float, y: float, width: int, height: int, level: int | None) -> str:
    fill = "#f1f3f6" if level is None else SHADES[level]
    ink = "#ffffff" if level is not None and level >= _DARK else svg.INK
    dash = ' stroke-dasharray="4 3"' if level is None else ""
    figure = "无数" if one.value is None else f"{one.value:,.2f}"
    middle = x + width / 2
    drawn = (
        f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="3" fill="{fill}" stroke="{svg.AXIS}"{dash}/>'
        f"{_word(middle, y + 23, short(one.name), ink, 13)}{_word(middle, y + 44, figure, ink, 14)}"
    )
    if not one.href:
        return drawn
    label = f"{escape(one.name)} {figure}"
    return f'<a href="{escape(one.href)}" aria-label="{label}">{drawn}</a>'


def short(name: str) -> str:
    """A region's name without the word for its rank, no longer than a tile."""
    for ending in ("维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "省"):
        name = name.removesuffix(ending)
    return name if len(name) <= 6 else f"{name[:5]}…"


def _word(x: float, y: float, word: str, ink: str, size: int) -> str:
    """Text in the middle of a tile. The ink is that of a tspan: the stylesheet colours the text of links."""
    return f'<text x="{x}" y="{y}" font-size="{size}" text-anchor="middle"><tspan fill="{ink}">{escape(word)}</tspan></text>'


@dataclass(frozen=True)
class Point:
    """A figure of a year; one that is not verified is drawn hollow and its line dashed."""

    year: int
    value: Decimal
    verified: bool


def trend(
    levels: Sequence[Level],
    own: Mapping[int, tuple[Decimal, bool]],
    breaks: Mapping[int, str],
    *,
    title: str,
    unit: str,
) -> str:
    """The published series and the own one over the years; a break of the statistics is a line across."""
    outside = [Point(one.year, one.value, one.verified) for one in levels]
    inside = [Point(year, value, sure) for year, (value, sure) in sorted(own.items())]
    every = outside + inside
    if not every:
        return svg.frame(svg.text(20, 60, "没有数据"), width=svg.WIDTH, height=110, title=title, description="没有数据")
    scale = _Scale(every)
    parts = [scale.axis()]
    for number, year in enumerate(one for one in breaks if scale.first < one <= scale.last):
        x = scale.x(year - 0.5)
        parts.append(f'<path d="M{x:.1f} 6V176" stroke="{svg.AXIS}" stroke-dasharray="2 4"/>')
        # Neighbours stand on two lines, or they would run into each other.
        parts.append(svg.text(x + 4, 14 + 15 * (number % 2), f"{year} 修订", anchor="start" if x < 420 else "end"))
    parts += _line(scale, outside, svg.COLOURS[0], "公布")
    parts += _line(scale, inside, svg.COLOURS[1], "本平台")
    words = [f"公布 {_said(outside)}"] if outside else []
    words += [f"本平台 {_said(inside)}"] if inside else []
    described = ";".join(words) + f"({unit})"
    return svg.frame("".join(parts), width=svg.WIDTH, height=206, title=title, description=described)


def _figure(one: Point) -> str:
    return svg.grouped(round(one.value, 2))


def _said(points: Sequence[Point]) -> str:
    return "、".join(f"{one.year} 年 {_figure(one)}{'' if one.verified else '(待核)'}" for one in points)


def _line(scale: _Scale, points: Sequence[Point], colour: str, label: str) -> list[str]:
    parts = []
    for one, other in itertools.pairwise(points):
        dash = "" if one.verified and other.verified else ' stroke-dasharray="5 4"'
        parts.append(
            f'<path d="M{scale.x(one.year):.1f} {scale.y(one.value):.1f}L{scale.x(other.year):.1f} {scale.y(other.value):.1f}"'
            f' stroke="{colour}" stroke-width="2.5"{dash}/>'
        )
    for one in points:
        fill = colour if one.verified else "#ffffff"
        parts.append(
            f'<circle cx="{scale.x(one.year):.1f}" cy="{scale.y(one.value):.1f}" r="4" fill="{fill}" stroke="{colour}" stroke-width="2"/>'
        )
    if points:
        last = points[-1]
        x, y = scale.x(last.year), scale.y(last.value) + (18 if label == "本平台" else -10)
        anchor = "start" if x < scale.left + _LABEL else "end"
        parts.append(svg.text(x, y, f"{label} {_figure(last)}", colour=colour, anchor=anchor, size=13))
    return parts


class _Scale:
    """Years and figures to the drawing; the axis need not begin at nothing, and says where it begins."""

    left, right, top, bottom = 46, svg.WIDTH - 14, 48, 170

    def __init__(self, points: Sequence[Point]) -> None:
        years = [one.year for one in points]
        values = [float(one.value) for one in points]
        self.first, self.last = min(years), max(years)
        room = max(max(values) - min(values), max(values) * 0.05)
        self.low, self.high = max(min(values) - room * 0.2, 0.0), max(values) + room * 0.2

    def x(self, year: float) -> float:
        if self.first == self.last:
            return (self.left + self.right) / 2
        return self.left + (year - self.first) / (self.last - self.first) * (self.right - self.left)

    def y(self, value: Decimal | float) -> float:
        share = (float(value) - self.low) / ((self.high - self.low) or 1)
        return self.bottom - share * (self.bottom - self.top)

    def axis(self) -> str:
        parts = [f'<path d="M{self.left} {self.bottom + 6}H{self.right}" stroke="{svg.AXIS}"/>']
        for value in (self.low, (self.low + self.high) / 2, self.high):
            y = self.y(value)
            parts.append(f'<path d="M{self.left} {y:.1f}H{self.right}" stroke="{svg.GRID}"/>')
            parts.append(svg.text(self.left - 6, y + 4, f"{value:,.0f}", anchor="end"))
        if self.first == self.last:
            parts.append(svg.text(self.x(self.first), self.bottom + 24, str(self.first), anchor="middle"))
        else:
            parts.append(svg.text(self.left, self.bottom + 24, str(self.first)))
            parts.append(svg.text(self.right, self.bottom + 24, str(self.last), anchor="end"))
        return "".join(parts)
