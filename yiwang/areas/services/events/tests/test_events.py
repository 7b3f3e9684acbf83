"""Plans: lines, bill, verdicts; approval by the engine with a way back; rooms follow; owner, colleague, stranger."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yiwang.areas.services.events import actions, meals, papers
from yiwang.areas.services.events.models import Event, EventLine, EventState, LineKind
from yiwang.areas.services.events.plans import Plan, lines_of
from yiwang.areas.services.events.standards import costs, facts_of, verdicts
from yiwang.areas.services.venues import actions as venues
from yiwang.areas.services.venues import factories
from yiwang.areas.services.venues.models import Booking, BookingState, Venue
from yiwang.areas.services.venues.tests.helpers import NOW, at, booked
from yiwang.core.flow import actions as flow
from yiwang.core.flow.models import Case, Task, TaskState
from yiwang.core.ledger.models import Entry
from yiwang.core.papers.models import Paper
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Role
from yiwang.core.standards.verdict import VerdictKind
from yiwang.desk.testing import World, page, world
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db
DAY = date(2026, 12, 8)


@pytest.fixture
def we() -> World:
    return world()


@pytest.fixture
def room(we: World) -> Venue:
    return factories.venue(we.province, seats=60, rule={"circle": "PROVINCE", "approval": "ALWAYS"})


def refused(code: str, call: Any, /, **named: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        call(**named)
    assert caught.value.code == code, caught.value
    return caught.value


def draft(access: Access, **more: Any) -> Event:
    given: dict[str, Any] = {
        "name": "全省座谈会", "meeting_class": "三类", "first_date": DAY, "last_date": DAY, "days": Decimal(1),
        "participants": 40, "staff": 4, "banned": [], **more,
    }  # fmt: skip
    return actions.draft(access=access, now=NOW, **given)


def fill(event: Event, room: Venue, access: Access, *, standard: int = 10_000) -> None:
    actions.book_room(
        event=event.pk, venue=room.pk, starts_at=at(9, day=8), ends_at=at(12, day=8), access=access, now=NOW
    )
    meals.order(
        event=event.pk, day=DAY, meal="LUNCH", persons=40, standard=standard, payer="本单位", access=access, now=NOW
    )
    actions.add_line(
        event=event.pk, kind="CAR", what="中型客车 19 座", quantity=Decimal("1.5"), price=33_333, unit="天", payer="财政局",
        access=access, now=NOW,
    )  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(["ROOM", "LODGING", "MEAL", "CAR", "STAFF"]), st.decimals("0.01", 999, places=2),
                          st.integers(0, 10**7), st.sampled_from(["", "甲", "乙"])), max_size=12))  # fmt: skip
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_bill_adds_up_however_it_is_cut(rows: list[tuple[str, Decimal, int, str]]) -> None:
    lines = [
        EventLine(kind=kind, quantity=many, price=price, amount=actions.amount(many, price), payer=payer)
        for kind, many, price, payer in rows
    ]
    plan = Plan(Event(), lines, [])
    assert plan.total == sum(line.amount for line in lines)
    assert sum(share.amount for share in plan.shares) == sum(amount for *_, amount in plan.bill) == plan.total
    assert costs(lines)["total_cost"] * 100 == plan.total


def test_half_a_fen_goes_up() -> None:
    assert actions.amount(Decimal("1.5"), 33_333) == 50_000
    assert actions.amount(Decimal("0.5"), 1) == 1


def test_a_plan_is_judged_by_the_meeting_clauses(we: World) -> None:
    """Those of the nation's regulation hold for a county too; what is forbidden and planned is over."""
    clean, clerk = draft(we.access()), we.access()
    assert not [one for one in verdicts(clean) if one.kind in (VerdictKind.OVER, VerdictKind.WARNING)]
    bad = draft(clerk, banned=["banquet", "souvenirs"])
    over = [one for one in verdicts(bad) if one.kind is VerdictKind.OVER]
    assert [(one.clause, one.measure) for one in over] == [("ZFGW-2025-05/meeting", Decimal(2))]
    assert facts_of(bad)["banquet"] is True
    text = page(we.client(Role.CLERK).get(reverse("services:event", args=[bad.pk])))
    assert "禁止事项" in text
    assert '<div class="clause over">' in text


@pytest.mark.parametrize(
    ("values", "code"),
    [({"name": " "}, "event.text"), ({"last_date": DAY - timedelta(days=1)}, "event.dates"), ({"staff": 41}, "event.figure"),
     ({"days": Decimal(2)}, "event.figure"), ({"days": Decimal(0)}, "event.figure")],
)  # fmt: skip
def test_what_a_plan_cannot_be(we: World, values: dict[str, Any], code: str) -> None:
    refused(code, draft, access=we.access(), **values)
    assert Event.objects.count() == 0


class Office:
    """The persons of the process, and their tasks."""

    def __init__(self, we: World) -> None:
        self.we = we
        self.who = {
            role: we.access(role) for role in (Role.MANAGER, Role.FINANCE, Role.RECEPTION, Role.CANTEEN, Role.LEADER)
        }

    def task(self, event: Event, node: str) -> Task:
        case = Event.objects.get(pk=event.pk).case
        return Task.objects.get(case=case, step__node=node, state=TaskState.OPEN)

    def approve(self, event: Event, node: str, role: Role) -> None:
        flow.act(
            task=self.task(event, node).pk,
            verdict="approve",
            opinion="同意",
            access=self.who[role],
            on=NOW.date(),
            now=NOW,
        )

    def to_the_leader(self, event: Event) -> None:
        for node, role in (
            ("head", Role.MANAGER),
            ("budget", Role.FINANCE),
            ("room", Role.RECEPTION),
            ("canteen", Role.CANTEEN),
        ):
            self.approve(event, node, role)


def test_sent_back_once_corrected_approved(we: World, room: Venue) -> None:
    clerk, office = we.access(), Office(we)
    event = draft(clerk)
    refused("event.empty", actions.submit, event=event.pk, access=clerk, on=NOW.date(), now=NOW)
    fill(event, room, clerk, standard=30_000)
    waiting = Booking.objects.get()
    assert (waiting.state, waiting.case, waiting.event) == (BookingState.PENDING, None, event.pk)
    actions.submit(event=event.pk, access=clerk, on=NOW.date(), now=NOW)
    refused("event.state", actions.add_line, event=event.pk, kind="CAR", what="车", quantity=Decimal(1), price=1,
            access=clerk, now=NOW)  # fmt: skip
    head = office.task(event, "head")
    judged = head.step.verdicts
    assert {one["clause"] for one in judged if one["kind"] == "within"} >= {"ZFGW-2025-05/meeting"}
    flow.send_back(
        task=head.pk, node="apply", opinion="伙食费标准偏高", access=office.who[Role.MANAGER], on=NOW.date(), now=NOW
    )
    event.refresh_from_db()
    assert event.state == EventState.BACK
    assert "伙食费标准偏高" in page(we.client().get(reverse("services:event", args=[event.pk])))
    meal = event.lines.get(kind="MEAL")
    actions.remove_line(event=event.pk, line=meal.pk, access=clerk, now=NOW)
    meals.order(
        event=event.pk, day=DAY, meal="LUNCH", persons=40, standard=4_000, payer="本单位", access=clerk, now=NOW
    )
    actions.submit(event=event.pk, access=clerk, on=NOW.date(), now=NOW)
    case = Case.objects.get(pk=Event.objects.get(pk=event.pk).case or 0)
    assert case.facts["meal_cost"] == "1600"
    office.to_the_leader(event)
    assert Booking.objects.get().state == BookingState.PENDING
    office.approve(event, "leader", Role.LEADER)
    assert Event.objects.visible(office.who[Role.FINANCE]).get() == event  # had a task in its case
    event.refresh_from_db()
    waiting.refresh_from_db()
    assert (event.state, waiting.state) == (EventState.APPROVED, BookingState.BOOKED)
    sheet = page(we.client().get(reverse("services:event-sheet", args=[event.pk, "bill"])))
    assert "1,600.00 元" in sheet
    assert "500.00 元" in sheet
    assert "保障方案" in page(we.client().get(reverse("services:event-sheet", args=[event.pk, "plan"])))
    prints(we, event)
    acts = list(Entry.objects.filter(obj=f"services.event:{event.pk}").order_by("pk").values_list("act", flat=True))
    assert [one.rpartition(".")[2] for one in acts] == [
        "draft", "add-line", "add-line", "add-line", "submit", "back", "remove-line", "add-line", "submit", "approved"
    ]  # fmt: skip


def prints(we: World, event: Event) -> None:
    """Both papers are issued by who may see the plan, with the opinions; not by a stranger."""
    bill, plan = papers.bill_facts(event.pk), papers.plan_facts(event.pk)
    assert bill["total"] == "2,100.00 元"
    assert set(bill["payers"].splitlines()) >= {"财政局 500.00 元", "本单位 1,600.00 元"}
    assert [one["step"] for one in plan["opinions"]][-1] == "分管领导审批"
    assert "会议午餐" in plan["lines"]
    client, given = we.client(), {"kind": papers.BILL, "pk": str(event.pk)}
    assert we.client(Role.MANAGER, we.theirs).post(reverse("papers:issue"), given).status_code >= 400
    assert Paper.objects.count() == 0
    assert client.post(reverse("papers:issue"), given).status_code == 302
    assert Paper.objects.get().title == "会议(活动)费用单"
    assert Paper.objects.get().full_number in page(client.get(reverse("services:event", args=[event.pk])))


@pytest.mark.parametrize("how", ["reject", "withdraw", "cancel"])
def test_rooms_are_free_again_when_the_meeting_will_not_be(we: World, room: Venue, how: str) -> None:
    clerk, office = we.access(), Office(we)
    event = draft(clerk)
    fill(event, room, clerk)
    actions.submit(event=event.pk, access=clerk, on=NOW.date(), now=NOW)
    who: dict[str, Any] = {"on": NOW.date(), "now": NOW}
    if how == "reject":
        task = office.task(event, "head")
        flow.act(task=task.pk, verdict="reject", opinion="不办", access=office.who[Role.MANAGER], **who)
    elif how == "withdraw":
        flow.withdraw(case=Event.objects.get(pk=event.pk).case or 0, access=clerk, **who)
    else:
        refused("event.text", actions.cancel, event=event.pk, reason=" ", access=clerk, **who)
        actions.cancel(event=event.pk, reason="改期", access=clerk, **who)
        assert Case.objects.get().state == "VOID"
    event.refresh_from_db()
    assert event.state == (EventState.CANCELLED if how == "cancel" else EventState.REFUSED)
    assert Booking.objects.get().state == BookingState.CANCELLED
    booked(room, we.access(Role.MANAGER, we.province), 9, 12, day=8)


def test_a_line_with_a_room_gives_it_back(we: World, room: Venue) -> None:
    clerk = we.access()
    event = draft(clerk)
    fill(event, room, clerk)
    refused("booking.taken", actions.book_room, event=event.pk, venue=room.pk, starts_at=at(9, day=8), ends_at=at(10, day=8),
            access=clerk, now=NOW)  # fmt: skip
    line = event.lines.get(kind="ROOM")
    actions.remove_line(event=event.pk, line=line.pk, access=clerk, now=NOW)
    assert Booking.objects.get().state == BookingState.CANCELLED
    refused("event.gone", actions.remove_line, event=event.pk, line=line.pk, access=clerk, now=NOW)


def test_a_room_of_a_plan_says_when_it_is_now(we: World, room: Venue) -> None:
    """Moved, it keeps waiting for the plan; the plan shows the new time."""
    clerk = we.access()
    event = draft(clerk)
    fill(event, room, clerk)
    made = Booking.objects.get()
    venues.move(booking=made.pk, starts_at=at(14, day=8), ends_at=at(16, day=8), access=clerk, now=NOW)
    made.refresh_from_db()
    assert (made.state, made.case) == (BookingState.PENDING, None)
    assert [line.when for line in lines_of(event) if line.booking] == ["12-08 14:00–16:00 待审批"]


def test_strangers_and_colleagues(we: World, room: Venue) -> None:
    staff = we.access(Role.STAFF)
    event = draft(staff)
    url = reverse("services:event", args=[event.pk])
    assert we.client(Role.MANAGER, we.theirs).get(url).status_code == 404
    assert event.name not in page(we.client(Role.MANAGER, we.theirs).get(reverse("services:events")))
    assert we.client(Role.LEADER).get(url).status_code == 200
    assert we.client(Role.LEADER).post(url, {"do": "submit"}).status_code == 403
    assert we.client(Role.RECEPTION).get(url).status_code == 404
    assert we.client(Role.FINANCE).get(url).status_code == 404
    assert we.client(Role.AUDITOR).get(reverse("services:event-new")).status_code == 403
    assert "/login" in Client().get(url)["Location"]
    assert we.client(Role.STAFF).post(url, {"do": "fly"}).status_code == 404


def test_who_serves_sees_the_plans_he_has_a_part_in(we: World, room: Venue) -> None:
    """Reception sees a plan with a room once it is submitted; canteen and repairer do not, until there is a meal."""
    clerk = we.access()
    event = draft(clerk)
    fill(event, room, clerk)
    event.lines.exclude(kind=LineKind.ROOM).delete()
    who = (Role.RECEPTION, Role.CANTEEN, Role.REPAIRER, Role.KEEPER, Role.DISPATCHER)

    def seeing() -> list[Role]:
        return [role for role in who if Event.objects.visible(we.access(role)).filter(pk=event.pk).exists()]

    assert seeing() == []
    Event.objects.filter(pk=event.pk).update(state=EventState.ASKED)
    assert seeing() == [Role.RECEPTION]
    url = reverse("services:event", args=[event.pk])
    assert we.client(Role.RECEPTION).post(url, {"do": "cancel", "reason": "x"}).status_code == 403
    EventLine.objects.filter(event=event).update(kind=LineKind.MEAL)
    assert seeing() == [Role.CANTEEN]
    assert not Event.objects.visible(we.access(Role.CANTEEN, we.theirs)).exists()


def test_the_whole_by_forms(we: World, room: Venue) -> None:
    client = we.client()
    client.get(reverse("services:event-new"))
    day = str(datetime.now().date() + timedelta(days=3))
    head = {"name": "座谈会", "meeting_class": "三类", "first_date": day, "days": "1", "participants": "30"}
    assert "会期" in page(client.post(reverse("services:event-new"), {**head, "days": "两天"}), 422)
    url = client.post(reverse("services:event-new"), head)["Location"]
    for form in (
        {"do": "room", "venue": str(room.pk), "date": day, "start": "09:00", "end": "12:00"},
        {"do": "meal", "date": day, "meal": "LUNCH", "persons": "30", "standard": "40"},
        {"do": "line", "kind": "CAR", "what": "客车", "quantity": "1", "price": "300.50", "unit": "辆"},
        {"do": "task", "what": "布置会场", "date": day, "time": "08:00", "responsible": "王敏"},
        {"do": "change", **head, "name": "工作座谈会"},
    ):
        answer = client.post(url, form)
        assert answer.status_code == 302, page(answer, 422)
    text = page(client.get(url))
    for shown in ("工作座谈会", "1,500.50 元", "布置会场", room.name):
        assert shown in text
    assert "每人标准" in page(
        client.post(url, {"do": "meal", "date": day, "meal": "LUNCH", "persons": "30", "standard": ""}), 422
    )
    task = Event.objects.get().tasks.get()
    assert client.post(url, {"do": "finish", "task": task.pk}).status_code == 302
    assert "已经完成" in page(client.post(url, {"do": "finish", "task": task.pk}), 422)
    Office(we)
    assert client.post(url, {"do": "submit"}).status_code == 302
    assert "审批中" in page(client.get(url))
    assert client.post(url, {"do": "cancel", "reason": "改期"}).status_code == 302
    assert Booking.objects.get().state == BookingState.CANCELLED
