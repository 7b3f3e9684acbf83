"""The tiles: one for each place, coloured by how near it is to the target, with name and share in words."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from yiwang.areas.evaluation.shares import Place
from yiwang.kit import svg

COLUMNS, WIDTH, HEIGHT, GAP = 5, 520, 56, 6
#: From the target down: reached, near (ten points), far.
REACHED, NEAR, FAR = "#1a6638", "#85500a", "#ad1519"


def tiles(places: Sequence[Place], target: Decimal) -> str:
    """The drawing; the sign says what the colour says."""
    wide = (WIDTH - GAP * (COLUMNS - 1)) / COLUMNS
    parts = []
    for number, one in enumerate(places):
        x, y = number % COLUMNS * (wide + GAP), number // COLUMNS * (HEIGHT + GAP)
        share = one.share or Decimal(0)
        colour, sign = (REACHED, "✓") if share >= target else (NEAR, "!") if share >= target - 10 else (FAR, "▲")
        parts.append(
            f'<rect x="{x:.1f}" y="{y}" width="{wide:.1f}" height="{HEIGHT}" fill="#fff" stroke="{colour}" stroke-width="2"/>'
        )
        name = one.organ.name if len(one.organ.name) <= 7 else one.organ.name[:6] + "…"
        parts.append(svg.text(x + wide / 2, y + 22, name, colour=svg.INK, anchor="middle", size=12))
        parts.append(
            svg.text(x + wide / 2, y + 43, f"{sign} {svg.grouped(share)}%", colour=colour, anchor="middle", size=14)
        )
    rows = max(-(-len(places) // COLUMNS), 1)
    said = ";".join(f"{one.organ.name} {one.share or 0}%({one.reached}/{one.organs})" for one in places)
    height = rows * (HEIGHT + GAP)
    return svg.frame(
        "".join(parts), width=WIDTH, height=height, title=f"建成比例,目标 {target}%", description=said or "没有单位"
    )
