"""Cubes for tests: facts of a few institutions rolled up by the real expressions. Not for the application."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pyarrow as pa

from yiwang.insight import actions, building, rollup
from yiwang.insight.codes import CARRIER
from yiwang.insight.coefficients import method
from yiwang.insight.engines import Duck
from yiwang.insight.models import COPIED, Edition, Origin

#: region, institution, month, carrier, quantity, last year's
Fact = tuple[int, int, int, str, str, str]
#: region, institution, users, area
Body = tuple[int, int, str, str]
FACTS: tuple[Fact, ...] = (
    (990101, 1, 1, "ELECTRICITY", "100000", "90000"),
    (990101, 1, 2, "COAL", "10000", "12000"),
    (990101, 1, 1, "WATER", "500", "600"),
    (990102, 2, 1, "ELECTRICITY", "50000", "50000"),
    (990102, 2, 1, "PETROL", "1000", "800"),
)
BODIES: tuple[Body, ...] = ((990101, 1, "50", "1000"), (990102, 2, "30", "800"))


def cube(
    facts: Sequence[Fact] = FACTS,
    bodies: Sequence[Body] = BODIES,
    *,
    year: int = 2018,
    kind: int = 1,
    by: int | None = None,
) -> pa.Table:
    """The cube of these rows."""
    engine = Duck(threads=1)
    rows = [
        {
            "year": year, "province": region // 10_000 * 10_000, "region": region, "kind": kind, "institution": one,
            "month": month, "carrier": CARRIER[carrier].number, "quantity": Decimal(now), "last_quantity": Decimal(last),
        }
        for region, one, month, carrier, now, last in facts
    ]  # fmt: skip
    engine.arrow("facts", pa.Table.from_pylist(rows, schema=rollup.FACTS.to_pyarrow()))
    heads = [
        {
            "year": year, "province": region // 10_000 * 10_000, "region": region, "kind": kind, "institution": one,
            "users": Decimal(users), "area": Decimal(area),
        }
        for region, one, users, area in bodies
    ]  # fmt: skip
    engine.arrow("institutions", pa.Table.from_pylist(heads, schema=rollup.INSTITUTIONS.to_pyarrow()))
    return building.reckon(engine, method(by or year))


def organ_row(organ: int, per_head: float, url: str = "") -> dict[str, object]:
    """A row of an organ's year as `actions.keep` takes it."""
    row: dict[str, object] = dict.fromkeys(COPIED, 1.0)
    return row | {"region": organ, "kind": 1, "users": 50.0, "energy_per_head": per_head, "url": url}


def edition(
    found: pa.Table | None = None,
    *,
    year: int = 2018,
    known_on: date = date(2019, 3, 1),
    by: int | None = None,
    organs: Sequence[dict[str, object]] = (),
) -> Edition:
    """An edition of the registers. `by`: the year of the method, where it is another one."""
    return actions.keep(
        cube(year=year, by=by) if found is None else found, year=year, origin=Origin.LAKE, used=method(by or year),
        known_on=known_on, digest="0" * 64, actor="system", organs=organs,
    )  # fmt: skip
