"""Writers and sealers under kill −9, in processes of their own. Prints what was lost as JSON.

`python -m yiwang.core.ledger.tests.race horizon KILLS`: the real sealer, until so many were killed and a hundred entries
were acknowledged. `… id-order ROUNDS`: the control, in rounds of two seconds until it loses something. YIWANG_DATABASE
names a PostgreSQL database. A process of its own, since it forks: a test runner has threads and sockets that must not be
copied.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

WRITERS, SEALERS = 8, 2
ROUND, LEAST = 2.0, 100


def _pause(most: float) -> None:
    time.sleep(random.random() * most)


Work = Callable[[Path], None]


def write(acknowledged: Path) -> None:
    """Business row and entry in one transaction, an open moment before the commit; the id is noted after it."""
    from django.db import connection, transaction

    from yiwang.core.ledger.post import post

    handle = os.open(acknowledged, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("INSERT INTO race_work (note) VALUES ('x')")
            number = post(actor="system", act="race.write", obj="race:1", body={"pid": os.getpid()})
            _pause(0.5 if random.random() < 0.01 else 0.02)
        os.write(handle, b"%d\n" % number)


def seal_by_horizon(_: Path) -> None:
    """The real sealer, with pauses planted between select, insert and commit."""
    import threading

    from yiwang.core.ledger import sealer

    chain, append = sealer._chain, sealer._append

    def slow_chain(rows: Any, seq: int, previous: str, algorithm: str) -> list[tuple[int, int, str]]:
        _pause(0.02)
        return chain(rows, seq, previous, algorithm)

    def slow_append(*given: Any, **named: Any) -> None:
        append(*given, **named)
        _pause(0.02)

    sealer._chain, sealer._append = slow_chain, slow_append
    parameters = sealer.parameters()
    assert parameters is not None
    sealer.run(parameters, threading.Event(), interval=0.02)


def seal_by_id(_: Path) -> None:
    """The positive control: everything above the last sealed id, which loses entries."""
    from yiwang.core.ledger import sealer
    from yiwang.core.ledger.chain import COLUMNS

    parameters = sealer.parameters()
    assert parameters is not None
    connection = sealer.connect(parameters)
    while True:
        with connection.transaction(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [sealer.LOCK])
            seq, previous, _, algorithm = sealer._one(cursor, sealer._HEAD)
            last = sealer._one(cursor, "SELECT coalesce(max(entry_id), 0) FROM ledger_seal")[0]
            rows = cursor.execute(f"SELECT {COLUMNS} FROM ledger_entry WHERE id > %s ORDER BY id", [last]).fetchall()
            sealer._append(cursor, sealer._chain(rows, seq, previous, algorithm), 0, moved=False)
        time.sleep(0.02)


def fork(work: Work, folder: Path, index: int) -> int:
    """A child that works until it is killed."""
    pid = os.fork()
    if pid == 0:
        try:
            random.seed(os.getpid())
            work(folder / f"acknowledged-{index}")
        finally:
            os._exit(1)
    return pid


def struggle(jobs: list[Work], folder: Path, kills: int) -> None:
    """Run all jobs; kill a random one now and then and start it again. Without kills for one round."""
    running = {fork(work, folder, i): (i, work) for i, work in enumerate(jobs)}
    if not kills:
        time.sleep(ROUND)
    least = LEAST if kills else -1
    while kills > 0 or len(said(folder)) <= least:
        time.sleep(0.05 + random.random() * 0.1)
        victim = random.choice(list(running))
        index, work = running.pop(victim)
        _end(victim)
        kills -= 1
        running[fork(work, folder, index)] = (index, work)
    for pid in running:
        _end(pid)


def said(folder: Path) -> list[int]:
    """What was acknowledged."""
    return [int(n) for file in folder.glob("acknowledged-*") for n in file.read_text().split()]


def _end(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def settle() -> None:
    """Wait until the server has noticed that the killed clients are gone."""
    from django.db import connection

    with connection.cursor() as cursor:
        while True:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                " AND backend_type = 'client backend'"
            )
            if cursor.fetchone()[0] == 0:
                return
            time.sleep(0.05)


def count(folder: Path) -> dict[str, Any]:
    """What is lost: acknowledged and not there; there and not sealed; sealed twice; work without entry."""
    from django.db import connection

    from yiwang.core.ledger.verify import verify

    acknowledged = said(folder)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM unnest(%s::bigint[]) a(id) JOIN ledger_entry USING (id)", [acknowledged])
        present = cursor.fetchone()[0]
        cursor.execute("SELECT (SELECT count(*) FROM race_work) - (SELECT count(*) FROM ledger_entry)")
        orphans = cursor.fetchone()[0]
    # Two minutes on, whatever is not sealed is late.
    report = verify(now=datetime.now(UTC) + timedelta(minutes=2), grace=0)
    return {
        "acknowledged": len(acknowledged),
        "lost": len(acknowledged) - present,
        "orphans": orphans,
        "sealed": report.checked,
        "unsealed": sum(1 for fault in report.faults if fault.code == "ledger.unsealed"),
        "faults": sorted({fault.code for fault in report.faults}),
    }


def main(kind: str, number: int) -> None:
    """Migrate, race, seal the rest, count."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.portal.settings")
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from yiwang.core.ledger import sealer

    call_command("migrate", "ledger", verbosity=0, skip_checks=True)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE race_work (id bigint GENERATED ALWAYS AS IDENTITY, note text)")
    horizon = kind == "horizon"
    jobs: list[Work] = [write] * WRITERS + ([seal_by_horizon] * SEALERS if horizon else [seal_by_id])
    with tempfile.TemporaryDirectory() as name:
        for _ in range(1 if horizon else number):
            connection.close()  # a forked child must not share the socket
            struggle(jobs, Path(name), number if horizon else 0)
            settle()
            parameters = sealer.parameters()
            if horizon and parameters is not None:
                with sealer.connect(parameters) as own:
                    sealer.seal_all(own)
            found = count(Path(name))
            if found["unsealed"]:
                break
        print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
