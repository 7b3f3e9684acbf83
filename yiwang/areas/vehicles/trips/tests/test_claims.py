"""Sending, changing, taking back; every reason against it by its code."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from yiwang.areas.vehicles import factories as cars
from yiwang.areas.vehicles.life.models import Body, Use, VehicleState
from yiwang.areas.vehicles.trips import claims, factories, judging, reading
from yiwang.areas.vehicles.trips.models import Assignment, DriverState, Loan, LoanState, OutageKind, Purpose, TripState
from yiwang.areas.vehicles.trips.tests.scene import NOW, Pool, at, pool
from yiwang.core.notices.models import Notice
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def there() -> Pool:
    return pool()


def codes(there: Pool, trip: Any, **more: Any) -> list[str]:
    car, driver = more.get("car", there.car), more.get("driver", there.driver)
    return [one.code for one in judging.refusals(trip, car, driver, NOW, pool=there.county)]


def send(there: Pool, trip: Any, **more: Any) -> Assignment:
    car, driver = more.get("car", there.car), more.get("driver", there.driver)
    access = there.access(there.dispatcher)
    return claims.assign(trip=trip.pk, vehicle=car.pk, driver=driver.pk, access=access, now=NOW)


def test_a_car_is_sent_and_all_are_told(there: Pool) -> None:
    trip = factories.trip(there.bureau, there.staff, at(9))
    made = send(there, trip)
    trip.refresh_from_db()
    assert (trip.state, trip.provision) == (TripState.ASSIGNED, "OWN")
    assert (made.held_from, made.held_to, made.organ) == (at(8.75), at(11.25), there.county)
    told = dict(Notice.objects.values_list("user", "template"))
    assert told == {there.staff.pk: "vehicles.trip.assigned", there.wheel.pk: "vehicles.trip.drive"}


@pytest.mark.parametrize(
    ("trip", "car", "driver", "code"),
    [
        ({"passengers": 5}, {}, {}, "assign.seats"),
        ({}, {"use": Use.CONFIDENTIAL}, {}, "assign.kind"),
        ({"purpose": Purpose.ENFORCEMENT, "use": Use.ENFORCEMENT}, {}, {}, "assign.kind"),
        ({"body": Body.MEDIUM}, {}, {}, "assign.kind"),
        ({}, {"use": Use.SPECIALIST}, {}, "assign.kind"),
        ({}, {"state": VehicleState.LAID_UP}, {}, "assign.laid-up"),
        ({}, {"body": Body.LARGE}, {}, "assign.licence"),
        ({}, {}, {"state": DriverState.ON_LEAVE}, "assign.off"),
        ({}, {}, {"licence_until": date(2026, 12, 1)}, "assign.expired"),
        ({"starts_at": at(9, day=5), "ends_at": at(11, day=5)}, {}, {}, "assign.sealed"),
        ({"ends_at": at(19.25)}, {}, {}, "assign.duty"),
    ],
)
def test_one_reason_by_its_code(there: Pool, trip: Any, car: Any, driver: Any, code: str) -> None:
    wanted = factories.trip(there.bureau, there.staff, trip.pop("starts_at", at(9)), **trip)
    found = codes(there, wanted, car=cars.vehicle(there.county, **car), driver=factories.driver(there.county, **driver))
    assert found == [code]


def test_an_emergency_breaks_the_seal_of_a_holiday(there: Pool) -> None:
    assert codes(there, factories.trip(there.bureau, there.staff, at(9, day=5), purpose=Purpose.EMERGENCY)) == []
    assert codes(there, factories.trip(there.bureau, there.staff, at(9, day=5), urgent=True)) == []
    factories.rule(there.county, sealing="NO")
    assert codes(there, factories.trip(there.bureau, there.staff, at(9, day=5))) == []


def test_buffers_and_the_other_trip_by_its_number(there: Pool) -> None:
    first = factories.trip(there.bureau, there.staff, at(9))
    send(there, first)
    touching = factories.trip(there.bureau, there.staff, at(11.5))
    assert codes(there, touching) == []
    meeting = factories.trip(there.bureau, there.staff, at(11.4))
    assert codes(there, meeting) == ["assign.overlap", "assign.driver-overlap"]
    with pytest.raises(Refusal, match=first.number):
        send(there, meeting)
    assert codes(there, meeting, car=cars.vehicle(there.county), driver=factories.driver(there.county)) == []


def test_ten_hours_a_day_and_a_night_of_rest(there: Pool) -> None:
    send(there, factories.trip(there.bureau, there.staff, at(6), 4))
    assert codes(there, factories.trip(there.bureau, there.staff, at(11), 5)) == []
    assert codes(there, factories.trip(there.bureau, there.staff, at(11), 5.1)) == ["assign.duty"]
    send(there, factories.trip(there.bureau, there.staff, at(18, day=3), 5))
    assert codes(there, factories.trip(there.bureau, there.staff, at(6, day=4), 1)) == ["assign.rest"]
    assert codes(there, factories.trip(there.bureau, there.staff, at(8, day=4), 1)) == []


def test_a_journey_over_days_is_full_duty_each_day_not_more(there: Pool) -> None:
    assert codes(there, factories.trip(there.bureau, there.staff, at(8), 60)) == []


def test_outages_of_car_and_driver(there: Pool) -> None:
    factories.outage(there.county, OutageKind.MAINTENANCE, at(10), at(12), vehicle=there.car)
    factories.outage(there.county, OutageKind.OFF, at(10), at(12), driver=there.driver)
    trip = factories.trip(there.bureau, there.staff, at(9))
    assert codes(there, trip) == ["assign.maintenance", "assign.off"]
    assert codes(there, factories.trip(there.bureau, there.staff, at(12.25))) == []


def test_another_topic_closes_cars(there: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    def source(ids: Any, first: Any, last: Any) -> list[judging.Closure]:
        assert list(ids) == [there.car.pk]
        return [judging.Closure(there.car.pk, at(0), at(24), "expired", "行驶证已过期。")]

    monkeypatch.setattr(judging, "_closures", [source])
    assert codes(there, factories.trip(there.bureau, there.staff, at(9))) == ["assign.expired"]


def test_a_car_that_is_late_holds_on(there: Pool) -> None:
    made = send(there, factories.trip(there.bureau, there.staff, at(5, day=1), 1))
    Assignment.objects.filter(pk=made.pk).update(started_at=at(5, day=1))
    soon = factories.trip(there.bureau, there.staff, at(8.1, day=1))
    assert "assign.overlap" in codes(there, soon)
    Assignment.objects.filter(pk=made.pk).update(ended_at=at(7, day=1))
    assert codes(there, soon) == []


def test_a_car_of_another_pool_needs_arrangement_and_consent(there: Pool) -> None:
    other = pool("白石县", there.county.superior)
    trip = factories.trip(there.bureau, there.staff, at(9))
    assert codes(there, trip, car=other.car) == ["assign.not-lent"]
    sharing = factories.sharing(other.county, there.county)
    assert codes(there, trip, car=other.car) == ["assign.not-lent"]
    loan = Loan(
        organ=other.county, trip=trip, sharing=sharing, state=LoanState.AGREED, asked_by=there.staff, asked_at=NOW
    )
    loan.place()
    loan.save()
    assert codes(there, trip, car=other.car) == []
    made = send(there, trip, car=other.car, driver=other.driver)
    trip.refresh_from_db()
    assert (trip.provision, made.organ) == ("SHARED", other.county)


def test_change_of_car_before_and_on_the_way(there: Pool) -> None:
    trip = factories.trip(there.bureau, there.staff, at(9))
    first, access, second = send(there, trip), there.access(there.dispatcher), cars.vehicle(there.county)
    given: dict[str, Any] = {"trip": trip.pk, "vehicle": second.pk, "access": access, "now": at(10)}
    with pytest.raises(Refusal, match="换车原因"):
        claims.reassign(reason=" ", **given)
    Assignment.objects.filter(pk=first.pk).update(started_at=at(9), odometer_start=100)
    type(trip).objects.filter(pk=trip.pk).update(state=TripState.UNDER_WAY)
    with pytest.raises(Refusal) as found:
        claims.reassign(reason="抛锚", odometer=99, **given)
    assert found.value.code == "assign.odometer"
    made = claims.reassign(reason="抛锚", odometer=130, **given)
    first.refresh_from_db()
    trip.refresh_from_db()
    assert (first.odometer_end, first.released_reason, made.vehicle, made.driver) == (130, "抛锚", second, there.driver)
    assert trip.state == TripState.ASSIGNED


def test_taken_back_it_waits_again(there: Pool) -> None:
    trip = factories.trip(there.bureau, there.staff, at(9))
    send(there, trip)
    claims.release(trip=trip.pk, reason="另有任务", access=there.access(there.dispatcher), now=NOW)
    trip.refresh_from_db()
    assert (trip.state, claims.live_of(trip.pk)) == (TripState.APPROVED, None)
    send(there, trip)
    with pytest.raises(Refusal) as found:
        send(there, trip)
    assert found.value.code == "assign.state"


def test_only_the_dispatcher_of_the_pool(there: Pool) -> None:
    trip = factories.trip(there.bureau, there.staff, at(9))
    for who in (there.staff, there.wheel):
        with pytest.raises(Refusal) as found:
            claims.assign(trip=trip.pk, vehicle=there.car.pk, driver=there.driver.pk, access=there.access(who), now=NOW)
        assert found.value.code == "rights.denied"
    stranger = pool("长河县")
    with pytest.raises(Refusal) as found:
        claims.assign(
            trip=trip.pk,
            vehicle=there.car.pk,
            driver=there.driver.pk,
            access=stranger.access(stranger.dispatcher),
            now=NOW,
        )
    assert found.value.code == "trip.gone"


@pytest.mark.parametrize("field", ["vehicle", "driver"])
def test_the_belt_refuses_what_the_lock_did_not_see(there: Pool, field: str) -> None:
    """An insert past the verbs; what was released stands in nobody's way."""
    first = send(there, factories.trip(there.bureau, there.staff, at(9)))

    def twin() -> Assignment:
        row = Assignment(
            trip=factories.trip(there.bureau, there.staff, at(9)),
            organ=there.county,
            held_from=at(11),
            held_to=at(13),
            assigned_by=there.dispatcher,
            assigned_at=NOW,
            **{field: there.car if field == "vehicle" else there.driver},
        )
        row.place()
        return row

    with pytest.raises(Refusal) as found, claims.claiming(), transaction.atomic():
        twin().save()
    assert found.value.code == ("assign.overlap" if field == "vehicle" else "assign.driver-overlap")
    Assignment.objects.filter(pk=first.pk).update(released_at=NOW)
    twin().save()
    with pytest.raises(IntegrityError), transaction.atomic():
        Assignment.objects.filter(pk=first.pk).update(released_at=None)


def test_a_day_in_six_queries_and_judged_without(there: Pool, django_assert_max_num_queries: Any) -> None:
    trips = [factories.trip(there.bureau, there.staff, at(7 + number)) for number in range(6)]
    fleet = [cars.vehicle(there.county) for _ in range(20)]
    send(there, trips[0])
    factories.outage(there.county, OutageKind.MAINTENANCE, at(10), at(12), vehicle=fleet[3])
    access = there.access(there.dispatcher)
    with django_assert_max_num_queries(6):
        board = reading.board_day(access, date(2026, 12, 2))
        stops = [[stop.name for stop in trip.stops.all()] for trip in board.trips]
    assert (len(board.cars), len(board.trips), len(board.assignments), len(board.outages)) == (21, 6, 1, 1)
    assert stops[0] == ["机关大院", "会展中心"]
    with django_assert_max_num_queries(8):  # four of them are the papers and workshops of the cars
        scene = board.scene(NOW)
    with django_assert_max_num_queries(0):
        found = [[one.code for one in scene.refusals(trips[3], car, None)] for car in board.cars]
    assert sorted(map(len, found)) == [0] * 20 + [1]
    assert reading.board_day(there.access(there.staff), date(2026, 12, 2)).cars == []
