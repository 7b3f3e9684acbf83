"""The verbs of who asks and of the clock: request, correct, bring papers, cancel, extend, confirm. Sending is in
`claims`, driving in `driving`, lending in `lending`, settling in `settling`.

Each: one transaction, the case locked first, then the trip; one entry. Refusals `trip.*`, `answer.*`, `rights.denied`.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.utils import timezone

from yiwang.areas.vehicles.trips import answers, approval, claims, judging, photos, riding, telling
from yiwang.areas.vehicles.trips.claims import obj
from yiwang.areas.vehicles.trips.models import Assignment, Provision, Stop, Trip, TripState
from yiwang.areas.vehicles.trips.powers import applies, at_wheel, visible
from yiwang.areas.vehicles.trips.wanted import Wanted, columns, draft, shape, stops
from yiwang.core.ledger.post import post
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import User
from yiwang.kit.refusal import Refusal

#: Until then a trip can be called off.
CANCELLABLE = (TripState.REQUESTED, *riding.WAITING, TripState.POOLED)
#: While it may still become longer.
EXTENSIBLE = (TripState.REQUESTED, *riding.WAITING, TripState.UNDER_WAY, TripState.WAITING)


def request(*, wanted: Wanted, access: Access, now: datetime, key: str = "", files: Sequence[File[bytes]] = ()) -> Trip:
    """用车申请. The same `key` of the same user gives the trip that it made the first time.

    An urgent one needs no approval before it goes; its papers are due within the hours of the pool.
    """
    access.need(applies(access), "申请用车")
    try:
        with transaction.atomic():
            return _twin(access, key) or _request(wanted, access, now, key, files)
    except IntegrityError:  # the same form sent twice at once: the other one won
        if (twin := _twin(access, key)) is not None:
            return twin
        raise


def _twin(access: Access, key: str) -> Trip | None:
    return Trip.objects.filter(applicant=access.user.pk, key=key[:60]).first() if key else None


def _request(wanted: Wanted, access: Access, now: datetime, key: str, files: Iterable[File[bytes]]) -> Trip:
    assert access.organ is not None
    assert isinstance(access.user, User)
    row = draft(wanted, access.organ, access.user, now)
    _first([*shape(wanted, now), *answers.refused(row, now)])
    row.key, row.number = key[:60], uuid.uuid4().hex[:20]
    if row.urgent:
        rule = judging.scene(row.starts_at, row.ends_at, now, vehicles=[], drivers=[]).rule(row)
        row.state, row.papers_due = TripState.APPROVED, now + timedelta(hours=rule.papers_hours)
    row.save()
    row.number = f"YC{timezone.localtime(now).year}{row.pk:06}"
    row.save(update_fields=["number"])
    Stop.objects.bulk_create(stops(row, wanted))
    post(actor=access.actor, act="vehicles.trip.request", obj=obj(row), body=ledger_facts(row))
    photos.keep(row, files, access, now, label="依据")
    if not row.urgent:
        approval.ask(row, access, now, price=_price(row, now))
    return row


def _price(row: Trip, now: datetime) -> int:
    """What the first answer would cost."""
    given = answers.answers(row, row.day, now)
    return given[0].price


def correct(*, trip: int, wanted: Wanted, access: Access, now: datetime) -> Trip:
    """修改重报 what was sent back; its case goes on from there."""
    with transaction.atomic():
        row = locked(trip, access)
        _own(row, access, "修改")
        _state(row, "修改", TripState.REQUESTED)
        for name, value in columns(wanted).items():
            setattr(row, name, value)
        _first([*shape(wanted, now), *answers.refused(row, now)])
        row.save()
        row.stops.all().delete()
        Stop.objects.bulk_create(stops(row, wanted))
        post(actor=access.actor, act="vehicles.trip.correct", obj=obj(row), body=ledger_facts(row))
        approval.send_again(row, access, now, price=_price(row, now))
    return row


def bring_papers(*, trip: int, document: str, access: Access, now: datetime, files: Sequence[File[bytes]] = ()) -> Trip:
    """补办手续 of an urgent trip: the approval is asked for now. Late ones are taken too, and say so."""
    with transaction.atomic():
        row = locked(trip, access)
        _own(row, access, "补办手续")
        if not row.urgent or row.papers_at is not None:
            raise Refusal("trip.papers", f"用车 {row.number} 不需要补办手续,或已经补办。")
        row.document, row.papers_at = document.strip()[:120] or row.document, now
        row.save(update_fields=["document", "papers_at"])
        late = row.papers_due is not None and now > row.papers_due
        post(actor=access.actor, act="vehicles.trip.papers", obj=obj(row), body={"late": late})
        photos.keep(row, files, access, now, label="补办手续")
        approval.ask(row, access, now, price=row.charge or 0)
    return row


def decide(*, trip: int, approved: bool, reason: str, access: Access, now: datetime, withdrawn: bool = False) -> Trip:
    """The case has ended: inside its transaction. What was refused after the drive stays driven, and says so."""
    row = claims.lock(trip)
    if row.state == TripState.REQUESTED:
        no = TripState.CANCELLED if withdrawn else TripState.REFUSED
        row.state = TripState.APPROVED if approved else no
    elif not row.urgent or row.state == TripState.CANCELLED:  # called off meanwhile
        return row
    if not approved:
        row.ended_reason = (f"补办手续未获批准:{reason}" if row.urgent else reason)[:200]
    row.save(update_fields=["state", "ended_reason"])
    verb = "approve" if approved else "refuse"
    post(actor=access.actor, act=f"vehicles.trip.{verb}", obj=obj(row), body={"reason": reason})
    telling.moved(row, reason, now, by=access.user.pk)
    return row


def cancel(*, trip: int, reason: str, access: Access, now: datetime) -> Trip:
    """取消 before the car has left: by who asked, or by the dispatcher with a reason. Case, car and driver are free."""
    with transaction.atomic():
        row = locked(trip, access)
        if row.applicant_id != access.user.pk:
            claims.may_dispatch(access, row)
        _state(row, "取消", *CANCELLABLE)
        row.ended_reason = claims.need_reason(reason, "取消原因")
        if row.state == TripState.POOLED:
            riding.leave(row)
        riding.scatter(row, row.ended_reason, access, now)
        claims.free(row, row.ended_reason, now)
        row.state = TripState.CANCELLED
        row.save(update_fields=["state", "host", "ended_reason"])
        post(actor=access.actor, act="vehicles.trip.cancel", obj=obj(row), body={"reason": row.ended_reason})
        telling.moved(row, row.ended_reason, now, by=access.user.pk)
        if row.case is not None:
            approval.drop(row.case, row.ended_reason, access, now)
    return row


def extend(*, trip: int, ends_at: datetime, reason: str = "", access: Access, now: datetime) -> Trip:
    """延长: the car stays out longer, if it and its driver are free. By who asked, who drives, or the dispatcher."""
    ends_at = ends_at.replace(second=0, microsecond=0)
    with claims.claiming(), transaction.atomic():
        held = claims.live_of(trip)
        cars, people = ([held.vehicle_id], [held.driver_id, held.second_id]) if held else ([], [])
        row = claims.lock(trip, cars, people)
        live = claims.live_of(trip)
        if not _concerned(row, live, access):
            claims.may_dispatch(access, row)
        _state(row, "延长", *EXTENSIBLE)
        if ends_at <= row.ends_at:
            raise Refusal("trip.period", f"延长后的结束时间要晚于现在的 {judging.local(row.ends_at)}。")
        before, row.ends_at = row.ends_at, ends_at
        if live is not None:
            _longer(row, live, now)
        row.save(update_fields=["ends_at"])
        body = {"before": before.isoformat(), "after": ends_at.isoformat(), "reason": reason.strip()[:200]}
        post(actor=access.actor, act="vehicles.trip.extend", obj=obj(row), body=body)
    return row


def _concerned(row: Trip, live: Assignment | None, access: Access) -> bool:
    return row.applicant_id == access.user.pk or (live is not None and at_wheel(live, access))


def _longer(row: Trip, live: Assignment, now: datetime) -> None:
    """Hold the car and the driver until the new end, unless something but the way itself stands against it."""
    found = judging.scene(
        row.starts_at,
        row.ends_at,
        now,
        vehicles=_ids(live.vehicle_id),
        drivers=[*_ids(live.driver_id), *_ids(live.second_id)],
    )
    against = found.refusals(row, live.vehicle, live.driver, second=live.second)
    _first(one for one in against if one.code in _TIMELY)
    live.held_to = found.span(row)[1]
    live.save(update_fields=["held_to"])


#: What a longer way may run into; seats and licences were looked at when the car was sent.
_TIMELY = frozenset({"assign.overlap", "assign.driver-overlap", "assign.maintenance", "assign.off", "assign.duty"})


def _ids(one: int | None) -> list[int]:
    return [one] if one else []


def confirm(*, trip: int, stars: int, comment: str = "", access: Access, now: datetime) -> Trip:
    """确认并评价 by the passenger who asked. Refusal `trip.stars`."""
    if not 1 <= stars <= 5:
        raise Refusal("trip.stars", "请给 1 到 5 颗星。")
    with transaction.atomic():
        row = locked(trip, access)
        _own(row, access, "确认")
        _state(row, "确认", TripState.DONE)
        return _confirmed(row, stars, comment.strip()[:200], access.actor)


def _confirmed(row: Trip, stars: int | None, comment: str, actor: str) -> Trip:
    row.state, row.stars, row.comment = TripState.CONFIRMED, stars, comment
    row.save(update_fields=["state", "stars", "comment"])
    post(actor=actor, act="vehicles.trip.confirm", obj=obj(row), body={"stars": stars, "comment": comment})
    return row


def lapse(*, trip: int, now: datetime) -> bool:
    """Nobody said anything about a trip that is over: it counts as confirmed, without stars."""
    with transaction.atomic():
        row = claims.lock(trip)
        if row.state != TripState.DONE:
            return False
        _confirmed(row, None, "", "system")
    return True


def rent(*, trip: int, rent: str, rented: str, access: Access, now: datetime, why: str = "") -> Assignment:
    """社会租赁: a car of a designated supplier (`rents.Rent.key`); `rented` names plate and driver."""
    with claims.claiming(), transaction.atomic():
        row = claims.lock(trip)
        claims.may_dispatch(access, row)
        _state(row, "租车", TripState.APPROVED)
        chosen = next((one.rent for one in answers.rented(row, row.day) if one.rent and one.rent.key == rent), None)
        if chosen is None:
            raise Refusal("trip.rental", "没有这项定点租赁,或它的车坐不下、合同不在有效期内。")
        first, last = judging.scene(row.starts_at, row.ends_at, now, vehicles=[], drivers=[]).span(row)
        assert isinstance(access.user, User)
        made = Assignment(
            trip=row, organ=row.organ, rental=chosen.contract, rented_body=chosen.body,
            rented=claims.need_reason(rented, "车牌和驾驶员")[:80],
            held_from=first, held_to=last, assigned_by=access.user, assigned_at=now, why=why.strip()[:300],
        )  # fmt: skip
        made.place()
        made.save()
        row.state, row.provision = TripState.ASSIGNED, Provision.RENTAL
        row.save(update_fields=["state", "provision"])
        post(actor=access.actor, act="vehicles.trip.rent", obj=obj(row), body={"rent": rent, "rented": made.rented})
        telling.assigned(made, now)
    return made


def locked(trip: int, access: Access) -> Trip:
    """The trip, its case, itself and all that ride together with it locked, if the user sees it. Refusal `trip.gone`."""
    case = visible(access).filter(pk=trip).values_list("case", flat=True).first()
    approval.hold(case)
    if not visible(access).filter(pk=trip).exists():
        raise Refusal("trip.gone", "没有这次用车,或者它不在您的范围内。")
    for one in riding.party(trip):
        claims.lock(one)
    return claims.lock(trip)


def _own(row: Trip, access: Access, doing: str) -> None:
    access.need(row.applicant_id == access.user.pk, f"{doing}别人的用车")


def _state(row: Trip, doing: str, *allowed: TripState) -> None:
    if row.state not in allowed:
        raise Refusal("trip.state", f"用车 {row.number} {row.get_state_display()},不能{doing}。")


def _first(found: Iterable[Refusal]) -> None:
    for refusal in found:
        raise refusal


def ledger_facts(row: Trip) -> dict[str, Any]:
    """What the ledger keeps of a request."""
    return {
        "number": row.number,
        "starts_at": row.starts_at.isoformat(),
        "ends_at": row.ends_at.isoformat(),
        "route": row.route,
        "passengers": row.passengers,
        "purpose": str(row.purpose),
        "urgent": row.urgent,
    }


__all__ = ["bring_papers", "cancel", "confirm", "correct", "decide", "extend", "lapse", "rent", "request"]
