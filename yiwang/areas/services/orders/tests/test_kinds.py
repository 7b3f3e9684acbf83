"""点位、班组 on the desk."""

from __future__ import annotations

from django.db import models

from yiwang.areas.services.orders import factories
from yiwang.areas.services.orders.models import Spot
from yiwang.core.orgs.models import Organ
from yiwang.desk.testing import KindTests


class TestSpot(KindTests):
    """点位."""

    key = "services.spot"

    def make(self, organ: Organ) -> models.Model:
        return factories.spot(factories.building(organ), checks="门窗、照明")

    def given(self, organ: Organ) -> dict[str, str]:
        at = factories.building(organ)
        return {"name": "0612", "building": f"{at.site.name}/{at.name}", "organ": organ.name, "kind": "房间"}

    def test_a_spot_from_the_form_has_its_own_token(self) -> None:
        one, other = Spot(name="1"), Spot(name="2")
        assert len(one.token) == 16
        assert one.token != other.token


class TestTeam(KindTests):
    """班组."""

    key = "services.team"

    def make(self, organ: Organ) -> models.Model:
        return factories.team(organ, skills="05、06")

    def given(self, organ: Organ) -> dict[str, str]:
        return {"name": "水电班", "organ": organ.name, "skills": "06", "state": "在岗"}
