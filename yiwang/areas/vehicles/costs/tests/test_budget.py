"""Repairs, policies and fines take from the budget as they are written, changed and taken out; their bill is not counted again."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yiwang.areas.vehicles import factories
from yiwang.areas.vehicles.costs import actions, budget
from yiwang.areas.vehicles.costs.models import CostBudget
from yiwang.areas.vehicles.costs.statements import bill_of
from yiwang.areas.vehicles.life.models import Maintenance, Vehicle
from yiwang.areas.vehicles.life.registers import INSURANCE, MAINTENANCE, VIOLATION
from yiwang.core.registers.writing import act, delete, placed
from yiwang.core.rights.models import Role
from yiwang.desk.testing import World, world
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db
ON = date(2026, 5, 4)
NOW = timezone.make_aware(datetime(2026, 5, 4, 12))


@pytest.fixture
def we() -> World:
    made = world()
    actions.set_budget(organ=made.ours, year=2026, amount=100_000, approval="", access=made.access(Role.MANAGER))
    return made


def spent() -> int:
    return CostBudget.objects.get().spent


def repair(car: Vehicle, number: str, amount: int | None, row: Maintenance | None = None) -> Maintenance:
    facts: dict[str, Any] = {**placed(car.organ), "vehicle_id": car.pk, "number": number, "kind": "REPAIR"}
    values = {**facts, "on_date": ON, "amount": amount}
    found: Maintenance = act(MAINTENANCE, values, actor="user:1", verb="create", on=ON, row=row)
    return found


def test_registers_take_and_give_back(we: World) -> None:
    car = factories.vehicle(we.ours, plate="示A00001")
    row = repair(car, "WX1", 60_000)
    policy = {"number": "P1", "kind": "COMPULSORY", "insurer": "某", "amount": 20_000}
    days = {"starts_date": ON, "ends_date": date(2027, 5, 4)}
    act(INSURANCE, {**placed(car.organ), "vehicle_id": car.pk, **policy, **days}, actor="x", verb="create", on=ON)
    assert spent() == 80_000
    fine = {"number": "V1", "content": "停车", "on_date": ON, "amount": 20_001}
    with pytest.raises(Refusal) as caught:
        act(VIOLATION, {**placed(car.organ), "vehicle_id": car.pk, **fine}, actor="x", verb="create", on=ON)
    assert caught.value.code == "cost.budget"
    row = repair(car, "WX1", 50_000, row)
    act(VIOLATION, {**placed(car.organ), "vehicle_id": car.pk, **fine}, actor="x", verb="create", on=ON)
    assert spent() == 90_001
    delete(MAINTENANCE, we.access(Role.MANAGER), row, on=ON)
    assert spent() == 40_001


def test_a_bill_stands_in_the_place_of_the_register(we: World) -> None:
    """Of the same car and number: the bill's amount counts; a later change of the register does not."""
    car = factories.vehicle(we.ours, plate="示A00001")
    row = repair(car, "WX1", 60_000)
    facts = {"kind": "REPAIR", "plate": "示A00001", "number": "WX1", "merchant": "某厂", "at": "2026-05-04 09:00"}
    actions.record(bill_of(0, {**facts, "amount": "550"}), access=we.access(Role.CLERK), now=NOW)
    assert spent() == budget.spent(we.ours, 2026) == 55_000
    repair(car, "WX1", 90_000, row)
    assert spent() == budget.spent(we.ours, 2026) == 55_000


def test_a_budget_set_later_counts_the_registers(we: World) -> None:
    repair(factories.vehicle(we.theirs), "WX9", 7_000)
    boss = we.access(Role.MANAGER, we.theirs)
    made = actions.set_budget(organ=we.theirs, year=2026, amount=7_000, approval="", access=boss)
    assert made.spent == 7_000
    with pytest.raises(Refusal) as caught:
        actions.set_budget(organ=we.theirs, year=2026, amount=6_999, approval="", access=boss)
    assert caught.value.code == "cost.budget-low"


@given(st.lists(st.tuples(st.integers(1, 3), st.one_of(st.none(), st.integers(0, 40_000)), st.booleans()), max_size=6))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_spent_is_what_stands(we: World, steps: list[tuple[int, int | None, bool]]) -> None:
    """After any writing, changing and billing, refused or not, the budget says what bills and registers add up to."""
    car = factories.vehicle(we.ours)
    for number, amount, billed in steps:
        key = f"{car.pk}-{number}"
        try:
            if billed:
                facts = {"kind": "REPAIR", "plate": car.plate, "number": key, "at": "2026-05-04 09:00"}
                actions.record(
                    bill_of(0, {**facts, "amount": f"{(amount or 0) / 100}"}), access=we.access(Role.CLERK), now=NOW
                )
            else:
                repair(car, key, amount, Maintenance.objects.filter(number=key).first())
        except Refusal as refusal:
            assert refusal.code in ("cost.budget", "cost.known")
        assert spent() == budget.spent(we.ours, 2026) <= 100_000
