"""The pages of asset cards."""

from __future__ import annotations

from django.db import models

from yiwang.areas.assets import factories
from yiwang.core.orgs.models import Organ
from yiwang.desk.testing import KindTests


class TestAsset(KindTests):
    """资产卡片."""

    key = "assets.asset"

    def make(self, organ: Organ) -> models.Model:
        return factories.asset(organ)

    def given(self, organ: Organ) -> dict[str, str]:
        return {
            "code": f"ZC-{organ.pk}",
            "name": "联想台式机",
            "item": "台式计算机",
            "organ": organ.name,
            "price": "4800",
            "acquired_date": "2026-02-01",
        }
