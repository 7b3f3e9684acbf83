"""一张图 of the demo province: the cubes of this year and the last, as the night makes them."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from yiwang.insight.actions import keep_year


def load_figures(*, now: datetime) -> int:
    """For how many years there are figures now."""
    today = timezone.localdate(now)
    made = [keep_year(year=year, on=today, actor="system") for year in (today.year - 1, today.year)]
    return sum(one is not None for one in made)
