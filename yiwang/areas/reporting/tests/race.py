"""Many clerks at one return, in a process of its own: `python -m yiwang.areas.reporting.tests.race cells|submit|upload locked|open`.

`cells`: sixteen clerks each type into an item of their own at the same moment; all must stay. `submit`: sixteen hand the same
draft in at once; it is one version. `upload`: sixteen send the same workbook; it has one receipt.
`open` is the control: the same without the lock. The database is that of YIWANG_DATABASE.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from datetime import date
from functools import partial
from threading import Barrier, Thread
from typing import Any

CLERKS = 16
ROUNDS = {"locked": 2, "open": 10}
TEXT = (
    "key: race\nrevision: '1'\ntitle: 竞争\nvalid_from: 2020-01-01\nperiod: month\ntables:\n- key: t\n  title: 表\n  items:\n"
    + "\n".join(f"  - {{key: i{n}, label: 指标{n}}}" for n in range(CLERKS))
)


def together(jobs: list[Callable[[], Any]]) -> int:
    """Run each in a thread of its own, all at once; how many did not fail."""
    from django.db import connection

    barrier, done = Barrier(len(jobs)), list[bool]()

    def run(job: Callable[[], Any]) -> None:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=60)
            job()
            done.append(True)
        except Exception:
            done.append(False)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return sum(done)


def _scene() -> Any:
    from yiwang.areas.reporting.factories import Scene

    return Scene(text=TEXT)


def cells(mode: str) -> dict[str, int]:
    """How many cells were typed, and how many are there."""
    from yiwang.areas.reporting import actions
    from yiwang.areas.reporting.factories import ON
    from yiwang.areas.reporting.models import Return

    scene = _scene()
    typed = kept = 0
    for round_ in range(ROUNDS[mode]):
        row = scene.of(scene.open(date(2024, 1 + round_, 1)))

        def careful(n: int, pk: int = row.pk) -> None:
            changes = [actions.Change(f"i{n}", "", "1")]
            actions.save_cells(pk=pk, changes=changes, reasons={}, access=scene.clerk, on=ON)

        def careless(n: int, pk: int = row.pk) -> None:
            """The control: look, then write what was seen."""
            seen = Return.objects.get(pk=pk).draft.get("values", {})
            Return.objects.filter(pk=pk).update(draft={"values": {**seen, f"i{n}": "1"}})

        job = careful if mode == "locked" else careless
        typed += together([partial(job, n) for n in range(CLERKS)])
        kept += len(Return.objects.get(pk=row.pk).draft["values"])
        if kept < typed:
            break
    return {"typed": typed, "kept": kept}


def submit(mode: str) -> dict[str, int]:
    """Of how many periods, and how many versions there are."""
    from yiwang.areas.reporting import actions
    from yiwang.areas.reporting.factories import NOW, ON
    from yiwang.areas.reporting.models import Return, ReturnState, ReturnVersion

    scene = _scene()
    had = 0
    for round_ in range(ROUNDS[mode]):
        row = scene.of(scene.open(date(2024, 1 + round_, 1)))
        scene.fill(row, i0=7)
        had += 1

        def careful(pk: int = row.pk) -> None:
            actions.submit(pk=pk, access=scene.clerk, on=ON, now=NOW)

        def careless(pk: int = row.pk) -> None:
            """The control: look whether it waits, then write a version of the next free number."""
            if Return.objects.get(pk=pk).state == ReturnState.SUBMITTED:
                return
            number = ReturnVersion.objects.filter(return_row=pk).count()
            facts = {"values": {}, "rows": {}, "reasons": {}, "facts": {}, "digest": "", "source": "GRID"}
            for step in range(1, CLERKS + 1):  # whoever comes too late takes the next number
                _, new = ReturnVersion.objects.get_or_create(
                    return_row_id=pk, number=number + step, defaults={**facts, "user": scene.clerk.user, "at": NOW, "late": False}
                )  # fmt: skip
                if new:
                    break
            Return.objects.filter(pk=pk).update(state=ReturnState.SUBMITTED)

        together([careful if mode == "locked" else careless] * CLERKS)
        if ReturnVersion.objects.count() > had:
            break
    return {"had": had, "versions": ReturnVersion.objects.count()}


def upload(mode: str) -> dict[str, int]:
    """The same workbook from sixteen at once: of how many periods, and how many versions and receipts there are."""
    from yiwang.areas.reporting import receiving
    from yiwang.areas.reporting.factories import NOW, ON
    from yiwang.areas.reporting.models import Receipt, Return, ReturnVersion
    from yiwang.areas.reporting.workbook import Read

    scene, file = _scene(), receiving.File("a.xlsx", "0" * 64)
    had = 0
    for round_ in range(ROUNDS[mode]):
        row = scene.of(scene.open(date(2024, 1 + round_, 1)))
        had += 1

        def careful(pk: int = row.pk) -> None:
            read = Read(draft={"values": {"i0": "7"}, "rows": {}})
            receiving.take(pk=pk, read=read, file=file, submit=True, access=scene.clerk, on=ON, now=NOW)

        def careless(pk: int = row.pk) -> None:
            """The control: look whether the file has a receipt, then write one."""
            held = Return.objects.get(pk=pk)
            if not held.receipts.exists():
                receiving.refuse(held, file, ["x"], access=scene.clerk, now=NOW)

        together([careful if mode == "locked" else careless] * CLERKS)
        if Receipt.objects.count() > had:
            break
    return {"had": had, "versions": ReturnVersion.objects.count(), "receipts": Receipt.objects.count()}


RACES = {"cells": cells, "submit": submit, "upload": upload}


def main(name: str, mode: str) -> None:
    """Migrate, run, print."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.portal.settings")
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    print(json.dumps(RACES[name](mode)))


if __name__ == "__main__":
    main(*sys.argv[1:])
