"""The pages of every kind of office space."""

from __future__ import annotations

from django.db import models

from yiwang.areas.offices import factories
from yiwang.areas.offices.models import Title
from yiwang.core.orgs import factories as orgs
from yiwang.core.orgs.models import Organ
from yiwang.desk.testing import KindTests


class TestRoom(KindTests):
    """房间."""

    key = "offices.room"

    def make(self, organ: Organ) -> models.Model:
        return factories.room(factories.building(organ))

    def given(self, organ: Organ) -> dict[str, str]:
        building = factories.building(organ, "新楼")
        return {
            "number": "0701",
            "building": "新楼",
            "organ": organ.name,
            "usable_area": "18",
            "floor": factories.floor(building).label,
        }


class TestOccupancy(KindTests):
    """使用情况."""

    key = "offices.occupancy"

    def make(self, organ: Organ) -> models.Model:
        return factories.occupancy(factories.room(factories.building(organ), area="8"), orgs.person(organ))

    def given(self, organ: Organ) -> dict[str, str]:
        factories.room(factories.building(organ, "新楼"), "0701", "8")
        who = orgs.person(organ, "王敏")
        return {
            "room": "新楼 0701",
            "person": f"王敏 {who.staff_number}",
            "organ": organ.name,
            "valid_from": "2026-01-05",
        }


class TestTitle(KindTests):
    """权属."""

    key = "offices.title"

    def make(self, organ: Organ) -> models.Model:
        row = Title(building=factories.building(organ), organ=organ, gross_floor_area=6000)
        row.place()
        row.save()
        return row

    def given(self, organ: Organ) -> dict[str, str]:
        factories.building(organ, "新楼")
        return {
            "building": "新楼",
            "organ": organ.name,
            "certificate": f"权证{organ.pk}号",
            "gross_floor_area": "5200.5",
        }


class TestBuilding(KindTests):
    """楼栋."""

    key = "offices.building"

    def make(self, organ: Organ) -> models.Model:
        return factories.building(organ)

    def given(self, organ: Organ) -> dict[str, str]:
        factories.building(organ, "旧楼", site=f"{organ.name}院")
        return {
            "name": "新楼",
            "site": f"{organ.name}院",
            "floors": "6",
            "structure": "MULTI_STOREY",
            "gross_floor_area": "6000",
            "usable_area": "4200",
        }


class TestFloor(KindTests):
    """楼层."""

    key = "offices.floor"

    def make(self, organ: Organ) -> models.Model:
        return factories.floor(factories.building(organ))

    def given(self, organ: Organ) -> dict[str, str]:
        factories.building(organ, "新楼")
        return {"label": "地下一层", "building": "新楼", "number": "-1"}


class TestSite(KindTests):
    """院落."""

    key = "offices.site"

    def make(self, organ: Organ) -> models.Model:
        return factories.building(organ).site

    def given(self, organ: Organ) -> dict[str, str]:
        return {"name": "东院", "organ": organ.name, "region": organ.region_id, "address": "青河路 1 号"}
