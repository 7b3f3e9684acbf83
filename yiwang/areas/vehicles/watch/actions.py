"""The verbs on signs: what was found now is kept, what is found no more is withdrawn, findings follow."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from yiwang.areas.vehicles.watch.found import Found
from yiwang.areas.vehicles.watch.models import Sign, SignQuerySet
from yiwang.core.ledger.post import post
from yiwang.core.orgs.models import LEVELS, Organ
from yiwang.core.verdicts.sync import sync
from yiwang.kit.among import Among  # noqa: F401 (registers the look-up)
from yiwang.kit.digest import canonical, merkle_root

DATASET = "vehicles.watch"
_FIGURES = ("measure", "threshold", "began_at", "ended_at", "order_id", "note", "evidence")


@dataclass(frozen=True)
class Kept:
    """How many signs are new, changed, withdrawn, and the same as before."""

    fresh: int = 0
    changed: int = 0
    withdrawn: int = 0
    same: int = 0

    def __add__(self, other: Kept) -> Kept:
        return Kept(
            self.fresh + other.fresh,
            self.changed + other.changed,
            self.withdrawn + other.withdrawn,
            self.same + other.same,
        )


def keep(
    found: Iterable[Found],
    *,
    rules: Collection[str],
    vehicles: Collection[int] | None,
    days: tuple[date, date] | None,
    now: datetime,
    on: date,
    actor: str = "system",
) -> Kept:
    """Make the register of signs say what these rules find now of these cars (None: all) on these days.

    `days`: the first and the last day that was judged; None: whatever the day.

    One transaction, one entry (none when nothing changed); the findings of the changed signs are judged as of `on`.
    Found twice the same changes nothing.
    """
    by_subject = {one.subject: one for one in found}
    with transaction.atomic():
        there = {
            sign.subject: sign for sign in _before(rules, vehicles, days, by_subject).select_for_update(of=("self",))
        }
        fresh = [_made(one, now) for subject, one in by_subject.items() if subject not in there]
        _place(fresh)
        Sign.objects.bulk_create(fresh, batch_size=500)
        changed = [sign for subject, one in by_subject.items() if (sign := there.get(subject)) and _differs(sign, one)]
        Sign.objects.bulk_update(changed, [*_FIGURES, "withdrawn_at"], batch_size=200)
        gone = [sign for subject, sign in there.items() if subject not in by_subject and sign.withdrawn_at is None]
        for sign in gone:
            sign.withdrawn_at = now
        Sign.objects.bulk_update(gone, ["withdrawn_at"], batch_size=500)
        moved = [*fresh, *changed, *gone]
        if moved:
            _post(actor, on, fresh, changed, gone)
            sync(dataset=DATASET, subjects=[sign.subject for sign in moved], on=on, actor=actor)
    same = len(by_subject) - len(fresh) - len(changed)
    return Kept(len(fresh), len(changed), len(gone), same)


def _before(
    rules: Collection[str], vehicles: Collection[int] | None, days: tuple[date, date] | None, found: Collection[str]
) -> SignQuerySet:
    """The signs of this scope that stand, and those that are found again, whenever they were."""
    rows: SignQuerySet = Sign.objects.filter(rule__in=rules)
    if days is not None:
        rows = rows.filter(day__gte=days[0], day__lte=days[1])
    if vehicles is not None:
        rows = rows.filter(vehicle__among=list(vehicles))
    return (rows.filter(withdrawn_at=None) | Sign.objects.filter(subject__among=list(found))).order_by("pk")


def _made(one: Found, now: datetime) -> Sign:
    return Sign(
        subject=one.subject,
        rule=one.rule,
        vehicle_id=one.vehicle,
        organ_id=one.organ,
        order_id=one.order,
        day=one.day,
        began_at=one.began_at,
        ended_at=one.ended_at,
        measure=one.measure,
        threshold=one.threshold,
        note=one.note[:300],
        evidence=one.evidence,
        found_at=now,
    )


def _place(signs: list[Sign]) -> None:
    """The ancestor columns of their organs, in one query."""
    organs = {pk: levels for pk, *levels in _levels({sign.organ_id for sign in signs})}
    for sign in signs:
        for level, value in zip(LEVELS, organs[sign.organ_id], strict=True):
            setattr(sign, level, value)


def _levels(organs: Collection[int]) -> Iterable[tuple[int, ...]]:
    return Organ.objects.filter(pk__among=list(organs)).values_list("pk", *LEVELS) if organs else []


def _differs(sign: Sign, one: Found) -> bool:
    """Whether what is found now is not what is kept; then the sign has the new figures."""
    now = {
        "measure": one.measure,
        "threshold": one.threshold,
        "began_at": one.began_at,
        "ended_at": one.ended_at,
        "order_id": one.order,
        "note": one.note[:300],
        "evidence": one.evidence,
    }
    differs = sign.withdrawn_at is not None or any(getattr(sign, name) != value for name, value in now.items())
    for name, value in now.items():
        setattr(sign, name, value)
    sign.withdrawn_at = None
    return differs


def _post(actor: str, on: date, fresh: list[Sign], changed: list[Sign], gone: list[Sign]) -> None:
    told = [(act, sign) for act, some in (("found", fresh), ("changed", changed), ("withdrawn", gone)) for sign in some]
    leaves = [canonical([act, sign.subject, sign.measure, sign.threshold]).encode() for act, sign in told]
    single = told[0][1] if len(told) == 1 else None
    post(
        actor=actor,
        act="vehicles.sign.judge",
        obj=f"vehicles.sign:{single.pk}" if single else f"verdicts.dataset:{DATASET}",
        body={
            "on": on,
            "found": len(fresh),
            "changed": len(changed),
            "withdrawn": len(gone),
            "root": merkle_root(leaves),
        },
    )
