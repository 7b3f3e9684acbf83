"""The constraints of sites, buildings and floors hold in the database itself."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from yiwang.core.orgs import factories
from yiwang.core.orgs.models import Organ, Scoped
from yiwang.core.places.models import Building, Floor, Site, Structure

pytestmark = pytest.mark.django_db


def store(model: type[Scoped], organ: Organ, **values: Any) -> Any:
    row = model(organ=organ, **values)
    row.place()
    row.save()
    return row


@pytest.fixture
def site() -> Site:
    organ = factories.organ("机关事务局")
    row: Site = store(Site, organ, name="行政中心", sort_key="x", region=organ.region)
    return row


def building(site: Site, name: str = "A座", **more: Any) -> Building:
    values = {
        "floors": 6,
        "structure": Structure.MULTI_STOREY,
        "gross_floor_area": Decimal(100),
        "usable_area": Decimal(70),
    }
    row: Building = store(Building, site.organ, site=site, name=name, sort_key="a", **(values | more))
    return row


def refused(constraint: str, *args: Any, **values: Any) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        args[0](*args[1:], **values)


def test_scope(site: Site) -> None:
    tower = building(site)
    floor = store(Floor, site.organ, building=tower, number=1, label="1层")
    assert [row.l1 for row in (site, tower, floor)] == [site.organ_id] * 3
    assert Building.objects.within(site.organ).get() == tower
    assert (str(site), str(tower), str(floor)) == ("行政中心", "A座", "1层")


def test_areas(site: Site) -> None:
    refused("building_usable_not_above_gross", building, site, usable_area=Decimal(101))
    refused("building_usable_not_above_gross", building, site, usable_area=Decimal(0))
    refused("building_gross_positive|building_usable", building, site, gross_floor_area=Decimal(0))
    building(site, usable_area=Decimal(100))


def test_names_are_unique_where_they_stand(site: Site) -> None:
    building(site)
    refused("places_building.site_id, places_building.name|building_name_once", building, site)
    other = store(Site, site.organ, name="第二办公区", sort_key="x", region=site.region)
    building(other)
    same = {"name": "行政中心", "sort_key": "x", "region": site.region}
    refused("places_site.organ_id, places_site.name|site_name_once", store, Site, site.organ, **same)


def test_floors(site: Site) -> None:
    tower = building(site)
    store(Floor, site.organ, building=tower, number=-1, label="地下1层")
    refused("floor_number_not_zero", store, Floor, site.organ, building=tower, number=0, label="0")
    refused("number|floor_number_once", store, Floor, site.organ, building=tower, number=-1, label="负一层")
