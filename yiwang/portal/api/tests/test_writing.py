"""Datasets written over the API: through the register, all or none, again without effect, under a province's names."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from yiwang.areas.vehicles import factories as vehicles
from yiwang.areas.vehicles.models import Maintenance, Vehicle, Violation
from yiwang.core.ledger.models import Entry
from yiwang.core.rights.models import Role
from yiwang.desk.testing import World, world

pytestmark = pytest.mark.django_db
ROWS = "/api/v1/datasets/vehicles.maintenance/rows"


@pytest.fixture
def we() -> World:
    found = world()
    vehicles.vehicle(found.ours, plate="示A10001"), vehicles.vehicle(found.theirs, plate="示A20001")
    return found


def send(
    client: Client, rows: list[dict[str, Any]], status: int = 200, *, key: str = "", path: str = ROWS, **more: str
) -> Any:
    """What the API answers."""
    answer = client.post(
        path,
        json.dumps({"rows": rows, **more}),
        content_type="application/json",
        headers={"Idempotency-Key": key} if key else {},
    )
    assert answer.status_code == status, answer.content
    return answer.json()


def visit(number: str = "WX-1", **more: Any) -> dict[str, Any]:
    return {"number": number, "plate": "示A10001", "kind": "保养", "on_date": "2026-03-01", "amount": "860.5", **more}


def test_rows_come_in_through_the_register(we: World) -> None:
    """Yuan become fen, words become codes, the organ is the car's; one entry; the same again changes nothing."""
    clerk = we.client(Role.CLERK)
    made = send(clerk, [visit(), visit("WX-2", organ="别的局")], key="k1")
    assert (made["created"], made["changed"], made["unchanged"]) == (2, 0, 0)
    row = Maintenance.objects.get(number="WX-1")
    assert (row.amount, row.kind, row.organ) == (86_050, "SERVICE", we.ours)
    assert Entry.objects.get(pk=made["entry"]).act == "vehicles.maintenance.exchange"
    again = send(clerk, [visit(), visit("WX-2", organ="别的局")], key="k1")
    assert (again["unchanged"], again["entry"]) == (2, None)
    assert send(clerk, [visit(amount="900")])["changed"] == 1
    assert send(clerk, [visit("WX-3")], 422, key="k1")["code"] == "flow.key"


def test_all_or_none(we: World) -> None:
    """Every wrong row is named; nothing is kept, and the key may be used again."""
    clerk = we.client(Role.CLERK)
    rows = [visit(), visit("WX-2", plate="示A99999"), visit("WX-3", kind="洗车"), visit("WX-4", plate="示A20001")]
    said = send(clerk, rows, 422, key="k")
    assert said["code"] == "exchange.rows"
    assert {one["row"] for one in said["faults"]} == {2, 3, 4}
    assert not Maintenance.objects.exists()
    assert send(clerk, [visit()], key="k")["created"] == 1


def test_who_may_write_what(we: World) -> None:
    """Readers and strangers may not; what a process makes is not written; a column that is not there is named."""
    assert send(we.client(Role.READER), [visit()], 403)["code"] == "rights.denied"
    assert {one["row"] for one in send(we.client(Role.CLERK, we.theirs), [visit()], 422)["faults"]} == {1}
    clerk = we.client(Role.CLERK)
    path = "/api/v1/datasets/vehicles.disposal/rows"
    assert send(clerk, [{"plate": "示A10001"}], 422, path=path)["code"] == "exchange.read-only"
    assert send(clerk, [visit(colour="红")], 422)["code"] == "exchange.column"
    assert send(clerk, [], 422)["code"] == "exchange.many"
    assert send(clerk, [visit()], 404, path="/api/v1/datasets/vehicles.ship/rows")["code"] == "api.unknown"
    shown = clerk.get("/api/v1/datasets/vehicles.maintenance").json()
    assert "amount" in shown["writable"]
    (kind,) = (one for one in shown["columns"] if one["key"] == "kind")
    assert kind["choices"][:2] == ["保养", "维修"]
    assert we.client(Role.READER).get("/api/v1/datasets/vehicles.maintenance").json()["writable"] == []


def test_under_the_names_of_a_province(we: World) -> None:
    """In by their fields and codes, out again the same."""
    clerk = we.client(Role.CLERK)
    theirs = {"wxdh": "WX-9", "hphm": "示A10001", "wxlb": "1", "sxrq": "2026-03-01", "je": "300"}
    assert send(clerk, [theirs], map="db32-example")["created"] == 1
    page = clerk.get(ROWS, {"map": "db32-example"}).json()
    (values,) = (row["values"] for row in page["rows"])
    assert {key: values[key] for key in theirs} == theirs
    for wrong, code in (({"wxlb": "7"}, "exchange.code"), ({"colour": "1"}, "exchange.field")):
        assert send(clerk, [{**theirs, **wrong}], 422, map="db32-example")["code"] == code
    assert send(clerk, [theirs], 422, map="nobody")["code"] == "exchange.unknown"


def test_a_car_and_a_violation(we: World) -> None:
    """A column may have another name in the register."""
    clerk = we.client(Role.CLERK)
    car = {
        "plate": "示A30001",
        "organ": we.ours.name,
        "vehicle_use": "应急保障用车",
        "body": "轿车",
        "energy": "新能源",
    }
    assert send(clerk, [car], path="/api/v1/datasets/vehicles.vehicle/rows")["created"] == 1
    assert Vehicle.objects.get(plate="示A30001").use == "EMERGENCY"
    fine = {
        "number": "JD-1",
        "plate": "示A30001",
        "on_date": "2026-03-01",
        "content": "超速",
        "place": "示例大道",
        "points": 3,
    }
    assert send(clerk, [fine], path="/api/v1/datasets/vehicles.violation/rows")["created"] == 1
    assert Violation.objects.get().location == "示例大道"
