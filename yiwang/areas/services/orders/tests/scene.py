"""Who is who in the tests of pages: a bureau with everybody in it, and a stranger elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.test import Client

from yiwang.areas.services.catalogue.models import Item
from yiwang.areas.services.orders import actions, factories, repairs
from yiwang.areas.services.orders.factories import NOW
from yiwang.areas.services.orders.models import Spot, Team, WorkOrder
from yiwang.core.orgs import factories as orgs
from yiwang.core.orgs.models import Organ, Tier
from yiwang.core.rights.access import access_for
from yiwang.core.rights.models import Role, User


@dataclass
class Scene:
    """Users by their names."""

    organ: Organ
    elsewhere: Organ
    item: Item
    spot: Spot
    team: Team
    users: dict[str, User]

    def client(self, name: str) -> Client:
        """A browser logged in as this one."""
        browser = Client()
        browser.force_login(self.users[name], backend="django.contrib.auth.backends.ModelBackend")
        return browser

    def access(self, name: str) -> Any:
        """His access."""
        return access_for(self.users[name])

    def report(self, **more: Any) -> WorkOrder:
        """The cadre reports a lamp."""
        facts: dict[str, Any] = {"item": "06", "problem": "顶灯不亮", "place": "A座 0612", "now": NOW, **more}
        return actions.report(access=self.access("cadre"), **facts)

    def arrived(self) -> WorkOrder:
        """The repairer is there."""
        pk = self.report().pk
        actions.assign(order=pk, team=self.team, now=NOW, access=self.access("dispatcher"))
        repairs.accept(order=pk, now=NOW, access=self.access("repairer"))
        return repairs.arrive(order=pk, now=NOW, access=self.access("repairer"))

    @cached_property
    def everybody(self) -> list[str]:
        """All names."""
        return list(self.users)


def scene() -> Scene:
    """Made anew in each test."""
    province = orgs.organ("示例省机关事务管理局", tier=Tier.PROVINCE, code="990000")
    organ = orgs.organ("青河县财政局", province, code="990101")
    elsewhere = orgs.organ("云岭县水利局", province, code="990102")
    roles = {
        "cadre": Role.STAFF,
        "colleague": Role.STAFF,
        "dispatcher": Role.DISPATCHER,
        "repairer": Role.REPAIRER,
        "other": Role.REPAIRER,
        "reader": Role.READER,
        "manager": Role.MANAGER,
    }
    users = {name: factories.user(organ, role, name=name) for name, role in roles.items()}
    users["stranger"] = factories.user(elsewhere, Role.MANAGER, name="stranger")
    users["nobody"] = factories.user(None, name="nobody")
    return Scene(
        organ=organ,
        elsewhere=elsewhere,
        item=factories.catalogue(province),
        spot=factories.spot(factories.building(organ, "A座"), "0612", floor="6层"),
        team=factories.team(organ, users["repairer"], users["other"], skills="06"),
        users=users,
    )
