"""Roll-up over a tree of 600,000 organs: every node's figure, without a query a node."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import date

ORGANS = 600_000
OPENED = date(2010, 1, 1)


def _fill() -> int:
    """A province of 20 cities, 2,000 counties' organs and the rest below them; gives the root's id."""
    from yiwang.core.orgs import factories
    from yiwang.core.orgs.models import Organ, Tier

    root = factories.organ("示例省", tier=Tier.PROVINCE, code="990000")
    base = root.pk + 1
    cities, counties = range(base, base + 20), range(base + 20, base + 2_020)
    rows = []
    for key in range(base, base + ORGANS - 1):
        city = key if key in cities else cities[key % 20]
        county = key if key in counties else counties[key % 2_000] if key >= counties.stop else None
        if county is not None and key in counties:
            city = cities[(key - base) % 20]
        elif county is not None:
            city = cities[(county - base) % 20]
        own = key if key >= counties.stop else None
        depth = 4 if own else 3 if county else 2
        above = county if own else city if county else root.pk
        rows.append(
            Organ(
                id=key, name=f"单位{key}", sort_key=f"danwei{key}", credit_code=f"{key:018}", tier=Tier.COUNTY, kind="行政机关",
                region_id="990000", superior_id=above, depth=depth, l1=root.pk, l2=city, l3=county, l4=own, opened_date=OPENED,
            )
        )  # fmt: skip
    Organ.objects.bulk_create(rows, batch_size=5_000)
    return int(root.pk)


def _measure() -> dict[str, float]:
    from django.core.management import call_command
    from django.db import connection, transaction
    from django.db.models import Count
    from django.test.utils import CaptureQueriesContext

    from yiwang.core.orgs.models import Organ
    from yiwang.core.orgs.rollup import by_node

    call_command("migrate", verbosity=0)
    with transaction.atomic():
        root = Organ.objects.get(pk=_fill())
    with CaptureQueriesContext(connection) as queries:
        started = time.process_time()
        figures = by_node(Organ.objects.all(), root, organs=Count("pk"))
        seconds = time.process_time() - started
    assert figures[root.pk]["organs"] == ORGANS, figures[root.pk]
    assert len(figures) == ORGANS
    return {"organs": ORGANS, "queries": len(queries), "seconds": seconds}


def rollup() -> dict[str, float]:
    """Queries and CPU seconds for the figure of every node."""
    with tempfile.TemporaryDirectory() as home:
        environment = os.environ | {
            "YIWANG_HOME": home,
            "YIWANG_DATABASE": f"sqlite:///{home}/bench.sqlite3",
            "DJANGO_SETTINGS_MODULE": "yiwang.portal.settings",
        }
        done = subprocess.run(
            [sys.executable, "-m", "bench.rollup"], env=environment, capture_output=True, text=True, check=False
        )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(_measure()))
