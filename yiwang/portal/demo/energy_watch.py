"""Early warning and targets of the demo province: the signs in its readings, some answered, and a plan handed down.

Through the verbs; the plan runs from last year on, so that one year is over and one can be told to its end.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db.models import Sum
from django.utils import timezone

from yiwang.areas.energy.judge import actions, targets
from yiwang.areas.energy.judge.loading import month_before
from yiwang.areas.energy.judge.models import Sign
from yiwang.areas.energy.models import UseMonth
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import Access, access_for
from yiwang.core.rights.models import User

KINDS = ("ELECTRICITY", "WATER")
#: What the units get of what they used in the year before the plan's: kept, in danger, and missed.
SHARES = ("1.06", "0.90", "1.0", "1.08", "1.0", "1.05")


def load_signs(*, now: datetime) -> dict[str, int]:
    """How many signs and targets. Nothing without accounts."""
    today = timezone.localdate(now)
    accounts = {user.username: user for user in User.objects.filter(username__endswith="-manager")}
    if not {f"{place}-manager" for place in ("province", "city", "county")} <= accounts.keys():
        return {}
    county = access_for(accounts["county-manager"])
    kept = actions.judge(through=month_before(today), now=now, on=today)
    _answer(county, now)
    chain = [access_for(accounts[f"{place}-manager"]) for place in ("province", "city", "county")]
    return {"signs": kept.fresh, "targets": _hand_down(chain, today.year)}


def _answer(access: Access, now: datetime) -> None:
    """One missing month is no mistake, the leak is being put right; the others wait."""
    on = timezone.localdate(now)
    rows = access.scope(Sign.objects.standing())
    if (missing := rows.filter(rule="MISSING").order_by("pk").last()) is not None:
        actions.answer(sign=missing.pk, real=False, note="表计送检,当月由物业台账代记", access=access, now=now, on=on)
    if (leak := rows.filter(rule="LEAK").order_by("pk").first()) is not None:
        actions.rectify(sign=leak.pk, access=access, on=on, now=now)


def _hand_down(chain: list[Access], year: int) -> int:
    """A plan of the province for five years; last year's and this year's targets down to the units; how many."""
    top, *_, county = chain
    first = year - 1
    plan = targets.plan(
        name="示例省公共机构节能规划",
        kind="FREE",
        years=(first - 1, first, first + 4),
        ground="示机管〔示例〕12号",
        access=top,
    )
    assert county.organ is not None
    used = _used(county.organ, first - 1)
    done = 0
    for at in (first, year):
        for kind in KINDS:
            mine = {pk: amount for (pk, energy), amount in used.items() if energy == kind}
            if mine:
                done += _give(plan.pk, kind, at, mine, chain)
    return done


def _used(county: Organ, year: int) -> dict[tuple[int, str], Decimal]:
    """(organ, kind) → what it used in a year, for the organs right below the county."""
    rows = UseMonth.objects.counted().within(county).filter(month__year=year, organ__superior=county, kind__in=KINDS)
    summed = rows.order_by("organ_id").values_list("organ_id", "kind").annotate(n=Sum("quantity"))
    return {(organ, kind): round(Decimal(n) / 1000, 1) for organ, kind, n in summed}


def _give(plan: int, kind: str, year: int, used: dict[int, Decimal], chain: list[Access]) -> int:
    """The whole, then step by step; every level keeps something in hand."""
    whole = round(sum(used.values(), Decimal(0)) * Decimal("1.2"), 0)
    targets.set_whole(plan=plan, energy=kind, year=year, amount=whole * 3, access=chain[0])
    for above, below, times in ((chain[0], chain[1], 2), (chain[1], chain[2], 1)):
        assert below.organ is not None
        targets.give(plan=plan, organ=below.organ, energy=kind, year=year, amount=whole * times, access=above)
    units = Organ.objects.in_bulk(sorted(used)[: len(SHARES)])
    for share, (pk, organ) in zip(SHARES, sorted(units.items()), strict=False):
        amount = round(used[pk] * Decimal(share), 1)
        targets.give(plan=plan, organ=organ, energy=kind, year=year, amount=amount, access=chain[-1])
    return 3 + len(units)
