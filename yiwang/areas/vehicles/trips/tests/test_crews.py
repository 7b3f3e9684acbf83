"""Two drivers for a trip beyond one man's duty: half of it is each one's, both are taken, both hear of it and may drive."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from yiwang.areas.vehicles import factories as cars
from yiwang.areas.vehicles.trips import claims, driving, factories, judging
from yiwang.areas.vehicles.trips.driving import Given
from yiwang.areas.vehicles.trips.models import Assignment, Driver, Trip, TripState
from yiwang.areas.vehicles.trips.terms import PoolRule
from yiwang.areas.vehicles.trips.tests.scene import NOW, Pool, at, pool
from yiwang.core.notices.models import Notice
from yiwang.core.rights.access import access_for
from yiwang.core.rights.models import Role
from yiwang.kit.refusal import Refusal
from yiwang.portal.tests.people import user


@pytest.fixture
def there() -> Pool:
    return pool()


def mate(there: Pool) -> Driver:
    return factories.driver(there.county, "刘强", user=user(there.county, Role.DRIVER, name="刘强"))


def long(there: Pool, hours: float = 13) -> Trip:
    """From six in the morning: longer than ten hours of duty."""
    return factories.trip(there.bureau, there.staff, at(6), hours)


def send(there: Pool, trip: Trip, second: Driver | None = None, driver: Driver | None = None) -> Assignment:
    return claims.assign(
        trip=trip.pk, vehicle=there.car.pk, driver=(driver or there.driver).pk, second=second.pk if second else 0,
        access=access_for(there.dispatcher), now=NOW,
    )  # fmt: skip


def refused(there: Pool, trip: Trip, second: Driver | None = None, driver: Driver | None = None) -> str:
    with pytest.raises(Refusal) as caught:
        send(there, trip, second, driver)
    return caught.value.code


@pytest.mark.django_db
def test_one_driver_is_refused_and_two_are_not(there: Pool) -> None:
    trip, second = long(there), mate(there)
    assert refused(there, trip) == "assign.duty"
    assert refused(there, trip, there.driver) == "assign.same-driver"
    made = send(there, trip, second)
    assert (made.driver, made.second) == (there.driver, second)
    assert Notice.objects.filter(user=second.user, template="vehicles.trip.drive").exists()
    assert refused(there, factories.trip(there.bureau, there.staff, at(10))) == "assign.overlap"


@pytest.mark.django_db
def test_both_are_taken_and_one_day_has_an_end(there: Pool) -> None:
    """The second stands in no other trip, as driver or as second; twenty hours and a bit are too much for two."""
    second, third = mate(there), factories.driver(there.county, "赵明")
    assert refused(there, factories.trip(there.bureau, there.staff, at(1), 21), second) == "assign.duty"
    send(there, long(there), second)
    other = cars.vehicle(there.county)
    trip = factories.trip(there.bureau, there.staff, at(10))
    for pair in ((second.pk, 0), (third.pk, second.pk)):
        with pytest.raises(Refusal) as caught:
            claims.assign(
                trip=trip.pk, vehicle=other.pk, driver=pair[0], second=pair[1], access=access_for(there.dispatcher),
                now=NOW,
            )  # fmt: skip
        assert caught.value.code == "assign.driver-overlap"
    twin = Assignment.objects.get()
    twin.pk, twin.trip, twin.vehicle, twin.driver = None, trip, other, third
    with pytest.raises(IntegrityError), transaction.atomic():  # the belt below the lock
        twin.save()


@pytest.mark.django_db
def test_a_second_driver_stays_goes_or_takes_over(there: Pool) -> None:
    trip, second = long(there), mate(there)
    send(there, trip, second)
    boss = access_for(there.dispatcher)
    other = cars.vehicle(there.county)
    kept = claims.reassign(trip=trip.pk, vehicle=other.pk, reason="换车", access=boss, now=NOW)
    assert (kept.driver, kept.second) == (there.driver, second)
    with pytest.raises(Refusal) as caught:
        claims.reassign(trip=trip.pk, second=0, reason="不用了", access=boss, now=NOW)
    assert caught.value.code == "assign.duty"
    third = factories.driver(there.county, "赵明")
    over = claims.reassign(trip=trip.pk, driver=second.pk, second=third.pk, reason="换人", access=boss, now=NOW)
    assert (over.driver, over.second) == (second, third)


@pytest.mark.django_db
def test_the_second_driver_has_it_on_his_phone(there: Pool) -> None:
    trip, second = long(there), mate(there)
    send(there, trip, second)
    assert second.user is not None
    phone = Client()
    phone.force_login(second.user)
    assert trip.number in phone.get(reverse("vehicles:tasks")).content.decode()
    done = driving.do("accept", trip=trip.pk, given=Given(), access=access_for(second.user), now=NOW)
    assert done.state == TripState.ACCEPTED
    stranger = factories.driver(there.county, "孙浩", user=user(there.county, Role.DRIVER))
    assert stranger.user is not None
    with pytest.raises(Refusal):
        driving.do("inspect", trip=trip.pk, given=Given(), access=access_for(stranger.user), now=NOW)


@given(st.integers(1, 1380))
def test_a_crew_does_twice_what_one_does(minutes: int) -> None:
    """One man's day has ten hours, two men's twenty; nobody is refused in a crew who would do it alone."""
    driver, rule = Driver(name="马骏"), PoolRule()
    span = (at(0), at(0) + timedelta(minutes=minutes))
    alone = list(judging.duty(driver, [], span, rule))
    both = list(judging.duty(driver, [], span, rule, shared={span}))
    assert bool(alone) == (minutes > 600)
    assert bool(both) == (minutes // 2 > 600)
