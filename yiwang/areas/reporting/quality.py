"""数据质量: figures that stand out of their own history, spot checks that can be drawn again, lists for joint review."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from math import ceil
from random import Random
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import Count, F

from yiwang.areas.reporting.figures import scheme_of
from yiwang.areas.reporting.models import PATH, ReportingPeriod, Return, SpotCheck, SpotCheckLine
from yiwang.areas.reporting.opening import AREA
from yiwang.areas.reporting.schemes.outliers import outliers
from yiwang.areas.reporting.watching import depth_of, returns_of
from yiwang.core.ledger.post import post
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import User, Verb
from yiwang.kit.refusal import Refusal

#: Periods of history that are looked at; units from which a body's returns are reviewed jointly; the least share of a sample.
HISTORY, JOINT = 60, 50
LEAST = Decimal("0.05")


@dataclass(frozen=True)
class Standing:
    """A figure that stands out: by which methods, and what its history was."""

    row: int
    organ: str
    label: str
    unit: str
    value: Decimal
    median: Decimal
    score: Decimal
    methods: tuple[str, ...]


def standing_out(period: ReportingPeriod, organ: int, access: Access, *, most: int = 200) -> list[Standing]:
    """The figures below an organ that stand out of the history of the same unit, the furthest first. Two queries."""
    scheme = scheme_of(period.revision).scheme
    keys = [key for key, item in scheme.items.items() if item.numeric and item.adds]
    present = list(
        returns_of(period, organ, access)
        .filter(current__isnull=False)
        .order_by("pk")
        .values_list("pk", "organ", "organ_name", "current__facts")
    )
    if not present:
        return []
    earlier = Return.objects.filter(
        period__scheme=period.scheme,
        period__valid_from__lt=period.valid_from,
        current__isnull=False,
        organ__in=[row[1] for row in present],
    ).order_by("period__valid_from")
    series: dict[int, list[dict[str, str]]] = {}
    for unit, facts in earlier.values_list("organ", "current__facts").iterator(2000):
        series.setdefault(unit, []).append(facts)
    found = [one for key in keys for one in _item(key, scheme.items[key], present, series)]
    return sorted(found, key=lambda one: -abs(one.score))[:most]


def _item(key: str, item: Any, present: Sequence[Any], series: dict[int, list[dict[str, str]]]) -> list[Standing]:
    width = max((len(some) for some in series.values()), default=0)
    if not width:
        return []
    width = min(width, HISTORY)
    history = np.full((len(present), width), np.nan)
    for number, (_, unit, _, _) in enumerate(present):
        for place, facts in enumerate(series.get(unit, ())[-width:]):
            if key in facts:
                history[number, place] = float(facts[key])
    now = np.array([float(row[3][key]) if key in row[3] else np.nan for row in present])
    found = outliers(history, now)
    flags = {"离均值 3 个标准差": found.z, "离中位数过远": found.modified, "超出历史范围": found.beyond}
    return [
        Standing(
            present[at][0],
            present[at][2],
            item.label,
            item.unit,
            Decimal(present[at][3][key]),
            round(Decimal(float(found.median[at])), 2),
            round(Decimal(float(found.score[at])), 1),
            tuple(name for name, flag in flags.items() if flag[at]),
        )
        for at in np.flatnonzero(found.any).tolist()
    ]


@transaction.atomic
def draw(*, period: ReportingPeriod, organ: int, share: Decimal, seed: int, access: Access, now: datetime) -> SpotCheck:
    """Draw a sample of what was handed in below an organ: at least one in twenty, the same again from the same seed."""
    access.need(access.may(Verb.APPROVE, AREA), "抽查")
    if not LEAST <= share <= 1:
        raise Refusal("return.share", "抽查比例应在 5% 到 100% 之间。")
    rows = returns_of(period, organ, access).filter(current__isnull=False)
    keys = list(rows.order_by("organ", "pk").values_list("pk", flat=True))
    if not keys:
        raise Refusal("return.nobody", "还没有报送的报表可以抽查。")
    chosen = sample(keys, share, seed)
    assert access.organ is not None
    assert isinstance(access.user, User)
    made = SpotCheck(period=period, organ=access.organ, seed=seed, share=share, population=len(keys), drawn_at=now)
    made.user = access.user
    made.place()
    made.save()
    SpotCheckLine.objects.bulk_create([SpotCheckLine(spot_check=made, return_row_id=key) for key in chosen])
    body = {"period": period.pk, "organ": organ, "seed": seed, "share": str(share), "of": len(keys), "drawn": chosen}
    post(actor=access.actor, act="reporting.spot_check.draw", obj=f"reporting.spot_check:{made.pk}", body=body)
    return made


def sample(keys: Sequence[int], share: Decimal, seed: int) -> list[int]:
    """So many of the keys that the share is reached, drawn by the seed, in their order."""
    number = ceil(Fraction(share) * len(keys))
    return sorted(Random(seed).sample(list(keys), number))  # noqa: S311 (to be repeated, not to be secret)


@transaction.atomic
def note(*, line: int, sound: bool, text: str, access: Access) -> SpotCheckLine:
    """What was found on the spot. Refusals `rights.denied`, `return.reason` where it is not sound and nothing is said."""
    access.need(access.may(Verb.APPROVE, AREA), "记录抽查结果")
    rows = SpotCheckLine.objects.select_for_update(of=("self",)).select_related("spot_check", "return_row")
    row = rows.filter(pk=line, spot_check__in=access.scope(SpotCheck.objects.all(), Verb.APPROVE)).first()
    if row is None:
        raise Refusal("rights.denied", "没有这份抽查,或不是本单位抽取的。")
    if not sound and not text.strip():
        raise Refusal("return.reason", "不属实的请写明核查情况。")
    row.sound, row.note = sound, text.strip()[:400]
    row.save(update_fields=["sound", "note"])
    post(
        actor=access.actor,
        act="reporting.spot_check.note",
        obj=f"reporting.spot_check:{row.spot_check_id}",
        body={"return": row.return_row_id, "sound": sound, "note": row.note},
    )
    return row


def joint(period: ReportingPeriod, organ: int, access: Access, *, least: int = JOINT) -> list[tuple[int, str, int]]:
    """The bodies right below an organ with so many units that their returns are reviewed jointly: id, name, units."""
    level = depth_of(period, organ)
    if level >= len(PATH):
        return []
    column = PATH[level]
    groups = returns_of(period, organ, access).values(body=F(column)).order_by("body").annotate(units=Count("pk"))
    large = {one["body"]: one["units"] for one in groups if one["body"] and one["units"] >= least}
    names = dict(Organ.objects.filter(pk__in=large).values_list("pk", "name"))
    return sorted(((key, names[key], units) for key, units in large.items()), key=lambda one: -one[2])
