"""A trip from the request to the bill; and each way in which it does not get there."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from yiwang.areas.vehicles.life.models import Body
from yiwang.areas.vehicles.trips import actions, claims, clockwork, driving, factories, settling
from yiwang.areas.vehicles.trips.driving import CHECKS, Given
from yiwang.areas.vehicles.trips.models import Assignment, DriveAct, Expense, Purpose, Trip, TripState
from yiwang.areas.vehicles.trips.places import Place
from yiwang.areas.vehicles.trips.tests.scene import NOW, Pool, at, pool
from yiwang.areas.vehicles.trips.wanted import Wanted
from yiwang.core.flow import actions as flow
from yiwang.core.flow.models import Case, CaseState, Task, TaskState
from yiwang.core.ledger.models import Entry
from yiwang.core.notices.models import Notice
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db

WANTED = Wanted(
    starts_at=at(9),
    ends_at=at(12),
    passengers=3,
    purpose=Purpose.RESEARCH,
    reason="调研办公用房",
    places=(Place("机关大院", 102.71, 25.04), Place("云岭县", 102.81, 25.14)),
)
GOOD = {key: True for key, _, _ in CHECKS}


@pytest.fixture
def there() -> Pool:
    return pool()


def ask(there: Pool, **more: Any) -> Trip:
    now = more.pop("now", NOW)
    return actions.request(wanted=replace(WANTED, **more), access=there.access(there.staff), now=now)


def case_of(trip: Trip) -> Case:
    return Case.objects.get(pk=trip.case or 0)


def answer(there: Pool, trip: Trip, verdict: Any = "approve") -> None:
    task = Task.objects.get(case=trip.case, state=TaskState.OPEN)
    access = there.access(there.manager)
    flow.act(task=task.pk, verdict=verdict, opinion="好", access=access, on=NOW.date(), now=NOW)
    trip.refresh_from_db()


def sent(there: Pool, **more: Any) -> Trip:
    """A trip with car and driver."""
    trip = ask(there, **more)
    if trip.state == TripState.REQUESTED:
        answer(there, trip)
    access = there.access(there.dispatcher)
    claims.assign(trip=trip.pk, vehicle=there.car.pk, driver=there.driver.pk, access=access, now=NOW)
    return trip


def drive(there: Pool, trip: Trip, act: str, hour: float, key: str = "", **given: Any) -> Trip:
    access = there.access(there.wheel)
    return driving.do(act, trip=trip.pk, given=Given(**given), access=access, now=at(hour), key=key)


def driven(there: Pool, trip: Trip) -> Trip:
    """The whole way: 60 km, 40 minutes waited."""
    drive(there, trip, "accept", 8.5)
    drive(there, trip, "inspect", 8.6, checks=GOOD)
    drive(there, trip, "start", 9, odometer=1000)
    drive(there, trip, "arrive", 10)
    drive(there, trip, "resume", 10 + 40 / 60)
    return drive(there, trip, "end", 11.5, odometer=1060)


def refusal(code: str, call: Any, *args: Any, **more: Any) -> Refusal:
    with pytest.raises(Refusal) as found:
        call(*args, **more)
    assert found.value.code == code, found.value
    return found.value


def test_from_the_request_to_the_bill(there: Pool) -> None:
    factories.tariff(there.county, per_km=200, per_hour=1000, waiting_hour=3000, per_trip=500)
    trip = ask(there)
    assert (trip.state, trip.kilometres) == (TripState.REQUESTED, 41)
    case = case_of(trip)
    assert (case.subject_id, case.facts["route"], case.facts["cost"]) == (str(trip.pk), "机关大院 → 云岭县", "117")
    answer(there, trip)
    assert trip.state == TripState.APPROVED
    access = there.access(there.dispatcher)
    claims.assign(trip=trip.pk, vehicle=there.car.pk, driver=there.driver.pk, access=access, now=NOW)
    driven(there, trip)
    drive(there, trip, "expense", 11.6, kind="TOLL", amount=2500)
    drive(there, trip, "expense", 11.7, kind="FUEL", amount=30000)
    trip.refresh_from_db()
    there.car.refresh_from_db()
    assert (trip.state, there.car.mileage) == (TripState.DONE, 1060)
    lines = {one["label"]: one["amount"] for one in trip.lines}
    assert lines == {"每次": 500, "里程": 12000, "用时": 2500, "等候": 600, "过路过桥": 2500}
    assert trip.charge == 18100
    held = Assignment.objects.get(trip=trip)
    assert (held.held_to, held.waited_minutes) == (at(11.5), 40)
    actions.confirm(trip=trip.pk, stars=5, comment="准时", access=there.access(there.staff), now=at(12))
    month = at(0).date()
    (bill,) = settling.bills(access, month)
    assert (bill.organ, bill.kilometres, bill.amount, bill.due) == (there.bureau, 60, 18100, 18100)
    assert settling.settle(organ=there.bureau.pk, month=month, access=access, now=at(13)) == (1, 18100)
    refusal("settle.none", settling.settle, organ=there.bureau.pk, month=month, access=access, now=at(13))
    acts = list(Entry.objects.filter(act__startswith="vehicles.").order_by("pk").values_list("act", flat=True))
    assert acts[:3] == ["vehicles.trip.request", "vehicles.trip.approve", "vehicles.trip.assign"]
    assert acts[-2:] == ["vehicles.trip.confirm", "vehicles.trip.settle"]


@pytest.mark.parametrize(
    ("change", "code", "clause"),
    [
        ({"purpose": Purpose.PRIVATE}, "answer.private", "ZBF-2017-71/forbidden"),
        ({"body": Body.LARGE}, "answer.over-standard", "GWY-621-2012/car-ban"),
        ({"starts_at": at(9, day=5), "ends_at": at(10, day=5)}, "answer.sealed", "ZBF-2017-71/centralized-use"),
        ({"ends_at": at(8)}, "trip.period", ""),
        ({"ends_at": at(9) + timedelta(days=31)}, "trip.long", ""),
        ({"starts_at": at(9, day=1), "now": at(10, day=1)}, "trip.past", ""),
        ({"passengers": 0}, "trip.passengers", ""),
        ({"places": (Place("机关大院"),)}, "trip.places", ""),
        ({"places": (Place("机关大院"), Place("无人知道的地方"))}, "trip.place-unknown", ""),
        ({"reason": " "}, "trip.text", ""),
        ({"purpose": "JOY"}, "trip.word", ""),
        ({"urgent": True}, "trip.urgent", ""),
    ],
)
def test_refused_before_anything_is_written(there: Pool, change: Any, code: str, clause: str) -> None:
    assert refusal(code, ask, there, **change).clause == clause
    assert (Trip.objects.count(), Case.objects.count()) == (0, 0)


def test_the_same_form_twice_is_one_trip(there: Pool) -> None:
    access = there.access(there.staff)
    made = [actions.request(wanted=WANTED, access=access, now=NOW, key="k1").pk for _ in range(2)]
    assert made[0] == made[1]
    assert Case.objects.count() == 1


def test_rejected_and_withdrawn(there: Pool) -> None:
    no = ask(there)
    answer(there, no, "reject")
    assert (no.state, Notice.objects.filter(user=there.staff, template="vehicles.trip.state").count()) == (
        TripState.REFUSED,
        1,
    )
    off = ask(there)
    actions.cancel(trip=off.pk, reason="会议改期", access=there.access(there.staff), now=NOW)
    off.refresh_from_db()
    assert (off.state, case_of(off).state) == (TripState.CANCELLED, CaseState.WITHDRAWN)


def test_sent_back_and_corrected(there: Pool) -> None:
    trip = ask(there)
    task = Task.objects.get(case=trip.case, state=TaskState.OPEN)
    access = there.access(there.manager)
    flow.send_back(task=task.pk, node="apply", opinion="核实人数", access=access, on=NOW.date(), now=NOW)
    changed = replace(WANTED, passengers=2, ends_at=at(13))
    actions.correct(trip=trip.pk, wanted=changed, access=there.access(there.staff), now=NOW)
    trip.refresh_from_db()
    assert (trip.passengers, trip.ends_at, case_of(trip).facts["passengers"]) == (2, at(13), 2)
    refusal(
        "trip.not-sent-back", actions.correct, trip=trip.pk, wanted=changed, access=there.access(there.staff), now=NOW
    )
    answer(there, trip)
    assert trip.state == TripState.APPROVED


def test_cancelled_after_the_car_was_sent_it_is_free(there: Pool) -> None:
    trip = sent(there)
    actions.cancel(trip=trip.pk, reason="不去了", access=there.access(there.staff), now=NOW)
    assert claims.live_of(trip.pk) is None
    assert Notice.objects.filter(user=there.wheel, template="vehicles.trip.dropped").count() == 1
    refusal("trip.state", actions.cancel, trip=trip.pk, reason="再", access=there.access(there.staff), now=NOW)


def test_urgent_first_papers_after(there: Pool) -> None:
    factories.rule(there.county, papers_hours=4)
    trip = sent(there, urgent=True, purpose=Purpose.EMERGENCY)
    assert (trip.case, trip.papers_due) == (None, NOW + timedelta(hours=4))
    assert clockwork.tick(NOW + timedelta(hours=3))["late"] == 0
    assert clockwork.tick(NOW + timedelta(hours=5))["late"] == 1
    assert clockwork.tick(NOW + timedelta(hours=6))["late"] == 0
    told = Notice.objects.filter(template="vehicles.trip.papers").values_list("user", flat=True)
    assert set(told) == {there.staff.pk, there.manager.pk}
    actions.bring_papers(trip=trip.pk, document="云应急〔2026〕1号", access=there.access(there.staff), now=at(20))
    trip.refresh_from_db()
    answer(there, trip)
    assert (trip.state, trip.document) == (TripState.ASSIGNED, "云应急〔2026〕1号")
    refusal(
        "trip.papers", actions.bring_papers, trip=trip.pk, document="", access=there.access(there.staff), now=at(20)
    )


def test_papers_that_are_refused_are_said_on_the_trip(there: Pool) -> None:
    trip = sent(there, urgent=True, purpose=Purpose.EMERGENCY)
    actions.bring_papers(trip=trip.pk, document="", access=there.access(there.staff), now=at(8))
    trip.refresh_from_db()
    answer(there, trip, "reject")
    assert trip.state == TripState.ASSIGNED
    assert trip.ended_reason.startswith("补办手续未获批准")


def test_each_act_in_its_order_and_once(there: Pool) -> None:
    trip = sent(there)
    refusal("drive.state", drive, there, trip, "start", 9, odometer=1)
    drive(there, trip, "accept", 8.5, key="a")
    drive(there, trip, "accept", 8.6, key="a")
    assert DriveAct.objects.count() == 1
    refusal("drive.inspect", drive, there, trip, "start", 9, odometer=1)
    found = refusal("drive.unsafe", drive, there, trip, "inspect", 9, checks={**GOOD, "brakes": False})
    assert "制动" in found.message
    drive(there, trip, "inspect", 9, checks={**GOOD, "clean": False})
    type(there.car).objects.update(mileage=5000)
    refusal("drive.odometer", drive, there, trip, "start", 9)
    refusal("drive.backwards", drive, there, trip, "start", 9, odometer=4999)
    drive(there, trip, "start", 9, odometer=5000)
    refusal("drive.backwards", drive, there, trip, "end", 10, odometer=4999)
    refusal("drive.far", drive, there, trip, "end", 10, odometer=10001)
    refusal("drive.expense", drive, there, trip, "expense", 10, kind="WINE", amount=1)
    refusal("drive.act", drive, there, trip, "fly", 10)
    assert Expense.objects.count() == 0
    drive(there, trip, "end", 10, odometer=5020)
    refusal("drive.state", drive, there, trip, "end", 10, odometer=5020)


def test_only_who_drives_and_who_dispatches(there: Pool) -> None:
    trip, stranger = sent(there), pool("白石县")
    for who, home, code in ((there.staff, there, "rights.denied"), (stranger.wheel, stranger, "rights.denied")):
        access = home.access(who)
        refusal(code, driving.do, "accept", trip=trip.pk, given=Given(), access=access, now=NOW)
    access = stranger.access(stranger.dispatcher)
    refusal("trip.gone", driving.do, "accept", trip=trip.pk, given=Given(), access=access, now=NOW)
    driving.do("accept", trip=trip.pk, given=Given(), access=there.access(there.dispatcher), now=NOW)


def test_declined_it_waits_for_another(there: Pool) -> None:
    trip = sent(there)
    refusal("trip.text", drive, there, trip, "decline", 8)
    drive(there, trip, "decline", 8, reason="身体不适")
    trip.refresh_from_db()
    assert (trip.state, claims.live_of(trip.pk)) == (TripState.APPROVED, None)
    assert Notice.objects.filter(user=there.dispatcher, template="vehicles.trip.state").count() == 1


def test_no_show_after_the_minutes_of_the_pool(there: Pool) -> None:
    trip = sent(there)
    drive(there, trip, "accept", 8)
    refusal("drive.too-soon", drive, there, trip, "no_show", 9.4, reason="电话不通")
    drive(there, trip, "no_show", 9.5, reason="电话不通")
    trip.refresh_from_db()
    assert (trip.state, trip.ended_reason) == (TripState.NO_SHOW, "电话不通")


def test_extended_unless_the_next_trip_stands_in_the_way(there: Pool) -> None:
    trip = sent(there)
    access = there.access(there.staff)
    actions.extend(trip=trip.pk, ends_at=at(12.5), access=access, now=NOW)
    assert Assignment.objects.get(trip=trip).held_to == at(12.75)
    sent(there, starts_at=at(14), ends_at=at(15))
    refusal("assign.overlap", actions.extend, trip=trip.pk, ends_at=at(14), access=access, now=NOW)
    refusal("trip.period", actions.extend, trip=trip.pk, ends_at=at(12), access=access, now=NOW)
    trip.refresh_from_db()
    assert trip.ends_at == at(12.5)


def test_a_rented_car_is_billed_by_the_contract(there: Pool) -> None:
    contract = factories.rental(there.county, DAY=50_000, KM=150)
    trip = ask(there)
    answer(there, trip)
    access = there.access(there.dispatcher)
    refusal("trip.rental", actions.rent, trip=trip.pk, rent="1:LARGE", rented="x", access=access, now=NOW)
    actions.rent(trip=trip.pk, rent=f"{contract.pk}:SEDAN", rented="示A00001 赵师傅", access=access, now=NOW)
    for act, odometer in (("accept", None), ("start", 10), ("end", 110)):
        driving.do(act, trip=trip.pk, given=Given(odometer=odometer), access=access, now=at(10))
    trip.refresh_from_db()
    assert (trip.provision, trip.charge) == ("RENTAL", 50_000 + 100 * 150)


def test_time_alone(there: Pool) -> None:
    unanswered, trip = ask(there), sent(there, starts_at=at(9, day=3), ends_at=at(11, day=3))
    assert clockwork.tick(at(9))["lapsed"] == 1
    unanswered.refresh_from_db()
    assert (unanswered.state, case_of(unanswered).state) == (TripState.CANCELLED, CaseState.VOID)
    Trip.objects.filter(pk=trip.pk).update(state=TripState.DONE)
    Assignment.objects.filter(trip=trip).update(ended_at=at(11, day=3))
    assert clockwork.tick(at(9, day=8))["confirmed"] == 0
    assert clockwork.tick(at(9, day=9))["confirmed"] == 1
    trip.refresh_from_db()
    assert (trip.state, trip.stars) == (TripState.CONFIRMED, None)
