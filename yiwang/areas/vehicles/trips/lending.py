"""跨单位调用: asking another pool for a car, and its answer. The lender's dispatcher or manager consents."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet

from yiwang.areas.vehicles.trips import answers, charging, claims, telling
from yiwang.areas.vehicles.trips.claims import obj
from yiwang.areas.vehicles.trips.judging import covers
from yiwang.areas.vehicles.trips.models import Loan, LoanState, Trip, TripState
from yiwang.areas.vehicles.trips.powers import consents
from yiwang.areas.vehicles.trips.terms import Sharing
from yiwang.core.ledger.post import post
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import User
from yiwang.kit.refusal import Refusal


def asked(access: Access) -> QuerySet[Loan]:
    """The requests to the pools for which the user answers."""
    if access.organ is None or not consents(access):
        return Loan.objects.none()
    rows = Loan.objects.filter(**{f"l{access.organ.depth}": access.organ.pk})
    return rows.select_related("trip__organ", "organ", "sharing", "vehicle", "asked_by", "answered_by")


def ask(*, trip: int, sharing: int, access: Access, now: datetime) -> Loan:
    """提出调用. Where the arrangement asks for no consent it is agreed at once. Refusals `loan.none`, `loan.twice`."""
    try:
        with transaction.atomic():
            row = claims.lock(trip)
            claims.may_dispatch(access, row)
            if row.state != TripState.APPROVED:
                raise Refusal("trip.state", f"用车 {row.number} {row.get_state_display()},不能提出调用。")
            found = Sharing.objects.in_force(row.day).filter(pk=sharing).select_related("organ", "borrower").first()
            if found is None or not covers(found.borrower, row):
                raise Refusal("loan.none", "没有这项有效的共享约定,请在共享约定台账中核对。")
            made = _made(row, found, access, now)
            post(actor=access.actor, act="vehicles.loan.ask", obj=obj(row), body={"sharing": sharing, "loan": made.pk})
            if made.state == LoanState.ASKED:
                telling.loan_asked(made, now)
    except IntegrityError:
        raise Refusal("loan.twice", "这次用车已经向这个单位提出过调用,请等它答复。") from None
    return made


def _made(row: Trip, sharing: Sharing, access: Access, now: datetime) -> Loan:
    assert isinstance(access.user, User)
    price = charging.total(charging.by_sharing(sharing, answers.expected(row)))
    agreed = not sharing.consent
    made = Loan(
        trip=row, organ=sharing.organ, sharing=sharing, price=price, asked_by=access.user, asked_at=now,
        state=LoanState.AGREED if agreed else LoanState.ASKED, answered_at=now if agreed else None,
        reason="按约定不须逐次同意" if agreed else "",
    )  # fmt: skip
    made.place()
    made.save()
    return made


def answer(*, loan: int, agree: bool, reason: str = "", access: Access, now: datetime) -> Loan:
    """答复: yes or no, once; a no says why. Refusals `loan.gone`, `loan.state`, `trip.text`."""
    with transaction.atomic():
        if not asked(access).filter(pk=loan).exists():
            raise Refusal("loan.gone", "没有这个调用请求,或者它不由您答复。")
        Loan.objects.filter(pk=loan).update(state=F("state"))
        row = Loan.objects.select_related("trip__organ", "trip__applicant", "organ", "asked_by").get(pk=loan)
        if row.state != LoanState.ASKED:
            raise Refusal("loan.state", f"这个调用请求{row.get_state_display()},不用再答复。")
        row.reason = reason.strip()[:200] if agree else claims.need_reason(reason, "不同意的原因")
        assert isinstance(access.user, User)
        row.state, row.answered_by, row.answered_at = (
            LoanState.AGREED if agree else LoanState.DECLINED,
            access.user,
            now,
        )
        row.save(update_fields=["state", "reason", "answered_by", "answered_at"])
        verb = "agree" if agree else "decline"
        post(actor=access.actor, act=f"vehicles.loan.{verb}", obj=obj(row.trip), body={"loan": row.pk})
        telling.loan_answered(row, now)
    return row


def offered(trip: Trip) -> list[Sharing]:
    """The arrangements by which the trip may borrow, whether a car is free or not."""
    rows = Sharing.objects.in_force(trip.day).filter(l1=trip.l1).select_related("organ", "borrower")
    return [one for one in rows if covers(one.borrower, trip)]
