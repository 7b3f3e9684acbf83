"""Rows for tests: a catalogue, teams, members, spots, orders. Not for the application."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import Any

from yiwang.areas.services.catalogue.loading import load_catalogue
from yiwang.areas.services.catalogue.models import Item
from yiwang.areas.services.orders.models import Spot, Team, TeamMember, WorkOrder
from yiwang.core.orgs.models import Organ
from yiwang.core.places.models import Building, Site, Structure
from yiwang.core.rights.access import Access, access_for
from yiwang.core.rights.models import Grant, Role, User

#: A Tuesday morning, 09:00 in China.
NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
_numbers = count(1)


def user(organ: Organ | None, *roles: Role, name: str = "王敏") -> User:
    """A user with these roles on the organ."""
    row = User.objects.create(username=f"s{next(_numbers)}", display_name=name)
    for role in roles:
        assert organ is not None
        Grant.objects.create(user=row, organ=organ, role=role)
    return row


def access(organ: Organ, *roles: Role, name: str = "王敏") -> Access:
    """The access of such a user there."""
    return access_for(user(organ, *roles, name=name), organ.pk)


def catalogue(organ: Organ) -> Item:
    """The shipped catalogue for the organ; its item 06."""
    load_catalogue(organ=organ, actor="system")
    return Item.objects.get(organ=organ, code="06")


def building(organ: Organ, name: str = "") -> Building:
    """A building on a site of its own."""
    name = name or f"{next(_numbers)}号楼"
    site = Site(organ=organ, name=f"{name}院", sort_key="y", region=organ.region)
    site.place()
    site.save()
    row = Building(
        organ=organ, site=site, name=name, sort_key="l", floors=6, structure=Structure.MULTI_STOREY,
        gross_floor_area=5000, usable_area=3000,
    )  # fmt: skip
    row.place()
    row.save()
    return row


def spot(at: Building, name: str = "", **more: Any) -> Spot:
    """A labelled place in the building."""
    row = Spot(building=at, organ=at.organ, name=name or f"0{next(_numbers)}", **more)
    row.place()
    row.save()
    return row


def team(organ: Organ, *members: User, name: str = "", **more: Any) -> Team:
    """A team with these members, on duty on weekdays from 8 to 18."""
    row = Team(organ=organ, name=name or f"班组{next(_numbers)}", **more)
    row.place()
    row.save()
    TeamMember.objects.bulk_create([TeamMember(team=row, user=one) for one in members])
    return row


def order(organ: Organ, item: Item, **more: Any) -> WorkOrder:
    """An order as it was reported at NOW, unless said otherwise; nothing promised."""
    facts: dict[str, Any] = {
        "number": f"GD20261124{next(_numbers):06}", "problem": "顶灯不亮", "location": "A座 0612",
        "reported_at": NOW, "reported_date": NOW.date(), **more,
    }  # fmt: skip
    row = WorkOrder(organ=organ, item=item, **facts)
    row.place()
    row.save()
    return row
