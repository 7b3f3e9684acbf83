"""Which answer a request gets, in order, with its price; and trips as rows of datasets."""

from __future__ import annotations

from typing import Any

import pytest

from yiwang.areas.vehicles.life.models import Inspection, Insurance, InsuranceKind, VehicleState
from yiwang.areas.vehicles.trips import answers, claims, dispatching, factories, sources
from yiwang.areas.vehicles.trips.models import TripState
from yiwang.areas.vehicles.trips.tests.scene import NOW, Pool, at, pool

pytestmark = pytest.mark.django_db


@pytest.fixture
def there() -> Pool:
    return pool()


def given(there: Pool, **facts: Any) -> list[answers.Answer]:
    trip = factories.trip(there.bureau, there.staff, at(9), kilometres=40, **facts)
    return answers.answers(trip, trip.day, NOW)


def test_own_before_shared_before_rented(there: Pool) -> None:
    other = pool("白石县", there.county.superior)
    factories.rule(there.county)
    factories.tariff(there.county, per_km=260)
    factories.sharing(other.county, there.county, per_km=300)
    factories.rental(there.county, DAY=40_000, KM=100)
    found = given(there)
    assert [(one.provision, one.price) for one in found] == [("OWN", 10_400), ("SHARED", 12_000), ("RENTAL", 44_000)]
    assert (found[0].vehicle, found[1].needs_consent) == (there.car, True)
    there.car.state = VehicleState.LAID_UP
    there.car.save()
    assert [one.provision for one in given(there)] == ["SHARED", "RENTAL"]


def test_nothing_is_an_answer_too(there: Pool) -> None:
    factories.rule(there.county)
    (none,) = given(there, passengers=40)
    assert none.refusal is not None
    assert none.refusal.code == "answer.none"


def test_no_car_helps_where_the_trip_is_private(there: Pool) -> None:
    (no,) = given(there, purpose="PRIVATE")
    assert (no.label, no.clause) == ("不予派车", "ZBF-2017-71/forbidden")


def test_a_car_without_a_driver_is_no_answer(there: Pool) -> None:
    factories.rule(there.county)
    there.driver.delete()
    assert [one.refusal.code for one in given(there) if one.refusal] == ["answer.none"]


def test_a_car_whose_insurance_is_over_is_no_answer(there: Pool) -> None:
    """Nor is it offered to the dispatcher: a car that holds nothing yet is asked for its papers too."""
    factories.rule(there.county)
    trip = factories.trip(there.bureau, there.staff, at(9))
    trip.state = TripState.APPROVED
    trip.save()
    offered = dispatching.offered(trip, there.access(there.dispatcher), NOW)
    assert [one.row for one in offered["cars"]] == [there.car]
    cover = Insurance(
        vehicle=there.car, organ=there.car.organ, number="PD1", insurer="示例财险", kind=InsuranceKind.COMPULSORY,
        starts_date=at(9).date().replace(year=2025), ends_date=at(9).date(),
    )  # fmt: skip
    cover.place()
    cover.save()
    assert [one.refusal.code for one in given(there) if one.refusal] == ["answer.none"]
    offered = dispatching.offered(trip, there.access(there.dispatcher), NOW)
    assert (offered["cars"], [one.code for one in offered["not_cars"][0].against]) == ([], ["assign.expired"])


def test_trips_as_datasets(there: Pool) -> None:
    trip = factories.trip(there.bureau, there.staff, at(9), charge=1250, urgent=True, papers_due=at(8, day=1))
    access = there.access(there.dispatcher)
    made = claims.assign(trip=trip.pk, vehicle=there.car.pk, driver=there.driver.pk, access=access, now=NOW)
    on = at(0).date()
    (row,) = sources.trips(on=on)
    assert (row.subject, row.on, row.values["papers_late"], row.values["state"]) == (str(trip.pk), on, True, "已派车")
    assert row.values["starts_at"] == "2026-12-02T09:00:00+08:00"
    assert str(row.values["charge"]) == "12.5"
    (sent,) = sources.dispatches(on=on)
    assert (sent.values["plate"], sent.values["driver"], sent.values["destination"]) == (
        there.car.plate,
        "马骏",
        "会展中心",
    )
    (person,) = sources.drivers(on=on)
    assert person.values["licence_class"] == "C1"
    assert list(sources.rentals(on=on)) == []
    assert list(sources.trips(on=on, subjects=["0"])) == []
    assert list(sources.dispatches(on=at(0, day=1).date())) == []
    claims.release(trip=trip.pk, reason="改期", access=access, now=NOW)
    assert list(sources.dispatches(on=on, subjects=[str(made.pk)])) == []


def test_a_car_whose_inspection_has_run_out_is_no_answer(there: Pool) -> None:
    factories.rule(there.county)
    row = Inspection(
        organ=there.county,
        vehicle=there.car,
        on_date=at(0).date().replace(year=2025),
        result="PASSED",
        valid_to=at(0).date(),
    )
    row.place()
    row.save()
    assert [one.provision for one in given(there)] == ["OWN"]
    Inspection.objects.update(valid_to=at(0, day=1).date())
    assert [one.refusal.code for one in given(there) if one.refusal] == ["answer.none"]
