"""The steps of `bench.ledger` that run in a process of their own: prepare, with, without, verify."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any


def prepare() -> None:
    """Ledger and two plain tables: rooms and their history."""
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", "ledger", verbosity=0, skip_checks=True)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_room (id bigint PRIMARY KEY, name text, area numeric(9, 2), version int)")
        cursor.execute(
            "CREATE TABLE bench_history (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, room bigint, area text)"
        )
        cursor.execute("INSERT INTO bench_room SELECT i, 'room', 20, 0 FROM generate_series(1, 20000) i")
    print("{}")


def _models() -> tuple[Any, Any]:
    """The two tables as Django sees them."""
    from django.db import models

    class Room(models.Model):
        name = models.TextField()
        area = models.DecimalField(max_digits=9, decimal_places=2)
        version = models.IntegerField()

        class Meta:
            app_label, managed, db_table = "bench", False, "bench_room"

    class History(models.Model):
        room = models.BigIntegerField()
        area = models.TextField()

        class Meta:
            app_label, managed, db_table = "bench", False, "bench_history"

    return Room, History


def _work(seconds: float, number: int, entry: bool) -> int:
    """Transactions until the time is over; each writer has its own rooms, so that none waits for another's lock."""
    from django.db import transaction

    from yiwang.core.ledger.post import post

    room_model, history_model = _models()
    done, until = 0, time.monotonic() + seconds
    while time.monotonic() < until:
        with transaction.atomic():
            room = room_model.objects.get(pk=number * 2000 + done % 2000 + 1)
            before, room.area, room.version = room.area, room.area + 1, room.version + 1
            room.save()
            history_model.objects.create(room=room.pk, area=str(before))
            if entry:
                body = {"area": [before, room.area], "name": room.name}
                post(actor=f"user:{number}", act="bench.room.change", obj=f"bench.room:{room.pk}", body=body)
        done += 1
    return done


def _fork(writers: int, work: Callable[[int], int]) -> list[int]:
    """What each of the forked writers returned."""
    with TemporaryDirectory() as folder:
        pids = []
        for number in range(writers):
            pid = os.fork()
            if pid == 0:
                Path(folder, str(number)).write_text(str(work(number)))
                os._exit(0)
            pids.append(pid)
        for pid in pids:
            os.waitpid(pid, 0)
        return [int(file.read_text()) for file in Path(folder).iterdir()]


def race(seconds: float, writers: int, *, entry: bool) -> None:
    """The writers, and beside them the sealer in a process of its own when entries are posted."""
    from django.db import connection

    from yiwang.core.ledger import sealer

    parameters = sealer.parameters()
    assert parameters is not None
    connection.close()  # a forked child must not share the socket
    with TemporaryDirectory() as folder:
        delays = Path(folder) / "delays"
        pid = os.fork()
        if pid == 0:
            _seal(parameters, seconds + 1 if entry else 0, delays)
            os._exit(0)
        done = _fork(writers, lambda number: _work(seconds, number, entry))
        os.waitpid(pid, 0)
        found = json.loads(delays.read_text())
    with sealer.connect(parameters) as own:
        left = sealer.seal_all(own) if entry else 0
    print(json.dumps({"rate": sum(done) / seconds, "delays": found, "unsealed": left}))


def _seal(parameters: Any, seconds: float, delays: Path) -> None:
    from yiwang.core.ledger import sealer

    found: list[float] = []

    def note(done: sealer.Round) -> None:
        now = datetime.now(UTC)
        found.extend((now - datetime.fromisoformat(at)).total_seconds() for at in done.times)

    stop = threading.Event()
    threading.Timer(seconds, stop.set).start()
    sealer.run(parameters, stop, after=note)
    delays.write_text(json.dumps(found))


def verify(entries: int, algorithm: str) -> None:
    """Fill a ledger, then verify it; the rate is per second of this process's processor time."""
    from django.core.management import call_command
    from django.db import connection, transaction

    from yiwang.core.ledger import sealer
    from yiwang.core.ledger.post import post
    from yiwang.core.ledger.verify import verify as run

    call_command("migrate", "ledger", verbosity=0, skip_checks=True)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_head SET algorithm = %s", [algorithm])
    with transaction.atomic():
        for i in range(entries):
            body = {"area": ["18.00", "20.50"], "name": f"办公室 {i}", "organ": i % 2500}
            post(actor=f"user:{i % 300}", act="offices.room.change", obj=f"offices.room:{i % 40000}", body=body)
    parameters = sealer.parameters()
    if parameters is not None:
        with sealer.connect(parameters) as own:
            sealer.seal_all(own)
    report = run(now=datetime.now(UTC))
    assert report.ok, report.faults
    assert report.checked == entries
    print(json.dumps({"rate": report.checked / report.cpu_seconds}))


def main(step: str, *arguments: str) -> None:
    """Set Django up and run the step."""
    import django

    django.setup()
    if step == "prepare":
        prepare()
    elif step == "verify":
        verify(int(arguments[0]), arguments[1])
    else:
        race(float(arguments[0]), int(arguments[1]), entry=step == "with")


if __name__ == "__main__":
    main(*sys.argv[1:])
