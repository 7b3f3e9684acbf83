"""服务事项、服务水平 on the desk."""

from __future__ import annotations

from django.db import models

from yiwang.areas.services.catalogue.models import Item, ServiceLevel
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.models import Role
from yiwang.desk.testing import KindTests, Scene


class TestItem(KindTests):
    """服务事项."""

    key = "services.item"

    def make(self, organ: Organ) -> models.Model:
        number = Item.objects.count()
        row = Item(organ=organ, code=f"X{number}", service_class="OFFICE", name=f"事项{number}", orders=1)
        row.place()
        row.save()
        return row

    def given(self, organ: Organ) -> dict[str, str]:
        return {
            "name": "钥匙管理",
            "code": "17",
            "service_class": "办公保障",
            "organ": organ.name,
            "orders": "否",
            "approval_limit": "2000",
        }

    def test_a_clerk_does_not_set_the_catalogue(self, scene: Scene) -> None:
        """Rules are for who may configure."""
        client, given = scene.we.client(Role.CLERK), self.given(scene.we.ours)
        assert "new/" not in client.get(self.kind.url).content.decode()
        assert client.post(f"{self.kind.url}new/", given).status_code == 403
        assert client.post(f"{self.kind.url}{scene.mine.pk}/change/", given).status_code == 403
        assert client.post(f"{self.kind.url}{scene.mine.pk}/delete/").status_code == 403


class TestLevel(KindTests):
    """服务水平."""

    key = "services.level"

    def make(self, organ: Organ) -> models.Model:
        row = ServiceLevel(organ=organ, code=f"{ServiceLevel.objects.count()}", urgency="NORMAL", respond_minutes=20)
        row.place()
        row.save()
        return row

    def given(self, organ: Organ) -> dict[str, str]:
        return {"urgency": "应急", "organ": organ.name, "arrive_minutes": "10"}
