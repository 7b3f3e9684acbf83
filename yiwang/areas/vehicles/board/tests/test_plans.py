"""排全天: proposed at once, improved behind, taken whole or by line; what is accepted changes only where it must."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from yiwang.areas.vehicles.board import plans
from yiwang.areas.vehicles.board.models import DayLineState, DayPlan, DayPlanState
from yiwang.areas.vehicles.board.problem import asked
from yiwang.areas.vehicles.board.tests.scene import DAY, NOW, Pool, at, pool
from yiwang.areas.vehicles.trips import claims, factories
from yiwang.areas.vehicles.trips.models import Assignment, Outage, Trip, TripState
from yiwang.areas.vehicles.trips.reading import board_day
from yiwang.core.jobs.models import JobState
from yiwang.core.jobs.testing import work_off
from yiwang.core.ledger.models import Entry
from yiwang.core.rights.models import Role
from yiwang.desk.testing import page
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def p() -> Pool:
    return pool()


def proposed(p: Pool) -> DayPlan:
    return plans.propose(day=DAY, access=p.access, now=NOW)


def test_a_plan_is_a_proposal_and_changes_nothing(p: Pool) -> None:
    trips = [p.trip(8), p.trip(11), p.trip(14)]
    plan = proposed(p)
    assert {line.trip_id for line in plan.lines.all()} == {trip.pk for trip in trips}
    assert all(line.why and line.driver_id for line in plan.lines.all())
    assert plan.fcfs
    assert plan.bound
    assert plan.bound <= plan.cost <= plan.fcfs
    assert not Assignment.objects.exists()
    assert plan.lines.values("vehicle").distinct().count() == 1  # one car does the three


def test_taken_whole_every_line_stands(p: Pool) -> None:
    for hour in (8, 8.5, 9, 13):
        p.trip(hour)
    plan = proposed(p)
    given, refused = plans.accept(plan=plan.pk, lines=None, access=p.access, now=NOW)
    assert refused == 0
    assert given + len(plan.unserved) == 4
    for line in plan.lines.all():
        held = claims.live_of(line.trip_id)
        assert held is not None
        assert (held.vehicle_id, held.driver_id, held.why) == (line.vehicle_id, line.driver_id, line.why)
    plan.refresh_from_db()
    assert plan.state == DayPlanState.ACCEPTED
    acts = Entry.objects.filter(obj=f"vehicles.day_plan:{plan.pk}").order_by("id").values_list("act", flat=True)
    assert list(acts) == ["vehicles.day_plan.propose", "vehicles.day_plan.accept"]


def test_taken_by_line_the_rest_waits_and_may_be_left(p: Pool) -> None:
    for hour in (8, 11):
        p.trip(hour)
    plan = proposed(p)
    one, two = plan.lines.order_by("leave_at")
    assert plans.accept(plan=plan.pk, lines=[two.pk], access=p.access, now=NOW) == (1, 0)
    assert Trip.objects.get(pk=one.trip_id).state == TripState.APPROVED
    with pytest.raises(Refusal) as refused:
        plans.accept(plan=plan.pk, lines=[two.pk], access=p.access, now=NOW)
    assert refused.value.code == "plan.lines"
    left = plans.discard(plan=plan.pk, access=p.access, now=NOW)
    assert left.state == DayPlanState.ACCEPTED  # a part of it was
    assert {line.state for line in plan.lines.all()} == {DayLineState.ACCEPTED, DayLineState.DISCARDED}
    with pytest.raises(Refusal) as refused:
        plans.accept(plan=plan.pk, lines=None, access=p.access, now=NOW)
    assert refused.value.code == "plan.state"


def test_what_is_accepted_changes_only_where_it_must() -> None:
    """A car breaks down: its trip moves to the one that stands idle, the others stay."""
    p = pool(cars=4)
    trips = [p.trip(8 + number, hours=1) for number in range(3)]
    for number, trip in enumerate(trips):
        claims.assign(trip=trip.pk, vehicle=p.cars[number].pk, driver=p.drivers[number].pk, access=p.access, now=NOW)
    factories.outage(p.we.ours, "MAINTENANCE", at(0), at(24), vehicle=p.cars[1])
    plan = proposed(p)
    moved = {line.trip_id: line for line in plan.lines.all() if line.before_id}
    assert set(moved) == {trips[1].pk}
    assert moved[trips[1].pk].before == p.cars[1]
    assert {line.trip_id for line in plan.lines.all() if line.kept} == {trips[0].pk, trips[2].pk}
    assert plans.accept(plan=plan.pk, lines=None, access=p.access, now=NOW) == (3, 0)
    held = claims.live_of(trips[1].pk)
    assert held is not None
    assert held.vehicle_id != p.cars[1].pk


def test_a_car_on_the_road_is_never_touched(p: Pool) -> None:
    trip = p.trip(8)
    claims.assign(trip=trip.pk, vehicle=p.cars[2].pk, driver=p.drivers[2].pk, access=p.access, now=NOW)
    Trip.objects.filter(pk=trip.pk).update(state=TripState.UNDER_WAY)
    found = asked(board_day(p.access, DAY), NOW)
    (held,) = found.problem.held
    assert held.firm
    p.trip(8)
    plan = proposed(p)
    line = plan.lines.get(trip=trip)
    assert (line.kept, line.vehicle) == (True, p.cars[2])


def test_a_line_that_no_longer_fits_says_why_and_the_others_stand(p: Pool) -> None:
    for hour in (8, 8):
        p.trip(hour)
    plan = proposed(p)
    first, second = plan.lines.order_by("pk")
    factories.outage(p.we.ours, "MAINTENANCE", at(7), at(12), vehicle=first.vehicle)
    assert plans.accept(plan=plan.pk, lines=None, access=p.access, now=NOW) == (1, 1)
    first.refresh_from_db()
    assert first.state == DayLineState.REFUSED
    assert "维修" in first.said
    assert claims.live_of(second.trip_id) is not None


def test_a_trip_that_cannot_be_moved_gets_its_car_back(p: Pool) -> None:
    trip = p.trip(8)
    claims.assign(trip=trip.pk, vehicle=p.cars[0].pk, driver=p.drivers[0].pk, access=p.access, now=NOW)
    factories.outage(p.we.ours, "MAINTENANCE", at(0), at(24), vehicle=p.cars[0])
    plan = proposed(p)
    line = plan.lines.get()
    assert line.before == p.cars[0]
    Outage.objects.all().delete()
    factories.outage(p.we.ours, "MAINTENANCE", at(0), at(24), vehicle=line.vehicle)
    assert plans.accept(plan=plan.pk, lines=None, access=p.access, now=NOW) == (0, 1)
    held = claims.live_of(trip.pk)
    assert held is not None
    assert held.vehicle == p.cars[0]


def test_what_cannot_be_planned_says_why(p: Pool) -> None:
    p.trip(8, hours=30)
    p.trip(9, passengers=30)
    Trip.objects.filter(pk=p.trip(10).pk).update(starts_at=NOW - timedelta(hours=1), ends_at=at(1))
    said = {one["code"]: one["sentence"] for one in proposed(p).unserved}
    assert "手工派车" in said["plan.long"]
    assert "已经过了" in said["plan.past"]
    assert len(said) == 3, said


def test_nothing_to_plan_is_said(p: Pool) -> None:
    with pytest.raises(Refusal) as refused:
        proposed(p)
    assert refused.value.code == "plan.empty"
    answer = p.we.client(Role.DISPATCHER).post(reverse("vehicles:board-plan"), {"day": str(DAY)}, follow=True)
    assert "不用排班" in page(answer)


def test_a_second_plan_of_the_day_discards_the_first(p: Pool) -> None:
    p.trip(8)
    first, second = proposed(p), proposed(p)
    first.refresh_from_db()
    assert (first.state, second.state) == (DayPlanState.DISCARDED, DayPlanState.PROPOSED)


def test_the_job_improves_an_open_plan_only(p: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans, "THINKS", 0.2)
    for hour in (8, 9, 10, 11, 12):
        p.trip(hour)
    plan = proposed(p)
    cost = plan.cost
    assert plan.job is not None
    (job,) = work_off()
    assert job.state == JobState.DONE, job.error
    plan.refresh_from_db()
    assert plan.cost <= cost
    assert plan.lines.count() + len(plan.unserved) == 5
    again = proposed(p)
    plans.discard(plan=again.pk, access=p.access, now=NOW)
    (job,) = work_off()
    assert "已经办结" in job.message


def test_a_large_plan_is_taken_by_a_job(p: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    from yiwang.areas.vehicles.board import plan_pages

    monkeypatch.setattr(plan_pages, "AT_ONCE", 1)
    for hour in (8, 11):
        p.trip(hour)
    plan = proposed(p)
    DayPlan.objects.filter(pk=plan.pk).update(made_by=p.we.user(Role.DISPATCHER))
    client = p.we.client(Role.DISPATCHER)
    address = reverse("vehicles:day-plan", args=[plan.pk])
    assert client.post(address, {"verb": "all"}).status_code == 302
    (job,) = work_off()
    assert (job.state, job.message) == (JobState.DONE, "已派 2 单。"), job.error
    assert Assignment.objects.live().count() == 2


def test_the_pages_of_a_plan(p: Pool) -> None:
    for hour in (8, 8):
        p.trip(hour)
    client = p.we.client(Role.DISPATCHER)
    made = client.post(reverse("vehicles:board-plan"), {"day": str(DAY)})
    plan = DayPlan.objects.get()
    address = reverse("vehicles:day-plan", args=[plan.pk])
    assert made.headers["Location"] == address
    text = page(client.get(address))
    assert "先到先派" in text
    assert "排班方案" in page(client.get(reverse("vehicles:board"), {"day": str(DAY)}))
    assert "没有选中" in page(client.post(address, {"verb": "lines"}), 422)
    line = plan.lines.first()
    assert line is not None
    assert client.post(address, {"verb": "lines", "line": [str(line.pk)]}).status_code == 302
    assert client.post(address, {"verb": "discard"}).status_code == 302
    for stranger, status in ((p.we.client(Role.DISPATCHER, p.we.theirs), 404), (p.we.client(Role.READER), 403)):
        assert stranger.get(address).status_code == status
        assert stranger.post(address, {"verb": "all"}).status_code == status
    assert p.we.client(Role.STAFF).post(reverse("vehicles:board-plan"), {"day": str(DAY)}).status_code == 403
