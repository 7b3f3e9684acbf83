"""The made-up nation: published levels within a thousandth, faults known, the same twice, nothing half made."""

from __future__ import annotations

import csv
import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from yiwang.insight import building
from yiwang.insight.coefficients import method
from yiwang.insight.compare import compare, own_levels
from yiwang.insight.engines import Duck
from yiwang.insight.lake import files
from yiwang.insight.national import figures, planting, shape, writing
from yiwang.kit.refusal import Refusal

pytestmark = [pytest.mark.slow, pytest.mark.once]
SIZE = 2000


@pytest.fixture(scope="module")
def nation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("lake") / "nation"
    writing.write(out, institutions=SIZE)
    building.store(building.build(Duck(threads=1), out, method(2018)), out)
    return out


@pytest.fixture(scope="module")
def cube(nation: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(nation / building.CUBE).to_pylist()
    return rows


@pytest.fixture(scope="module")
def truth(nation: Path) -> list[dict[str, str]]:
    with (nation / "truth.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_the_roll_up_is_the_published_level(cube: list[dict[str, Any]]) -> None:
    (whole,) = (one for one in cube if (one["level"], one["kind"], one["month"]) == (0, 0, 0))
    assert whole["institutions"] == SIZE
    for key, target in asdict(writing.targets()).items():
        assert abs(whole[key] / target - 1) <= 0.001, key


def test_its_falls_are_the_published_ones(nation: Path) -> None:
    found = compare("national", base=2015, year=2018, levels=own_levels(nation))
    assert [round(one.fall, 1) for one in found] == [7.9, 6.1, 9.1]
    assert all([one.year for one in each.sources] == [2015] for each in found)


def test_a_row_for_each_institution_month_and_carrier_less_the_missing(
    nation: Path, truth: list[dict[str, str]]
) -> None:
    missing = sum(one["fault"] == "MISSING" for one in truth)
    manifest = json.loads((nation / files.MANIFEST).read_text())
    assert manifest["rows"] == SIZE * 12 * 8 - missing
    assert manifest["made_up"] is True
    assert pq.read_table(nation / "facts").num_rows == manifest["rows"]


def test_every_fault_is_in_the_rows(nation: Path, truth: list[dict[str, str]]) -> None:
    assert Counter(one["fault"] for one in truth) == {"UNIT": 1, "DOUBLE": 2, "LEAK": 2, "MISSING": 2}
    facts = pq.read_table(nation / "facts", columns=["institution", "month", "carrier", "quantity", "last_quantity"])
    rows = {(one["institution"], one["month"], one["carrier"]): one for one in facts.to_pylist()}
    numbers = dict(zip(shape.CARRIERS, shape.NUMBERS.tolist(), strict=True))
    for one in truth:
        row = rows.get((int(one["institution"]), int(one["month"]), numbers[one["carrier"]]))
        if one["fault"] == "MISSING":
            assert row is None
            continue
        assert row is not None
        ratio = float(row["quantity"] / row["last_quantity"]) / float(one["factor"])
        assert 0.5 < ratio < 2, one  # a year's noise about the factor


def test_a_leak_runs_on_to_the_years_end(truth: list[dict[str, str]]) -> None:
    quantity = np.ones((1, 12, 8))
    planted = planting.Planted(*(np.array([one]) for one in (0, "LEAK", shape.CARRIERS.index("WATER"), 11, 4.0)))
    absent = planting.spoil(quantity, planted, 0)
    assert quantity[0, :, shape.CARRIERS.index("WATER")].tolist() == [1.0] * 10 + [4.0, 4.0]
    assert not absent.any()
    assert quantity.sum() == 96 + 6


def test_no_institution_has_two_faults(truth: list[dict[str, str]]) -> None:
    assert len({one["institution"] for one in truth}) == len(truth)


def test_the_same_seed_gives_the_same_bytes(nation: Path, tmp_path: Path) -> None:
    again = writing.write(tmp_path / "again", institutions=SIZE)
    first = json.loads((nation / files.MANIFEST).read_text())
    assert again["digest"] == first["digest"]
    other = writing.write(tmp_path / "other", institutions=SIZE, seed=7)
    assert other["digest"] != first["digest"]


def test_partitions_are_whole_provinces(nation: Path) -> None:
    provinces = sorted(int(one.name.partition("=")[2]) for one in (nation / "facts" / "year=2018").iterdir())
    assert len(provinces) == 31
    assert provinces[0] == 110000
    table = pq.read_table(nation / "facts" / "year=2018" / "province=530000")
    assert set(np.unique(np.asarray(table["region"]) // 10_000)) == {53}
    assert table.schema.field("quantity").type == pa.decimal128(16, 3)


def test_chunks_do_not_cross_a_province_and_cover_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "CHUNK", 50)
    found = figures.nation(SIZE, year=2018, seed=1)
    spans = [(one.first, len(one.quantity), one.province) for one in figures.chunks(found)]
    assert sum(count for _, count, _ in spans) == SIZE
    assert max(count for _, count, _ in spans) <= 50
    assert [first for first, _, _ in spans] == np.cumsum([0, *(count for _, count, _ in spans)])[:-1].tolist()
    assert [one for _, _, one in spans] == sorted(one for _, _, one in spans)


def test_profiles_and_shares_add_up() -> None:
    for northern in (True, False):
        assert shape.profile(northern).sum(axis=1) == pytest.approx(np.ones(8))
        assert shape.shares(northern).sum() == pytest.approx(1)
    assert sum(one[1] for one in shape.KINDS) == pytest.approx(1)
    regions = [one.region for one in shape.places()]
    assert regions == sorted(set(regions))


def test_negative_and_large_decimals() -> None:
    array = writing.decimals(np.array([-5, 0, 2**40]), 16, 3)
    assert [str(one) for one in array.to_pylist()] == ["-0.005", "0.000", "1099511627.776"]


def test_what_is_there_is_not_written_over(nation: Path, tmp_path: Path) -> None:
    with pytest.raises(Refusal) as refused:
        writing.write(nation, institutions=SIZE)
    assert refused.value.code == "insight.out"
    with pytest.raises(Refusal) as refused:
        writing.write(tmp_path / "few", institutions=10)
    assert refused.value.code == "insight.few"
    with pytest.raises(Refusal) as refused:
        writing.targets(2016)
    assert refused.value.code == "insight.no-level"


def test_a_run_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        writing.write(tmp_path / "half", institutions=SIZE, progress=stop)
    assert list(tmp_path.iterdir()) == []
