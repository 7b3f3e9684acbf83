"""The pages of every kind of car record."""

from __future__ import annotations

from django.db import models

from yiwang.areas.vehicles import factories
from yiwang.core.orgs import factories as orgs
from yiwang.core.orgs.models import Organ
from yiwang.desk.testing import KindTests


class TestVehicle(KindTests):
    """车辆."""

    key = "vehicles.vehicle"

    def make(self, organ: Organ) -> models.Model:
        return factories.vehicle(organ, price=17_800_000)

    def given(self, organ: Organ) -> dict[str, str]:
        return {
            "plate": f"示A9{organ.pk:04}",
            "organ": organ.name,
            "use": "EMERGENCY",
            "body": "SEDAN",
            "price": "178,000",
        }


class TestQuota(KindTests):
    """车辆编制."""

    key = "vehicles.quota"

    def make(self, organ: Organ) -> models.Model:
        return factories.quota(organ, 3)

    def another(self, organ: Organ, number: int) -> models.Model:
        return self.make(orgs.organ(f"青河县第{number}中学", organ))

    def given(self, organ: Organ) -> dict[str, str]:
        return {"organ": organ.name, "use": "ENFORCEMENT", "number": "2", "valid_from": "2026-01-01"}


class TestPurchase(KindTests):
    """车辆购置."""

    key = "vehicles.purchase"

    def make(self, organ: Organ) -> models.Model:
        return factories.purchase(organ, 150_000)

    def given(self, organ: Organ) -> dict[str, str]:
        return {
            "number": f"CG-{organ.pk}",
            "organ": organ.name,
            "use": "EMERGENCY",
            "body": "SEDAN",
            "energy": "NEW_ENERGY",
            "price": "150000",
            "purchased_date": "2026-02-01",
        }
