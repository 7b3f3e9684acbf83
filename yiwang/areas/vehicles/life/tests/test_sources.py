"""Cars as datasets."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from yiwang.areas.vehicles import factories
from yiwang.areas.vehicles.life import sources
from yiwang.areas.vehicles.models import Body, Energy, PurchaseCase, Use, VehicleState
from yiwang.core.orgs import factories as orgs
from yiwang.core.orgs.models import Organ
from yiwang.core.standards.book import load
from yiwang.core.standards.judge import Judge

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 1)


@pytest.fixture
def bureau() -> Organ:
    """An organ of a county."""
    return orgs.organ("青河县应急管理局")


def test_a_purchase_is_judged_on_its_own_day(bureau: Organ) -> None:
    """Yuan, litres, and the words of the tables; the judge understands them."""
    row = factories.purchase(bureau, 185_000, displacement=Decimal("1.8"), approval="")
    (found,) = sources.purchases(on=TODAY)
    assert (found.subject, found.on, found.region) == (str(row.pk), date(2025, 3, 1), "990101")
    assert (found.values["price"], found.values["approval"]) == (Decimal(185_000), None)
    assert (found.values["vehicle_use"], found.values["body"]) == ("应急保障用车", "轿车")
    verdicts = Judge(load()).judge("vehicles.purchase", found.values, on=found.on, region="CN")
    prices = [verdict for verdict in verdicts if verdict.limit == 180_000]
    assert [(verdict.kind, verdict.excess) for verdict in prices] == [("over", Decimal(5000))]


def test_every_word_is_known_to_the_ladders(bureau: Organ) -> None:
    """No use, body, case or energy of the register is foreign to the lawbook."""
    ladders = load().ladders
    for vocabulary, some in (("vehicle_use", Use), ("vehicle_body", Body), ("vehicle_case", PurchaseCase)):
        assert all(ladders[vocabulary].resolve(str(label), None) for label in some.labels)
    assert all(ladders["vehicle_energy"].resolve(label, None) for label in Energy.labels)


def test_a_renewal_counts_years_and_ten_thousands(bureau: Organ) -> None:
    """From the old car's registration to the new one's purchase; purchases that replace nothing are none."""
    old = factories.vehicle(bureau, registered_date=date(2017, 3, 1), mileage=215_000)
    factories.purchase(bureau, 150_000)
    bought = factories.purchase(bureau, 150_000, replaces=old)
    (found,) = sources.renewals(on=TODAY)
    assert found.subject == str(bought.pk)
    assert (found.values["years_used"], found.values["mileage"]) == (Decimal("8.0"), Decimal("21.5"))


def test_a_year_of_purchases(bureau: Organ) -> None:
    """Counted by organ and year; the running year is judged today."""
    factories.purchase(bureau, 150_000), factories.purchase(bureau, 150_000, energy=Energy.NEW_ENERGY)
    factories.purchase(bureau, 150_000, purchased_date=date(2026, 2, 1))
    last, this = sources.purchase_years(on=TODAY)
    assert (last.values["purchased"], last.values["purchased_new_energy"], last.on) == (2, 1, date(2025, 12, 31))
    assert (this.values["purchased"], this.on) == (1, TODAY)
    assert list(sources.purchase_years(on=TODAY, subjects=[this.subject])) == [this]


def test_a_fleet_against_its_quota(bureau: Organ) -> None:
    """Cars on the road on the day, beside the number allowed; either may be missing."""
    factories.quota(bureau, 1)
    factories.vehicle(bureau), factories.vehicle(bureau)
    gone = factories.vehicle(bureau, state=VehicleState.RETIRED, retired_date=date(2025, 1, 1))
    factories.vehicle(bureau, use=Use.ENFORCEMENT)
    found = {row.subject: row for row in sources.fleets(on=TODAY)}
    fleet, without = found[f"{bureau.pk}:EMERGENCY"], found[f"{bureau.pk}:ENFORCEMENT"]
    assert (fleet.values["quota"], fleet.values["actual"]) == (1, 2)
    assert (without.values["quota"], without.values["actual"]) == (None, 1)
    assert list(sources.fleets(on=TODAY, subjects=[fleet.subject])) == [fleet]
    (earlier,) = (row for row in sources.fleets(on=date(2024, 1, 1)) if row.subject == fleet.subject)
    assert earlier.values["actual"] == 3
    assert gone.pk
