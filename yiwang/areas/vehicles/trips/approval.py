"""The approval of a trip by the process in force (公务用车申请). The trip and its case are written in one transaction.

The case is the approval and nothing more: sending, driving and settling are the trip's own machine (decision 0056).
The case belongs to the organ that wants the car; its manager and leader answer.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from yiwang.areas.vehicles.trips.models import Trip
from yiwang.core.flow import actions as flow
from yiwang.core.flow import processes
from yiwang.core.flow.definitions import graph_of
from yiwang.core.flow.holding import hold as hold_case
from yiwang.core.flow.models import Case, CaseState, Task, TaskState
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import Access
from yiwang.core.rights.held import Held
from yiwang.core.rights.models import Role
from yiwang.kit.refusal import Refusal

PROCESS = "vehicles.trip"
SUBJECT = "vehicles.trip"


class System(Access):
    """The platform itself, where time ends what nobody answered."""

    @property
    def actor(self) -> str:
        """How the ledger names it."""
        return "system"


def system(organ: Organ) -> Access:
    """The platform at work for an organ."""
    return System(AnonymousUser(), organ, (Held(Role.MANAGER, "", organ),))


def at_work(access: Access, organ: Organ) -> Access:
    """The same user for the organ of the trip. (The access of a request is a lazy stand-in, no dataclass.)"""
    made: Access = access.__class__(access.user, organ, access.held, access.limit)
    return made


def declare() -> None:
    """Hang the trip on the standard process; called once when Django starts."""
    processes.extend(PROCESS, on_end=_ended, on_event=_happened, page="vehicles:trip-new", words="我要用车")


def ask(trip: Trip, access: Access, now: datetime, *, price: int = 0) -> int:
    """Open the case and keep its id on the trip."""
    case = flow.open_case(
        process=PROCESS,
        title=f"{trip.when} {trip.route} {trip.reason}"[:200],
        organ=trip.organ,
        access=at_work(access, trip.organ),
        facts=facts(trip, price),
        on=_on(now),
        now=now,
        subject=(SUBJECT, str(trip.pk)),
    )
    Trip.objects.filter(pk=trip.pk).update(case=case.pk)
    trip.case = case.pk
    return int(case.pk)


def facts(trip: Trip, price: int = 0) -> dict[str, Any]:
    """What the approver reads. A process of a region's own may ask for less."""
    return {
        "purpose": trip.reason,
        "purpose_class": str(trip.get_purpose_display()),
        "destination": trip.route.rpartition(" → ")[2],
        "route": trip.route,
        "outside": trip.kilometres > OUTSIDE,
        "out_date": trip.day.isoformat(),
        "times": trip.when,
        "trip_days": (timezone.localtime(trip.ends_at).date() - trip.day).days + 1,
        "passengers": trip.passengers,
        "party": trip.party,
        "document": trip.document,
        "cost": f"{price / 100:.2f}",
        "urgent": trip.urgent,
    }


#: Beyond so many km there and back a journey counts as one out of the city.
OUTSIDE = 200


def hold(case: int | None) -> None:
    """The case is locked before the trip, as the engine does when it ends a case: no two wait for each other."""
    if case is not None:
        hold_case(case)


def drop(case: int, reason: str, access: Access, now: datetime) -> None:
    """The trip needs no answer any more: its case is withdrawn by who asked, or else void."""
    row = Case.objects.select_related("organ").get(pk=case)
    if row.state != CaseState.OPEN:
        return
    if row.applicant_id == access.user.pk and not Task.objects.filter(case=row, state=TaskState.DONE).exclude(
        done_by=access.user.pk
    ):
        flow.withdraw(case=case, reason=reason, access=at_work(access, row.organ), on=_on(now), now=now)
    else:
        flow.void(case=case, reason=reason, access=system(row.organ), on=_on(now), now=now)


def open_task(trip: Trip, user: int | None) -> Task | None:
    """The task of the applicant whose request was sent back."""
    if trip.case is None:
        return None
    rows = Task.objects.filter(case=trip.case, state=TaskState.OPEN, who=user, case__applicant=user)
    return rows.select_related("step").first()


def send_again(trip: Trip, access: Access, now: datetime, *, price: int = 0) -> None:
    """Answer the task of who was sent back, with the content as it is now. Refusal `trip.not-sent-back`."""
    task = open_task(trip, access.user.pk)
    if task is None:
        raise Refusal("trip.not-sent-back", "这次用车没有退回给您修改;要改行程,请取消后重新申请。")
    given = facts(trip, price)
    flow.act(task=task.pk, verdict="approve", facts=given, access=at_work(access, trip.organ), on=_on(now), now=now)


def sees_case(access: Access, case: int | None) -> bool:
    """Whether the page of the case opens for the user."""
    return case is not None and Case.objects.visible(access).filter(pk=case).exists()


def _on(now: datetime) -> date:
    return timezone.localtime(now).date()


def _mine(case: Case) -> bool:
    return case.subject_kind == SUBJECT and Trip.objects.filter(pk=case.subject_id, case=case.pk).exists()


def _ended(*, case: Case, access: Access, on: date, now: datetime) -> None:
    """The answer becomes the trip's, in the transaction of the case."""
    from yiwang.areas.vehicles.trips import actions

    if _mine(case):
        approved = case.state == CaseState.DONE
        reason = "" if approved else f"{case.get_state_display()}({case.number})"
        actions.decide(
            trip=int(case.subject_id),
            approved=approved,
            reason=reason,
            access=access,
            now=now,
            withdrawn=case.state == CaseState.WITHDRAWN,
        )


def _happened(*, case: Case, event: Any, access: Access, on: date, now: datetime) -> None:
    """Whatever the applicant corrected on the page of the case holds for the trip too.

    A process of a region's own may go on to a dispatcher after the approval: there the trip waits for its car.
    """
    if not _mine(case):
        return
    if event.kind == "entered" and graph_of(case.definition).nodes[event.node].role.startswith(Role.DISPATCHER):
        from yiwang.areas.vehicles.trips import actions

        actions.decide(trip=int(case.subject_id), approved=True, reason="", access=access, now=now)
    given = {"reason": str(case.facts.get("purpose") or "")[:200], "passengers": case.facts.get("passengers")}
    known = {name: value for name, value in given.items() if value}
    Trip.objects.filter(pk=case.subject_id, state="REQUESTED").update(**known)
