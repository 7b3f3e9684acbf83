"""The roll-up on a world small enough to add up by hand, and the laws it keeps."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import ibis
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.insight import rollup
from yiwang.insight.codes import CARRIER, kind_number, region_code, region_number
from yiwang.insight.coefficients import Method, method
from yiwang.insight.engines import Duck
from yiwang.insight.indicators import with_indicators

Row = tuple[int, int, int, int, str, str, str]
#: region, kind, institution, month, carrier, quantity, last year's
FACTS: list[Row] = [
    (530102, 1, 1, 1, "ELECTRICITY", "1000", "800"),
    (530102, 1, 1, 1, "PETROL", "100", "100"),
    (530102, 1, 1, 2, "ELECTRICITY", "500", "500"),
    (530103, 21, 2, 1, "WATER", "300", "200"),
    (530103, 21, 2, 1, "COAL", "10", "0"),
    (520100, 24, 3, 1, "GAS", "100", "100"),
]
BODIES = [(530102, 1, 1, "10", "100"), (530103, 21, 2, "30", "200"), (520100, 24, 3, "0", "50")]
METHOD = Method("test", "试", {1: 0.1, 2: 1.0, 5: 0.5, 6: 1.0}, {1: 0.6}, (), verified=True)


def _run(facts: list[Row], bodies: list[Any], by: Method = METHOD) -> list[dict[str, Any]]:
    engine = Duck(threads=1)
    columns = list(zip(*facts, strict=True))
    names = ("region", "kind", "institution", "month", "carrier", "quantity", "last_quantity")
    given_facts = dict(zip(names, map(list, columns), strict=True))
    given_facts["carrier"] = [CARRIER[one].number for one in given_facts["carrier"]]
    for name in ("quantity", "last_quantity"):
        given_facts[name] = [Decimal(one) for one in given_facts[name]]
    given_facts |= {"year": [2018] * len(facts), "province": [one // 10_000 * 10_000 for one in given_facts["region"]]}
    engine.arrow("facts", pa.table(given_facts).select(list(rollup.FACTS)).cast(rollup.FACTS.to_pyarrow()))
    heads = [dict(zip(("region", "kind", "institution", "users", "area"), one, strict=True)) for one in bodies]
    rows = [
        one | {"year": 2018, "province": 0, "users": Decimal(one["users"]), "area": Decimal(one["area"])}
        for one in heads
    ]
    engine.arrow("institutions", pa.Table.from_pylist(rows, schema=rollup.INSTITUTIONS.to_pyarrow()))
    engine.keep("base", rollup.base(rollup.table("facts", rollup.FACTS)))
    engine.keep("figures", rollup.measures(rollup.table("base", rollup.BASE), by))
    engine.keep("heads", rollup.heads(rollup.table("institutions", rollup.INSTITUTIONS)))
    cube = rollup.cube(rollup.table("figures", rollup.MONTHS), rollup.table("heads", rollup.HEADS))
    found: list[dict[str, Any]] = engine.run(with_indicators(cube)).to_pylist()
    return found


def _at(rows: list[dict[str, Any]], level: int, region: int, kind: int = 0, month: int = 0) -> dict[str, Any]:
    keys = {"level": level, "region": region, "kind": kind, "month": month}
    (row,) = (one for one in rows if all(one[key] == value for key, value in keys.items()))
    return row


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    return _run(FACTS, BODIES)


@pytest.mark.parametrize(
    ("level", "region", "energy", "institutions"),
    [(3, 530102, 250.0, 1), (3, 530103, 5.0, 1), (2, 530100, 255.0, 2), (1, 530000, 255.0, 2), (0, 0, 355.0, 3)],
)
def test_energy_up_the_tree(
    rows: list[dict[str, Any]], level: int, region: int, energy: float, institutions: int
) -> None:
    found = _at(rows, level, region)
    assert (found["energy_kgce"], found["institutions"]) == (pytest.approx(energy), institutions)


def test_ratios_by_hand(rows: list[dict[str, Any]]) -> None:
    found = _at(rows, 1, 530000)
    assert found["energy_per_head"] == pytest.approx(255 / 40)
    assert found["energy_per_area"] == pytest.approx((255 - 100) / 300)  # the petrol of the cars taken out
    assert found["water_per_head"] == pytest.approx(300 / 40)
    assert found["carbon_per_head"] == pytest.approx(900 / 40)
    assert found["energy_change"] == pytest.approx((255 / 230 - 1) * 100)
    assert found["water_change"] == pytest.approx(50)


def test_a_month_and_a_kind(rows: list[dict[str, Any]]) -> None:
    assert _at(rows, 1, 530000, kind=1, month=2)["energy_kgce"] == pytest.approx(50)
    assert _at(rows, 0, 0, kind=24)["energy_kgce"] == pytest.approx(100)
    assert not [one for one in rows if one["kind"] == 21 and one["month"] == 2]


def test_a_denominator_of_nothing_gives_no_figure(rows: list[dict[str, Any]]) -> None:
    found = _at(rows, 3, 520100)
    assert (found["energy_per_head"], found["energy_per_area"]) == (None, pytest.approx(2.0))


def test_a_citys_own_institutions_stand_beside_its_counties(rows: list[dict[str, Any]]) -> None:
    assert _at(rows, 3, 520100)["energy_kgce"] == _at(rows, 2, 520100)["energy_kgce"]


FACT = st.tuples(
    st.sampled_from([530102, 530103, 530202, 520100, 110000]),
    st.sampled_from([1, 21, 3]),
    st.integers(1, 4),
    st.integers(1, 12),
    st.sampled_from(["ELECTRICITY", "WATER", "PETROL", "COAL"]),
    st.decimals(0, 10_000, places=3).map(str),
    st.decimals(0, 10_000, places=3).map(str),
)


@given(st.lists(FACT, min_size=1, max_size=12))
@settings(max_examples=15, deadline=None)
def test_every_level_every_kind_and_every_period_adds_up_to_the_same(facts: list[Row]) -> None:
    """Law: whatever is grouped by, the total of a measure is that of the rows."""
    rows = _run(facts, BODIES, method(2018))
    weights = method(2018).kgce
    whole = sum(float(one[5]) * weights.get(CARRIER[one[4]].number, 0.0) for one in facts)
    for level in range(4):
        for every_kind in (True, False):
            for year in (True, False):
                kept = [
                    one["energy_kgce"]
                    for one in rows
                    if one["level"] == level and (one["kind"] == 0) == every_kind and (one["month"] == 0) == year
                ]
                assert sum(kept) == pytest.approx(whole, rel=1e-9, abs=1e-6)


def test_the_partition_columns_are_cast(tmp_path: Any) -> None:
    """Positive control: a folder `year=2018` read without its types joins with nothing."""
    import pyarrow.parquet as pq

    folder = tmp_path / "t" / "year=2018" / "province=530000"
    folder.mkdir(parents=True)
    pq.write_table(pa.table({"n": [1]}), folder / "part-0.parquet")
    engine = Duck()
    engine.parquet("t", tmp_path / "t", rollup.PARTITIONS)
    typed = ibis.table({"n": "int64", "year": "int32", "province": "int32"}, name="t")
    assert engine.run(typed).schema.field("year").type == pa.int32()
    engine.parquet("t", tmp_path / "t")
    assert "year" not in engine.sql("SELECT * FROM t").column_names


def test_codes() -> None:
    assert (region_code(0), region_code(110000), region_number("CN"), region_number("530000")) == (
        "CN", "110000", 0, 530000,
    )  # fmt: skip
    assert [kind_number(one) for one in ("01", "021", "03", "099", "")] == [1, 21, 3, 26, 26]


def test_the_coefficients_are_those_of_the_clauses() -> None:
    found = method(2018)
    assert (found.kgce[1], found.kgce[5], found.kgce[6]) == (0.1229, 0.7143, 1.0741)
    assert found.kgce[3] == pytest.approx(34.12)  # a GJ of heat
    assert found.kgce[12] == 1.0  # other energy comes in kgce
    assert 4 not in found.kgce
    assert found.kgco2[6] == pytest.approx(0.73 * 2.9251)
    assert not found.verified  # the coal table is recalled from the figures of a province
    assert method(2023).kgco2[1] == 0.5306
