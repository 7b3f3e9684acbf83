"""When a message may go out: hours of quiet and the daily digest, in local time. Pure: the instant is passed in."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.utils import timezone

from yiwang.core.notices.models import Mode, Setting

#: What holds where a person has said nothing.
QUIET_FROM, QUIET_TO, DIGEST_AT = time(22, 0), time(7, 0), time(8, 30)


def default() -> Setting:
    """The settings of who has none (not saved)."""
    return Setting(quiet_from=QUIET_FROM, quiet_to=QUIET_TO, digest_at=DIGEST_AT)


def due(now: datetime, setting: Setting, *, urgent: bool, mode: Mode) -> datetime:
    """The first instant at which a message of `now` may go out."""
    if urgent:
        return now
    if mode == Mode.DIGEST:
        return _next(now, setting.digest_at)
    return after_quiet(now, setting)


def after_quiet(at: datetime, setting: Setting) -> datetime:
    """`at`, or the end of the hours of quiet that it lies in: [from, to), which may pass midnight; equal ends: none."""
    begin, end = setting.quiet_from, setting.quiet_to
    if begin is None or end is None or begin == end:
        return at
    clock = timezone.localtime(at).time()
    quiet = begin <= clock < end if begin < end else clock >= begin or clock < end
    return _next(at, end) if quiet else at


def _next(at: datetime, clock: time) -> datetime:
    """The first instant after `at` (or at it) when the local clock shows this."""
    local = timezone.localtime(at)
    there = local.replace(hour=clock.hour, minute=clock.minute, second=0, microsecond=0)
    return there if there >= local else there + timedelta(days=1)
