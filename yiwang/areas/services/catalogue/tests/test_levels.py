"""The nearest row wins; without one the clause holds; the shipped catalogue is the clause's."""

from __future__ import annotations

from typing import Any

import pytest

from yiwang.areas.services.catalogue import levels
from yiwang.areas.services.catalogue.levels import Promise
from yiwang.areas.services.catalogue.loading import load_catalogue, shipped
from yiwang.areas.services.catalogue.models import Item, ServiceClass, ServiceLevel, Urgency
from yiwang.areas.services.catalogue.registry import entries, entry
from yiwang.areas.services.orders.factories import NOW
from yiwang.core.ledger.models import Entry
from yiwang.core.orgs import factories as orgs
from yiwang.core.orgs.models import Organ, Tier
from yiwang.core.standards.book import load


@pytest.fixture
def chain(db: None) -> list[Organ]:
    """Province, city, county."""
    province = orgs.organ("示例省", tier=Tier.PROVINCE, code="990000")
    city = orgs.organ("青河市", province, tier=Tier.CITY, code="990100")
    return [province, city, orgs.organ("云岭县", city, code="990101")]


def level(organ: Organ, code: str = "", urgency: str = Urgency.NORMAL, **minutes: Any) -> None:
    row = ServiceLevel(organ=organ, code=code, urgency=urgency, **{f"{k}_minutes": v for k, v in minutes.items()})
    row.place()
    row.save()


def test_the_shipped_items_are_those_of_the_clause() -> None:
    labels = dict(ServiceClass.choices)
    table = [row.cells for row in load().clause("SV-DEMO-1").table]
    assert [(labels[one["service_class"]], one["name"], int(one["code"])) for one in shipped()] == [
        (cells["service_class"], cells["item"], cells["value"]) for cells in table
    ]
    elements = ("organization", "staff", "content", "requirement", "emergency")
    assert all(one[name] for one in shipped() for name in elements)


def test_without_a_row_the_clause_holds(chain: list[Organ]) -> None:
    found = {urgency.value: levels.promise(chain[2], "06", urgency) for urgency in Urgency}
    assert found == {
        "EMERGENCY": Promise(arrive=15, ground="SV-DEMO-2"),
        "NORMAL": Promise(respond=30, finish=1440, ground="SV-DEMO-2"),
        "PARTS": Promise(plan=2880, ground="SV-DEMO-2"),
    }
    instants = found["NORMAL"].instants(NOW)
    assert (instants["arrive_by"], instants["finish_by"] and (instants["finish_by"] - NOW).days) == (None, 1)


def test_the_nearest_organ_wins_and_there_the_item_before_all(chain: list[Organ]) -> None:
    province, city, county = chain
    level(province, "06", respond=5)
    level(city, respond=20, finish=600)
    assert levels.promise(county, "06", Urgency.NORMAL) == Promise(respond=20, finish=600)
    level(city, "06", respond=10)
    assert levels.promise(county, "06", Urgency.NORMAL) == Promise(respond=10)
    assert levels.promise(county, "05", Urgency.NORMAL) == Promise(respond=20, finish=600)
    assert levels.promise(province, "06", Urgency.NORMAL) == Promise(respond=5)
    assert levels.promise(province, "05", Urgency.NORMAL).ground == "SV-DEMO-2"


def test_of_each_code_the_nearest_item_and_closed_ones_are_gone(chain: list[Organ]) -> None:
    province, city, county = chain
    load_catalogue(organ=province, actor="system")
    own = Item(organ=city, code="06", service_class="PROPERTY", name="水电维修")
    shut = Item(organ=county, code="16", service_class="LIVING", name="理发", state="CLOSED")
    for row in (own, shut):
        row.place()
        row.save()
    names = {one.code: one.name for one in levels.items(county)}
    assert len(names) == 15
    assert names["06"] == "水电维修"
    assert "16" not in names
    assert levels.item(county, "16") is None
    assert {one.code: one.name for one in levels.items(province)}["06"] == "公用设施设备维护"


def test_loading_twice_adds_nothing_and_keeps_what_was_changed(chain: list[Organ]) -> None:
    assert load_catalogue(organ=chain[0], actor="user:1") == 16
    Item.objects.filter(code="01").update(name="我们的说法")
    assert load_catalogue(organ=chain[0], actor="user:1") == 0
    assert Item.objects.get(code="01").name == "我们的说法"
    assert Entry.objects.filter(act="services.item.load").count() == 1


def test_who_opens_an_item_says_so_in_one_line() -> None:
    entry("test-item", "services:mine", "看看", "?a=1")
    entry("test-item", "services:mine", "看看", "?a=1")
    (one,) = entries("test-item")
    assert one.url == "/services/mine/?a=1"
    assert entries("no-such-item") == []
