"""The figures of a month, worked out by the night or on demand, as a background job."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import timezone

from yiwang.areas.vehicles.life.models import Vehicle
from yiwang.areas.vehicles.stats.cube import refresh
from yiwang.core.jobs import actions as jobs
from yiwang.core.jobs.kinds import Outcome, Progress, work
from yiwang.core.jobs.models import Job
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Verb
from yiwang.kit.refusal import Refusal

KIND = "vehicles.stats"
#: So many months back the figures may be worked out anew.
MONTHS = 36
#: Until this day of the month the month before is worked out again every night: bills still come in.
LATE = 15


@work(KIND, label="用车统计")
def tally(run: Progress, *, month: str) -> Outcome:
    """Work one month out, of all organs."""
    first = date.fromisoformat(month)
    rows = refresh(first, on=timezone.localdate(), now=timezone.now())
    run.progress(1, 1)
    return Outcome(f"{first:%Y-%m} 统计完毕,{rows} 行。", url=f"/vehicles/stats/?month={first:%Y-%m}")


def ask(*, month: date, access: Access, on: date, now: datetime) -> Job:
    """Have a month worked out now. Refusals `rights.denied`, `stats.month`."""
    access.need(access.may(Verb.WRITE, "vehicles"), "重新统计")
    if not 0 <= _apart(month, on) < MONTHS:
        raise Refusal("stats.month", f"只能统计最近 {MONTHS} 个月,请改选月份。")
    return jobs.start(kind=KIND, access=access, now=now, key=f"stats:{month}", month=month.isoformat())


def _apart(month: date, on: date) -> int:
    return (on.year - month.year) * 12 + on.month - month.month


def nightly(*, on: date, now: datetime) -> list[Job]:
    """This month, and early in it the one before, by a worker, where there are cars."""
    if not Vehicle.objects.exists():
        return []
    yesterday = on - timedelta(days=1)
    months = {yesterday.replace(day=1)}
    if on.day <= LATE:
        months.add((on.replace(day=1) - timedelta(days=1)).replace(day=1))
    return [
        jobs.start(kind=KIND, access=None, now=now, key=f"stats:{month}:{on}", month=month.isoformat())
        for month in sorted(months)
    ]
