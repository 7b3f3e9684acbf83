"""用车统计 of the demo province: the last twelve months, worked out as the night does."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from yiwang.areas.vehicles.stats.cube import refresh

MONTHS = 12


def load_stats(*, now: datetime) -> int:
    """How many rows the months up to the present one have."""
    today = timezone.localdate(now)
    month, rows = today.replace(day=1), 0
    for _ in range(MONTHS):
        rows += refresh(month, on=today, now=now)
        month = (month - timedelta(days=1)).replace(day=1)
    return rows
