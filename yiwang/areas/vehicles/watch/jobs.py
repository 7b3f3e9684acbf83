"""The night's judgement, and a day judged on demand, as background jobs."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from yiwang.areas.vehicles.life.models import Vehicle
from yiwang.areas.vehicles.watch.engine import judge_books, judge_points
from yiwang.areas.vehicles.watch.rights import forget
from yiwang.core.jobs import actions as jobs
from yiwang.core.jobs.kinds import Outcome, Progress, work
from yiwang.core.jobs.models import Job
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Verb
from yiwang.kit.refusal import Refusal

KIND = "vehicles.watch"
#: So far back a day may be judged anew; older points are simplified.
DAYS = 62
#: Until this day of the month the bills of the month before are judged again.
LATE = 10


@work(KIND, label="用车监督判定")
def judge(run: Progress, *, day: str, organ: int = 0) -> Outcome:
    """Judge one day: of all cars, or of those of an organ and all below it."""
    on = date.fromisoformat(day)
    vehicles: list[int] | None = None
    if organ:
        place = Organ.objects.get(pk=organ)
        vehicles = list(Vehicle.objects.filter(**{f"l{place.depth}": place.pk}).values_list("pk", flat=True))
    total = len(vehicles) if vehicles is not None else Vehicle.objects.count()
    now, today = timezone.now(), timezone.localdate()
    found = judge_points(
        on,
        now=now,
        on=today,
        vehicles=vehicles,
        told=lambda done: run.progress(done, max(total, done), f"已判 {done} 辆"),
    )
    found += judge_books(on, now=now, on=today, vehicles=vehicles)
    if on.day <= LATE:  # bills of last month still come in
        found += judge_books(on.replace(day=1) - timedelta(days=1), now=now, on=today, vehicles=vehicles)
    return Outcome(
        f"{day} 判定完毕:新增 {found.fresh} 条,更新 {found.changed} 条,撤销 {found.withdrawn} 条。",
        url="/vehicles/watch/",
    )


def ask(*, day: date, access: Access, on: date, now: datetime) -> Job:
    """Have a day judged now for the user's organ and all below it. Refusals `rights.denied`, `watch.day`."""
    access.need(access.may(Verb.WRITE, "vehicles"), "发起用车监督判定")
    if not on - timedelta(days=DAYS) <= day <= on:
        raise Refusal("watch.day", f"只能判定最近 {DAYS} 天以内的日期,请改选。")
    organ: Any = access.organ
    return jobs.start(
        kind=KIND, access=access, now=now, key=f"watch:{day}:{organ.pk}", day=day.isoformat(), organ=organ.pk
    )


def nightly(*, on: date, now: datetime) -> Job | None:
    """The night's judgement of the day before, by a worker (a second call finds the first), where there are cars; old evidence is forgotten."""
    forget(on)
    if not Vehicle.objects.exists():
        return None
    day = on - timedelta(days=1)
    return jobs.start(kind=KIND, access=None, now=now, key=f"watch:{day}", day=day.isoformat())
