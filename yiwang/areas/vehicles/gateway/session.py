"""One connection of a terminal: frames in, answers out. Runs in the loop; blocks nowhere."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from struct import Struct
from time import time
from typing import TYPE_CHECKING, cast

from yiwang.areas.vehicles.gateway import bodies, location
from yiwang.areas.vehicles.gateway.book import Answer, Known
from yiwang.areas.vehicles.gateway.judge import Trail, judge
from yiwang.areas.vehicles.gateway.location import Fix, read
from yiwang.areas.vehicles.gateway.pieces import Pieces, Whole
from yiwang.areas.vehicles.gateway.wire import (
    ENCRYPTED,
    FLAG,
    LENGTH,
    SPLIT,
    Header,
    Splitter,
    checksum,
    escape,
    head,
    pack,
    unescape,
)
from yiwang.kit.refusal import Refusal

if TYPE_CHECKING:
    from yiwang.areas.vehicles.gateway.server import Gateway

#: A bad frame weighs 1, a good one takes a quarter off: one bad frame in five is borne for ever, noise is not.
BAD_LIMIT, GOOD_WEIGHT = 20.0, 0.25
#: Bytes that may wait to be sent to a terminal before nothing more is read from it.
UNSENT = 64 * 1024

_REPLY_2013 = Struct(">HH6sHHHB")
_REPLY_2019 = Struct(">HHB10sHHHB")
_PROPERTIES_2019 = 0x4005
_TWO = Struct(">HH").unpack_from


class Session(asyncio.Protocol):
    """A terminal's connection. `known` is set when it has proved who it is."""

    __slots__ = (
        "address", "badness", "bcd", "gateway", "holding", "known", "last", "out", "pieces", "since", "splitter", "transport",
        "unsent", "version",
    )  # fmt: skip

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.known: Known | None = None
        self.bcd = b""
        self.version = 0
        self.out = 0  # our own sequence
        self.badness = 0.0
        self.splitter = Splitter()
        self.pieces: Pieces | None = None
        self.since = self.last = gateway.now
        self.holding = self.unsent = False

    # ── of the connection ─────────────────────────────────────────────────────────────────────────────────────────

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Note who it is; too many are turned away."""
        self.transport = cast(asyncio.Transport, transport)
        peer = transport.get_extra_info("peername")
        self.address = str(peer[0]) if peer else "?"
        self.transport.set_write_buffer_limits(UNSENT)
        self.gateway.arrived(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        self.gateway.left(self)

    def pause_writing(self) -> None:
        """It does not take our answers: read no more from it."""
        self.unsent = True
        self.transport.pause_reading()

    def resume_writing(self) -> None:
        """It takes them again."""
        self.unsent = False
        if not self.holding:
            self.transport.resume_reading()

    def hold(self) -> bool:
        """The store is full: read no more; whether that is new."""
        if self.holding or self.transport.is_closing():
            return False
        self.holding = True
        self.transport.pause_reading()
        return True

    def go_on(self) -> None:
        """The store has room again."""
        self.holding = False
        if not self.unsent and not self.transport.is_closing():
            self.transport.resume_reading()

    # ── frames ────────────────────────────────────────────────────────────────────────────────────────────────────

    def data_received(self, data: bytes) -> None:
        """Cut into frames; the positions of a terminal that is known go the short way."""
        gateway, splitter = self.gateway, self.splitter
        self.last = gateway.now = time()
        lost = splitter.lost
        good = 0
        for chunk in splitter.feed(data):
            if not chunk:
                continue
            raw = unescape(chunk)
            if len(raw) < 13 or checksum(raw):
                self.bad(raw)
                continue
            good += 1
            message, properties = _TWO(raw)
            if message == 0x0200 and self.known is not None and not properties & (ENCRYPTED | SPLIT):
                start = 17 if self.version else 12
                length = len(raw) - 1
                bcd = self.bcd
                if properties & LENGTH == length - start and raw[start - 2 - len(bcd) : start - 2] == bcd:
                    fix = read(raw, start, length)
                    if fix is not None:
                        self.place(self.known, fix, self.known.trail)
                        gateway.store.answer(self, (raw[start - 2] << 8) | raw[start - 1], 0x0200)
                        continue
            self.frame(raw)
        gateway.counts["frames"] += good
        if self.badness:
            self.badness = max(0.0, self.badness - GOOD_WEIGHT * good)
        if splitter.lost != lost:
            self.bad(b"")

    def place(self, known: Known, fix: Fix, trail: Trail) -> None:
        """A position: good, or kept apart with its reason."""
        gateway = self.gateway
        reason = judge(fix, gateway.now, trail, oldest=gateway.oldest)
        if reason:
            gateway.counts["doubtful"] += 1
            gateway.store.doubt(known.terminal, known.vehicle, fix, reason, gateway.now)
            return
        gateway.store.batch.rows.append((known.terminal, known.vehicle, fix))
        newest = known.newest
        if newest is None:
            known.newest = fix
            gateway.moved.append(known)
        elif fix[0] > newest[0]:  # type: ignore[operator]  # both are good, so both have a time
            known.newest = fix

    def bad(self, raw: bytes) -> None:
        """A frame that is not one: counted, answered "wrong" where one can see whom, and in the end shown the door."""
        self.gateway.counts["bad"] += 1
        self.badness += 1
        if self.badness > BAD_LIMIT:
            self.gateway.counts["closed"] += 1
            self.transport.close()
        elif self.known is not None:
            start = 17 if self.version else 12
            if len(raw) > start and raw[start - 2 - len(self.bcd) : start - 2] == self.bcd:
                self.reply((raw[start - 2] << 8) | raw[start - 1], (raw[0] << 8) | raw[1], bodies.WRONG)

    def frame(self, raw: bytes) -> None:
        """Any frame whose check byte is right."""
        try:
            header = head(raw)
        except Refusal:
            self.bad(raw)
            return
        body = raw[header.size : -1]
        if self.known is not None and header.bcd != self.bcd:
            self.gateway.impostor(self, header.phone, "连接中途换了终端号")
            self.answer(header, bodies.FAILED)
            return
        if self.known is None:
            self.bcd, self.version = header.bcd, header.version
        if header.encrypted:
            self.answer(header, bodies.UNSUPPORTED)
        elif header.total:
            self.piece(header, body)
        else:
            self.message(header, body, [header.sequence])

    def piece(self, header: Header, body: bytes) -> None:
        """One of several frames: answered when the whole is there and safe."""
        if self.known is None:
            self.stranger(header)
            return
        if self.pieces is None:
            self.pieces = Pieces()
        whole: Whole | None = self.pieces.add(header, body, self.gateway.now)
        if whole is not None:
            self.message(header, whole.body, whole.sequences)

    def resend(self) -> None:
        """Ask for pieces that have not come."""
        for first, missing in self.pieces.missing(self.gateway.now) if self.pieces else ():
            self.send(bodies.RESEND, bodies.write_resend(first, missing[:120], self.version))

    def message(self, header: Header, body: bytes, sequences: list[int]) -> None:
        """A whole message: by its kind; what is not known is kept and answered as not supported."""
        try:
            if self.known is None:
                opening = OPENINGS.get(header.message)
                if opening is None:
                    self.stranger(header)
                else:
                    opening(self, header, body)
                return
            handler = HANDLERS.get(header.message)
            if handler is not None:
                handler(self, self.known, header, body, sequences)
                return
        except Refusal:
            self.answer(header, bodies.WRONG)
            return
        self.gateway.counts["unknown"] += 1
        self.gateway.store.keep(self.known.terminal, header.message, body, self.gateway.now)
        for sequence in sequences:
            self.gateway.store.answer(self, sequence, header.message, bodies.UNSUPPORTED)

    def stranger(self, header: Header) -> None:
        """Somebody who has not said who he is: refused, and after a while shown the door."""
        self.gateway.counts["stranger"] += 1
        self.badness += 1
        self.answer(header, bodies.FAILED)
        if self.badness > BAD_LIMIT:
            self.transport.close()

    # ── answers ───────────────────────────────────────────────────────────────────────────────────────────────────

    def reply(self, sequence: int, message: int, result: int) -> None:
        """0x8001, built in one go."""
        self.out = out = (self.out + 1) & 0xFFFF
        if self.version:
            raw = _REPLY_2019.pack(0x8001, _PROPERTIES_2019, self.version, self.bcd, out, sequence, message, result)
        else:
            raw = _REPLY_2013.pack(0x8001, 5, self.bcd, out, sequence, message, result)
        if not self.transport.is_closing():
            self.transport.write(FLAG + escape(raw + bytes((checksum(raw),))) + FLAG)

    def answer(self, header: Header, result: int) -> None:
        """The general reply to this message."""
        self.reply(header.sequence, header.message, result)

    def send(self, message: int, body: bytes) -> int:
        """Any other message; the sequence it got."""
        self.out = (self.out + 1) & 0xFFFF
        phone = self.bcd.hex()
        if not self.transport.is_closing():
            self.transport.write(pack(message, phone, self.out, body, version=self.version))
        return self.out

    # ── who it is ─────────────────────────────────────────────────────────────────────────────────────────────────

    def on_register(self, header: Header, body: bytes) -> None:
        """0x0100: asked of the database, answered when it has decided and kept it."""
        asked = bodies.registration(body, header.version)

        def done(result: Answer) -> None:
            self.gateway.counts["registered" if result.result == bodies.DONE else "refused"] += 1
            self.send(bodies.REGISTER_REPLY, bodies.write_register_reply(header.sequence, result.result, result.code))

        self.gateway.register(self, header, asked, done)

    def on_authenticate(self, header: Header, body: bytes) -> None:
        """0x0102: by the code it was given."""
        given = bodies.credential(body, header.version)
        known = self.gateway.book.get(header.phone)
        if known is not None and known.accepts(given.code):
            self.gateway.admit(self, known)
            self.answer(header, bodies.OK)
            return

        def done(fresh: Known | None) -> None:
            if fresh is not None and fresh.accepts(given.code):
                self.gateway.admit(self, fresh)
                self.answer(header, bodies.OK)
                return
            if fresh is not None:
                self.gateway.impostor(self, header.phone, "鉴权码不对")
            else:
                self.gateway.counts["refused"] += 1
            self.stranger(header)

        self.gateway.look_up(header.phone, done)

    # ── what it says ──────────────────────────────────────────────────────────────────────────────────────────────

    def on_again(self, known: Known, header: Header, body: bytes, sequences: list[int]) -> None:
        """It registers or authenticates once more."""
        OPENINGS[header.message](self, header, body)

    def on_heartbeat(self, known: Known, header: Header, body: bytes, sequences: list[int]) -> None:
        """0x0002."""
        self.answer(header, bodies.OK)

    def on_logout(self, known: Known, header: Header, body: bytes, sequences: list[int]) -> None:
        """0x0003: its code is no longer good; the device stays bound to the number."""
        self.gateway.log_out(known, lambda: self.answer(header, bodies.OK))

    def on_location(self, known: Known, header: Header, body: bytes, sequences: list[int]) -> None:
        """0x0200, the long way; 0x0201 with the sequence of the question before it."""
        start = 2 if header.message == bodies.LOCATION_ANSWER else 0
        fix = location.read(body, start)
        if fix is None:
            self.answer(header, bodies.WRONG)
            return
        self.place(known, fix, known.trail)
        for sequence in sequences:
            self.gateway.store.answer(self, sequence, header.message)
        if start:
            self.gateway.answered(known, int.from_bytes(body[:2], "big"), "OK", "")

    def on_batch(self, known: Known, header: Header, body: bytes, sequences: list[int]) -> None:
        """0x0704: a back-fill is a trail of its own; the car has long been elsewhere."""
        found = location.batch(body)
        if found is None:
            self.answer(header, bodies.WRONG)
            return
        backfill, fixes = found
        trail = Trail() if backfill else known.trail
        for fix in fixes:
            self.place(known, fix, trail)
        if backfill:
            self.gateway.counts["backfilled"] += len(fixes)
        for sequence in sequences:
            self.gateway.store.answer(self, sequence, header.message)

    def on_reply(self, known: Known, header: Header, body: bytes, sequences: list[int]) -> None:
        """0x0001: to something that we sent."""
        one = bodies.reply(body)
        self.gateway.answered(known, one.sequence, "OK" if one.result == 0 else "NO", f"结果 {one.result}")

    def on_parameters(self, known: Known, header: Header, body: bytes, sequences: list[int]) -> None:
        """0x0104."""
        asked, found = bodies.parameters(body)
        words = "、".join(f"0x{key:04x}={value.hex()}" for key, value in found)
        self.gateway.answered(known, asked, "OK", words)
        self.answer(header, bodies.OK)

    def on_time(self, known: Known, header: Header, body: bytes, sequences: list[int]) -> None:
        """0x0004 (2019): what time it is, in UTC."""
        self.send(bodies.TIME, self.gateway.clock_bcd())


OPENINGS: dict[int, Callable[[Session, Header, bytes], None]] = {
    bodies.REGISTER: Session.on_register,
    bodies.AUTHENTICATE: Session.on_authenticate,
}
HANDLERS: dict[int, Callable[[Session, Known, Header, bytes, list[int]], None]] = {
    bodies.REGISTER: Session.on_again,
    bodies.AUTHENTICATE: Session.on_again,
    bodies.HEARTBEAT: Session.on_heartbeat,
    bodies.LOGOUT: Session.on_logout,
    bodies.LOCATION: Session.on_location,
    bodies.LOCATION_ANSWER: Session.on_location,
    bodies.BATCH: Session.on_batch,
    bodies.TERMINAL_REPLY: Session.on_reply,
    bodies.PARAMETERS: Session.on_parameters,
    bodies.ASK_TIME: Session.on_time,
}
