"""What is promised: the nearest organ's service level, else the clause; and the nearest row of an item."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from yiwang.areas.services.catalogue.models import Item, ServiceLevel, Urgency
from yiwang.core.orgs.models import LEVELS, Organ
from yiwang.core.standards.book import load

#: The clause whose table holds where no organ has set a level, and the words of its columns.
CLAUSE = "SV-DEMO-2"
_MEASURES = {"响应": "respond", "到场": "arrive", "完成": "finish", "答复方案": "plan"}
NAMES = ("respond", "arrive", "plan", "finish")


@dataclass(frozen=True)
class Promise:
    """Minutes from the report, None where nothing is promised. `ground`: the clause, or "" where an organ set them."""

    respond: int | None = None
    arrive: int | None = None
    plan: int | None = None
    finish: int | None = None
    ground: str = ""

    def instants(self, since: datetime) -> dict[str, datetime | None]:
        """`respond_by` … of an order reported then."""
        minutes = {name: getattr(self, name) for name in NAMES}
        return {f"{name}_by": None if m is None else since + timedelta(minutes=m) for name, m in minutes.items()}


@cache
def _by_clause(version: str) -> dict[str, Promise]:
    """The clause's table by urgency; `version` is the lawbook's hash, so that a new lawbook is read again."""
    found: dict[str, dict[str, int]] = {urgency.value: {} for urgency in Urgency}
    for cells in (row.cells for row in load().clause(CLAUSE).table):
        word = str(cells["urgency"]).replace("(", "(").partition("(")[0]
        urgency = next(one.value for one in Urgency if one.label == word)
        found[urgency][_MEASURES[str(cells["measure"])]] = int(str(cells["value"]))
    return {urgency: Promise(**minutes, ground=CLAUSE) for urgency, minutes in found.items()}


def default(urgency: str) -> Promise:
    """What the clause promises."""
    return _by_clause(load().hash)[urgency]


def above(organ: Organ) -> list[int]:
    """Ids of the organ and all above it, the highest first."""
    return [pk for level in LEVELS if (pk := getattr(organ, level)) is not None]


def promise(organ: Organ, code: str, urgency: str) -> Promise:
    """The level of the nearest organ, its own for the item before that for all items; else the clause's. One query."""
    ids = above(organ)
    rows = ServiceLevel.objects.filter(organ__in=ids, urgency=urgency, code__in=("", code))
    best = max(rows, key=lambda row: (ids.index(row.organ_id), row.code != ""), default=None)
    if best is None:
        return default(urgency)
    return Promise(**{name: getattr(best, f"{name}_minutes") for name in NAMES})


def items(organ: Organ) -> list[Item]:
    """The catalogue as it holds for the organ: of each code the nearest row, those that are open; by code. One query."""
    ids = above(organ)
    nearest: dict[str, Item] = {}
    for row in sorted(Item.objects.filter(organ__in=ids), key=lambda row: ids.index(row.organ_id)):
        nearest[row.code] = row
    return sorted((row for row in nearest.values() if row.state == "OPEN"), key=lambda row: row.code)


def item(organ: Organ, code: str) -> Item | None:
    """The nearest open row of this code."""
    return next((row for row in items(organ) if row.code == code), None)
