"""巡检计划 on the desk."""

from __future__ import annotations

from django.db import models

from yiwang.areas.services.orders import factories as orders
from yiwang.areas.services.patrols import factories
from yiwang.core.orgs.models import Organ
from yiwang.desk.testing import KindTests


class TestPlan(KindTests):
    """巡检计划."""

    key = "services.plan"

    def make(self, organ: Organ) -> models.Model:
        return factories.plan(orders.building(organ))

    def given(self, organ: Organ) -> dict[str, str]:
        at = orders.building(organ)
        return {
            "building": f"{at.site.name}/{at.name}",
            "patrol_object": "房屋结构",
            "times": "4",
            "organ": organ.name,
            "valid_from": "2026-01-01",
        }
