"""Snapshots: typed, whole or not at all, proved by their manifest, without personal data, old ones thinned out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from yiwang.areas.offices import factories as offices
from yiwang.core.datasets import Column, Dataset, Kind, get
from yiwang.core.datasets import registry as datasets
from yiwang.core.ledger.models import Entry
from yiwang.core.orgs import factories
from yiwang.core.verdicts import sources
from yiwang.core.verdicts.sources import SourceRow, register_source
from yiwang.insight.engines import Duck
from yiwang.insight.lake import actions, columns, files, reading
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 30)
KEY = "insight.test"


@pytest.fixture(autouse=True)
def _home(settings: Any, tmp_path: Path) -> None:
    settings.HOME = tmp_path


@pytest.fixture
def rows() -> Iterator[list[SourceRow]]:
    """A dataset of its own whose rows a test says."""
    shown = (
        Column(key="name", label="名称"),
        Column(key="amount", label="数量", kind=Kind.NUMBER),
        Column(key="count", label="个数", kind=Kind.INTEGER),
        Column(key="year", label="年度", kind=Kind.INTEGER),
        Column(key="since", label="起", kind=Kind.DATE),
        Column(key="good", label="好", kind=Kind.BOOL),
        Column(key="phone", label="电话", personal=True),
    )
    datasets.register(Dataset(key=KEY, label="试验", columns=shown, subject=("name",)))
    given: list[SourceRow] = []
    register_source(KEY, lambda *, on, subjects=None: given)
    yield given
    datasets._datasets.pop(KEY)
    sources._sources.pop(KEY)


def row(number: int = 1, region: str = "530102", on: date = ON, **values: Any) -> SourceRow:
    return SourceRow(
        subject=str(number), label="行", organ_id=7, region=region, on=on, values={"name": f"第{number}"} | values
    )


def test_values_keep_their_types_and_personal_data_stays_out(rows: list[SourceRow]) -> None:
    rows.append(
        row(amount=Decimal("1.234567"), count=3, year=2025, since=date(2026, 1, 2), good=True, phone="13800000000")
    )
    found = actions.snapshot(dataset=KEY, on=ON, actor="system")
    folder = actions.folder_of(KEY, ON)
    engine = Duck(threads=1)
    (read,) = engine.run(reading.table(engine, folder, "t")).to_pylist()
    assert read["amount"] == Decimal("1.234567")
    assert (read["count"], read["since"], read["good"]) == (3, date(2026, 1, 2), True)
    assert (read["year"], read["province"], read["year_value"]) == (2026, 530000, 2025)
    assert (read["subject"], read["organ_id"], read["region"]) == ("1", 7, "530102")
    assert "phone" not in read
    assert found["rows"] == 1
    assert b"13800000000" not in b"".join(one.read_bytes() for one in folder.rglob("*.parquet"))


def test_partitions_by_year_and_province(rows: list[SourceRow]) -> None:
    rows += [row(1), row(2, region="520100"), row(3, on=date(2025, 3, 1)), row(4, region="CN")]
    actions.snapshot(dataset=KEY, on=ON, actor="system")
    place = actions.folder_of(KEY, ON) / actions.ROWS
    found = sorted(one.parent.relative_to(place).as_posix() for one in place.rglob("*.parquet"))
    assert found == [
        "year=2025/province=530000", "year=2026/province=0", "year=2026/province=520000", "year=2026/province=530000",
    ]  # fmt: skip


def test_many_rows_are_written_in_batches(rows: list[SourceRow], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "BATCH", 2)
    rows += [row(number, amount=number) for number in range(5)]
    actions.snapshot(dataset=KEY, on=ON, actor="system")
    (file,) = (actions.folder_of(KEY, ON) / actions.ROWS).rglob("*.parquet")
    assert (pq.ParquetFile(file).num_row_groups, pq.read_table(file).num_rows) == (3, 5)


def test_no_rows_is_a_snapshot_too(rows: list[SourceRow]) -> None:
    assert actions.snapshot(dataset=KEY, on=ON, actor="system")["rows"] == 0
    engine = Duck(threads=1)
    read = engine.run(reading.table(engine, actions.folder_of(KEY, ON), "t"))
    assert (read.num_rows, read.schema.field("amount").type) == (0, columns.NUMBER)


def test_the_ledger_keeps_the_digest_once(rows: list[SourceRow]) -> None:
    rows.append(row())
    first = actions.snapshot(dataset=KEY, on=ON, actor="user:1")
    rows.append(row(2))
    assert actions.snapshot(dataset=KEY, on=ON, actor="user:1") == first  # the day's snapshot stays as it is
    (entry,) = Entry.objects.filter(act="insight.lake.snapshot")
    assert (entry.obj, entry.actor) == (f"lake:{KEY}:2026-11-30", "user:1")
    assert json.loads(entry.body) == {"rows": 1, "digest": first["digest"]}


@pytest.mark.parametrize(
    ("column", "value"), [("amount", "很多"), ("count", "1.5"), ("since", "昨天"), ("amount", float("nan"))]
)
def test_a_value_of_the_wrong_type_leaves_nothing(rows: list[SourceRow], column: str, value: Any) -> None:
    rows += [row(1), row(2, **{column: value})]
    with pytest.raises(Refusal) as refused:
        actions.snapshot(dataset=KEY, on=ON, actor="system")
    assert refused.value.code == "lake.value"
    assert list(actions.root().rglob("*.parquet")) == []
    assert actions.days(KEY) == []
    assert not Entry.objects.filter(act="insight.lake.snapshot").exists()


@pytest.mark.parametrize("dataset", ["no.such", "energy.lift"])
def test_a_dataset_without_a_register(dataset: str) -> None:
    with pytest.raises(Refusal) as refused:
        actions.snapshot(dataset=dataset, on=ON, actor="system")
    assert refused.value.code == "lake.dataset"


def _lose(folder: Path) -> None:
    next(folder.rglob("*.parquet")).unlink()


def _add(folder: Path) -> None:
    pq.write_table(pa.table({"n": [1]}), folder / actions.ROWS / "more.parquet")


def _change(folder: Path) -> None:
    file = next(folder.rglob("*.parquet"))
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(bytes(data))


def _claim(folder: Path) -> None:
    path = folder / files.MANIFEST
    path.write_text(path.read_text().replace('"rows": 1', '"rows": 2'))


@pytest.mark.parametrize("harm", [_lose, _add, _change, _claim])
def test_a_snapshot_that_was_touched_is_refused(rows: list[SourceRow], harm: Any) -> None:
    rows.append(row())
    actions.snapshot(dataset=KEY, on=ON, actor="system")
    folder = actions.folder_of(KEY, ON)
    assert files.check(folder)["rows"] == 1
    harm(folder)
    with pytest.raises(Refusal) as refused:
        files.check(folder)
    assert refused.value.code == "lake.broken"


def test_what_is_no_snapshot(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as refused:
        files.check(tmp_path)
    assert refused.value.code == "lake.no-manifest"


def test_buildings_of_a_register() -> None:
    offices.building(factories.organ())
    found = actions.snapshot(dataset="offices.building", on=ON, actor="system")
    engine = Duck(threads=1)
    read = engine.run(reading.table(engine, actions.folder_of("offices.building", ON), "b")).to_pylist()
    assert (found["rows"], [one["province"] for one in read]) == (1, [990000])


def test_the_night_takes_every_dataset_and_keeps_the_last_of_a_month(rows: list[SourceRow]) -> None:
    rows.append(row())
    for back in (0, 1, 40, 41, 70):
        actions.snapshot(dataset=KEY, on=ON - timedelta(days=back), actor="system")
    done = actions.nightly(on=ON)
    assert done[KEY] == 1
    assert set(done) == set(sources.sourced())
    assert [(ON - day).days for day in actions.days(KEY)] == [70, 40, 1, 0]


def test_a_night_goes_on_past_a_dataset_that_is_refused(
    rows: list[SourceRow], caplog: pytest.LogCaptureFixture
) -> None:
    rows.append(row(amount="很多"))
    done = actions.nightly(on=ON)
    assert KEY not in done
    assert "offices.building" in done
    assert "lake.value" in caplog.text


def test_every_dataset_has_a_schema() -> None:
    for key in sources.sourced():
        names = columns.schema(get(key)).names
        assert len(set(names)) == len(names)
        assert not set(names) & set(columns.PARTITIONS)
