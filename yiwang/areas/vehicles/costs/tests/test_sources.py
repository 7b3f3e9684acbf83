"""Bills as the datasets of exchange: read as rows, written by other systems through the verb."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from yiwang.areas.vehicles import factories
from yiwang.areas.vehicles.costs.models import Cost, CostKind
from yiwang.core.ledger.models import Entry
from yiwang.core.registers.exchange import writable, write
from yiwang.core.rights.models import Role
from yiwang.core.verdicts.sources import source_of
from yiwang.desk.testing import World, world
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 26)


@pytest.fixture
def we() -> World:
    made = world()
    factories.vehicle(made.ours, plate="示A00001")
    return made


def row(**more: Any) -> dict[str, Any]:
    facts = {"number": "E1", "plate": "示A00001", "kind": "汽油", "at": "2026-03-01T08:30:00+08:00", "quantity": 40}
    return {**facts, "amount": "306.5", "supplier": "某站", "place": "示例路", **more}


def test_rows_of_another_system_are_bills(we: World) -> None:
    done = write(
        "vehicles.energy", [row(), row(number="E2", kind="充电")], access=we.access(Role.CLERK), on=ON, about="x:1"
    )
    assert (done.trial.created, done.trial.errors) == (2, [])
    one, two = Cost.objects.order_by("number")
    assert (one.kind, one.amount, one.merchant, one.location) == (CostKind.FUEL, 30_650, "某站", "示例路")
    assert two.kind == CostKind.CHARGE
    assert Entry.objects.get(act="vehicles.cost.deliver").obj == "x:1"
    (first, second) = source_of("vehicles.energy")(on=ON)
    assert (first.values["amount"], first.values["at"]) == (Decimal("306.5"), "2026-03-01T08:30:00+08:00")
    assert second.values["kind"] == "充电"
    assert list(source_of("vehicles.toll")(on=ON)) == []


def test_all_or_none_with_each_reason(we: World) -> None:
    given: list[Mapping[str, Any]] = [row(), row(number="E2", plate="示Z99999"), row(number="E3", amount="-1")]
    done = write("vehicles.energy", given, access=we.access(Role.CLERK), on=ON, about="x:1")
    assert [(one.where.row, one.code) for one in done.trial.errors] == [(2, "cost.plate"), (3, "cost.amount")]
    assert not Cost.objects.exists()


def test_tolls_parking_and_others(we: World) -> None:
    assert {"vehicles.energy", "vehicles.toll", "vehicles.parking", "vehicles.other_cost"} <= set(writable())
    head = {"number": "T1", "plate": "示A00001", "at": "2026-03-01", "amount": "25"}
    for key, more in (
        ("vehicles.toll", {"entry": "北站", "exit": "南站"}),
        ("vehicles.parking", {"number": "P1", "hours": 2}),
        ("vehicles.other_cost", {"number": "W1", "kind": "洗车"}),
    ):
        assert not write(key, [{**head, **more}], access=we.access(Role.CLERK), on=ON, about="x:1").trial.errors
    kinds = {one.number: (one.kind, one.note, one.quantity) for one in Cost.objects.all()}
    assert kinds == {"T1": ("TOLL", "北站→南站", None), "P1": ("PARKING", "", 2), "W1": ("WASH", "", None)}


def test_strange_columns_many_rows_and_readers_are_refused(we: World) -> None:
    refused: tuple[tuple[list[Mapping[str, Any]], Role, str], ...] = (
        ([row(colour="红")], Role.CLERK, "exchange.column"),
        ([], Role.CLERK, "exchange.many"),
        ([row()], Role.READER, "rights.denied"),
    )
    for rows, role, code in refused:
        with pytest.raises(Refusal) as caught:
            write("vehicles.energy", rows, access=we.access(role), on=ON, about="x:1")
        assert caught.value.code == code
