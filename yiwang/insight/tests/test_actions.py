"""Editions: kept whole with an entry, replaced on the same day, beside each other by method, thinned out."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pytest

from yiwang.core.ledger.models import Entry
from yiwang.core.orgs import factories as orgs
from yiwang.insight import actions, building, energy_facts, factories, nightly
from yiwang.insight.coefficients import method
from yiwang.insight.engines import Duck
from yiwang.insight.lake import files
from yiwang.insight.models import Cell, Edition, OrganFigures
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db


def test_an_edition_with_its_cells_and_its_entry() -> None:
    orgs.region("990101", "青河县")
    found = factories.edition()
    cell = Cell.objects.get(edition=found, region="990101", level=3, kind=0, month=0)
    assert (cell.name, cell.parent, cell.city, cell.province) == ("青河县", "990100", "990100", "990000")
    assert cell.energy_per_head == pytest.approx((100000 * 0.1229 + 10000 * 0.7143) / 50)
    (entry,) = Entry.objects.filter(act="insight.cube.keep")
    assert json.loads(entry.body)["cells"] == found.cells.count()
    assert Cell.objects.get(edition=found, level=0, kind=0, month=0).institutions == 2


def test_the_same_night_twice_is_one_edition() -> None:
    factories.edition()
    again = factories.edition(factories.cube(factories.FACTS[:1]))
    assert list(Edition.objects.all()) == [again]
    assert Cell.objects.get(edition=again, level=0, kind=0, month=0).water_m3 == 0


@pytest.mark.parametrize(
    ("level", "code", "parent"),
    [(0, "CN", ""), (1, "530000", "CN"), (2, "530100", "530000"), (3, "530102", "530100"), (3, "530100", "530100")],
)
def test_what_stands_above(level: int, code: str, parent: str) -> None:
    assert actions.above(level, code)["parent"] == parent


def test_as_reported_then_and_now_stay_and_what_lies_between_goes() -> None:
    days = [date(2018, 6, 1), date(2019, 1, 2), date(2019, 3, 1), date(2019, 4, 1)]
    for day in days:
        factories.edition(known_on=day)
    factories.edition(known_on=date(2019, 2, 1), by=2023)
    assert actions.thin_out() == 2
    kept = sorted((one.known_on, one.method) for one in Edition.objects.all())
    assert kept == [
        (days[1], "calorific-2018"), (date(2019, 2, 1), "calorific-2023"), (days[3], "calorific-2018"),
    ]  # fmt: skip


def test_organs_are_placed_in_their_tree() -> None:
    organ = orgs.organ("青河县财政局")
    found = factories.edition(
        organs=[factories.organ_row(organ.pk, 300, "/energy/1/"), factories.organ_row(999_999, 1)]
    )
    (row,) = OrganFigures.objects.filter(edition=found)
    assert (row.organ_id, row.l1, row.url, row.region) == (organ.pk, organ.l1, "/energy/1/", "990101")


MONTHS = {
    "organ_id": "int64", "region": "string", "month": "string", "energy_kind": "string",
    "quantity": "decimal(28, 6)", "province": "int32", "url": "string",
}  # fmt: skip
YEARS = {
    "organ_id": "int64", "region": "string", "year_value": "int64", "institution_kind": "string",
    "energy_user_count": "decimal(28, 6)", "building_area": "decimal(28, 6)", "province": "int32", "url": "string",
}  # fmt: skip


def _engine(months: list[tuple[Any, ...]], years: list[tuple[Any, ...]]) -> tuple[Duck, ibis.Table, ibis.Table]:
    engine = Duck(threads=1)
    tables = []
    for name, schema, rows in (("months", ibis.schema(MONTHS), months), ("years", ibis.schema(YEARS), years)):
        given = [dict(zip(schema.names, row, strict=True)) for row in rows]
        engine.arrow(name, pa.Table.from_pylist(given, schema=schema.to_pyarrow()))
        tables.append(ibis.table(schema, name=name))
    return engine, tables[0], tables[1]


def test_the_registers_in_the_shape_of_the_roll_up() -> None:
    """Two organs; one has last year's month, one is of the centre, one carrier is unknown to the list."""
    n = Decimal
    engine, months, years = _engine(
        [
            (7, "990101", "2026-03", "ELECTRICITY", n(1000), 990000, ""),
            (7, "990101", "2025-03", "ELECTRICITY", n(800), 990000, ""),
            (7, "990101", "2026-04", "PETROL", n(10), 990000, ""),
            (8, "CN", "2026-03", "WATER", n(50), 0, ""),
        ],
        [
            (7, "990101", 2026, "021", n(20), n(400), 990000, "/energy/organs/7/"),
            (8, "CN", 2026, "01", n(5), n(100), 0, ""),
        ],
    )
    cube, organs = actions.reckon(engine, months, years, 2026, method(2026))
    rows = {(one["level"], one["region"], one["kind"], one["month"]): one for one in cube.to_pylist()}
    school = rows[3, 990101, 21, 0]
    assert school["energy_per_head"] == pytest.approx((1000 * 0.1229 + 10 * 1.0741) / 20)
    assert school["energy_per_area"] == pytest.approx(1000 * 0.1229 / 400)
    assert rows[3, 990101, 21, 3]["energy_change"] == pytest.approx(25)
    assert rows[3, 990101, 21, 4]["energy_change"] is None
    assert rows[0, 0, 0, 0]["institutions"] == 2
    assert rows[0, 0, 0, 0]["water_m3"] == 50
    found = {one["region"]: one for one in organs}
    assert found[7]["url"] == "/energy/organs/7/"
    assert found[7]["energy_per_head"] == pytest.approx(school["energy_per_head"])


def test_a_year_without_rows_has_no_facts() -> None:
    engine, months, years = _engine([], [])
    assert engine.run(energy_facts.facts(months, years, 2026)).num_rows == 0
    cube, organs = actions.reckon(engine, months, years, 2026, method(2026))
    assert (cube.num_rows, organs) == (0, [])


def test_a_folder_becomes_an_edition_of_the_demo(tmp_path: Path) -> None:
    building.store(factories.cube(), tmp_path)
    (tmp_path / "regions.csv").write_text("province,region,name\n990000,990102,云岭示例县\n", "utf-8")
    files.seal(tmp_path, {"dataset": "national", "year": 2018})
    found = actions.keep_folder(tmp_path, known_on=date(2026, 1, 1), actor="system")
    assert found.origin == "DEMO"
    assert found.cells.get(region="990102", kind=0, month=0).name == "云岭示例县"
    (tmp_path / building.CUBE).unlink()
    with pytest.raises(Refusal) as refused:
        actions.keep_folder(tmp_path, known_on=date(2026, 1, 1), actor="system")
    assert refused.value.code == "insight.no-cube"


def test_without_the_energy_registers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "sourced", lambda: ["offices.building"])
    with pytest.raises(Refusal) as refused:
        actions.keep_year(year=2026, on=date(2026, 12, 1), actor="system")
    assert refused.value.code == "insight.no-energy"


def test_the_night(settings: Any, tmp_path: Path) -> None:
    settings.HOME = tmp_path
    on = date(2026, 11, 30)
    assert "offices.building" in nightly.run(on=on)
    assert nightly.run(on=on) == nightly.run(on=on)
