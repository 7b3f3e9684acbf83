"""One step of the national roll-up in a process of its own: `python -m bench.national_steps STEP FOLDER`; a line of JSON."""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path

from yiwang.insight import building, rollup
from yiwang.insight.coefficients import method
from yiwang.insight.engines import Duck

#: The same columns as the roll-up, read and folded with what costs least.
RAW = """
SELECT max(year), max(region), max(kind), max(month), max(carrier), sum(quantity), sum(last_quantity) FROM facts
"""
#: The roll-up as one would write it.
BASE = """
CREATE TABLE base AS SELECT year, region, kind, month, carrier,
  sum(quantity)::DOUBLE AS quantity, sum(last_quantity)::DOUBLE AS last_quantity FROM facts GROUP BY ALL
"""
HEADS = """
CREATE TABLE heads AS SELECT year, region, kind, count(*)::DOUBLE AS institutions, sum(users)::DOUBLE AS users,
  sum(area)::DOUBLE AS area FROM institutions GROUP BY ALL
"""
FIGURES = """
CREATE TABLE figures AS
WITH w AS (SELECT *, quantity * ({kgce}) AS e, last_quantity * ({kgce}) AS le, quantity * ({kgco2}) AS c FROM base)
SELECT year, region, kind, month, sum(e) AS energy, sum(le) AS last_energy,
  sum(CASE WHEN carrier = 6 THEN e ELSE 0 END) AS fuel, sum(c) AS carbon,
  sum(CASE WHEN carrier = 4 THEN quantity ELSE 0 END) AS water,
  sum(CASE WHEN carrier = 4 THEN last_quantity ELSE 0 END) AS last_water,
  sum(CASE WHEN carrier = 1 THEN quantity ELSE 0 END) AS power FROM w GROUP BY ALL
"""
TREE = """
WITH levels(level, step) AS (VALUES (0, 1000000), (1, 10000), (2, 100), (3, 1)), kinds(every) AS (VALUES (true), (false)),
f AS (
  SELECT year, level, region - region % step AS region, CASE WHEN k.every THEN 0 ELSE kind END AS kind,
    CASE WHEN m.every THEN 0 ELSE month END AS month, sum(energy) AS energy, sum(last_energy) AS last_energy,
    sum(fuel) AS fuel, sum(carbon) AS carbon, sum(water) AS water, sum(last_water) AS last_water, sum(power) AS power
  FROM figures, levels, kinds k, kinds m GROUP BY ALL
), h AS (
  SELECT year, level, region - region % step AS region, CASE WHEN k.every THEN 0 ELSE kind END AS kind,
    sum(institutions) AS institutions, sum(users) AS users, sum(area) AS area FROM heads, levels, kinds k GROUP BY ALL
)
SELECT f.*, institutions, users, area, energy / nullif(users, 0) AS per_head, (energy - fuel) / nullif(area, 0) AS per_area,
  water / nullif(users, 0) AS water_per_head, carbon / nullif(users, 0), power / nullif(area, 0),
  (energy / nullif(last_energy, 0) - 1) * 100, (water / nullif(last_water, 0) - 1) * 100
FROM f LEFT JOIN h USING (year, level, region, kind) ORDER BY year, level, region, kind, month
"""


def _case(by: dict[int, float]) -> str:
    return "CASE carrier " + " ".join(f"WHEN {key} THEN {value}" for key, value in by.items()) + " ELSE 0 END"


def _open(folder: Path) -> Duck:
    engine = Duck()
    engine.parquet("facts", folder / "facts", rollup.PARTITIONS)
    engine.parquet("institutions", folder / "institutions", rollup.PARTITIONS)
    return engine


def raw(folder: Path) -> int:
    """The scan that every roll-up must pay."""
    return int(_open(folder).sql(RAW).num_rows)


def hand(folder: Path) -> int:
    """SQL by hand."""
    engine, used = _open(folder), method(2018)
    for text in (BASE, HEADS, FIGURES.format(kgce=_case(dict(used.kgce)), kgco2=_case(dict(used.kgco2)))):
        engine.connection.execute(text)
    return int(engine.sql(TREE).num_rows)


def ibis(folder: Path) -> int:
    """The expressions of the project."""
    engine = Duck()
    return int(building.build(engine, folder, method(2018)).num_rows)


def page(folder: Path) -> dict[str, float]:
    """Milliseconds of the page of the nation and of a province, whole, over the cube of the folder in a new database."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.portal.settings")
    import django

    django.setup()
    from django.core.management import call_command
    from django.test import Client
    from django.utils import timezone

    from yiwang.core.orgs import factories
    from yiwang.core.orgs.regions import load_regions
    from yiwang.core.rights.models import Grant, Role, User
    from yiwang.insight.actions import keep_folder

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    load_regions()
    organ = factories.organ("国家机关事务管理局", code="990000")
    organ.region_id = "CN"
    organ.save()
    user = User.objects.create(username="reader")
    Grant.objects.create(user=user, organ=organ, role=Role.READER)
    cells = keep_folder(folder, known_on=timezone.localdate(), actor="system").cells.count()
    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    found: dict[str, float] = {"cells": cells}
    for name, query in (
        ("nation", {"region": "CN"}),
        ("province", {"region": "530000"}),
        ("city", {"region": "530100"}),
    ):
        took: list[float] = []
        client.get("/insight/energy/", query)
        began = time.process_time()
        for _ in range(40):
            start = time.perf_counter()
            answer = client.get("/insight/energy/", query)
            took.append((time.perf_counter() - start) * 1000)
            assert answer.status_code == 200, answer.status_code
        found[f"{name}_cpu_ms"] = (time.process_time() - began) * 1000 / len(took)
        found[f"{name}_ms"] = sorted(took)[len(took) // 2]
        found[f"{name}_p95_ms"] = sorted(took)[int(len(took) * 0.95)]
    return found


def main() -> None:
    """Run the step; its processor time counts from after the imports."""
    if sys.argv[1] == "page":
        print(json.dumps(page(Path(sys.argv[2]))))
        return
    step, folder = {"raw": raw, "hand": hand, "ibis": ibis}[sys.argv[1]], Path(sys.argv[2])
    method(2018)  # the lawbook is read once a process, by whatever asks first
    began, start = time.process_time(), time.perf_counter()
    rows = step(folder)
    used = {"cpu": time.process_time() - began, "wall": time.perf_counter() - start, "rows": rows}
    print(json.dumps(used | {"peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3}))


if __name__ == "__main__":
    main()
