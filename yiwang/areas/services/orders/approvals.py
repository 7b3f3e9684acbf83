"""报批: a repair that is too dear for the team alone waits for the decision of a case, its clock standing."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from yiwang.areas.services.orders import notify
from yiwang.areas.services.orders.machine import go_on, held, mine, need_text, stand, step
from yiwang.areas.services.orders.models import WorkOrder
from yiwang.core.flow.actions import open_case
from yiwang.core.flow.models import Case, CaseState
from yiwang.core.flow.processes import ProcessKind, known, register
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Verb
from yiwang.kit.refusal import Refusal

PROCESS = "services.repair-cost"
SUBJECT = "services.order"
_FILE = Path(__file__).parent / "processes" / f"{PROCESS}.bpmn"


def declare() -> None:
    """Make the process known; called when Django starts."""
    if not known(PROCESS):
        register(
            ProcessKind(
                key=PROCESS, label="维修费用审批", area="services", file=_FILE, code="WX", verb=Verb.HANDLE, on_end=decided,
                note="费用超过事项限额的维修,由维修人在工单上报批。",
            )
        )  # fmt: skip


def ask(*, order: int, amount: int, note: str, now: datetime, access: Access) -> WorkOrder:
    """报批: what it will cost (fen) and why. Opens a case; the clock stands until it is decided."""
    with held(order, access, "ask") as one:
        mine(one, access, "报批")
        if amount <= 0:
            raise Refusal("order.cost", "预计费用要大于 0。")
        reason = need_text(note, "报批理由")
        facts = {
            "order": one.number,
            "place": one.location,
            "problem": one.problem,
            "reason": reason,
            "estimate": str(Decimal(amount) / 100),
        }
        case = open_case(
            process=PROCESS, title=f"{one.location} {one.problem}"[:200], organ=one.organ, access=access, facts=facts,
            on=timezone.localtime(now).date(), now=now, subject=(SUBJECT, str(one.pk)),
        )  # fmt: skip
        stand(one, now)
        one.estimate, one.case_id = amount, case.pk
        step(one, access, "ask", now, f"预计 {amount / 100:,.2f} 元:{reason}", amount=amount, case=case.number)
    return one


def decided(*, case: Case, access: Access, on: date, now: datetime) -> None:
    """The case has ended: the work goes on, with the money or without. In the transaction of the decision."""
    agreed = case.state == CaseState.DONE
    verb = "approved" if agreed else "refused"
    with held(int(case.subject_id), None, verb) as one:
        if agreed:
            one.approved_cost = one.estimate
        note = f"{case.number} {case.get_state_display()}"
        step(one, access, verb, now, note, to=go_on(one, now), case=case.number)
        notify.to_repairer(one, now, verb, note)


def case_url(order: WorkOrder) -> str:
    """Where the case of an order is shown; "" where it has none."""
    try:
        return reverse("cases:case", args=[order.case_id]) if order.case_id else ""
    except NoReverseMatch:  # an installation without the pages of cases
        return ""
