"""Quiet hours and digests, by the local clock."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from yiwang.core.notices import timing
from yiwang.core.notices.models import Mode, Setting

BEIJING = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    """A local instant of November 2026: "2 09:30"."""
    day, clock = text.split()
    hour, minute = clock.split(":")
    return datetime(2026, 11, int(day), int(hour), int(minute), tzinfo=BEIJING)


@pytest.mark.parametrize(
    ("begin", "end", "now", "then"),
    [
        (time(22), time(7), "2 09:30", "2 09:30"),
        (time(22), time(7), "2 21:59", "2 21:59"),
        (time(22), time(7), "2 22:00", "3 07:00"),
        (time(22), time(7), "3 06:59", "3 07:00"),
        (time(22), time(7), "3 07:00", "3 07:00"),
        (time(12), time(14), "2 13:00", "2 14:00"),
        (time(12), time(14), "2 14:00", "2 14:00"),
        (None, None, "2 03:00", "2 03:00"),
    ],
)
def test_quiet_hours(begin: time | None, end: time | None, now: str, then: str) -> None:
    setting = Setting(quiet_from=begin, quiet_to=end, digest_at=time(8, 30))
    assert timing.due(at(now), setting, urgent=False, mode=Mode.NOW) == at(then)
    assert timing.due(at(now), setting, urgent=True, mode=Mode.DIGEST) == at(now)


@pytest.mark.parametrize(("now", "then"), [("2 08:29", "2 08:30"), ("2 08:30", "2 08:30"), ("2 08:31", "3 08:30")])
def test_the_digest(now: str, then: str) -> None:
    assert timing.due(at(now), timing.default(), urgent=False, mode=Mode.DIGEST) == at(then)
