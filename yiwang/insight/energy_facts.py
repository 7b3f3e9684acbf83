"""The energy registers' snapshots in the shape of the roll-up: the same expressions then count a county or the nation.

`CONSUMPTION` and `ORGAN_YEAR` are the columns that are needed of the datasets `energy.consumption_month` and
`energy.organ_year`. A month that nobody reported a year ago has no figure to compare with: null, not zero.
"""

from __future__ import annotations

from typing import Any

import ibis
from ibis import Table

from yiwang.insight.codes import CARRIERS, KINDS, kind_number
from yiwang.insight.coefficients import Method
from yiwang.insight.rollup import DENOMINATORS, MEASURES, base, measures

CONSUMPTION = ("organ_id", "region", "month", "energy_kind", "quantity", "province")
ORGAN_YEAR = ("organ_id", "region", "year_value", "institution_kind", "energy_user_count", "building_area", "province")
_OTHER = 26


def _region(column: Any) -> Any:
    return ibis.ifelse(column == "CN", "0", column).cast("int32")


def _kind(column: Any) -> Any:
    words = {code: kind_number(code) for code in (f"0{number}" for number in KINDS if number)}
    return ibis.cases(*((column == word, number) for word, number in words.items()), else_=_OTHER).cast("int8")


def bodies(years: Table, year: int) -> Table:
    """INSTITUTIONS: each organ of the year with its denominators."""
    kept = years.filter(years.year_value == year)
    return kept.select(
        year=ibis.literal(year, "int32"),
        province=kept.province.cast("int32"),
        region=_region(kept.region),
        kind=_kind(kept.institution_kind),
        institution=kept.organ_id.cast("int32"),
        users=kept.energy_user_count.cast("decimal(12, 1)"),
        area=kept.building_area.cast("decimal(14, 2)"),
    )


def facts(consumption: Table, years: Table, year: int) -> Table:
    """FACTS: each organ's months of the year beside those of the year before."""
    rows = consumption.select(
        "organ_id", "region", "energy_kind", "quantity", "province",
        of=consumption.month.substr(0, 4).cast("int32"), month=consumption.month.substr(5, 2).cast("int8"),
    )  # fmt: skip
    now = rows.filter(rows.of == year)
    before = rows.filter(rows.of == year - 1).select("organ_id", "energy_kind", "month", last=rows.quantity)
    kinds = bodies(years, year).select(organ_id="institution", kind="kind")
    both = now.left_join(before, ["organ_id", "energy_kind", "month"]).select(
        now.organ_id, now.region, now.energy_kind, now.quantity, now.province, now.month, before.last
    )
    known = both.left_join(kinds, [both.organ_id.cast("int32") == kinds.organ_id]).select(
        *(both[name] for name in both.columns), kinds.kind
    )
    carrier = ibis.cases(*((known.energy_kind == one.code, one.number) for one in CARRIERS), else_=0)
    return known.select(
        year=ibis.literal(year, "int32"),
        province=known.province.cast("int32"),
        region=_region(known.region),
        kind=ibis.coalesce(known.kind, ibis.literal(_OTHER, "int8")),
        institution=known.organ_id.cast("int32"),
        month=known.month,
        carrier=carrier.cast("int8"),
        quantity=known.quantity.cast("decimal(16, 3)"),
        last_quantity=known["last"].cast("decimal(16, 3)"),
    )


def organ_years(found: Table, heads: Table, method: Method) -> Table:
    """The measures of each institution's year with its denominators: what `with_indicators` takes."""
    by_organ = measures(base(found.mutate(region=found.institution)), method)
    whole = by_organ.group_by(["year", "region"]).agg(**{name: by_organ[name].sum() for name in MEASURES})
    bodies_ = heads.select(
        region=heads.institution, kind=heads.kind, code=heads.region,
        institutions=ibis.literal(1.0), users=heads.users.cast("float64"), area=heads.area.cast("float64"),
    )  # fmt: skip
    return whole.join(bodies_, "region").select(
        "year", "region", "kind", "code", *(bodies_[name] for name in DENOMINATORS), *(whole[name] for name in MEASURES)
    )
