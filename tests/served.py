"""Kill −9 of the server in the middle of approvals over HTTP: `python -m tests.served KILLS SEED` prints what was found.

`yiwang serve` runs on the database of YIWANG_DATABASE, as a user starts it. Clients send approvals through the API, several
at once. While some are on their way the worker of the server is killed, which the server must start again by itself; every
fifth time everything that belongs to the server is killed, and it is started anew. Then, in one snapshot: of each approval
everything is there or nothing (it writes task, step, history, party and ledger, and opens the next step), and whatever a
client was told is there. Who got no answer asks again under the same key, and has one effect.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import queue
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil

CLIENTS, PROCESS, FIRST = 4, "services.seal", "head"
#: Seconds in which the server must answer again, on a machine that is busy.
PATIENCE = 120
YIWANG = (sys.executable, "-c", "from yiwang.cli import main; main()")


class Server:
    """`yiwang serve` with one worker, so that whatever is on its way is on its way there."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.log = Path(os.environ["YIWANG_HOME"]) / "served.log"
        self.process: psutil.Popen | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        with self.log.open("ab") as log:
            command = [*YIWANG, "serve", "--port", str(self.port), "--workers", "1"]
            self.process = psutil.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        self.wait()

    def wait(self) -> None:
        """Until it answers."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            with contextlib.suppress(OSError, http.client.HTTPException):
                if self.ask("GET", "/healthz", {}, None)[0] == 200:
                    return
            time.sleep(0.05)
        raise RuntimeError(self.log.read_text(encoding="utf-8")[-3000:])

    def ask(self, method: str, path: str, headers: dict[str, str], body: Any) -> tuple[int, bytes]:
        """Status and body of an answer. OSError or HTTPException where there is none."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        with contextlib.closing(connection):
            sent = None if body is None else json.dumps(body)
            connection.request(method, path, sent, headers | {"Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, answer.read()

    def kill(self, *, everything: bool) -> None:
        """Kill −9: the worker that answers, or all processes; what is started again is waited for."""
        assert self.process is not None
        web = next(one for one in self.process.children() if "granian" in " ".join(one.cmdline()))
        victims = [self.process, *self.process.children(recursive=True)] if everything else web.children()
        for one in victims:
            with contextlib.suppress(psutil.NoSuchProcess):
                one.send_signal(signal.SIGKILL)
        if everything:
            self.process.wait()
            psutil.wait_procs(victims, timeout=PATIENCE)
            self.start()
        else:
            psutil.wait_procs(victims, timeout=PATIENCE)
            self.wait()

    def stop(self) -> None:
        """End it in order."""
        if self.process is not None and self.process.is_running():
            self.process.terminate()
            self.process.wait(PATIENCE)


class Clients:
    """They approve whatever is in the queue, one after the other, each at his own pace."""

    def __init__(self, server: Server, token: str) -> None:
        self.server, self.headers = server, {"Authorization": f"Bearer {token}"}
        self.waiting: queue.Queue[int | None] = queue.Queue()
        self.on_the_way: set[int] = set()
        self.told: set[int] = set()
        self.unanswered: list[int] = []
        self.wrong: list[str] = []
        self.threads = [threading.Thread(target=self._work, daemon=True) for _ in range(CLIENTS)]
        for thread in self.threads:
            thread.start()

    def _work(self) -> None:
        while (task := self.waiting.get()) is not None:
            self.on_the_way.add(task)
            self.approve(task)
            self.on_the_way.discard(task)
            self.waiting.task_done()

    def approve(self, task: int) -> None:
        """Once; without an answer it is noted."""
        body = {"verdict": "approve", "opinion": "同意"}
        try:
            status, said = self.server.ask(
                "POST", f"/api/v1/tasks/{task}/act", self.headers | {"Idempotency-Key": f"act{task}"}, body
            )
        except (OSError, http.client.HTTPException):
            self.unanswered.append(task)
            return
        if status == 200:
            self.told.add(task)
        else:
            self.wrong.append(f"{status} {said[:200].decode(errors='replace')}")

    def end(self) -> None:
        """Send them home."""
        for _ in self.threads:
            self.waiting.put(None)
        for thread in self.threads:
            thread.join(PATIENCE)


def begin() -> tuple[Any, str]:
    """The office, and a token of its manager."""
    from yiwang.core.flow import definitions
    from yiwang.core.flow.tests.worlds import office
    from yiwang.core.rights.access import access_for
    from yiwang.core.rights.models import Verb
    from yiwang.core.rights.tokens import issue

    definitions.install_shipped()
    world, now = office(), datetime.now(UTC)
    access = access_for(world.users["主管"], world.organ.pk)
    verbs = [Verb.READ, Verb.APPROVE]
    _, text = issue(access=access, label="试验", verbs=verbs, expires_at=now + timedelta(days=1), now=now)
    return world, text


def without_static_files() -> None:
    """No page is asked for: let the server believe that it has collected them, which takes longer than all the rest."""
    from django.conf import settings

    from yiwang.cli import supervise

    root = Path(settings.STATIC_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    (root / ".digest").write_text(supervise._digest(), encoding="ascii")


def fill(world: Any, number: int) -> list[int]:
    """So many more requests; the tasks of the manager."""
    from yiwang.core.flow.models import Task

    words = {"seal": "单位公章", "document": "函", "addressee": "某局", "reason": "报送"}
    facts = words | {"copies": "1", "borrow": False}
    given = {"facts": facts, "on": datetime.now(UTC).date(), "now": datetime.now(UTC)}
    cases = [world.open(PROCESS, **given).pk for _ in range(number)]
    return list(Task.objects.filter(case__in=cases, step__node=FIRST).values_list("pk", flat=True))


def traces() -> list[set[int]]:
    """What an approval leaves, for each kind of trace the cases that have it: the sets must be equal."""
    from yiwang.core.flow.models import CaseEvent, Party, Step, Task
    from yiwang.core.ledger.models import Entry

    rows = (
        Task.objects.filter(step__node=FIRST, state="DONE"),
        Step.objects.filter(node=FIRST, state="DONE"),
        Step.objects.filter(node="leader"),
        Task.objects.filter(step__node="leader", state="OPEN"),
        CaseEvent.objects.filter(verb="APPROVE"),
        Party.objects.filter(user__display_name="领导", kind="SIGNER"),
    )
    named = Entry.objects.filter(act="flow.case.approve").values_list("obj", flat=True)
    assert len(named) == len(set(named)), "twice in the ledger"
    return [*(set(one.values_list("case", flat=True)) for one in rows), {int(one.rpartition(":")[2]) for one in named}]


def snapshot() -> tuple[set[int], int]:
    """The tasks that are done, and the number of cases that are torn; the server may be at work meanwhile."""
    from django.db import connection, transaction

    from yiwang.core.flow.models import Task

    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        found = traces()
        done = set(Task.objects.filter(step__node=FIRST, state="DONE").values_list("pk", flat=True))
    return done, len(found[0].union(*found) - found[0].intersection(*found))


def strikes(
    kills: int, chance: random.Random, server: Server, clients: Clients, world: Any
) -> Iterator[dict[str, int]]:
    """Kill, look, ask again; the counts of each kill."""
    for number in range(kills):
        for task in fill(world, 3 * CLIENTS):
            clients.waiting.put(task)
        enough = len(clients.told) + chance.randint(0, 2 * CLIENTS)
        while len(clients.told) < enough or not clients.on_the_way:
            if not clients.waiting.unfinished_tasks:
                break
            time.sleep(0.001)
        time.sleep(chance.uniform(0, 0.02))
        before = len(clients.unanswered)
        server.kill(everything=number % 5 == 4)
        clients.waiting.join()
        done, torn = snapshot()
        cut = clients.unanswered[before:]
        yield {"torn": torn, "lost": len(clients.told - done), "cut": bool(cut), "done": len(done & set(cut))}
        for task in cut:
            clients.approve(task)


def main(kills: int, seed: int) -> dict[str, Any]:
    """Serve, kill, and count."""
    from django.core.management import call_command

    from yiwang.core.flow.models import Task
    from yiwang.core.ledger import sealer
    from yiwang.core.ledger.verify import verify

    call_command("migrate", verbosity=0)
    without_static_files()
    world, token = begin()
    server = Server()
    try:
        server.start()
        clients = Clients(server, token)
        counts = list(strikes(kills, random.Random(seed), server, clients, world))
        clients.end()
    finally:
        server.stop()
    if parameters := sealer.parameters():
        with sealer.connect(parameters) as connection:
            sealer.seal_all(connection)
    _, torn = snapshot()
    return {
        "kills": kills,
        "cut": sum(one["cut"] for one in counts),  # kills that left somebody without an answer
        "torn": torn + sum(one["torn"] for one in counts),
        "lost": sum(one["lost"] for one in counts),
        "asked": 3 * CLIENTS * kills,
        "told": len(clients.told),
        "left": Task.objects.filter(step__node=FIRST, state="OPEN").count(),
        "wrong": clients.wrong[:5],
        "ledger": verify(now=datetime.now(UTC)).ok,
    }


if __name__ == "__main__":
    os.environ["YIWANG_SECOND_FACTOR"] = "0"  # the manager has a token and no telephone
    import django

    django.setup()
    print(json.dumps(main(int(sys.argv[1]), int(sys.argv[2])), ensure_ascii=False))
