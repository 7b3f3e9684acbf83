"""The picture of a sign: what was read and what was to be expected, month by month, with the sign's months marked."""

from __future__ import annotations

from yiwang.areas.energy.judge.models import Sign
from yiwang.kit import svg

#: Readings beyond so many times the greatest expected one would flatten the rest: they are cut, and said so.
CUT = 4.0


def draw(sign: Sign) -> str:
    """The drawing; "" for a sign without evidence."""
    shown = sign.evidence
    months, read, usual = (list(shown.get(name, [])) for name in ("months", "read", "usual"))
    if not months:
        return ""
    usual_most = max((one for one in usual if one is not None), default=None)
    others = [one for number, one in enumerate(read) if one is not None and not _in(shown, number)]
    most = max([*others, *([usual_most] if usual_most else [])], default=0) * CUT
    capped = [one if one is None or not most or one <= most else most for one in read]
    marked = [one if _in(shown, number) else None for number, one in enumerate(capped)]
    series = [svg.Series("实际", capped), svg.Series("同期水平", usual, dashed=True)]
    if any(one is not None for one in marked):
        series.append(svg.Series("本线索", marked, last=_figure(shown, read)))
    if all(one is None for one in usual):
        del series[1]
    cut = "(超出图幅的读数已截去)" if capped != read else ""
    return svg.line(series, months, title=f"{sign}:{sign.note}{cut}", unit=shown.get("unit", ""))


def _figure(shown: dict[str, int], read: list[float | None]) -> str:
    """The last reading of the sign as it was read, beyond the picture or not."""
    found = [one for number, one in enumerate(read) if one is not None and _in(shown, number)]
    return svg.grouped(found[-1]) if found else ""


def _in(shown: dict[str, int], number: int) -> bool:
    return bool(shown["start"] <= number < shown["stop"])
