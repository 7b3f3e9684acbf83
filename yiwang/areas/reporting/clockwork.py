"""What the clock does to returns: once a day it reminds who has not handed in, and tells those who review how many are missing.

Respondents hear of it on the last three days, on each of ten days after the deadline, and once a week after that, until the period is
closed. The row says when it was reminded last, and is held while it is told: twice a day it is told once. A day that was missed is not
made up for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from yiwang.areas.reporting import telling
from yiwang.areas.reporting.models import FILLABLE, PeriodState, ReportingPeriod, Return
from yiwang.core.ledger.post import post
from yiwang.core.orgs.models import Organ

#: Days before the deadline from which on it is spoken of, days after it on each of which, and then every so many days.
BEFORE, DAILY, WEEKLY = 3, 10, 7
BATCH = 100


def speaks(due: date, on: date) -> bool:
    """Whether the day is one on which a return that is not in is spoken of."""
    late = (on - due).days
    return -BEFORE <= late <= DAILY or (late > DAILY and (late - DAILY) % WEEKLY == 0)


def nightly(*, on: date, now: datetime) -> int:
    """Remind for the day; how many returns. Safe to repeat."""
    periods = ReportingPeriod.objects.filter(state=PeriodState.OPEN, due_date__lte=on + timedelta(days=BEFORE))
    return sum(_period(one, on, now) for one in periods.order_by("pk") if speaks(one.due_date, on))


def _missing(period: ReportingPeriod) -> Q:
    return Q(period=period, state__in=FILLABLE)


def _period(period: ReportingPeriod, on: date, now: datetime) -> int:
    keys = list(
        Return.objects.filter(_missing(period)).exclude(reminded_on=on).order_by("pk").values_list("pk", flat=True)
    )
    told = sum(_some(period, keys[at : at + BATCH], on, now) for at in range(0, len(keys), BATCH))
    _reviewers(period, on, now)
    return told


@transaction.atomic
def _some(period: ReportingPeriod, keys: Sequence[int], on: date, now: datetime) -> int:
    """Tell the clerks of these returns; one entry for all."""
    held = Return.objects.select_for_update(of=("self",)).filter(_missing(period), pk__in=keys).exclude(reminded_on=on)
    rows = list(held.select_related("organ", "period__revision"))
    Return.objects.filter(pk__in=[row.pk for row in rows]).update(reminded_on=on)
    told = sum(telling.by_clock(row, on, now) for row in rows)
    if rows:
        body = {"returns": len(rows), "told": told, "due": period.due_date}
        post(actor="system", act="reporting.period.remind", obj=f"reporting.period:{period.pk}", body=body)
    return len(rows)


@transaction.atomic
def _reviewers(period: ReportingPeriod, on: date, now: datetime) -> None:
    """Tell those who review first how many below them are missing."""
    row = ReportingPeriod.objects.select_for_update(of=("self",)).select_related("revision").get(pk=period.pk)
    if row.reminded_on == on or row.state != PeriodState.OPEN:
        return
    ReportingPeriod.objects.filter(pk=row.pk).update(reminded_on=on)
    first = Return.objects.filter(_missing(row)).values_list("reviewers", flat=True).iterator(2000)
    counts = Counter(reviewers[0] for reviewers in first if reviewers)
    for organ in Organ.objects.filter(pk__in=counts).order_by("pk").iterator(2000):
        telling.reviewers(row, organ, counts[organ.pk], on, now)
