"""The verbs on meters: who shares one, of what a virtual one is made, a bill typed, the months worked out anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from yiwang.areas.energy.meters.models import WHOLE, EnergyBill, Form, Meter, MeterShare, MeterTerm
from yiwang.areas.energy.use.computing import recompute
from yiwang.areas.energy.use.spread import split
from yiwang.core.ledger.post import post
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Verb
from yiwang.kit.refusal import Refusal

AREA = "energy"


def parts_of(bases: Sequence[Decimal]) -> list[int]:
    """Ten-thousandths by a base (area, persons): they add up to the whole by largest remainder."""
    try:
        return split(WHOLE, [int(base * 100) for base in bases])
    except ValueError:
        raise Refusal("share.base", "分摊的依据(面积、人数或百分比)要大于 0。") from None


@transaction.atomic
def share(*, meter: int, since: date, bases: Mapping[Organ, Decimal], ground: str, access: Access) -> list[MeterShare]:
    """From a day on these organs share the meter in proportion to the bases; what held before ends on that day.

    Empty bases: the owner bears it alone again. Refusals `rights.denied`, `share.base`, `share.before`.
    """
    one = _mine(meter, access)
    rows = MeterShare.objects.select_for_update().filter(meter=one)
    if rows.filter(valid_from__gt=since).exists():
        raise Refusal("share.before", f"{since} 之后已登记过分摊;请从最近一次的日期起改。")
    rows.filter(valid_from=since).delete()
    rows.filter(valid_to=None).update(valid_to=since)
    rows.filter(valid_to__gt=since).update(valid_to=since)
    made = []
    for organ, part in zip(bases, parts_of(list(bases.values())) if bases else [], strict=True):
        if part:
            row = MeterShare(meter=one, organ=organ, part=part, ground=ground.strip()[:120], valid_from=since)
            row.place()
            row.save()
            made.append(row)
    body = {"since": since, "parts": {str(row.organ_id): row.part for row in made}, "ground": ground.strip()[:120]}
    _post(access, "share", one, body)
    recompute([one.pk])
    return made


@transaction.atomic
def compose(*, meter: int, terms: Mapping[str, Decimal], access: Access) -> list[MeterTerm]:
    """A virtual meter is this sum: number of a source → factor. Refusals `term.form`, `term.source`, `term.kind`."""
    one = _mine(meter, access)
    if one.form != Form.VIRTUAL:
        raise Refusal("term.form", f"“{one.number}”不是虚拟表,不用算式。")
    found = {row.number: row for row in access.scope(Meter.objects.filter(number__in=list(terms)))}
    for number in terms:
        source = found.get(number)
        if source is None or source.form == Form.VIRTUAL:
            raise Refusal("term.source", f"没有表号“{number}”,不在您的范围内,或它自己也是虚拟表。")
        if source.unit != one.unit:
            raise Refusal("term.kind", f"“{number}”的单位是 {source.unit},不能和 {one.unit} 相加。")
    MeterTerm.objects.filter(meter=one).delete()
    made = []
    for number, factor in terms.items():
        row = MeterTerm(meter=one, source=found[number], factor=factor, organ=one.organ)
        row.place()
        row.save()
        made.append(row)
    _post(access, "compose", one, {"terms": {number: str(factor) for number, factor in terms.items()}})
    recompute([one.pk])
    return made


@dataclass(frozen=True)
class Bill:
    """A bill typed: [since, until), quantity in the meter's unit, amount in fen."""

    number: str
    since: date
    until: date
    quantity: Decimal
    amount: int
    supplier: str = ""


@transaction.atomic
def bill(given: Bill, *, meter: int, access: Access, today: date) -> EnergyBill:
    """Keep a bill of a meter. Refusals `rights.denied`, `bill.period`, `bill.known`, `bill.overlap`."""
    one = _mine(meter, access)
    if not given.since < given.until or given.since > today:
        raise Refusal("bill.period", "账单的截止日期要晚于起始日期,起始日期不能在将来。")
    rows = EnergyBill.objects.filter(meter=one)
    if rows.filter(number=given.number).exists():
        raise Refusal("bill.known", f"账单 {given.number} 已经登记,不能再登。")
    twice = rows.filter(valid_from__lt=given.until, valid_to__gt=given.since).first()
    if twice is not None:
        raise Refusal(
            "bill.overlap", f"与账单 {twice.number}({twice.valid_from} 至 {twice.valid_to})的日期重叠,会重复计算。"
        )
    row = EnergyBill(
        meter=one, organ=one.organ, number=given.number, supplier=given.supplier[:80], amount=given.amount,
        quantity=int(given.quantity * 1000), valid_from=given.since, valid_to=given.until,
    )  # fmt: skip
    row.place()
    row.save()
    _post(access, "bill", one, {"bill": row.pk, "number": row.number, "amount": row.amount})
    recompute([one.pk])
    return row


@transaction.atomic
def rework(*, meter: int, access: Access) -> int:
    """The months of a meter worked out anew, after its card, its tariff or a sub-meter was changed; how many rows."""
    one = _mine(meter, access)
    done = recompute([one.pk, *Meter.objects.filter(parent=one).values_list("pk", flat=True)])
    _post(access, "rework", one, {"rows": done})
    return done


def _mine(meter: int, access: Access) -> Meter:
    access.need(access.may(Verb.WRITE, AREA), "管理计量器具")
    rows = access.scope(Meter.objects.filter(pk=meter), Verb.WRITE)
    one = rows.select_related("organ").select_for_update(of=("self",)).first()
    if one is None:
        raise Refusal("rights.denied", "没有这块表,或不在您管理的范围内。")
    return one


def _post(access: Access, act: str, meter: Meter, body: Mapping[str, Any]) -> None:
    facts = access.facts(Verb.WRITE, AREA, **body)
    post(actor=access.actor, act=f"energy.meter.{act}", obj=f"energy.meter:{meter.pk}", body=facts)
