"""Charts drawn on the server as SVG text: lines, bars, the timeline of a figure.

Each is one `<svg role="img">` (`group` with links in it) with a title and a description that says the figures in words.
Colours are attributes, not styles, so that the same drawing stands in a page under a strict Content-Security-Policy and in
a report file.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from html import escape

INK, MUTED, GRID, AXIS, OFF = "#1d2633", "#566173", "#e6eaf0", "#b9c5d4", "#667283"
COLOURS = ("#12519c", "#1a6638", "#85500a", "#573b86", "#ad1519")
RED = "#ad1519"
WIDTH = 520

Figure = Decimal | float | int


@dataclass(frozen=True)
class Series:
    """One line: a label, one figure a place of the axis (None: a gap); `last` is said instead of the last figure."""

    label: str
    values: Sequence[Figure | None]
    dashed: bool = False
    last: str = ""


@dataclass(frozen=True)
class Bar:
    """One bar; `parts` are (figure, colour) beside each other; `note` stands at its end."""

    label: str
    parts: Sequence[tuple[Figure, str]]
    note: str = ""
    href: str = ""


@dataclass(frozen=True)
class Span:
    """A figure that holds from a day to the day before another (None: still); one that is not verified is dashed."""

    start: date
    stop: date | None
    value: Figure | None
    label: str
    verified: bool = True


def frame(body: str, *, width: int, height: int, title: str, description: str) -> str:
    """The drawing with its accessible name and description."""
    key = "s" + hashlib.sha256(f"{title}{description}".encode()).hexdigest()[:10]
    role = "group" if "<a " in body else "img"  # what is in an image, no screen reader can follow
    return (
        f'<svg class="chart" viewBox="0 0 {width} {height}" role="{role}" aria-labelledby="{key}t {key}d">'
        f'<title id="{key}t">{escape(title)}</title><desc id="{key}d">{escape(description)}</desc>{body}</svg>'
    )


def text(x: float, y: float, content: str, *, colour: str = MUTED, anchor: str = "start", size: int = 12) -> str:
    """A piece of text, with a white rim so that it can be read across a line."""
    rim = 'paint-order="stroke" stroke="#fff" stroke-width="4" stroke-linejoin="round"'
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{colour}" text-anchor="{anchor}" {rim}>'
        f"{escape(content)}</text>"
    )


def grouped(value: Figure) -> str:
    """A figure grouped by three, without idle zeros."""
    shown = f"{Decimal(str(value)):,f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def ceiling(value: float) -> float:
    """The next round figure: 1, 2, 2.5, 4 or 5 times a power of ten, at least 1."""
    if value <= 1:
        return 1
    power = math.pow(10, math.floor(math.log10(value)))
    return next(step * power for step in (1, 2, 2.5, 4, 5, 10) if step * power >= value)


def line(series: Sequence[Series], places: Sequence[str], *, title: str, unit: str = "") -> str:
    """Lines over a common axis. `places` are the labels of the axis; the first and the last are shown."""
    height, right, top, bottom = 200, WIDTH - 12, 22, 164
    most = ceiling(max((float(value) for one in series for value in one.values if value is not None), default=1))
    left = max(40, 10 + 10 * max(len(grouped(most * share)) for share in (0.5, 1.0)))  # a phone writes larger
    step = (right - left) / max(len(places) - 1, 1)

    def at(index: int, value: Figure) -> tuple[float, float]:
        return left + index * step, bottom - float(value) / most * (bottom - top)

    parts = []
    for share in (0.0, 0.5, 1.0):
        y = bottom - share * (bottom - top)
        parts.append(f'<path d="M{left} {y:.1f}H{right}" stroke="{GRID}"/>')
        parts.append(text(left - 6, y + 4, grouped(most * share), anchor="end"))
    if places:
        parts += [text(left, height - 16, places[0]), text(right, height - 16, places[-1], anchor="end")]
    ends = []
    for number, one in enumerate(series):
        colour = COLOURS[number % len(COLOURS)]
        points = [at(index, value) for index, value in enumerate(one.values) if value is not None]
        dash = ' stroke-dasharray="5 4"' if one.dashed else ""
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        parts.append(f'<polyline fill="none" stroke="{colour}" stroke-width="2.5"{dash} points="{path}"/>')
        if len(points) == 1:
            parts.append(f'<circle cx="{points[0][0]:.1f}" cy="{points[0][1]:.1f}" r="4" fill="{colour}"/>')
        if points:
            ends.append((points[-1][1], f"{one.label} {_last(one)}", colour))
    for y, label, colour in _apart(ends, top + 8, bottom - 2):
        parts.append(text(right, y, label, colour=colour, anchor="end", size=13))
    said = ";".join(f"{one.label}由 {_first(one)} 到 {_last(one)}{unit}" for one in series)
    where = f"{places[0]} 至 {places[-1]}:" if places else ""
    return frame("".join(parts), width=WIDTH, height=height, title=title, description=where + said)


def _first(one: Series) -> str:
    return next((grouped(value) for value in one.values if value is not None), "无")


def _last(one: Series) -> str:
    return one.last or next((grouped(value) for value in reversed(one.values) if value is not None), "无")


def _apart(labels: list[tuple[float, str, str]], low: float, high: float) -> list[tuple[float, str, str]]:
    """Labels above their lines, at the top below them, and away from each other."""
    placed: list[tuple[float, str, str]] = []
    for y, label, colour in sorted(labels):
        wanted = y - 8 if y - 8 >= low else y + 18
        if placed and wanted - placed[-1][0] < 17:
            wanted = placed[-1][0] + 17
        placed.append((wanted, label, colour))
    below = max((y for y, _, _ in placed), default=high) - high
    return [(y - max(below, 0), label, colour) for y, label, colour in placed]


def bars(rows: Sequence[Bar], *, title: str, unit: str = "", label_width: int = 150) -> str:
    """Horizontal bars with their labels at the left and their notes at the end."""
    pitch, thick, note_width = 28, 14, 110
    room = WIDTH - label_width - note_width
    most = max((sum(float(value) for value, _ in row.parts) for row in rows), default=0) or 1
    parts = []
    for number, row in enumerate(rows):
        y = number * pitch + 7
        label = text(label_width - 10, y + 12, _cut(row.label, label_width), colour=INK, anchor="end", size=13)
        label = f'<a href="{escape(row.href)}">{label}</a>' if row.href else label
        parts.append(f'<g class="label">{label}</g>')
        x = float(label_width)
        for value, colour in row.parts:
            width = float(value) / most * room
            parts.append(f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{thick}" fill="{colour}"/>')
            x += width
        parts.append(text(x + 6, y + 12, row.note or grouped(sum(Decimal(str(v)) for v, _ in row.parts)), size=13))
    said = ";".join(
        f"{row.label} {row.note or grouped(sum(Decimal(str(v)) for v, _ in row.parts))}{unit}" for row in rows
    )
    height = max(len(rows), 1) * pitch
    return frame("".join(parts), width=WIDTH, height=height, title=title, description=said or "没有数据")


def _cut(label: str, width: int) -> str:
    """A label no wider than its room (13 units a Chinese character)."""
    most = (width - 12) // 13
    return label if len(label) <= most else label[: most - 1] + "…"


def timeline(
    spans: Sequence[Span], *, title: str, today: date, unit: str = "", marks: Sequence[tuple[date, str]] = ()
) -> str:
    """The steps of a figure over time, up to today; marks are days of interest on the line."""
    if not spans:
        return frame(text(20, 60, "没有数据"), width=WIDTH, height=110, title=title, description="没有数据")
    scale = _Scale(spans, today)
    parts = [f'<path d="M24 {scale.bottom + 22}H{WIDTH - 12}" stroke="{AXIS}"/>']
    previous: tuple[float, float] | None = None
    for span in spans:
        x0, x1, y = scale.x(span.start), scale.x(span.stop or today), scale.y(span.value)
        if previous and abs(previous[0] - x0) < 1:
            parts.append(f'<path d="M{x0:.1f} {previous[1]:.1f}V{y:.1f}" stroke="{AXIS}"/>')
        colour = COLOURS[0] if span.verified else OFF
        dash = "" if span.verified else ' stroke-dasharray="5 4"'
        parts.append(f'<path d="M{x0:.1f} {y:.1f}H{max(x1, x0 + 2):.1f}" stroke="{colour}" stroke-width="3"{dash}/>')
        parts.append(text(x0 + 4, y - 9, span.label, colour=COLOURS[0] if span.verified else INK, size=13))
        previous = (x1, y)
    parts += scale.days(spans, today)
    for day, label in marks:
        parts += scale.mark(spans, day, label)
    said = ";".join(f"{_day(span.start)} 起 {span.label}" for span in spans)
    return frame("".join(parts), width=WIDTH, height=scale.bottom + 50, title=title, description=said)


def _day(day: date) -> str:
    return "起始日不详" if day == date.min else day.isoformat()


class _Scale:
    """Days and figures to the drawing. A start that is not known is drawn a little before the first known day."""

    top, bottom = 34, 118

    def __init__(self, spans: Sequence[Span], today: date) -> None:
        known = [span.start for span in spans if span.start != date.min] or [today.replace(year=today.year - 1)]
        stops = [span.stop for span in spans if span.stop]
        last = max([today, *known, *(stop for stop in stops if stop < date.max)])
        length = max((last - min(known)).days, 365)
        lead = length // 4 if any(span.start == date.min for span in spans) else length // 30
        self.first, self.length = min(known).toordinal() - lead, length + lead
        figures = [float(span.value) for span in spans if span.value is not None] or [0.0]
        self.low, self.high = min(figures), max(figures)

    def x(self, day: date) -> float:
        share = (max(day.toordinal(), self.first) - self.first) / self.length
        return 32 + min(share, 1.0) * (WIDTH - 56)

    def y(self, value: Figure | None) -> float:
        if value is None or self.high == self.low:
            return (self.top + self.bottom) / 2
        return self.bottom - (float(value) - self.low) / (self.high - self.low) * (self.bottom - self.top)

    def days(self, spans: Sequence[Span], today: date) -> list[str]:
        """The days below the axis, left out where they would touch; the last is today."""
        shown: list[str] = []
        edge, end = -100.0, self.x(today)
        for span in spans:
            x = max(self.x(span.start), 24)
            if x - edge > 84 and end - x > 84:
                shown.append(text(x, self.bottom + 40, _day(span.start)))
                edge = x
        return [*shown, text(min(end, WIDTH - 12), self.bottom + 40, "今天", anchor="end")]

    def mark(self, spans: Sequence[Span], day: date, label: str) -> list[str]:
        """A dot on the line at this day."""
        held = [span for span in spans if span.start <= day and (span.stop is None or day < span.stop)]
        if not held:
            return []
        x, y = self.x(day), self.y(held[-1].value)
        return [
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{RED}"/>',
            text(x, y + 22, label, colour=RED, anchor="middle", size=13),
        ]
