"""From broken links to what was done: an entry altered, two exchanged, or only a seal altered.

A link is checked against the stored hash before it. So a seal that was altered or moved breaks the next link too,
whose entry is innocent: it holds again with a hash that belongs there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from yiwang.core.ledger.chain import Fields
from yiwang.core.ledger.report import Report

Link = Callable[[str, int, Fields], str]
#: Pairs are tried one by one, so only among so many.
MOST = 60


@dataclass(frozen=True)
class Broken:
    """A link that does not hold: its seq, the stored hash before it, its own stored hash, the entry's fields."""

    seq: int
    previous: str
    stored: str
    fields: Fields

    @property
    def entry(self) -> int:
        return self.fields[0]


def diagnose(broken: list[Broken], link: Link, report: Report) -> None:
    """Add a fault for every broken link that cannot be put down to its neighbour."""
    trials = _Trials(broken[:MOST], link)
    for one in broken:
        if trials.innocent(one):
            continue
        if (other := trials.exchanged(one)) is not None:
            report.add(
                "ledger.swapped",
                f"第 {one.seq} 条(条目 {one.entry})与第 {other.seq} 条(条目 {other.entry})被对调",
                seq=one.seq,
                entry=one.entry,
            )
        elif trials.only_seal(one):
            message = f"第 {one.seq} 条的链值被改(条目 {one.entry} 本身未变)"
            report.add("ledger.seal-altered", message, seq=one.seq, entry=one.entry)
        else:
            message = f"第 {one.seq} 条(条目 {one.entry})的内容与封存时不符"
            report.add("ledger.altered", message, seq=one.seq, entry=one.entry)


class _Trials:
    """Hashes that may belong at a place, computed once for all broken links."""

    def __init__(self, broken: list[Broken], link: Link) -> None:
        self.link = link
        self.by_seq = {one.seq: one for one in broken}
        self.computed = {one.seq: self._holds(one.previous, one, one.fields) for one in broken}

    def _holds(self, previous: str, one: Broken, fields: Fields) -> str:
        try:
            return self.link(previous, one.seq, fields)
        except (TypeError, ValueError):  # a hash that is no hash, a field that is no text
            return ""

    def innocent(self, one: Broken) -> bool:
        """Holds with a hash that belongs before it: computed there, or stored at another broken place."""
        before = self.by_seq.get(one.seq - 1)
        if before is None or one.seq not in self.by_seq:
            return False
        candidates = {self.computed[before.seq]} | {other.stored for other in self.by_seq.values()}
        return any(self._holds(previous, one, one.fields) == one.stored for previous in candidates)

    def only_seal(self, one: Broken) -> bool:
        """The next link holds with the hash computed here: so the entry is as it was, and the seal is not."""
        after = self.by_seq.get(one.seq + 1)
        return (
            after is not None
            and one.seq in self.computed
            and self._holds(self.computed[one.seq], after, after.fields) == after.stored
        )

    def exchanged(self, one: Broken) -> Broken | None:
        """The other of two whose bodies, contents or places were exchanged."""
        for other in self.by_seq.values():
            if other.seq != one.seq and any(self._restores(one, other, mixed) for mixed in _mixtures(one, other)):
                return other
        return None

    def _restores(self, one: Broken, other: Broken, fields: Fields) -> bool:
        found = self._holds(one.previous, one, fields)
        return bool(found) and found in (one.stored, other.stored)


def _mixtures(one: Broken, other: Broken) -> Iterable[Fields]:
    """What `one` may have been: with the other's body; with all of the other's content; the other itself."""
    yield (*one.fields[:6], other.fields[6])
    yield (one.fields[0], *other.fields[1:])
    yield other.fields
