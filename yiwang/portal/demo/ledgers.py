"""All tables of the demo province, in the order in which they are written."""

from __future__ import annotations

from collections.abc import Iterator

from yiwang.areas.assets.models import Asset
from yiwang.areas.offices.models import Occupancy, Room, Title
from yiwang.areas.vehicles.models import FleetQuota, Vehicle, VehiclePurchase
from yiwang.core.orgs.models import (
    LEVELS,
    Appointment,
    Organ,
    OrganEdge,
    OrganName,
    Person,
    Post,
    Region,
    Reorganization,
    ReorganizationPart,
)
from yiwang.core.orgs.regions import store_regions
from yiwang.core.places.models import Building, Floor, Site
from yiwang.portal.demo.tables import Table, after_load

SCOPED = ("organ_id", *LEVELS)


class Ledgers:
    """One table a model. Columns are given in the order of the `add` calls; `*body.row` fills SCOPED."""

    def __init__(self) -> None:
        self.regions: list[Region] = []
        self.organs = Table(
            Organ,
            *("name", "sort_key", "credit_code", "tier", "kind", "classified", "region_id", "superior_id", "depth"),
            *LEVELS,
            *("opened_date", "closed_date"),
        )
        self.organ_names = Table(OrganName, "organ_id", "name", "valid_from", "valid_to")
        self.edges = Table(OrganEdge, "organ_id", "superior_id", "tree", "valid_from", "valid_to")
        self.reorganizations = Table(Reorganization, "act", "on_date", "ground")
        self.parts = Table(ReorganizationPart, "reorganization_id", "organ_id", "side")
        self.people = Table(Person, *SCOPED, "name", "sort_key", "staff_number", "rank", "retired_date")
        self.appointments = Table(Appointment, *SCOPED, "person_id", "rank", "title", "main", "valid_from", "valid_to")
        self.posts = Table(Post, *SCOPED, "rank", "authorized_posts", "actual_headcount", "valid_from", "valid_to")
        self.sites = Table(Site, *SCOPED, "name", "sort_key", "region_id", "address")
        self.buildings = Table(
            Building,
            *SCOPED,
            *("site_id", "name", "sort_key", "floors", "built_year", "structure", "gross_floor_area", "usable_area"),
        )
        self.floors = Table(Floor, *SCOPED, "building_id", "number", "label")
        self.rooms = Table(Room, *SCOPED, "building_id", "floor_id", "number", "kind", "usable_area", "state")
        self.titles = Table(
            Title, *SCOPED, "building_id", "certificate", "state", "registered_date", "gross_floor_area"
        )
        self.occupancies = Table(Occupancy, *SCOPED, "room_id", "person_id", "valid_from", "valid_to")
        self.vehicles = Table(
            Vehicle,
            *SCOPED,
            *("plate", "sort_key", "model", "use", "body", "energy", "displacement", "price", "purchased_date"),
            *("registered_date", "mileage", "state", "retired_date"),
        )
        self.quotas = Table(FleetQuota, *SCOPED, "use", "number", "valid_from", "valid_to", "approval")
        self.purchases = Table(
            VehiclePurchase,
            *SCOPED,
            *("use", "body", "case", "energy", "price", "displacement", "approval", "purchased_date", "number"),
            *("vehicle_id", "replaces_id"),
        )
        self.assets = Table(
            Asset,
            *SCOPED,
            *("code", "name", "sort_key", "item", "holder_id", "building_id", "room_number", "price"),
            *("acquired_date", "state", "scrapped_date"),
        )

    def tables(self) -> Iterator[Table]:
        """In the order of their links."""
        return (table for table in vars(self).values() if isinstance(table, Table))

    def region(self, code: str, name: str, level: int, above: str) -> None:
        """A region of the demo province."""
        self.regions.append(Region(code=code, name=name, level=level, superior_id=above))

    def flush(self) -> list[tuple[str, int, str]]:
        """Write everything that waits: model label, rows, Merkle root of each table."""
        store_regions(self.regions)
        self.regions = []
        written = []
        for table in self.tables():
            rows = len(table.rows)
            if rows:
                written.append((table.model._meta.label_lower, rows, table.flush()))
        return written

    def finish(self) -> None:
        """After the last flush."""
        after_load([table.model for table in self.tables()])
