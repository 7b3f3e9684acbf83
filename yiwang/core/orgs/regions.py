"""Regions from the lawbook's table of GB/T 2260 codes into the database."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

from yiwang.core.orgs.models import Region
from yiwang.core.standards.book import SHIPPED

TABLE = SHIPPED / "regions.csv"


def read_regions(path: Path = TABLE) -> Iterator[Region]:
    """The rows of `code,name,level,superior`, superiors before those below them."""
    with path.open(encoding="utf-8", newline="") as lines:
        rows = sorted(csv.DictReader(lines), key=lambda row: (int(row["level"]), row["code"]))
    for row in rows:
        yield Region(code=row["code"], name=row["name"], level=int(row["level"]), superior_id=row["superior"] or None)


def store_regions(regions: Iterable[Region]) -> int:
    """Insert or update; the number of regions. Superiors must stand before those below them."""
    rows = list(regions)
    Region.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "level", "superior"],
        batch_size=1000,
    )
    return len(rows)


def load_regions(path: Path = TABLE) -> int:
    """The shipped table into the database; may be repeated."""
    return store_regions(read_regions(path))
