"""The verbs of patrols: a point looked at, a round done, and the night's work.

Refusals: `rights.denied`, `patrol.spot`, `patrol.checks`, `patrol.state`, `patrol.points`, `patrol.text`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.contrib.auth.models import AnonymousUser
from django.core.files.base import File
from django.db import transaction
from django.db.models import F, Max, Q, QuerySet
from django.utils import timezone

from yiwang.areas.services.catalogue import levels
from yiwang.areas.services.catalogue.models import Item
from yiwang.areas.services.nav import reads_orders
from yiwang.areas.services.orders.actions import open_order
from yiwang.areas.services.orders.machine import repairs, step
from yiwang.areas.services.orders.models import Origin, PatrolObject, Spot, TeamMember, WorkOrder
from yiwang.areas.services.patrols.models import Look, Makes, PatrolPlan, Round, RoundState
from yiwang.areas.services.patrols.windows import windows
from yiwang.core.ledger.post import post
from yiwang.core.orgs.ancestors import columns_of
from yiwang.core.registers.writing import follow
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import User
from yiwang.kit.refusal import Refusal

#: The item under which a fault becomes an order, where the plan does not say.
ITEMS = {PatrolObject.PUBLIC_AREA.value: "07", PatrolObject.EQUIPMENT.value: "06"}
HOUSE = "05"


class System(Access):
    """The platform itself at work for an organ."""

    @property
    def actor(self) -> str:
        """How the ledger names it."""
        return "system"


def may_patrol(access: Access, spot: Spot) -> bool:
    """Whether the user may look after the place: he works there or below, or is in a team that serves it."""
    if not repairs(access) or access.organ is None:
        return False
    if getattr(spot, f"l{access.organ.depth}") == access.organ.pk:
        return True
    return TeamMember.objects.filter(user=access.user.pk, team__organ__in=levels.above(spot.organ)).exists()


def due_round(spot: Spot, on: date) -> Round | None:
    """The round that is due at the point on the day and has not been there yet."""
    rows = Round.objects.filter(
        plan__building=spot.building_id, plan__patrol_object=spot.patrol_object, state=RoundState.DUE,
        start_date__lte=on, due_date__gt=on,
    ).exclude(looks__spot=spot)  # fmt: skip
    return rows.select_related("plan__building").order_by("due_date", "pk").first()


def look(
    *,
    spot: Spot,
    results: Mapping[str, str],
    access: Access,
    now: datetime,
    files: Sequence[File[bytes]] = (),
) -> Look:
    """巡检 of one point: {check: "" where sound, else what is wrong}. What is wrong becomes a work order, linked both ways.

    Where a round is due there it counts for it; the last point of a round closes it.
    """
    access.need(may_patrol(access, spot), "巡检这个点位")  # whose name is not for whoever does not serve it
    checks = spot.check_items or ["整体"]
    if set(results) != set(checks):
        raise Refusal("patrol.checks", "检查项不全或已变更,请刷新后重填。")
    user, on = access.user, timezone.localtime(now).date()
    assert isinstance(user, User)
    with transaction.atomic():
        found = due_round(spot, on)
        if found is not None:
            _lock(found.pk)
            found = due_round(spot, on)  # another may have been here while we waited
        cleaned = {check: results[check].strip()[:200] for check in checks}
        seen = Look.objects.create(round=found, spot=spot, at=now, user=user, results=cleaned)
        if seen.faults:
            seen.order = _order(seen, found, access, now, files)
            seen.save(update_fields=["order"])
        body = {"round": found and found.pk, "faults": seen.faults, "order": seen.order_id}
        post(actor=access.actor, act="services.patrol.look", obj=f"services.spot:{spot.pk}", body=body)
        if found is not None and not left(found):
            _done(found, user, now, "", access.actor)
    return seen


def _lock(pk: int) -> None:
    """Update the round's row first: two at its last two points close it once."""
    Round.objects.filter(pk=pk).update(state=F("state"))


def left(one: Round) -> list[Spot]:
    """The points of the round where nobody has been yet."""
    spots = Spot.objects.filter(building=one.plan.building_id, patrol_object=one.plan.patrol_object)
    return list(spots.exclude(looks__round=one).order_by("name"))


def _order(seen: Look, found: Round | None, access: Access, now: datetime, files: Sequence[File[bytes]]) -> WorkOrder:
    item: Item | str = (found.plan.item if found else None) or ITEMS.get(seen.spot.patrol_object, HOUSE)
    problem = ";".join(f"{check}:{wrong}" for check, wrong in seen.faults.items())
    return open_order(
        access=access, item=item, problem=f"巡检发现 {problem}", now=now, organ=seen.spot.organ, spot=seen.spot,
        origin=Origin.PATROL, key=f"look:{seen.pk}", files=files,
    )  # fmt: skip


def complete(*, key: int, note: str, access: Access, now: datetime) -> Round:
    """A round without points is done in one: what was seen. One with points is done by passing them."""
    user = access.user
    assert isinstance(user, User)
    with transaction.atomic():
        _lock(key)
        one = visible(access).filter(pk=key).select_related("plan__building").first()
        if one is None:
            raise Refusal("rights.denied", "没有这项巡检任务,或不归您办理。")
        access.need(repairs(access), "登记巡检")
        if one.state != RoundState.DUE:
            raise Refusal("patrol.state", f"这次巡检已是“{one.get_state_display()}”。")
        if left(one):
            raise Refusal("patrol.points", "这次巡检还有点位没有到,请逐个扫码。")
        if not note.strip():
            raise Refusal("patrol.text", "请填写巡检情况。")
        return _done(one, user, now, note.strip()[:300], access.actor)


def _done(one: Round, user: User, now: datetime, note: str, actor: str) -> Round:
    one.state, one.done_at, one.done_by, one.note = RoundState.DONE, now, user, note
    one.save()
    body = {"plan": one.plan_id, "start": one.start_date, "note": note}
    post(actor=actor, act="services.patrol.done", obj=f"services.round:{one.pk}", body=body)
    subject = f"{one.plan.building_id}:{one.plan.patrol_object}"
    follow({"services.patrol": {subject}}, on=timezone.localtime(now).date(), actor=actor)
    return one


def visible(access: Access) -> QuerySet[Round]:
    """The rounds that the user may see: of his teams, and, for readers and dispatchers, of the organ."""
    seen = Q(plan__team__in=TeamMember.objects.filter(user=access.user.pk).values("team"))
    if access.organ and reads_orders(access):
        seen |= Q(**{f"l{access.organ.depth}": access.organ.pk})
    return Round.objects.filter(seen)


def tick(*, on: date, now: datetime) -> dict[str, int]:
    """The night's work: rounds that have come due are made, those whose time is over are missed. How many of each.

    A function of the day: run twice it makes nothing new; run after a week away it makes up for it.
    """
    with transaction.atomic():
        made = _make(on)
        missed = Round.objects.filter(state=RoundState.DUE, due_date__lte=on).update(state=RoundState.MISSED)
        ordered = sum(_plan_order(one, now) for one in made if one.due_date > on)
        done = {"made": len(made), "missed": missed, "ordered": ordered}
        if made or missed:
            post(actor="system", act="services.patrol.tick", obj=f"services.patrol:{on}", body=done)
    return done


def _make(on: date) -> list[Round]:
    plans = list(PatrolPlan.objects.filter(valid_from__lte=on).select_related("organ", "building", "team", "item"))
    last = dict(Round.objects.order_by().values_list("plan").annotate(last=Max("start_date")))
    fresh = []
    for plan in plans:
        for start, due in windows(plan, last.get(plan.pk, plan.valid_from), on):
            if start != last.get(plan.pk):
                fresh.append(Round(plan=plan, organ=plan.organ, start_date=start, due_date=due))
    places = {plan.organ_id: columns_of(plan.organ) for plan in plans}
    for row in fresh:
        for name, value in places[row.organ_id].items():
            setattr(row, name, value)
    Round.objects.bulk_create(fresh, batch_size=1000, ignore_conflicts=True)
    keys = {(row.plan_id, row.start_date) for row in fresh}
    stored = Round.objects.filter(plan__in={row.plan_id for row in fresh}, start_date__in={day for _, day in keys})
    return [
        row
        for row in stored.select_related("plan__organ", "plan__building", "plan__team", "plan__item")
        if (row.plan_id, row.start_date) in keys
    ]


def _plan_order(one: Round, now: datetime) -> bool:
    """The maintenance order of a plan that wants one, given to its team at once."""
    plan = one.plan
    if plan.makes != Makes.ORDER or one.order_id is not None:
        return False
    item: Item | str = plan.item or ITEMS.get(plan.patrol_object, HOUSE)
    system = System(AnonymousUser(), plan.organ)
    order = open_order(
        access=system, item=item, problem=f"{plan} 计划保养({one.start_date} 起)", now=now, organ=plan.organ,
        building=plan.building, place=str(plan.building), origin=Origin.PLAN,
    )  # fmt: skip
    if plan.team:
        order.team, order.supplier, order.responded_at = plan.team, plan.team.supplier, now
        step(order, None, "assign", now, str(plan.team), team=plan.team_id)
    Round.objects.filter(pk=one.pk).update(order=order)
    return True
