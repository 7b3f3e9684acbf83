"""The gateway: connections, the terminals it knows, and what it does now and then. Needs Django and uvloop.

The loop parses and judges; one thread writes points, two do the rest that needs the database. Nothing is kept without a
bound: connections, bytes of an unfinished frame, pieces of split messages, points that wait.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import ssl
from collections import Counter
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from time import time
from typing import Any, TypeVar

from django.db import DatabaseError, InterfaceError, close_old_connections

from yiwang.areas.vehicles.gateway import bodies, book, counting, orders, sinks
from yiwang.areas.vehicles.gateway.book import Answer, Known
from yiwang.areas.vehicles.gateway.session import Session
from yiwang.areas.vehicles.gateway.store import Store
from yiwang.areas.vehicles.gateway.wire import Header

log = logging.getLogger(__name__)
T = TypeVar("T")

#: Seconds between two rounds of each chore.
LIVE, COUNTS, BOOK, SWEEP, COMMANDS, SEEN = 3.0, 10.0, 30.0, 15.0, 2.0, 60.0
#: Seconds in which a connection must have said who it is.
UNKNOWN_FOR = 60.0


@dataclass(frozen=True)
class Plan:
    """How the gateway runs. `linger`: seconds that a batch waits for more; `most`: points that may wait for the database."""

    host: str = "0.0.0.0"  # noqa: S104 (terminals come from everywhere)
    port: int = 7611
    after_commit: bool = True
    linger: float = 0.002
    most: int = 50_000
    connections: int = 20_000
    idle: float = 900.0
    oldest: int = 90 * 86_400
    certificate: str = ""
    key: str = ""


class Gateway:
    """All that the sessions share. Everything here runs in the loop, but what is given to `_aside`."""

    def __init__(self, loop: asyncio.AbstractEventLoop, plan: Plan) -> None:
        self.loop, self.plan = loop, plan
        self.counts: Counter[str] = Counter()
        self.store = Store(loop, self.counts, after_commit=plan.after_commit, linger=plan.linger, most=plan.most)
        self.book: dict[str, Known] = {}
        self.sessions: set[Session] = set()
        self.online: dict[int, Session] = {}  # by terminal
        self.moved: list[Known] = []
        self.heard: set[int] = set()
        self.asked: dict[tuple[int, int], int] = {}  # (terminal, our sequence) → command
        self.recorded: dict[str, float] = {}
        self.now = time()
        self.oldest = plan.oldest
        self.helpers = ThreadPoolExecutor(2, thread_name_prefix="gateway-helper")
        self.chores: list[asyncio.Task[None]] = []
        self.server: asyncio.Server | None = None

    # ── life ──────────────────────────────────────────────────────────────────────────────────────────────────────

    async def start(self) -> None:
        """Know the terminals, listen, begin the chores."""
        self.book = await self._aside(book.load)
        secure = None
        if self.plan.certificate:
            secure = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            secure.load_cert_chain(self.plan.certificate, self.plan.key or None)
        self.server = await self.loop.create_server(
            lambda: Session(self), self.plan.host, self.plan.port, ssl=secure, backlog=4096
        )
        for seconds, chore in (
            (LIVE, self._live), (COUNTS, self._counts), (BOOK, self._book), (SWEEP, self._sweep),
            (COMMANDS, self._commands), (SEEN, self._seen),
        ):  # fmt: skip
            self.chores.append(self.loop.create_task(self._every(seconds, chore)))

    @property
    def port(self) -> int:
        """Where it listens."""
        assert self.server is not None
        return int(self.server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Take nothing more, write what was taken, answer it, go."""
        if self.server is not None:
            self.server.close()
        for session in self.sessions:
            session.hold()
        for chore in self.chores:
            chore.cancel()
        await self.store.close()
        for work in (self._live, self._counts, self._seen):
            await work()
        for session in list(self.sessions):
            session.transport.close()
        self.helpers.shutdown()

    async def _every(self, seconds: float, chore: Callable[[], Coroutine[Any, Any, None]]) -> None:
        while True:
            await asyncio.sleep(seconds)
            try:
                await chore()
            except (DatabaseError, InterfaceError) as error:
                log.error("gateway: %s: %s", chore.__name__, error)

    async def _aside(self, work: Callable[..., T], *given: Any) -> T:
        """In a helper's thread; a connection that broke is not used again."""

        def run() -> T:
            close_old_connections()
            return work(*given)

        return await self.loop.run_in_executor(self.helpers, run)

    def _later(self, work: Callable[..., T], *given: Any, then: Callable[[T], None] | None = None) -> None:
        """The same without waiting; `then` gets the result in the loop. What the database refuses goes to the log."""

        def done(task: asyncio.Task[T]) -> None:
            if task.cancelled():
                return
            if (error := task.exception()) is not None:
                log.error("gateway: %s: %s", getattr(work, "__name__", work), error)
            elif then is not None:
                then(task.result())

        self.loop.create_task(self._aside(work, *given)).add_done_callback(done)

    # ── connections ───────────────────────────────────────────────────────────────────────────────────────────────

    def arrived(self, session: Session) -> None:
        """A connection; one too many is closed."""
        self.counts["connected"] += 1
        self.sessions.add(session)
        if len(self.sessions) > self.plan.connections:
            session.transport.close()

    def left(self, session: Session) -> None:
        """A connection is gone."""
        self.sessions.discard(session)
        self.store.held.discard(session)
        if session.known is not None and self.online.get(session.known.terminal) is session:
            del self.online[session.known.terminal]

    def admit(self, session: Session, known: Known) -> None:
        """It has proved who it is. An older connection of the same terminal is dead without knowing it."""
        before = self.online.get(known.terminal)
        if before is not None and before is not session:
            before.transport.close()
        session.known, session.badness = known, 0.0
        self.online[known.terminal] = session
        self.heard.add(known.terminal)

    # ── who is who ────────────────────────────────────────────────────────────────────────────────────────────────

    def register(
        self, session: Session, header: Header, asked: bodies.Registration, then: Callable[[Answer], None]
    ) -> None:
        """Ask the database; take the new code into the book."""

        def decide() -> tuple[Answer, Known | None]:
            now = datetime.now(UTC)
            given = book.register(header.phone, asked, version=header.version, address=session.address, now=now)
            known = book.load(header.phone).get(header.phone) if given.result == bodies.DONE else None
            return given, known

        def decided(found: tuple[Answer, Known | None]) -> None:
            if found[1] is not None:
                self._enter(found[1])
            elif found[0].why:
                log.warning("gateway: %s from %s refused: %s", header.phone, session.address, found[0].why)
            then(found[0])

        self._later(decide, then=decided)

    def look_up(self, phone: str, then: Callable[[Known | None], None]) -> None:
        """The terminal as the database has it now."""

        def found(fresh: dict[str, Known]) -> None:
            then(self._enter(fresh[phone]) if phone in fresh else None)

        self._later(book.load, phone, then=found)

    def _enter(self, fresh: Known) -> Known:
        """Into the book; what is already known of a car is kept."""
        known = self.book.get(fresh.phone)
        if known is None or known.vehicle != fresh.vehicle:
            self.book[fresh.phone] = fresh
            return fresh
        known.digest = fresh.digest
        return known

    def log_out(self, known: Known, then: Callable[[], None]) -> None:
        """Its code is no longer good."""
        known.digest = ""
        self._later(book.log_out, known.terminal, known.phone, then=lambda _: then())

    def impostor(self, session: Session, phone: str, why: str) -> None:
        """Recorded, once an hour for a number, an address and a reason."""
        self.counts["refused"] += 1
        key = f"{phone} {session.address} {why}"
        if self.recorded.get(key, 0.0) < self.now - 3600:
            if len(self.recorded) > 10_000:
                self.recorded.clear()
            self.recorded[key] = self.now
            self._later(book.record, phone, f"{why}(来自 {session.address})", datetime.now(UTC))

    # ── answers of terminals ──────────────────────────────────────────────────────────────────────────────────────

    def answered(self, known: Known, sequence: int, state: str, words: str) -> None:
        """A terminal answers something; perhaps a command."""
        pk = self.asked.pop((known.terminal, sequence), None)
        if pk is not None:
            self._later(orders.answered, pk, state, words, datetime.now(UTC))

    def clock_bcd(self) -> bytes:
        """YYMMDDhhmmss in UTC."""
        return bytes.fromhex(datetime.now(UTC).strftime("%y%m%d%H%M%S"))

    # ── chores ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _live(self) -> None:
        moved, self.moved = self.moved, []
        places = {known.vehicle: known.newest for known in moved if known.newest is not None}
        for known in moved:
            known.newest = None
        for session in self.sessions:
            if session.pieces is not None:
                session.resend()
        if not places:
            return
        try:
            await self._aside(sinks.write_live, places)
        except (DatabaseError, InterfaceError):
            for known in moved:
                if known.newest is None:
                    known.newest = places[known.vehicle]
                    self.moved.append(known)
            raise

    async def _counts(self) -> None:
        counts = Counter({kind: number for kind, number in self.counts.items() if number})
        self.counts.subtract(counts)
        try:
            await self._aside(counting.keep, counts, datetime.now(UTC))
        except (DatabaseError, InterfaceError):
            self.counts.update(counts)
            raise

    async def _book(self) -> None:
        fresh = await self._aside(book.load)
        for phone in self.book.keys() - fresh.keys():
            gone = self.book.pop(phone)
            if (session := self.online.get(gone.terminal)) is not None:
                session.transport.close()
        for known in fresh.values():
            before = self.book.get(known.phone)
            after = self._enter(known)
            if before is not None and after is not before and (session := self.online.get(known.terminal)):
                session.known = after  # the terminal sits in another car now

    async def _sweep(self) -> None:
        self.now = time()
        for session in list(self.sessions):
            quiet = self.now - session.last
            if session.holding:
                continue
            if quiet > self.plan.idle or (session.known is None and self.now - session.since > UNKNOWN_FOR):
                session.transport.close()

    async def _commands(self) -> None:
        if not self.online:
            return
        for one in await self._aside(orders.take, list(self.online), datetime.now(UTC)):
            session = self.online.get(one.terminal_id)
            if session is not None:
                message = orders.MESSAGES[one.kind]  # type: ignore[index]
                sequence = session.send(message, orders.body_of(one, session.version))
                self.asked[one.terminal_id, sequence] = one.pk
                if len(self.asked) > 10_000:
                    del self.asked[next(iter(self.asked))]

    async def _seen(self) -> None:
        self.heard |= self.online.keys()
        heard, self.heard = self.heard, set()
        if heard:
            await self._aside(book.seen, heard, datetime.now(UTC))


async def serve(plan: Plan, started: Callable[[Gateway], None] = lambda _: None) -> None:
    """Run until SIGTERM or SIGINT."""
    loop = asyncio.get_running_loop()
    gateway = Gateway(loop, plan)
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    await gateway.start()
    gc.collect()
    gc.freeze()  # what is there stays; full collections over it would be pauses
    gc.set_threshold(100_000, 20, 100)
    started(gateway)
    await stopping.wait()
    await gateway.stop()
