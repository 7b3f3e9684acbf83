"""Rows that go in by COPY or executemany are the rows that the ORM would have made; look-ups by one parameter find them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from yiwang.areas.offices import factories as offices
from yiwang.areas.offices.models import Room
from yiwang.areas.vehicles.models import VehiclePurchase
from yiwang.core.orgs import factories as orgs
from yiwang.core.orgs.models import Organ
from yiwang.desk.models import ImportJob
from yiwang.desk.testing import world
from yiwang.kit.bulk import insert

pytestmark = pytest.mark.django_db


def values_of(row: Any) -> dict[str, Any]:
    """A row by attname, without its id."""
    return {one.attname: getattr(row, one.attname) for one in row._meta.concrete_fields if not one.primary_key}


@pytest.fixture
def bureau() -> Organ:
    """An organ of a county."""
    return orgs.organ("青河县财政局")


@pytest.mark.parametrize(
    "facts",
    [
        {"displacement": None, "note": "", "approval": "示机管〔2026〕9号"},
        {"displacement": Decimal("1.80"), "note": "带\t制表符、\n换行、\\N、'引号\"和 100%"},
        {"displacement": Decimal("0.00"), "price": 2**40, "purchased_date": date(1999, 12, 31)},
    ],
)
def test_the_same_as_by_the_orm(bureau: Organ, facts: dict[str, Any]) -> None:
    """Read back, not a value differs: signs, places, days, nothing."""
    common = {"use": "OTHER", "body": "SEDAN", "price": 1, "purchased_date": date(2025, 2, 28), **facts}
    wanted = VehiclePurchase(organ=bureau, number="A", **common)
    wanted.place()
    wanted.save()
    with transaction.atomic():
        (key,) = insert(VehiclePurchase, [values_of(wanted) | {"number": "B"}])
    made = VehiclePurchase.objects.get(pk=key)
    wanted.refresh_from_db()
    assert values_of(made) == values_of(wanted) | {"number": "B"}


def test_json_and_instants(bureau: Organ) -> None:
    """Lists, and a time with its zone."""
    we = world()
    job = ImportJob(kind="x", user=we.user(), organ=bureau, name="n", digest="d", file="f", on=date(2026, 1, 1))
    job.created_at, job.errors, job.mapping = datetime(2026, 3, 1, 1, 2, 3, tzinfo=UTC), [{"行": 1}], {"a": None}
    job.place()
    with transaction.atomic():
        (key,) = insert(ImportJob, [values_of(job)])
    made = ImportJob.objects.get(pk=key)
    assert (made.errors, made.mapping, made.created_at, made.finished_at) == (
        [{"行": 1}],
        {"a": None},
        job.created_at,
        None,
    )


def test_ids_go_on_and_constraints_hold(bureau: Organ) -> None:
    """The ORM's next row does not meet an id that was taken; a row that is refused takes all with it."""
    building = offices.building(bureau)
    one = offices.room(building, "0001")
    with transaction.atomic():
        keys = insert(Room, [values_of(one) | {"number": f"{number:04}"} for number in range(2, 30)])
    assert len(set(keys)) == 28
    assert min(keys) > one.pk
    assert offices.room(building, "0100").pk > max(keys)
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(Room, [values_of(one) | {"number": "0200"}, values_of(one) | {"number": "0002"}])
    assert not Room.objects.filter(number="0200").exists()
    assert insert(Room, []) == []


@pytest.mark.django_db(transaction=True)
def test_only_inside_a_transaction() -> None:
    """Outside, half of the rows could stay."""
    with pytest.raises(RuntimeError, match="transaction"):
        insert(Room, [{}])
    assert not connection.in_atomic_block


def test_among(bureau: Organ) -> None:
    """Numbers, texts with signs, days, links; nothing among nothing; more than a statement could have parameters."""
    building = offices.building(bureau)
    for number in ("0601", "O'Neil", '6"楼', "100%"):
        offices.room(building, number)
    rooms = Room.objects.order_by("number")
    assert [room.number for room in rooms.filter(number__among={"O'Neil", '6"楼', "100%", "无"})] == [
        "100%",
        '6"楼',
        "O'Neil",
    ]
    assert rooms.filter(pk__among=[]).count() == 0
    assert rooms.filter(pk__among=range(200_000)).count() == rooms.filter(pk__lt=200_000).count()
    assert (
        rooms.filter(building__among=[building.pk]).count()
        == rooms.filter(building_id__among=[building.pk]).count()
        == 4
    )
    who = orgs.person(bureau)
    offices.occupancy(rooms[0], who, since=date(2024, 1, 1))
    assert rooms.filter(occupancies__valid_from__among=[date(2024, 1, 1)]).count() == 1
    assert rooms.filter(occupancies__valid_from__among=[date(2024, 1, 2)]).count() == 0
