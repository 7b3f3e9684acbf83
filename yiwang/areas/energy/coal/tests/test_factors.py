"""Coefficients: the published case of Chongqing, litres by density, the bases of electricity, grids by year, what is 待核."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from yiwang.areas.energy.coal.factors import Basis, factor, litre
from yiwang.areas.energy.coal.totals import total
from yiwang.areas.energy.words import ENERGIES
from yiwang.core.standards.book import load

CASE: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "cases" / "chongqing-2015.yaml").read_text("utf-8"))
MONTH = date(2024, 3, 1)


def converted(row: dict[str, Any]) -> Decimal:
    """Ten thousand tonnes of standard coal."""
    quantity = Decimal(str(row["quantity"])) * row["in_ours"]
    return total([(row["kind"], CASE["day"], "CN", quantity)]).kgce / 10**7


@pytest.mark.parametrize("row", CASE["rows"], ids=lambda row: row["kind"])
def test_chongqing_by_kind(row: dict[str, Any]) -> None:
    assert abs(converted(row) - Decimal(str(row["coal"]))) < Decimal(str(CASE["tolerance"]))


def test_chongqing_as_a_whole() -> None:
    assert abs(sum(map(converted, CASE["rows"])) - Decimal(str(CASE["total"]))) < Decimal(str(CASE["tolerance"]))


def test_the_case_is_the_clause() -> None:
    """The figures of the case are those that the lawbook quotes."""
    rows = {row.cells["energy"]: row.cells for row in load().clause("EN-PICOEF-CHK").table}
    for row in CASE["rows"]:
        word = "其他" if row["kind"] == "OTHER" else ENERGIES[row["kind"]].label
        assert (float(rows[word]["quantity"]), float(rows[word]["value"])) == (row["quantity"], row["coal"])


@pytest.mark.parametrize(("kind", "word"), [("PETROL", "汽油"), ("DIESEL", "柴油"), ("KEROSENE", "煤油")])
def test_a_litre_is_its_density_times_a_kilogram(kind: str, word: str) -> None:
    rows = {row.cells["energy"]: row.cells for row in load().clause("EN-PICOEF-1").table}
    by_weight = {row.cells["energy"]: row.cells["value"] for row in load().clause("EN-GB2589-08-A").table}
    counted = litre(Decimal(str(rows[word]["density_kg_per_l"])), Decimal(str(by_weight[word])))
    given = factor(kind, MONTH).kgce
    assert given is not None
    assert abs(counted - given) < Decimal("0.0001")


def test_carbon_of_a_litre_is_counted_by_weight() -> None:
    found = factor("PETROL", MONTH)
    assert found.kgco2 == Decimal("2.9251") * Decimal("0.73")
    assert found.clauses == ("EN-PICOEF-1", "EN-CO2-F")


def test_the_grid_of_the_year_then_the_nation_then_the_nearest_year() -> None:
    assert factor("ELECTRICITY", date(2023, 5, 1), "330000").kgco2 == Decimal("0.55")
    assert factor("ELECTRICITY", date(2023, 5, 1), "530000").kgco2 == Decimal("0.5306")
    assert factor("ELECTRICITY", date(2022, 5, 1), "330000").kgco2 == Decimal("0.5366")
    assert factor("ELECTRICITY", date(2021, 5, 1), "330000").kgco2 == Decimal("0.5568")
    later = factor("ELECTRICITY", date(2026, 5, 1), "330000")
    assert (later.kgco2, later.verified) == (Decimal("0.5306"), False)
    assert "2026 年电力因子未公布,按 2023 年计" in later.note


def test_equivalent_and_calorific_are_two_figures() -> None:
    on = date(2020, 6, 1)
    assert factor("ELECTRICITY", on).kgce == Decimal("0.1229")
    assert factor("ELECTRICITY", on, "110000", Basis.EQUIVALENT).kgce == Decimal("0.404")
    assert factor("ELECTRICITY", on, "320000", Basis.EQUIVALENT).kgce == Decimal("0.3")
    assert factor("GAS", on, "110000", Basis.EQUIVALENT) == factor("GAS", on, "110000")
    assert factor("ELECTRICITY", date(2024, 1, 1), "110000", Basis.EQUIVALENT).kgce is None


def test_heat_water_and_the_sun() -> None:
    assert factor("HEAT", MONTH).kgce == Decimal("34.12")
    assert factor("HEAT", MONTH).kgco2 == Decimal("110.00")
    assert factor("WATER", MONTH).kgce is None
    assert (factor("SOLAR", MONTH).kgce, factor("SOLAR", MONTH).kgco2) == (Decimal(0), Decimal(0))


def test_what_is_not_verified_says_so() -> None:
    found = total([("ELECTRICITY", MONTH, "CN", Decimal(1000))])
    assert found.kgce == Decimal("122.9")
    assert "EN-PICOEF-1" in found.unverified


def test_before_any_clause_there_is_no_coefficient_and_not_zero() -> None:
    found = total([("GAS", date(2001, 1, 1), "CN", Decimal(5)), ("WATER", date(2001, 1, 1), "CN", Decimal(7))])
    assert (found.missing, found.water, found.kgce) == ({"天然气"}, Decimal(7), Decimal(0))


def test_the_renewable_share_is_by_calorific_value() -> None:
    found = total([("ELECTRICITY", MONTH, "CN", Decimal(750)), ("SOLAR", MONTH, "CN", Decimal(250))])
    assert found.renewable_share == Decimal(25)
    assert total([]).renewable_share is None
