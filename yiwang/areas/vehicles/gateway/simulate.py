"""A fleet that is not there: terminals that register, drive and report over TCP, or write their points directly.

The list of trips is YAML or JSON: `- {car: 示A12345, phone: 13900000001, from: [102.71, 25.04], to: [102.80, 25.10], start:
2026-11-30T08:30, mishaps: [{kind: offline, start: 600, end: 1200}]}`; `via` places and `wait` seconds are optional. Times without
a zone are those of China. Nothing here needs the database; `points` gives what `tracks.demo` writes.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from time import time
from typing import Any

import yaml

from yiwang.areas.vehicles.gateway import bodies, wire
from yiwang.areas.vehicles.gateway.driving import Drive, Mishap, Report, drive
from yiwang.areas.vehicles.gateway.location import CHINA, write, write_batch
from yiwang.kit.refusal import Refusal, Where

KINDS = ("silent", "offline", "spoofed", "unfixed", "fast", "stop")
#: Positions of one back-fill message; frames that may wait for an answer.
LOT, UNDER_WAY = 20, 50


@dataclass(frozen=True)
class Trip:
    """One trip of the list: the car's plate and its drive."""

    plate: str
    drive: Drive


@dataclass
class Tally:
    """What became of it."""

    sent: int = 0
    accepted: int = 0
    refused: list[str] = field(default_factory=list)


def read_trips(path: Path) -> list[Trip]:
    """The list in a file. Refusal `simulate.trips` with the number of the trip."""
    try:
        text = path.read_text(encoding="utf-8")
        rows = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise Refusal(
            "simulate.trips", f"读不出行程清单:{str(error).splitlines()[0]}", where=Where(str(path))
        ) from None
    if not isinstance(rows, list) or not rows:
        raise Refusal("simulate.trips", "行程清单要是一个列表,至少一趟。", where=Where(str(path)))
    return [_trip(row, number, path) for number, row in enumerate(rows, start=1)]


def _trip(row: Any, number: int, path: Path) -> Trip:
    try:
        start = datetime.fromisoformat(str(row["start"]))
        start = start if start.tzinfo else start.replace(tzinfo=CHINA)
        places = [row["from"], *row.get("via", ()), row["to"]]
        mishaps = tuple(Mishap(one["kind"], int(one["start"]), int(one["end"])) for one in row.get("mishaps", ()))
        if unknown := {one.kind for one in mishaps} - set(KINDS):
            raise ValueError(f"没有“{'、'.join(sorted(unknown))}”这种情况,可用 {'、'.join(KINDS)}")
        made = Drive(
            phone=str(row["phone"]).lstrip("0"), start=int(start.timestamp()),
            places=tuple((float(lon), float(lat)) for lon, lat in places), wait=int(row.get("wait", 900)), mishaps=mishaps,
        )  # fmt: skip
        return Trip(str(row["car"]), made)
    except KeyError as error:
        raise Refusal("simulate.trips", f"第 {number} 趟缺 {error.args[0]}。", where=Where(str(path))) from None
    except (TypeError, ValueError) as error:
        raise Refusal("simulate.trips", f"第 {number} 趟不对:{error}", where=Where(str(path))) from None


def points(trips: Iterable[Trip]) -> dict[str, list[Report]]:
    """The reports of each phone, in the order of measuring."""
    found: dict[str, list[Report]] = {}
    for trip in trips:
        found.setdefault(trip.drive.phone, []).extend(drive(trip.drive))
    return {phone: sorted(reports, key=lambda one: one.fix.at or 0) for phone, reports in found.items()}


class _Line:
    """A terminal's connection: sends, and waits for each answer."""

    def __init__(self, phone: str, version: int, tally: Tally) -> None:
        self.phone, self.version, self.tally = phone, version, tally
        self.sequence = 0
        self.splitter = wire.Splitter()
        self.waiting: dict[int, int] = {}
        self.answers: list[tuple[wire.Header, bytes]] = []
        self.reader: asyncio.StreamReader
        self.writer: asyncio.StreamWriter | None = None

    async def open(self, host: str, port: int) -> None:
        self.reader, self.writer = await asyncio.open_connection(host, port)

    def put(self, data: bytes) -> None:
        """Onto the wire."""
        assert self.writer is not None
        self.writer.write(data)

    async def close(self) -> None:
        """Hang up, if there is a line."""
        if self.writer is not None:
            self.writer.close()
            with suppress(OSError):
                await self.writer.wait_closed()

    def send(self, message: int, body: bytes, positions: int = 0) -> None:
        frames = wire.parts(message, self.phone, self.sequence + 1, body, version=self.version)
        self.sequence += len(frames)
        self.waiting[self.sequence & 0xFFFF] = positions
        self.put(b"".join(frames))
        self.tally.sent += positions

    async def receive(self) -> tuple[wire.Header, bytes]:
        while not self.answers:
            data = await self.reader.read(65_536)
            if not data:
                raise Refusal("simulate.closed", f"网关断开了终端 {self.phone} 的连接,请看网关的日志。")
            for chunk in self.splitter.feed(data):
                if chunk:
                    raw = wire.unescape(chunk)
                    header = wire.head(raw)
                    self.answers.append((header, raw[header.size : -1]))
        return self.answers.pop(0)

    async def settle(self, most: int = 0) -> None:
        """Until at most so many messages wait for their answer."""
        while len(self.waiting) > most:
            header, body = await self.receive()
            if header.message == bodies.REPLY:
                one = bodies.reply(body)
                positions = self.waiting.pop(one.sequence, 0)
                self.tally.accepted += positions if one.result == bodies.OK else 0
            elif header.message == bodies.TEXT:
                reply = bodies.Reply(header.sequence, header.message, bodies.OK)
                self.put(
                    wire.pack(
                        bodies.TERMINAL_REPLY,
                        self.phone,
                        self.sequence + 1,
                        bodies.write_reply(reply),
                        version=self.version,
                    )
                )
                self.sequence += 1

    async def log_in(self, plate: str) -> None:
        """Register as the device of this phone, authenticate with the code."""
        asked = bodies.Registration(99, 101, "YW", "SIM", f"S{self.phone[-6:]}", 1 if plate else 0, plate)
        await self._opening(bodies.REGISTER, bodies.write_registration(asked, self.version))
        header, body = await self.receive()
        if header.message != bodies.REGISTER_REPLY or (found := bodies.register_reply(body))[1] != bodies.DONE:
            result = body[2] if len(body) > 2 else "?"
            raise Refusal("simulate.refused", f"网关不接受终端 {self.phone}(注册结果 {result}),请先登记终端和车辆。")
        code = bodies.Credential(found[2])
        await self._opening(bodies.AUTHENTICATE, bodies.write_credential(code, self.version))
        await self.receive()

    async def _opening(self, message: int, body: bytes) -> None:
        self.sequence += 1
        self.put(wire.pack(message, self.phone, self.sequence, body, version=self.version))


async def run(
    trips: Sequence[Trip],
    host: str,
    port: int,
    *,
    speed: float = 0.0,
    now: Callable[[], float] = time,
    version: int = 0,
) -> Tally:
    """Drive all trips at once over TCP. `speed` 0: as fast as the gateway takes it; 1: at the pace of the clock; 60: a minute a second."""
    tally, plates = Tally(), {trip.drive.phone: trip.plate for trip in trips}
    begin = min(trip.drive.start for trip in trips)
    began = now()

    async def terminal(phone: str, reports: list[Report]) -> None:
        line = _Line(phone, version, tally)
        try:
            await line.open(host, port)
            await line.log_in(plates[phone])
            await _report(line, reports, lambda sent: began + (sent - begin) / speed if speed else 0.0, now)
        except Refusal as refusal:
            tally.refused.append(str(refusal))
        except OSError as error:
            tally.refused.append(f"终端 {phone} 连不上 {host}:{port}({error.strerror or error})")
        finally:
            await line.close()

    await asyncio.gather(*(terminal(phone, reports) for phone, reports in points(trips).items()))
    return tally


async def _report(line: _Line, reports: list[Report], due: Callable[[int], float], now: Callable[[], float]) -> None:
    """In the order of sending; what was kept while offline goes as back-fill, in lots."""
    ordered = sorted(reports, key=lambda one: (one.sent, one.fix.at or 0))
    lot: list[Report] = []
    for one in ordered:
        if lot and (not one.backfill or one.sent != lot[0].sent or len(lot) >= LOT):
            line.send(bodies.BATCH, write_batch([each.fix for each in lot], backfill=True), len(lot))
            lot = []
        if (wait := due(one.sent) - now()) > 0:
            await asyncio.sleep(wait)
        if one.backfill:
            lot.append(one)
        else:
            line.send(bodies.LOCATION, write(one.fix), 1)
        await line.settle(UNDER_WAY)
    if lot:
        line.send(bodies.BATCH, write_batch([each.fix for each in lot], backfill=True), len(lot))
    await line.settle()
