"""The verbs of cars and quotas."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from yiwang.areas.vehicles import factories
from yiwang.areas.vehicles.life import actions, quota
from yiwang.areas.vehicles.life.quota import Order
from yiwang.areas.vehicles.models import FleetQuota, Use, Vehicle, VehicleState
from yiwang.core.ledger.models import Entry
from yiwang.core.orgs import factories as orgs
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import Access, access_for
from yiwang.core.rights.models import Grant, Role, User
from yiwang.core.verdicts.models import Finding, State
from yiwang.kit.refusal import Refusal

TODAY = date(2026, 3, 1)
NOW = datetime(2026, 3, 1, 2, tzinfo=UTC)
LATER = date(2026, 6, 1)


@pytest.fixture
def bureau(db: None) -> Organ:
    """An organ of a county."""
    return orgs.organ("青河县应急管理局")


def test_a_car_from_its_purchase_to_its_end(bureau: Organ) -> None:
    """Bought above the limit: a finding. The car takes over what the purchase says, moves, rests, and goes."""
    bought = actions.record_purchase(
        actor="user:1",
        organ=bureau,
        on=TODAY,
        number="CG1",
        use=Use.EMERGENCY,
        body="SEDAN",
        price=19_000_000,
        displacement="1.8",
        purchased_date=TODAY,
    )
    assert (bought.displacement, bought.l1) == (Decimal("1.8"), bureau.pk)
    over = Finding.objects.get(dataset="vehicles.purchase", kind="over")
    assert over.limit is not None
    assert over.limit + (over.excess or 0) == over.measure == 190_000
    car = actions.register_vehicle(actor="user:1", organ=bureau, plate="示A10001", on=TODAY, purchase=bought)
    bought.refresh_from_db()
    assert (car.price, car.use, bought.vehicle_id) == (19_000_000, Use.EMERGENCY, car.pk)
    other = orgs.organ("青河县水利局")
    with pytest.raises(Refusal, match="没有空编"):
        actions.transfer_vehicle(actor="user:1", vehicle=car, organ=other, on=LATER)
    factories.quota(other, 1)
    moved = actions.transfer_vehicle(actor="user:1", vehicle=car, organ=other, on=LATER)
    assert (moved.organ_id, moved.l1) == (other.pk, other.pk)
    assert actions.lay_up_vehicle(actor="user:1", vehicle=car, on=LATER).state == VehicleState.LAID_UP
    assert actions.put_back_vehicle(actor="user:1", vehicle=car, on=LATER).state == VehicleState.IN_USE
    gone = actions.retire_vehicle(actor="user:1", vehicle=car, on=LATER)
    assert (gone.state, gone.retired_date) == (VehicleState.RETIRED, LATER)
    with pytest.raises(Refusal, match="已于 2026-06-01 处置"):
        actions.transfer_vehicle(actor="user:1", vehicle=car, organ=bureau, on=LATER)
    verbs = [
        act.rpartition(".")[2]
        for act in Entry.objects.filter(obj=f"vehicles.vehicle:{car.pk}").order_by("id").values_list("act", flat=True)
    ]
    assert verbs == ["register", "transfer", "lay_up", "put_back", "retire"]


def test_refusals_of_cars(bureau: Organ) -> None:
    """Nothing is left behind."""
    car = factories.vehicle(bureau, plate="示A10001")
    factories.quota(bureau, 2)
    with pytest.raises(Refusal, match="名下"):
        actions.transfer_vehicle(actor="user:1", vehicle=car, organ=bureau, on=TODAY)
    with pytest.raises(Refusal, match="车牌号"):
        actions.register_vehicle(actor="user:1", organ=bureau, plate="示A10001", on=TODAY, use="OTHER", body="SEDAN")
    assert Vehicle.objects.count() == 1
    assert not Entry.objects.filter(act__startswith="vehicles.").exists()


def world_access(organ: Organ) -> Access:
    """A manager of the organ."""
    user = User.objects.create(username="manager")
    Grant.objects.create(user=user, organ=organ, role=Role.MANAGER)
    return access_for(user)


def test_more_cars_than_places_is_found_and_closes(bureau: Organ) -> None:
    """The fleet follows both its cars and its quota; the clause is not verified, so nobody is accused."""
    factories.quota(bureau, 1)
    actions.register_vehicle(actor="user:1", organ=bureau, plate="示A10001", on=TODAY, use="EMERGENCY", body="SEDAN")
    actions.register_vehicle(actor="user:1", organ=bureau, plate="示A10002", on=TODAY, use="ENFORCEMENT", body="SEDAN")
    missing = Finding.objects.get(dataset="vehicles.fleet")
    assert (missing.kind, missing.subject) == ("undetermined", f"{bureau.pk}:ENFORCEMENT")
    top = Order(
        use="ENFORCEMENT", number=1, access=world_access(bureau), on=TODAY, now=NOW, approval="示机管〔2026〕1号"
    )
    quota.grant(organ=bureau, order=top)
    missing.refresh_from_db()
    assert missing.state == State.CLOSED


def test_the_database_holds_what_the_verbs_promise(bureau: Organ) -> None:
    """No negative quota, no overlapping periods, whoever writes."""
    row = factories.quota(bureau, 1, since=TODAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        FleetQuota.objects.filter(pk=row.pk).update(number=-1)
    early = FleetQuota(organ=bureau, use=row.use, number=1, valid_from=date(2020, 1, 1), valid_to=LATER)
    early.place()
    with pytest.raises(IntegrityError, match="overlap"), transaction.atomic():
        early.save()
    early.use = Use.OTHER
    early.save()
