"""From the loop to the database and back: batches, one transaction at a time, answers after the commit.

While a batch is being written, what comes in makes the next one: the slower the database, the larger the batches. When
too much waits, the connections that bring more are not read any further until it has gone. A database that does not answer
is asked again; nothing that was taken is dropped.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from django.db import DatabaseError, InterfaceError, connection, connections

from yiwang.areas.vehicles.gateway import sinks
from yiwang.areas.vehicles.gateway.location import Fix

if TYPE_CHECKING:
    from yiwang.areas.vehicles.gateway.session import Session

    #: Session, sequence, message, result.
    Waiting = tuple[Session, int, int, int]

log = logging.getLogger(__name__)
#: Seconds between two tries of a database that does not answer.
FIRST_TRY, LAST_TRY = 0.2, 5.0


class Store:
    """What waits to be written and to be answered. All methods but `_write` are called in the loop."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, counts: Counter[str], *, after_commit: bool, linger: float, most: int
    ) -> None:
        self.loop, self.counts = loop, counts
        self.after_commit, self.linger, self.most = after_commit, linger, most
        self.batch = sinks.Batch()
        self.answers: list[Waiting] = []
        self.held: set[Session] = set()
        self.writing = False
        self.idle = asyncio.Event()
        self.idle.set()
        self.stopping = threading.Event()
        self.thread = ThreadPoolExecutor(1, thread_name_prefix="gateway-writer")

    def doubt(self, terminal: int, vehicle: int, fix: Fix, reason: str, now: float) -> None:
        """One that cannot be true."""
        self.batch.doubtful.append(sinks.Doubtful(terminal, vehicle, fix, reason, now))

    def keep(self, terminal: int, message: int, body: bytes, now: float) -> None:
        """A message not known."""
        self.batch.kept.append(sinks.Kept(terminal, message, body, now))

    def answer(self, session: Session, sequence: int, message: int, result: int = 0) -> None:
        """Answer when all that was given so far is committed; at once where the setting says so."""
        if self.after_commit:
            self.answers.append((session, sequence, message, result))
        else:
            session.reply(sequence, message, result)
        if not self.writing:
            self.writing = True
            self.idle.clear()
            self.loop.call_later(self.linger, self._start)
        if len(self.batch) >= self.most and session.hold():
            self.held.add(session)
            self.counts["held"] += 1

    def _start(self) -> None:
        batch, answers = self.batch, self.answers
        self.batch, self.answers = sinks.Batch(), []
        self.loop.run_in_executor(self.thread, self._write, batch).add_done_callback(
            lambda future: self._done(future, len(batch.rows), answers)
        )

    def _done(self, future: asyncio.Future[int], rows: int, answers: list[Waiting]) -> None:
        if future.cancelled() or future.exception():
            log.critical("gateway: a batch of %s was not written: %r", rows, future.cancelled() or future.exception())
            self.writing = False
            self.idle.set()
            return
        self.counts["points"] += rows
        self.counts["repeated"] += rows - future.result()
        for session, sequence, message, result in answers:
            session.reply(sequence, message, result)
        if len(self.batch) < self.most:
            held, self.held = self.held, set()
            for session in held:
                session.go_on()
        if len(self.batch) or self.answers:
            self._start()
        else:
            self.writing = False
            self.idle.set()

    def _write(self, batch: sinks.Batch) -> int:
        """In the writer's thread: until it is done; told to stop, a few tries more."""
        pause, tries = FIRST_TRY, 0
        while True:
            try:
                return sinks.write(batch) if len(batch) else 0
            except (DatabaseError, InterfaceError) as error:
                log.error("gateway: the database does not take %s rows: %s", len(batch), error)
                connection.close()
                tries += 1
                if self.stopping.is_set() and tries > 3:
                    raise
            time.sleep(pause)
            pause = min(pause * 2, LAST_TRY)

    async def close(self) -> None:
        """Write what is there, then end the thread."""
        self.stopping.set()
        await self.idle.wait()
        await self.loop.run_in_executor(self.thread, connections.close_all)
        self.thread.shutdown()
