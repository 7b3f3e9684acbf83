"""Approval of bookings by the process engine (场所预约审批). The venue is held from the asking on.

The case belongs to the organ that manages the venue: its manager or its reception answers. A booking that is part of a
meeting's plan has no case of its own: the meeting's approval speaks for it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from yiwang.areas.services.venues.models import AREA, Booking
from yiwang.core.flow import actions as flow
from yiwang.core.flow import processes
from yiwang.core.flow.holding import hold as hold_case
from yiwang.core.flow.models import Case, CaseState
from yiwang.core.flow.processes import ProcessKind
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import Access
from yiwang.core.rights.held import Held
from yiwang.core.rights.models import Role

PROCESS = "services.booking"
SUBJECT = "services.booking"
_FILE = Path(__file__).parent / "processes" / "services.booking.bpmn"


class System(Access):
    """The platform itself, where time ends what nobody answered."""

    @property
    def actor(self) -> str:
        """How the ledger names it."""
        return "system"


def system(organ: Organ) -> Access:
    """The platform at work for an organ, whatever the area of the process."""
    return System(AnonymousUser(), organ, (Held(Role.MANAGER, "", organ),))


def declare() -> None:
    """Register the process; called once when Django starts."""
    if not processes.known(PROCESS):
        processes.register(
            ProcessKind(key=PROCESS, label="场所预约审批", area=AREA, file=_FILE, code="YS", on_end=_ended)
        )


def ask(booking: Booking, why: str, access: Access, now: datetime) -> None:
    """Open the case and keep its id on the booking. Whom the rule lets book may ask the venue's organ, wherever it stands."""
    organ = booking.venue.organ
    case = flow.open_case(
        process=PROCESS,
        title=f"{booking.venue} {booking.times} {booking.title}"[:200],
        organ=organ,
        access=replace(access, organ=organ),
        facts=_facts(booking, why),
        on=timezone.localtime(now).date(),
        now=now,
        subject=(SUBJECT, str(booking.pk)),
    )
    Booking.objects.filter(pk=booking.pk).update(case=case.pk)
    booking.case = case.pk


def _facts(booking: Booking, why: str) -> dict[str, Any]:
    return {
        "venue": str(booking.venue),
        "title": booking.title,
        "used_date": booking.day.isoformat(),
        "times": booking.times[6:],
        "participants": booking.participants,
        "organ": str(booking.organ),
        "why": why,
        "cost": f"{booking.price / 100:.2f}",
        "needs": ";".join(text for text in (booking.equipment, booking.catering) if text),
    }


def hold(case: int | None) -> None:
    """The case is locked before the venue, as the engine does when it ends a case: no two wait for each other."""
    if case is not None:
        hold_case(case)


def drop(case: int, reason: str, access: Access, now: datetime) -> None:
    """The booking needs no answer any more: its case is withdrawn by who asked, or else void."""
    row = Case.objects.select_related("organ").get(pk=case)
    if row.state != CaseState.OPEN:
        return
    if row.applicant_id == access.user.pk:
        applicant = replace(access, organ=row.organ)
        flow.withdraw(case=case, reason=reason, access=applicant, on=_on(now), now=now)
    else:
        flow.void(case=case, reason=reason, access=system(row.organ), on=_on(now), now=now)


def lapse(case: int, reason: str, now: datetime) -> None:
    """Nobody answered in time: the case is void."""
    row = Case.objects.select_related("organ").get(pk=case)
    if row.state == CaseState.OPEN:
        flow.void(case=case, reason=reason, access=system(row.organ), on=_on(now), now=now)


def _on(now: datetime) -> date:
    return timezone.localtime(now).date()


def _ended(*, case: Case, access: Access, on: date, now: datetime) -> None:
    """The answer becomes the booking's, in the transaction of the case."""
    from yiwang.areas.services.venues import actions

    if case.subject_kind != SUBJECT or not Booking.objects.filter(pk=case.subject_id, case=case.pk).exists():
        return
    approved = case.state == CaseState.DONE
    reason = "" if approved else f"{case.get_state_display()}({case.number})"
    actions.decide(booking=int(case.subject_id), approved=approved, reason=reason, access=access, now=now)
