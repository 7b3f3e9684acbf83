"""The other side of the gateway's figures: an echo server on the same loop, and loads that terminals make.

`python -m bench.gateway_steps echo` serves and prints its port. `… window PORT CONNECTIONS FRAMES` keeps one frame under
way on each connection and prints frames and seconds; `… fleet PORT CONNECTIONS RATE SECONDS` sends at a rate with one
frame in ten broken and everybody reconnecting once, and prints delays. Both log in first (an echo answers that too).
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from collections.abc import Sequence
from functools import partial
from typing import Any

import uvloop

from yiwang.areas.vehicles.gateway import bodies, wire
from yiwang.areas.vehicles.gateway.location import write
from yiwang.areas.vehicles.gateway.tests.drill import fix, phone_of

BAD = 0.10


class Echo(asyncio.Protocol):
    """Sends back what it gets."""

    def connection_made(self, transport: Any) -> None:
        """Keep the line."""
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Back."""
        self.transport.write(data)


async def echo() -> None:
    """Serve until killed."""
    server = await asyncio.get_running_loop().create_server(Echo, "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


class Client(asyncio.Protocol):
    """One terminal of a load. Answers are counted by their flags, two a frame: an echo has the same."""

    def __init__(self, number: int) -> None:
        self.number, self.sequence, self.flags = number, 1, 0
        self.begun = asyncio.Event()
        self.sent: list[float] = []
        self.delays: list[float] = []

    def connection_made(self, transport: Any) -> None:
        """Log in."""
        self.transport = transport
        body = bodies.write_credential(bodies.Credential(f"c{self.number}"))
        transport.write(wire.pack(bodies.AUTHENTICATE, phone_of(self.number), 0, body))

    def data_received(self, data: bytes) -> None:
        """An answer."""
        self.flags += data.count(b"\x7e")
        frames, self.flags = divmod(self.flags, 2)
        now = time.perf_counter()
        for _ in range(frames):
            self.answered(now)

    def answered(self, now: float) -> None:
        """The first is the log-in's; then the oldest that waits."""
        if not self.begun.is_set():
            self.begun.set()
        elif self.sent:
            self.delays.append(now - self.sent.pop(0))

    def report(self, at: int, *, broken: bool = False) -> None:
        """A position, or one whose check byte is wrong (answered as well, with another result)."""
        self.sequence += 1
        frame = wire.pack(bodies.LOCATION, phone_of(self.number), self.sequence, write(fix(at)))
        if broken:
            frame = frame[:-2] + b"\x01\x7e" if frame[-2] != 1 else frame[:-2] + b"\x02\x7e"
        self.sent.append(time.perf_counter())
        self.transport.write(frame)


class Windowed(Client):
    """Has one frame under way, until its share is sent."""

    def __init__(self, number: int, share: int, start: int) -> None:
        super().__init__(number)
        phone = phone_of(number)
        self.frames = [wire.pack(bodies.LOCATION, phone, n + 1, write(fix(start + n))) for n in range(share)]
        self.done = asyncio.Event()
        self.going = False

    def answered(self, now: float) -> None:
        """Send the next."""
        if not self.begun.is_set():
            self.begun.set()
        elif self.going:
            self.go()

    def go(self) -> None:
        """The next frame, or the end."""
        self.going = True
        if self.frames:
            self.transport.write(self.frames.pop())
        else:
            self.done.set()


def _same(client: Client) -> Client:
    """A factory of protocols."""
    return client


async def window(port: int, connections: int, frames: int) -> dict[str, float]:
    """Frames and seconds."""
    loop, start = asyncio.get_running_loop(), int(time.time()) - 20_000
    clients = [Windowed(number, frames // connections, start) for number in range(connections)]
    for client in clients:
        await loop.create_connection(partial(_same, client), "127.0.0.1", port)
    await asyncio.gather(*(client.begun.wait() for client in clients))
    print("ready", flush=True)
    sys.stdin.readline()
    began = time.perf_counter()
    for client in clients:
        client.go()
    await asyncio.gather(*(client.done.wait() for client in clients))
    return {"frames": frames // connections * connections, "seconds": time.perf_counter() - began}


async def fleet(port: int, connections: int, rate: float, seconds: float) -> dict[str, Any]:
    """Delays in ms, and how many good positions were answered; by the n-th terminal: `at` of its first and its number."""
    loop, rng = asyncio.get_running_loop(), random.Random(7)
    start = int(time.time()) - 20_000
    reports = [0] * connections
    clients: list[Client] = []
    delays: list[float] = []

    async def connect() -> None:
        for old in clients:
            delays.extend(old.delays)
            old.transport.close()
        clients[:] = [Client(number) for number in range(connections)]
        for first in range(0, connections, 250):
            some = clients[first : first + 250]
            await asyncio.gather(*(loop.create_connection(partial(_same, one), "127.0.0.1", port) for one in some))
        await asyncio.gather(*(one.begun.wait() for one in clients))

    async def drive(until: float) -> None:
        order, turn, began, sent = rng.sample(range(connections), connections), 0, time.perf_counter(), 0
        while (now := time.perf_counter()) < until:
            for _ in range(int((now - began) * rate) - sent):
                sent += 1
                number = order[turn % connections]
                turn += 1
                bad = rng.random() < BAD
                clients[number].report(start + reports[number], broken=bad)
                reports[number] += not bad
            await asyncio.sleep(0.002)
        while any(one.sent for one in clients):
            await asyncio.sleep(0.01)

    await connect()
    await drive(time.perf_counter() + seconds / 2)
    began = time.perf_counter()
    await connect()
    back = time.perf_counter() - began
    await drive(time.perf_counter() + seconds / 2)
    for one in clients:
        delays.extend(one.delays)
    delays.sort()
    found = {f"p{share}": 1000 * delays[int(len(delays) * share / 100) - 1] for share in (50, 95, 99)}
    return {**found, "good": sum(reports), "reports": reports, "start": start, "reconnected_s": back}


async def main(arguments: Sequence[str]) -> None:
    """By name."""
    name, *rest = arguments
    if name == "echo":
        await echo()
    elif name == "window":
        print(json.dumps(await window(int(rest[0]), int(rest[1]), int(rest[2]))))
    else:
        print(json.dumps(await fleet(int(rest[0]), int(rest[1]), float(rest[2]), float(rest[3]))))


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1:]))
