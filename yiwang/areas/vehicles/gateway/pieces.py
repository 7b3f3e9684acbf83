"""Messages that come in several frames. Pure, and bounded in number, bytes and time."""

from __future__ import annotations

from dataclasses import dataclass, field

from yiwang.areas.vehicles.gateway.wire import Header

#: Of one terminal at a time: messages, pieces of each, seconds until a message is given up.
MESSAGES, PIECES, SECONDS = 4, 200, 120.0


@dataclass(slots=True)
class Whole:
    """A message that is complete: its body, and the sequence of each piece, all of which want an answer."""

    message: int
    body: bytes
    sequences: list[int]


@dataclass(slots=True)
class _Waiting:
    total: int
    since: float
    first: int
    parts: dict[int, bytes] = field(default_factory=dict)
    sequences: dict[int, int] = field(default_factory=dict)


class Pieces:
    """The unfinished messages of one terminal."""

    __slots__ = ("waiting",)

    def __init__(self) -> None:
        self.waiting: dict[tuple[int, int], _Waiting] = {}

    def add(self, header: Header, body: bytes, now: float) -> Whole | None:
        """Take a piece; the whole message when it was the last. None as well for a piece that cannot be one."""
        if not 1 <= header.index <= header.total <= PIECES:
            return None
        first = (header.sequence - header.index + 1) & 0xFFFF
        key = (header.message, first)
        one = self.waiting.get(key)
        if one is None or one.total != header.total:
            self._make_room(now)
            one = self.waiting[key] = _Waiting(header.total, now, first)
        one.parts[header.index] = body
        one.sequences[header.index] = header.sequence
        if len(one.parts) < one.total:
            return None
        del self.waiting[key]
        order = range(1, one.total + 1)
        return Whole(header.message, b"".join(one.parts[n] for n in order), [one.sequences[n] for n in order])

    def _make_room(self, now: float) -> None:
        for key in [key for key, one in self.waiting.items() if now - one.since > SECONDS]:
            del self.waiting[key]
        while len(self.waiting) >= MESSAGES:
            del self.waiting[next(iter(self.waiting))]

    def missing(self, now: float, after: float = 10.0) -> list[tuple[int, list[int]]]:
        """Messages that have waited so long: sequence of the first piece, and which pieces lack (from 1)."""
        return [
            (one.first, [n for n in range(1, one.total + 1) if n not in one.parts])
            for one in self.waiting.values()
            if now - one.since > after
        ]
