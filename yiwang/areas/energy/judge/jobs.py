"""The night's judgement, and one on demand, as background jobs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils import timezone

from yiwang.areas.energy.judge.actions import AREA, judge
from yiwang.areas.energy.judge.loading import USE, month_before
from yiwang.core.jobs import actions as jobs
from yiwang.core.jobs.kinds import Outcome, Progress, work
from yiwang.core.jobs.models import Job
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Verb
from yiwang.core.verdicts.sources import sourced

KIND = "energy.watch"
#: On which days of the month the night judges: when the readings of the month before have come in, and come in late.
NIGHTS = (6, 11, 21)


@work(KIND, label="用能预警判定")
def judge_now(run: Progress, *, through: str, organ: int = 0) -> Outcome:
    """Judge to the end of a month: all organs, or one and all below it."""
    organs: list[int] | None = None
    if organ:
        place = Organ.objects.get(pk=organ)
        organs = list(Organ.objects.within(place).values_list("pk", flat=True))
    run.progress(0, 1, "正在读取各单位月度用能")
    kept = judge(through=date.fromisoformat(through), now=timezone.now(), on=timezone.localdate(), organs=organs)
    return Outcome(
        f"截至 {through[:7]} 判定完毕:新增 {kept.fresh} 条,更新 {kept.changed} 条,撤销 {kept.withdrawn} 条。",
        url="/energy/judge/",
    )


def ask(*, access: Access, on: date, now: datetime) -> Job:
    """Have the months up to the last one judged now for the user's organ and all below it. Refusal `rights.denied`."""
    access.need(access.may(Verb.WRITE, AREA), "发起用能预警判定")
    organ: Any = access.organ
    through = month_before(on).isoformat()
    key = f"energy.watch:{through}:{organ.pk}:{now:%Y%m%d%H%M}"
    return jobs.start(kind=KIND, access=access, now=now, key=key, through=through, organ=organ.pk)


def nightly(*, on: date, now: datetime) -> Job | None:
    """On some nights of the month, where anybody keeps readings, judge all organs; a second call finds the first."""
    if on.day not in NIGHTS or USE not in sourced():
        return None
    return jobs.start(kind=KIND, access=None, now=now, key=f"energy.watch:{on}", through=month_before(on).isoformat())
