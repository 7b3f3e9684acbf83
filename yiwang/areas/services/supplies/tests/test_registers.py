"""The registers of supplies."""

from __future__ import annotations

from django.db import models

from yiwang.areas.services.supplies import factories
from yiwang.areas.services.supplies.models import Stock
from yiwang.core.orgs.models import Organ
from yiwang.desk.testing import KindTests


class TestSupply(KindTests):
    """用品目录."""

    key = "services.supply"

    def make(self, organ: Organ) -> models.Model:
        return factories.supply(organ, approve_above=10)

    def given(self, organ: Organ) -> dict[str, str]:
        return {
            "name": "A4 复印纸",
            "code": "Z-1",
            "organ": organ.name,
            "category": "纸品",
            "unit": "包",
            "price": "22.5",
        }


class TestStore(KindTests):
    """库房."""

    key = "services.store"

    def make(self, organ: Organ) -> models.Model:
        return factories.store(organ)

    def given(self, organ: Organ) -> dict[str, str]:
        return {"name": "总库", "organ": organ.name}


class TestStock(KindTests):
    """库存: the form sets the minimum; the quantity is the verbs'."""

    key = "services.stock"

    def make(self, organ: Organ) -> models.Model:
        row = Stock(organ=organ, store=factories.store(organ), supply=factories.supply(organ), quantity=3, minimum=5)
        row.place()
        row.save()
        return row

    def given(self, organ: Organ) -> dict[str, str]:
        place, article = factories.store(organ), factories.supply(organ)
        return {"store": f"{organ.name}/{place.name}", "supply": f"{article.name}/{article.code}", "minimum": "7"}


class TestQuota(KindTests):
    """领用定额."""

    key = "services.supply_quota"

    def make(self, organ: Organ) -> models.Model:
        return factories.quota(organ, factories.supply(organ), 2)

    def given(self, organ: Organ) -> dict[str, str]:
        article = factories.supply(organ)
        return {
            "supply": f"{article.name}/{article.code}",
            "organ": organ.name,
            "holder": "每人",
            "period": "每季度",
            "quantity": "2",
        }
