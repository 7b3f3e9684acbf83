"""Who is told what about a trip. Within the transaction of the verb; mail and webhooks follow after the commit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone

from yiwang.areas.vehicles.trips.models import Assignment, Loan, Trip
from yiwang.areas.vehicles.trips.powers import AREA
from yiwang.core.notices.actions import send
from yiwang.core.notices.templates import Template, Topic, register, register_topic
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.holders import holders
from yiwang.core.rights.models import Role, User

TOPIC = Topic("vehicles", "公务用车")
TEMPLATES = (
    ("vehicles.trip.assigned", "已派车 {number}", "{number}({when} {where}):{car},驾驶员 {driver} {phone}。"),
    ("vehicles.trip.drive", "新的出车任务 {number}", "{when} {where},{people} 人,车辆 {car}。请接单。"),
    ("vehicles.trip.dropped", "任务取消 {number}", "{number}({when} {where})不用您出车了:{reason}"),
    ("vehicles.trip.state", "用车{state} {number}", "{number}({when} {where}){state}。{reason}"),
    ("vehicles.trip.papers", "紧急用车待补办 {number}", "{number}({when} {where})应在 {due} 前补办手续,{late}。"),
    ("vehicles.loan.asked", "请求调用车辆 {number}", "“{organ}”请求调用车辆:{when} {where},预计费用 {price} 元。"),
    ("vehicles.loan.answered", "调用车辆{state} {number}", "“{organ}”对 {number} 的调用请求:{state}。{reason}"),
)


def declare() -> None:
    """Templates of this topic; called when Django starts, again without harm."""
    register_topic(TOPIC)
    for key, title, text in TEMPLATES:
        register(Template(key, title, text, TOPIC.key))


def _tell(to: list[User], template: str, trip: Trip, now: datetime, **words: Any) -> None:
    if people := [one for one in to if one is not None]:
        send(
            to=people,
            template=template,
            about=f"vehicles.trip:{trip.pk}",
            url=reverse("vehicles:trip", args=[trip.pk]),
            now=now,
            number=trip.number,
            when=trip.when,
            where=trip.where,
            **words,
        )


def _accounts(row: Assignment) -> list[User]:
    """Of whoever drives it."""
    return [account for one in (row.driver, row.second) if one and (account := one.account)]


def assigned(made: Assignment, now: datetime) -> None:
    """The applicant learns his car; the driver his task."""
    driver = made.driver
    car = str(made.vehicle or made.rented)
    words = {"car": car, "driver": str(driver or ""), "phone": driver.phone if driver else ""}
    _tell([made.trip.applicant], "vehicles.trip.assigned", made.trip, now, **words)
    if accounts := _accounts(made):
        people = str(made.trip.passengers)
        _tell(accounts, "vehicles.trip.drive", made.trip, now, people=people, car=car)


def released(row: Assignment, reason: str, now: datetime) -> None:
    """The driver need not go."""
    if accounts := _accounts(row):
        _tell(accounts, "vehicles.trip.dropped", row.trip, now, reason=reason)


def moved(trip: Trip, reason: str, now: datetime, *, by: int | None) -> None:
    """The applicant learns what became of his trip, unless it was his own act."""
    if trip.applicant_id != by:
        _tell([trip.applicant], "vehicles.trip.state", trip, now, state=trip.get_state_display(), reason=reason)


def declined(trip: Trip, row: Assignment, reason: str, now: datetime) -> None:
    """The driver cannot go: who sent him learns it."""
    _tell([row.assigned_by], "vehicles.trip.state", trip, now, state="被驾驶员退回", reason=reason)


def papers(trip: Trip, now: datetime, *, late: bool) -> None:
    """The papers of an urgent trip are due, or late: the applicant, and then the manager of his organ too."""
    people = [trip.applicant, *(holders(Role.MANAGER, trip.organ, AREA) if late else [])]
    due = f"{timezone.localtime(trip.papers_due):%m-%d %H:%M}" if trip.papers_due else ""
    _tell(people, "vehicles.trip.papers", trip, now, due=due, late="现已逾期" if late else "请尽快补办")


def loan_asked(loan: Loan, now: datetime) -> None:
    """The lender's dispatchers and managers."""
    people = _answering(loan.organ)
    words = {"organ": str(loan.trip.organ), "price": f"{loan.price / 100:,.2f}"}
    if people:
        _send(people, "vehicles.loan.asked", loan, now, reverse("vehicles:loans"), **words)


def loan_answered(loan: Loan, now: datetime) -> None:
    """Whoever asked."""
    words = {"organ": str(loan.organ), "state": loan.get_state_display(), "reason": loan.reason}
    _send([loan.asked_by], "vehicles.loan.answered", loan, now, reverse("vehicles:trip", args=[loan.trip_id]), **words)


def _answering(organ: Organ) -> list[User]:
    return [*holders(Role.DISPATCHER, organ, AREA), *holders(Role.MANAGER, organ, AREA)]


def _send(to: list[User], template: str, loan: Loan, now: datetime, url: str, **words: Any) -> None:
    trip = loan.trip
    words |= {"number": trip.number, "when": trip.when, "where": trip.where}
    send(to=to, template=template, about=f"vehicles.trip:{trip.pk}", url=url, now=now, **words)
