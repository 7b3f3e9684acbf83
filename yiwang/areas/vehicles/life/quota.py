"""编制: granted (核定), cut (核减) and moved (调剂) in the tree, and the taking of a place. Never oversold.

Below the root nothing is made and nothing vanishes: what is granted to an organ comes out of the granting organ's own
quota, what is cut goes back to it. Only whoever works at a root, with a document from above, makes places or takes them
out. A quota is scarce: the organs' rows are updated first, in the order of their ids, then quota, cars and plans are
counted, then something is written; the database refuses a negative number and overlapping periods besides.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import F

from yiwang.areas.vehicles.life.balance import of_use
from yiwang.areas.vehicles.life.models import FleetQuota, QuotaAct, QuotaChange, Use
from yiwang.areas.vehicles.life.resources import QUOTA
from yiwang.areas.vehicles.nav import AREA
from yiwang.core.orgs.models import Organ
from yiwang.core.registers.writing import Change, act_on_many, placed
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Verb
from yiwang.kit.refusal import Refusal

#: 机关事务管理条例第二十五条: no car beyond the quota. The clause that a refused place rests on.
OVER_QUOTA = "GWY-621-2012/car-ban"
MOST = 100_000


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is done to quotas, by whom, on which day and document."""

    use: str
    number: int
    access: Access
    on: date
    now: datetime
    approval: str = ""

    def checked(self) -> None:
        """Refusals `quota.number`, `quota.use`."""
        if not 0 < self.number <= MOST:
            raise Refusal("quota.number", "编制数要是大于 0 的整数。")
        if self.use not in Use.values:
            raise Refusal("quota.use", "请选择车辆用途。")

    def documented(self) -> None:
        """Refusal `quota.approval`: what comes from outside the tree, or leaves it, rests on a document."""
        if not self.approval.strip():
            raise Refusal(
                "quota.approval", "核定或核减总量要有上级的批准文件,请填写批准文号。", clause="ZBF-2017-71/quota"
            )


@transaction.atomic
def grant(*, organ: Organ, order: Order) -> FleetQuota:
    """核定、下达: `number` places more for the organ. At a root they are new; elsewhere they are the granting organ's own.

    Refusals `rights.denied`, `quota.number`, `quota.use`, `quota.approval`, `quota.not-enough`, `quota.in-use`, `quota.later`.
    """
    order.checked()
    above = _manages(order.access, organ, "核定编制")
    if above.depth > 1:
        _strictly_below(above, organ)
        return _move(above, organ, order, QuotaAct.GRANT)[1]
    order.documented()
    lock(organ)
    return _write([(organ, order.number, None)], order, QuotaAct.GRANT)[0]


@transaction.atomic
def cut(*, organ: Organ, order: Order) -> FleetQuota:
    """核减: `number` places less. At a root they are gone; elsewhere they go back to the cutting organ. Refusals as `grant`."""
    order.checked()
    above = _manages(order.access, organ, "核减编制")
    if above.depth > 1:
        _strictly_below(above, organ)
        return _move(organ, above, order, QuotaAct.CUT)[0]
    order.documented()
    lock(organ)
    _spare(organ, order)
    return _write([(organ, -order.number, None)], order, QuotaAct.CUT)[0]


@transaction.atomic
def move(*, source: Organ, target: Organ, order: Order) -> tuple[FleetQuota, FleetQuota]:
    """调剂: places go over from one organ to another, both within the scope of who does it. Both quotas as they are then.

    Refusals as `grant`: a place that a car stands on or a plan holds cannot be given away.
    """
    order.checked()
    if source.pk == target.pk:
        raise Refusal("quota.number", "调出、调入单位不能相同。")
    for organ in (source, target):
        _manages(order.access, organ, "调剂编制")
    return _move(source, target, order, QuotaAct.MOVE)


def take_place(organ: Organ, use: str) -> None:
    """Make sure that one place is free, with the organ held until the commit: the caller writes what takes it.

    Refusal `quota.none-free` with the clause.
    """
    lock(organ)
    need_place(organ, use)


def need_place(organ: Organ, use: str) -> None:
    """The same for an organ that is locked already."""
    here = of_use(organ, use)
    if here.free < 1:
        held = f"编制 {here.granted} 个,车辆占 {here.used} 个,计划占 {here.planned} 个"
        raise Refusal(
            "quota.none-free",
            f"“{organ}”的{Use(use).label}没有空编:{held}。请先申请增加编制、调剂,或处置旧车。",
            clause=OVER_QUOTA,
        )


def lock(*organs: Organ) -> None:
    """One change of an organ's places at a time: its row is updated first, then the places are counted, then written.

    In the order of ids, so that two cannot wait for each other. Counting first would sell the last place twice.
    """
    for organ in sorted(organs, key=lambda one: one.pk):
        Organ.objects.filter(pk=organ.pk).update(depth=F("depth"))


def _manages(access: Access, organ: Organ, doing: str) -> Organ:
    """The organ worked for, which must hold the other in its tree. Refusal `rights.denied`."""
    access.need(access.may(Verb.APPROVE, AREA), doing)
    above = access.organ
    access.need(above is not None and getattr(organ, f"l{above.depth}") == above.pk, f"给“{organ}”{doing}")
    assert above is not None
    return above


def _strictly_below(above: Organ, organ: Organ) -> None:
    if above.pk == organ.pk:
        raise Refusal("rights.denied", f"“{organ}”的编制由上级核定,本单位只能向下级核定或在下级之间调剂。")


def _move(source: Organ, target: Organ, order: Order, act: QuotaAct) -> tuple[FleetQuota, FleetQuota]:
    lock(source, target)
    _spare(source, order)
    first, second = _write([(source, -order.number, target), (target, order.number, source)], order, act)
    return first, second


def _spare(source: Organ, order: Order) -> None:
    """Refusals `quota.not-enough`, `quota.in-use`."""
    here = of_use(source, order.use)
    if here.granted < order.number:
        raise Refusal("quota.not-enough", f"“{source}”只有编制 {here.granted} 个,不够减 {order.number} 个。")
    if here.free < order.number:
        raise Refusal(
            "quota.in-use",
            f"“{source}”的编制被 {here.used} 辆车和 {here.planned} 个计划占着,空余 {max(here.free, 0)} 个,"
            f"不够减 {order.number} 个;请先处置、划转车辆或取消计划。",
        )


def _write(parts: list[tuple[Organ, int, Organ | None]], order: Order, act: QuotaAct) -> list[FleetQuota]:
    """New numbers from the day on, one entry for all, and the rows of the history."""
    changes: list[Change] = []
    history: list[QuotaChange] = []
    for organ, delta, other in parts:
        number = _number(organ, order.use) + delta
        changes += from_then(organ, order.use, number, order.on, order.approval)
        row = QuotaChange(
            organ=organ, use=order.use, act=act, delta=delta, number=number, other=other, on_date=order.on,
            approval=order.approval, by=order.access.actor, at=order.now,
        )  # fmt: skip
        row.place()
        history.append(row)
    first = parts[0][0]
    body = {"number": order.number, "organs": {str(organ.pk): delta for organ, delta, _ in parts}}
    about = order.access.facts(Verb.APPROVE, AREA, **body, approval=order.approval)
    act_on_many(
        QUOTA, changes, actor=order.access.actor, verb=act.lower(), on=order.on,
        obj=f"{QUOTA.key}:{first.pk}:{order.use}", **about,
    )  # fmt: skip
    QuotaChange.objects.bulk_create(history)
    return [FleetQuota.objects.get(organ=organ, use=order.use, valid_from=order.on) for organ, _, _ in parts]


def _number(organ: Organ, use: str) -> int:
    held = FleetQuota.objects.filter(organ=organ, use=use, valid_to=None).first()
    return held.number if held else 0


def from_then(organ: Organ, use: str, number: int, on: date, approval: str) -> list[Change]:
    """End the quota that holds and begin one on the day; or change it, if it begins on that very day."""
    held = FleetQuota.objects.filter(organ=organ, use=use, valid_to=None).first()
    if held and held.valid_from > on:
        raise Refusal("quota.later", f"“{organ}”从 {held.valid_from} 起已另有编制,请核对日期。")
    values = {"use": use, "number": number, "valid_from": on, "approval": approval, **placed(organ)}
    if held is None:
        return [(None, values)]
    return [(held, values)] if held.valid_from == on else [(held, {"valid_to": on}), (None, values)]


__all__ = ["OVER_QUOTA", "Order", "cut", "grant", "lock", "move", "need_place", "take_place"]
