"""What the rules of renewal say of a car of the register: worked cases, and the law that condition follows the columns."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from yiwang.areas.vehicles.life import renewal
from yiwang.areas.vehicles.life.models import Powertrain, Renewal, Vehicle
from yiwang.core.orgs.models import Organ

CASES: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("renewal.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_worked_case(case: dict[str, Any]) -> None:
    """No database: the car is judged as it stands in the register."""
    organ = Organ(name="某局", tier=case.get("tier", "COUNTY"), region_id=case["region"], kind="行政机关")
    facts = {key: Decimal(value) if key == "battery_decay" else value for key, value in case["car"].items()}
    car = Vehicle(organ=organ, plate="示A10001", use="EMERGENCY", body="SEDAN", **facts)
    found = renewal.verdicts(car, case["day"], case.get("approval", ""))
    for clause, wanted in case["verdicts"].items():
        said = [one for one in found if one.clause == clause]
        if wanted is None:
            assert not said
            continue
        if "topics" in wanted:
            assert sorted(one.topic for one in said) == sorted(wanted["topics"])
            continue
        (one,) = said
        for key, value in wanted.items():
            kept = getattr(one, key)
            kept = kept.value if key == "kind" else kept
            assert kept == (Decimal(str(value)) if isinstance(value, int | float) else value), (clause, key)


DAYS = st.dates(date(2000, 1, 1), date(2026, 3, 1))


@given(registered=DAYS, mileage=st.integers(0, 2_000_000), warranty=st.none() | DAYS)
def test_condition(registered: date, mileage: int, warranty: date | None) -> None:
    """Years never shrink as the days pass, kilometres are kept to the last one, an unknown warranty stays unknown."""
    car = Vehicle(registered_date=registered, mileage=mileage, warranty_until=warranty, powertrain=Powertrain.BATTERY)
    now, later = renewal.condition(car, date(2026, 3, 1)), renewal.condition(car, date(2027, 3, 1))
    assert 0 <= now["years_used"] < later["years_used"]
    assert now["mileage"] * 10_000 == mileage
    assert now["battery_electric"] is True
    assert now["special_use"] is (car.renewal == Renewal.SPECIAL)
    assert (now["beyond_warranty"] is None) == (warranty is None)
