"""汇总: a cube into the database as an edition; from a folder, or from the snapshots of the energy registers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
from django.db import transaction

from yiwang.core.ledger.post import post
from yiwang.core.orgs.models import LEVELS, Organ, Region
from yiwang.core.verdicts.sources import sourced
from yiwang.insight import building, energy_facts, rollup
from yiwang.insight.codes import region_code
from yiwang.insight.coefficients import Method, method
from yiwang.insight.engines import Duck
from yiwang.insight.indicators import with_indicators
from yiwang.insight.lake import actions as lake
from yiwang.insight.lake import files, reading
from yiwang.insight.models import COPIED, Cell, Edition, OrganFigures, Origin
from yiwang.kit.refusal import Refusal

MONTHS, YEARS = "energy.consumption_month", "energy.organ_year"
BATCH = 2000
T = TypeVar("T")


def batched(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    """The rows in lists of at most `size`."""
    left = iter(rows)
    while some := list(islice(left, size)):
        yield some


def above(level: int, code: str) -> dict[str, str]:
    """parent, province and city of a node. The county-level node of a city's own institutions lies under that city."""
    province, city = (f"{code[:2]}0000", f"{code[:4]}00") if level else ("", "")
    parent = ("", "CN", province, city)[level]
    return {"parent": parent, "province": province, "city": city if level > 1 else ""}


def keep(
    cube: pa.Table,
    *,
    year: int,
    origin: Origin,
    used: Method,
    known_on: date,
    digest: str,
    actor: str,
    names: Mapping[str, str] | None = None,
    organs: Iterable[Mapping[str, Any]] = (),
) -> Edition:
    """Store an edition; one of the same year, origin, method and day is replaced (a night that runs twice)."""
    known = dict(Region.objects.values_list("code", "name")) | dict(names or {})
    facts = {"year": year, "origin": origin, "method": used.key, "known_on": known_on}
    with transaction.atomic():
        Edition.objects.filter(**facts).delete()
        edition = Edition.objects.create(
            **facts, method_label=used.label, verified=used.verified, digest=digest
        )  # fmt: skip
        for some in batched(_cells(edition, cube, known), BATCH):
            Cell.objects.bulk_create(some)
        for few in batched(_organs(edition, organs), BATCH):
            OrganFigures.objects.bulk_create(few)
        body = {"cells": cube.num_rows, "method": used.key, "digest": digest, "known_on": known_on.isoformat()}
        post(actor=actor, act="insight.cube.keep", obj=f"insight.edition:{edition.pk}", body=body)
    return edition


def _cells(edition: Edition, cube: pa.Table, names: Mapping[str, str]) -> Iterator[Cell]:
    for batch in cube.to_batches(max_chunksize=10_000):
        for row in batch.to_pylist():
            code, level = region_code(row["region"]), row["level"]
            name = names.get(code, code)
            own = level == 3 and code.endswith("00") and not name.endswith("本级")
            yield Cell(
                edition=edition, level=level, region=code, name=f"{name}本级" if own else name, kind=row["kind"],
                month=row["month"], institutions=row["institutions"], **above(level, code),
                **{key: row[key] for key in COPIED},
            )  # fmt: skip


def _organs(edition: Edition, rows: Iterable[Mapping[str, Any]]) -> Iterator[OrganFigures]:
    given = {int(row["region"]): row for row in rows}
    for some in batched(sorted(given), BATCH):
        for organ in Organ.objects.filter(pk__in=some).order_by("pk"):
            row = given[organ.pk]
            made = OrganFigures(
                edition=edition, organ=organ, region=organ.region_id, kind=row["kind"], url=row.get("url") or "",
                **{key: row[key] for key in COPIED},
            )  # fmt: skip
            for name in LEVELS:
                setattr(made, name, getattr(organ, name))
            yield made


def keep_folder(folder: Path, *, known_on: date, actor: str) -> Edition:
    """The made-up nation's cube as an edition of the demo. Refusals `insight.no-cube`, `lake.no-manifest`."""
    facts = files.manifest(folder)
    file = folder / building.CUBE
    if not file.exists():
        raise Refusal("insight.no-cube", f"{folder.name} 里没有汇总(cube.parquet),请先运行 yiwang lake rollup。")
    year = int(facts["year"])
    return keep(
        pq.read_table(file), year=year, origin=Origin.DEMO, used=method(year), known_on=known_on,
        digest=facts["digest"], actor=actor, names=_names(folder / "regions.csv"),
    )  # fmt: skip


def _names(path: Path) -> dict[str, str]:
    """Names of the counties of the made-up nation."""
    lines = path.read_text(encoding="utf-8").splitlines()[1:]
    return {code: name for _, code, name in (line.split(",") for line in lines) if not name.endswith("本级")}


def keep_year(*, year: int, on: date, actor: str, used: Method | None = None) -> Edition | None:
    """The registers' own cube of a year out of the snapshots of a day; None where nobody reported anything.

    Refusal `insight.no-energy` where the energy registers are not there.
    """
    if not {MONTHS, YEARS} <= set(sourced()):
        raise Refusal("insight.no-energy", "没有能源消费台账(energy.consumption_month、energy.organ_year),无从汇总。")
    digests = [lake.snapshot(dataset=one, on=on, actor=actor)["digest"] for one in (MONTHS, YEARS)]
    engine = Duck()
    months = reading.table(engine, lake.folder_of(MONTHS, on), "months")
    years = reading.table(engine, lake.folder_of(YEARS, on), "years")
    used = used or method(year)
    cube, organs = reckon(engine, months, years, year, used)
    if not cube.num_rows:
        return None
    return keep(
        cube, year=year, origin=Origin.LAKE, used=used, known_on=on, digest=digests[0], actor=actor, organs=organs
    )


def reckon(
    engine: Duck, months: ibis.Table, years: ibis.Table, year: int, used: Method
) -> tuple[pa.Table, list[dict[str, Any]]]:
    """The cube of a year, and each organ's year with the address of its months."""
    engine.keep("facts", energy_facts.facts(months, years, year))
    engine.keep("institutions", energy_facts.bodies(years, year))
    cube = building.reckon(engine, used)
    found, heads = rollup.table("facts", rollup.FACTS), rollup.table("institutions", rollup.INSTITUTIONS)
    organs = engine.run(with_indicators(energy_facts.organ_years(found, heads, used))).to_pylist()
    kept = years.filter(years.year_value == year)
    urls = {row["organ_id"]: row["url"] for row in engine.run(kept.select("organ_id", "url")).to_pylist()}
    return cube, [{**row, "url": urls.get(row["region"])} for row in organs]


def thin_out() -> int:
    """Of each year, origin and method the latest edition stays, and the first one after the year's end: as reported then."""
    kept: set[int] = set()
    first: dict[tuple[Any, ...], int] = {}
    last: dict[tuple[Any, ...], int] = {}
    for one in Edition.objects.order_by("known_on", "pk"):
        key = (one.year, one.origin, one.method)
        last[key] = one.pk
        if one.known_on > date(one.year, 12, 31):
            first.setdefault(key, one.pk)
    kept = set(first.values()) | set(last.values())
    with transaction.atomic():
        return Edition.objects.exclude(pk__in=kept).delete()[1].get("insight.Edition", 0)
