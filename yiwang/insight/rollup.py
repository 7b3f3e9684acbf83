"""The roll-up as Ibis expressions: facts → sums by county → every node of the region tree. Any engine runs the same ones.

`FACTS`: one row an institution, month and carrier; `quantity` in the carrier's unit, `last_quantity` that of the month a
year before. `INSTITUTIONS`: one row an institution and year with its denominators. Decimals are summed exactly, whatever
the engine and the order; only the small sums are multiplied and divided as floating point.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

import ibis
from ibis import Schema, Table

from yiwang.insight.codes import ALL_KINDS, CARRIERS, LEVELS, NATION
from yiwang.insight.coefficients import Method

FACTS = ibis.schema(
    {
        "year": "int32",
        "province": "int32",
        "region": "int32",
        "kind": "int8",
        "institution": "int32",
        "month": "int8",
        "carrier": "int8",
        "quantity": "decimal(16, 3)",
        "last_quantity": "decimal(16, 3)",
    }
)
INSTITUTIONS = ibis.schema(
    {
        "year": "int32",
        "province": "int32",
        "region": "int32",
        "kind": "int8",
        "institution": "int32",
        "users": "decimal(12, 1)",
        "area": "decimal(14, 2)",
    }
)
BASE = ibis.schema(
    {
        "year": "int32",
        "region": "int32",
        "kind": "int8",
        "month": "int8",
        "carrier": "int8",
        "quantity": "float64",
        "last_quantity": "float64",
    }
)
HEADS = ibis.schema(
    {
        "year": "int32",
        "region": "int32",
        "kind": "int8",
        "institutions": "float64",
        "users": "float64",
        "area": "float64",
    }
)
MEASURES = ("energy_kgce", "last_energy_kgce", "fuel_kgce", "carbon_kg", "water_m3", "last_water_m3", "electricity_kwh")
DENOMINATORS = ("institutions", "users", "area")
#: Measures by county, kind and month.
MONTHS = ibis.schema(
    {"year": "int32", "region": "int32", "kind": "int8", "month": "int8"} | dict.fromkeys(MEASURES, "float64")
)
#: The columns that are the Hive partitions of the lake.
PARTITIONS = {"year": "int32", "province": "int32"}
WHOLE_YEAR = 0
_FUEL = [one.number for one in CARRIERS if one.fuel]
_WATER = next(one.number for one in CARRIERS if one.code == "WATER")
_POWER = next(one.number for one in CARRIERS if one.code == "ELECTRICITY")


def table(name: str, schema: Schema) -> Table:
    """A table that no engine has yet."""
    return ibis.table(schema, name=name)


def base(facts: Table) -> Table:
    """The one pass over every row: sums by county, kind, month and carrier."""
    keys = ["year", "region", "kind", "month", "carrier"]
    summed = facts.group_by(keys).agg(quantity=facts.quantity.sum(), last_quantity=facts.last_quantity.sum())
    return summed.mutate(
        quantity=summed.quantity.cast("float64"), last_quantity=summed.last_quantity.cast("float64")
    )  # fmt: skip


def heads(institutions: Table) -> Table:
    """Institutions, users of energy and floor area by county and kind."""
    summed = institutions.group_by(["year", "region", "kind"]).agg(
        institutions=institutions.count(), users=institutions.users.sum(), area=institutions.area.sum()
    )
    return summed.mutate(**{name: summed[name].cast("float64") for name in DENOMINATORS})


def weight(carrier: Any, by: Mapping[int, float]) -> Any:
    """The coefficient of a row's carrier; 0 for a carrier that has none (water is no energy)."""
    return ibis.cases(*((carrier == number, value) for number, value in sorted(by.items())), else_=0.0)


def measures(sums: Table, method: Method) -> Table:
    """Carriers folded into measures, by county, kind and month. kgce, kg of CO₂, m³ of water, kWh."""
    kgce, kgco2 = weight(sums.carrier, method.kgce), weight(sums.carrier, method.kgco2)
    water, power = sums.carrier == _WATER, sums.carrier == _POWER
    return sums.group_by(["year", "region", "kind", "month"]).agg(
        energy_kgce=(sums.quantity * kgce).sum(),
        last_energy_kgce=(sums.last_quantity * kgce).sum(),
        fuel_kgce=ibis.ifelse(sums.carrier.isin(_FUEL), sums.quantity * kgce, 0.0).sum(),
        carbon_kg=(sums.quantity * kgco2).sum(),
        water_m3=ibis.ifelse(water, sums.quantity, 0.0).sum(),
        last_water_m3=ibis.ifelse(water, sums.last_quantity, 0.0).sum(),
        electricity_kwh=ibis.ifelse(power, sums.quantity, 0.0).sum(),
    )


def _at(level: int, region: Any) -> Any:
    """The region's ancestor of a level. At level 3 a city's own institutions stay under the city's code (市本级)."""
    if level == 0:
        return ibis.literal(NATION, "int32")
    step = {1: 10_000, 2: 100, 3: 1}[level]
    return (region - region % step).cast("int32")


def _nodes(rows: Table, sums: tuple[str, ...], months: bool) -> Table:
    """The rows added up for every level of the tree, each kind and all of them, each month and the year.

    Each row goes to all its nodes first and is grouped once: sixteen groupings would be sixteen shuffles on a cluster.
    """
    kinds = (rows.kind, ibis.literal(ALL_KINDS, "int8"))
    periods = (rows.month, ibis.literal(WHOLE_YEAR, "int8")) if months else (None,)
    sent = []
    for level, kind, period in product(LEVELS, kinds, periods):
        keys = {
            "year": rows.year,
            "level": ibis.literal(level, "int8"),
            "region": _at(level, rows.region),
            "kind": kind,
        }
        if period is not None:
            keys["month"] = period
        sent.append(rows.select(**keys, **{name: rows[name] for name in sums}))
    every = ibis.union(*sent)
    names = ["year", "level", "region", "kind", *(["month"] if months else [])]
    return every.group_by(names).agg(**{name: every[name].sum() for name in sums})


def cube(figures: Table, bodies: Table) -> Table:
    """Every node × kind × month (0: the year) with measures and denominators. `figures`: MONTHS, `bodies`: HEADS.

    A node with institutions but without a figure in a month has no row for it: nothing is not zero.
    """
    above = _nodes(figures, MEASURES, months=True)
    below = _nodes(bodies, DENOMINATORS, months=False)
    return above.left_join(below, ["year", "level", "region", "kind"]).select(
        *(above[name] for name in ("year", "level", "region", "kind", "month")),
        below.institutions.cast("int64").name("institutions"),
        below.users,
        below.area,
        *(above[name] for name in MEASURES),
    )
