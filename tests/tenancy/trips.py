"""One of everything of the trips for a side: yard, place, driver, terms; a trip with its car, a loan, an outage."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from yiwang.areas.vehicles.life.models import Vehicle
from yiwang.areas.vehicles.trips import factories
from yiwang.areas.vehicles.trips.judging import hold_span
from yiwang.areas.vehicles.trips.models import Assignment, Expense, ExpenseKind, Landmark, OutageKind
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.models import User

Named = Callable[[str], str]


def fill(organ: Organ, car: int, named: Named, user: User) -> dict[str, Any]:
    """Ids by name."""
    now = timezone.now()
    yard = factories.depot(organ, named("车场"))
    place = Landmark(organ=organ, name=named("会展中心"), sort_key="", longitude="102.7", latitude="25.0")
    place.place()
    place.save()
    driver = factories.driver(organ, named("马骏"), depot=yard)
    rule = factories.rule(organ)
    tariff = factories.tariff(organ, approval=named("收费文件"), per_km=200)
    sharing = factories.sharing(organ, organ)
    words = named("调研")
    trip = factories.trip(organ, user, now + timedelta(days=1), reason=words, route=words, state="UNDER_WAY")
    vehicle = Vehicle.objects.get(pk=car)
    first, last = hold_span(trip, rule)
    held = Assignment(
        trip=trip, organ=organ, vehicle=vehicle, driver=driver, held_from=first, held_to=last, assigned_by=user,
        assigned_at=now, why=words, started_at=now, odometer_start=10,
    )  # fmt: skip
    held.place()
    held.save()
    Expense.objects.create(assignment=held, kind=ExpenseKind.TOLL, amount=100, note=words, at=now)
    factories.outage(organ, OutageKind.OTHER, now, now + timedelta(days=3), driver=driver, note=words)
    return {
        "vehicles.depot": yard.pk,
        "vehicles.landmark": place.pk,
        "vehicles.driver": driver.pk,
        "vehicles.pool_rule": rule.pk,
        "vehicles.tariff": tariff.pk,
        "vehicles.sharing": sharing.pk,
        "trip": trip.pk,
    }
