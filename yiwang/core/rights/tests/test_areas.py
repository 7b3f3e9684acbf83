"""Roles by area: a reader of vehicles sees no rooms, in scope, verbs, findings, tokens and query counts."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yiwang.areas.offices import factories as offices
from yiwang.areas.offices.models import Room
from yiwang.areas.vehicles import factories as vehicles
from yiwang.areas.vehicles.models import Vehicle
from yiwang.core.orgs import factories
from yiwang.core.orgs.models import Organ, Person
from yiwang.core.rights.access import access_for
from yiwang.core.rights.held import area_of
from yiwang.core.rights.models import Role, Verb
from yiwang.core.rights.tests.world import TODAY, World, access, user, world
from yiwang.core.verdicts.models import Finding

pytestmark = pytest.mark.django_db


@pytest.fixture
def we() -> World:
    return world()


def test_scope_follows_the_area(we: World) -> None:
    room = offices.room(offices.building(we.ours), "0101", "18")
    car = vehicles.vehicle(we.ours)
    driver = access(we.ours, Role.READER, area="vehicles")
    assert list(driver.scope(Vehicle.objects.all())) == [car]
    assert not driver.scope(Room.objects.all()).exists()
    assert (driver.holds(car), driver.holds(room)) == (True, False)
    factories.person(we.ours)
    assert driver.scope(Person.objects.all()).exists(), "what belongs to no area is there for every area"
    assert driver.scope(Organ.objects.all()).exists()


def test_findings_follow_their_dataset(we: World) -> None:
    for number, dataset in enumerate(("vehicles.purchase", "offices.person_space")):
        row = Finding(dataset=dataset, topic="t", subject=str(number), organ=we.ours, kind="over", judged_on=TODAY)
        row.opened_date = TODAY
        row.place()
        row.save()
    driver = access(we.ours, Role.MANAGER, area="vehicles")
    assert [one.dataset for one in driver.scope(Finding.objects.all())] == ["vehicles.purchase"]
    assert [driver.holds(one) for one in Finding.objects.order_by("dataset")] == [False, True]
    both = access(we.ours, Role.READER)
    assert both.scope(Finding.objects.all()).count() == 2


def test_verbs_by_area_and_several_grants(we: World) -> None:
    who = access(we.ours, Role.CLERK, area="vehicles")
    assert (who.may(Verb.WRITE, "vehicles"), who.may(Verb.WRITE, "offices"), who.may(Verb.WRITE)) == (True, False, True)
    assert (who.areas(Verb.WRITE), who.areas(Verb.APPROVE)) == (frozenset({"vehicles"}), frozenset())
    assert who.has(Role.CLERK, "vehicles")
    assert not who.has(Role.CLERK, "offices")
    assert access(we.ours, Role.CLERK).areas(Verb.WRITE) is None
    handled = access(we.ours, Role.DISPATCHER, area="vehicles")
    vehicles.vehicle(we.ours)
    assert not handled.scope(Vehicle.objects.all()).exists()
    assert handled.scope(Vehicle.objects.all(), Verb.HANDLE).exists()


def test_the_area_of_a_row() -> None:
    assert (area_of(Room), area_of(Person), area_of(Finding)) == ("offices", "", "")
    assert area_of(Finding(dataset="assets.office_item")) == "assets"


def test_a_token_leaves_less(we: World) -> None:
    clerk = access(we.ours, Role.CLERK)
    cut = clerk.narrowed({Verb.READ}, {"vehicles"})
    assert (cut.may(Verb.READ, "vehicles"), cut.may(Verb.READ, "offices"), cut.may(Verb.WRITE, "vehicles")) == (
        True, False, False,
    )  # fmt: skip
    room = offices.room(offices.building(we.ours), "0101", "18")
    assert (clerk.holds(room), cut.holds(room)) == (True, False)
    assert clerk.narrowed({Verb.READ}).areas(Verb.READ) is None
    driver = access(we.ours, Role.READER, area="vehicles")
    assert driver.narrowed({Verb.READ}, {"offices"}).areas(Verb.READ) == frozenset()


def test_grants_are_read_once(we: World) -> None:
    who = user(we.ours, Role.CLERK)
    with CaptureQueriesContext(connection) as queries:
        found = access_for(who, on=TODAY)
        found.may(Verb.READ), found.words, found.behalf(Verb.READ)
    assert len(queries) == 1
    with CaptureQueriesContext(connection) as queries:
        assert access_for(who, we.ours.pk, on=TODAY).organ == we.ours
    assert len(queries) == 1, "the organ of the grant is known"
