"""Two years compared: the published falls, own levels in place of published ones, and what cannot be compared."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from yiwang.insight import published
from yiwang.insight.compare import compare, own_levels, scope_code
from yiwang.insight.indicators import BY_KEY, INDICATORS
from yiwang.kit.refusal import Refusal

FALLS = {"energy_per_head": 7.9, "energy_per_area": 6.1, "water_per_head": 9.1}


def test_the_published_levels_fall_as_published() -> None:
    found = {one.indicator.key: one for one in compare("national", base=2015, year=2018)}
    assert list(found) == list(FALLS)
    for key, fall in FALLS.items():
        assert abs(found[key].fall - fall) <= 0.05, key
    assert (found["energy_per_head"].base, found["energy_per_head"].value) == (370.73, 341.57)


@pytest.mark.parametrize(
    ("year", "falls"),
    [(2020, {"energy_per_head": 11.11, "energy_per_area": 10.07, "water_per_head": 15.07})],
)
def test_the_falls_of_the_thirteenth_plan(year: int, falls: dict[str, float]) -> None:
    for one in compare("CN", base=2015, year=year):
        assert abs(one.fall - falls[one.indicator.key]) <= 0.005


def test_a_figure_that_was_not_read_is_marked() -> None:
    found = {one.indicator.key: one.verified for one in compare("national", base=2015, year=2018)}
    assert found == {"energy_per_head": True, "energy_per_area": False, "water_per_head": False}


def test_definition_formula_and_clause_stand_beside_the_figure() -> None:
    row = compare("national", base=2015, year=2018)[0].as_dict()
    assert (row["clause"], row["fall_percent"], row["change_percent"]) == ("EN-IND-1", 7.8656, -7.8656)
    assert "用能人数" in row["definition"]
    assert "÷" in row["formula"]
    assert row["document"]
    assert [one["year"] for one in row["sources"]] == [2015, 2018]


def test_own_levels_stand_in_for_published_ones() -> None:
    own = pa.table(
        {
            "scope": ["CN"],
            "indicator": ["energy_per_head"],
            "year": pa.array([2018], pa.int32()),
            "value": [185.365],
        }
    )
    first = compare("national", base=2015, year=2018, levels=own)[0]
    assert round(first.fall, 9) == 50
    assert [one.year for one in first.sources] == [2015]


@pytest.mark.parametrize(("word", "code"), [("national", "CN"), ("CN", "CN"), ("530000", "530000")])
def test_scopes(word: str, code: str) -> None:
    assert scope_code(word) == code


@pytest.mark.parametrize("word", ["nation", "53", "5300000", ""])
def test_what_is_no_scope(word: str) -> None:
    with pytest.raises(Refusal) as refused:
        scope_code(word)
    assert refused.value.code == "insight.scope"


@pytest.mark.parametrize(("scope", "base", "year"), [("530000", 2015, 2018), ("CN", 2015, 1999)])
def test_nothing_to_compare(scope: str, base: int, year: int) -> None:
    with pytest.raises(Refusal) as refused:
        compare(scope, base=base, year=year)
    assert refused.value.code == "insight.no-level"


def test_a_folder_without_a_cube(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as refused:
        own_levels(tmp_path)
    assert refused.value.code == "insight.no-cube"


def test_the_published_file_is_sound(tmp_path: Path) -> None:
    rows = published.published()
    assert published.level("CN", "人均综合能耗", 2015) in rows
    assert {one.unit for one in rows if one.indicator == "人均用水量"} == {"m3/人"}
    assert all(one.source and one.value > 0 for one in rows)
    twice = tmp_path / "twice.csv"
    twice.write_text(published.TABLE.read_text(encoding="utf-8") + 'CN,2015,人均用水量,1,m3/人,true,,"x"\n', "utf-8")
    with pytest.raises(ValueError, match="twice"):
        published.published(twice)


def test_series_by_year_and_breaks_from_the_lawbook() -> None:
    years = [one.year for one in published.series("CN", "人均综合能耗")]
    assert years == sorted(years)
    assert {2010, 2015, 2018, 2024} <= set(years)
    assert {2016, 2022} <= set(published.breaks())
    assert published.series("CN", "人均综合能耗")[0].value == Decimal("447.4")


def test_every_indicator_says_what_it_is() -> None:
    from yiwang.core.standards.book import load

    for one in INDICATORS:
        assert one.label
        assert one.unit
        assert one.definition.endswith("。")
        assert "=" in one.formula
        assert load().clause(one.clause)
    assert len(BY_KEY) == len(INDICATORS)
