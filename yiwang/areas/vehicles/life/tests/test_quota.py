"""编制: granted, cut, moved, taken; conserved below the root; never oversold."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yiwang.areas.vehicles import factories
from yiwang.areas.vehicles.life import quota
from yiwang.areas.vehicles.life.balance import Balance, balances, of_organ, of_use
from yiwang.areas.vehicles.life.models import FleetQuota, LineState, PlanLine, QuotaChange, Use, VehicleState
from yiwang.areas.vehicles.life.quota import Order
from yiwang.core.ledger.models import Entry
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Role
from yiwang.desk.testing import World, world
from yiwang.kit.refusal import Refusal

TODAY = date(2026, 3, 1)
NOW = datetime(2026, 3, 1, 2, tzinfo=UTC)


@pytest.fixture
def here(db: None) -> World:
    """A province with two counties."""
    return world()


def order(access: Access, number: int = 1, **more: object) -> Order:
    """Places for emergencies."""
    given = Order(use=Use.EMERGENCY, number=number, access=access, on=TODAY, now=NOW, approval="示机管〔2026〕1号")
    return replace(given, **more)  # type: ignore[arg-type]


def numbers(organ: Organ) -> list[tuple[int, date, date | None]]:
    """The organ's quotas."""
    rows = FleetQuota.objects.filter(organ=organ).order_by("valid_from")
    return list(rows.values_list("number", "valid_from", "valid_to"))


def refused(code: str, doing: object, **given: object) -> Refusal:
    """What the verb says."""
    with pytest.raises(Refusal) as caught:
        doing(**given)  # type: ignore[operator]
    assert caught.value.code == code
    return caught.value


def test_the_root_makes_places_and_hands_them_down(here: World) -> None:
    """New places need a document; what goes down is taken from above; each end has its row of the history."""
    top = here.access(Role.MANAGER, here.province)
    assert (
        "批准文号"
        in refused("quota.approval", quota.grant, organ=here.province, order=order(top, 5, approval=" ")).message
    )
    assert quota.grant(organ=here.province, order=order(top, 5)).number == 5
    quota.move(source=here.province, target=here.ours, order=order(top, 2))
    assert (of_use(here.province, Use.EMERGENCY).granted, of_use(here.ours, Use.EMERGENCY).granted) == (3, 2)
    mine = QuotaChange.objects.filter(organ=here.ours).get()
    assert (mine.delta, mine.number, mine.other) == (2, 2, here.province)
    assert Entry.objects.filter(act="vehicles.quota.move").count() == 1
    assert quota.cut(organ=here.ours, order=order(top, 1)).number == 1
    assert sum(number for number, _, to in numbers(here.ours) + numbers(here.province) if to is None) == 4


def test_below_the_root_nothing_is_made(here: World) -> None:
    """A county hands down its own places and takes them back; its own number is not its own to change."""
    from yiwang.core.orgs import factories as orgs

    school = orgs.organ("青河县第一中学", here.ours, code="990101")
    county = here.access(Role.MANAGER, here.ours)
    factories.quota(here.ours, 3, since=TODAY)
    assert quota.grant(organ=school, order=order(county, 2)).number == 2
    assert of_use(here.ours, Use.EMERGENCY).granted == 1
    assert quota.cut(organ=school, order=order(county, 1)).number == 1
    assert of_use(here.ours, Use.EMERGENCY).granted == 2
    refused("rights.denied", quota.grant, organ=here.ours, order=order(county))
    refused("rights.denied", quota.grant, organ=here.theirs, order=order(county))
    refused("rights.denied", quota.grant, organ=school, order=order(here.access(Role.CLERK)))
    refused("quota.not-enough", quota.grant, organ=school, order=order(county, 3))


def test_a_place_that_is_taken_cannot_be_given_away(here: World) -> None:
    """By a car, or by a plan; a plan that stands on its old car's place holds none of its own."""
    top = here.access(Role.MANAGER, here.province)
    factories.quota(here.ours, 3)
    car = factories.vehicle(here.ours)
    line(here.ours)
    for number in (2, 3):
        refused("quota.in-use", quota.move, source=here.ours, target=here.theirs, order=order(top, number))
    refused("quota.not-enough", quota.cut, organ=here.ours, order=order(top, 4))
    for number, use in ((0, Use.EMERGENCY), (1, "HELICOPTER")):
        refused(
            "quota.number" if number == 0 else "quota.use",
            quota.cut,
            organ=here.ours,
            order=order(top, number, use=use),
        )
    refused("quota.number", quota.move, source=here.ours, target=here.ours, order=order(top))
    quota.move(source=here.ours, target=here.theirs, order=order(top))
    assert of_use(here.ours, Use.EMERGENCY) == Balance(2, 1, 1)
    with_clause = refused("quota.none-free", quota.need_place, organ=here.ours, use=Use.EMERGENCY)
    assert with_clause.clause == "GWY-621-2012/car-ban"
    assert "编制 2 个,车辆占 1 个,计划占 1 个" in with_clause.message
    renewing = line(here.ours, replaces=car)
    assert of_use(here.ours, Use.EMERGENCY) == Balance(2, 1, 1)
    type(car).objects.filter(pk=car.pk).update(state=VehicleState.RETIRED, retired_date=TODAY)
    assert of_use(here.ours, Use.EMERGENCY) == Balance(2, 0, 2)
    assert renewing.replaces_id == car.pk


def line(organ: Organ, **more: object) -> PlanLine:
    """A car that a plan allows."""
    row = PlanLine(organ=organ, use=Use.EMERGENCY, body="SEDAN", energy="FUEL", price=1, reason="工作需要")
    row.state = LineState.PLANNED
    for name, value in more.items():
        setattr(row, name, value)
    row.place()
    row.save()
    return row


def test_a_car_that_was_replaced_holds_no_place(here: World) -> None:
    """From the day its successor stands in the register; one of another use replaces nothing."""
    factories.quota(here.ours, 2)
    old, new = factories.vehicle(here.ours), factories.vehicle(here.ours)
    assert of_use(here.ours, Use.EMERGENCY).used == 2
    factories.purchase(here.ours, 150_000, vehicle=new, replaces=old)
    assert of_use(here.ours, Use.EMERGENCY).used == 1
    type(new).objects.filter(pk=new.pk).update(use=Use.OTHER)
    assert of_organ(here.ours, on=TODAY) == {Use.EMERGENCY: Balance(2, 1, 0), Use.OTHER: Balance(0, 1, 0)}


def test_figures_of_a_tree(here: World) -> None:
    """By the organs right below, each with its whole tree; what lies above the level stands under None."""
    factories.quota(here.province, 4), factories.quota(here.ours, 3), factories.quota(here.theirs, 1)
    factories.vehicle(here.theirs), factories.vehicle(here.theirs)
    found = balances(here.province, by="l2", on=TODAY)
    assert found[here.theirs.pk, Use.EMERGENCY] == Balance(1, 2)
    assert found[here.theirs.pk, Use.EMERGENCY].over == 1
    assert (found[here.ours.pk, Use.EMERGENCY].free, found[None, Use.EMERGENCY].granted) == (3, 4)
    assert balances(here.province, by="l2", on=date(2017, 1, 1))[here.theirs.pk, Use.EMERGENCY].granted == 0


def test_the_past_is_kept(here: World) -> None:
    """A new figure from the day on; the same day again is a correction; an earlier day is refused."""
    top = here.access(Role.MANAGER, here.province)
    factories.quota(here.province, 3)
    quota.grant(organ=here.province, order=order(top, 2))
    quota.cut(organ=here.province, order=order(top, 1))
    assert numbers(here.province) == [(3, date(2018, 1, 1), TODAY), (4, TODAY, None)]
    refused("quota.later", quota.grant, organ=here.province, order=order(top, 1, on=date(2025, 1, 1)))


MOVES = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(1, 4), st.booleans()), max_size=8)


@pytest.mark.django_db
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=MOVES)
def test_moving_makes_and_loses_nothing(here: World, moves: list[tuple[int, int, int, bool]]) -> None:
    """Whatever is moved, handed down or taken back below the root: the sum stays, and each number is what its history says."""
    from django.db import transaction

    from yiwang.core.orgs import factories as orgs

    with transaction.atomic():
        top = here.access(Role.MANAGER, here.province)
        organs = [here.province, here.ours, here.theirs, orgs.organ("青河县图书馆", here.ours)]
        quota.grant(organ=here.province, order=order(top, 6))
        for source, target, number, back in moves:
            try:
                if back:
                    quota.move(source=organs[target], target=organs[source], order=order(top, number))
                else:
                    quota.move(source=organs[source], target=organs[target], order=order(top, number))
            except Refusal:
                continue
        held = {organ.pk: of_use(organ, Use.EMERGENCY).granted for organ in organs}
        assert sum(held.values()) == 6
        for organ in organs:
            assert held[organ.pk] == sum(QuotaChange.objects.filter(organ=organ).values_list("delta", flat=True))
        transaction.set_rollback(True)
