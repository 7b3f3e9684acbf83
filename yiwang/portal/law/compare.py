"""Two dates compared: which clauses ended and began, and for what both regulate, which figures changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from yiwang.core.standards.book import Lawbook
from yiwang.core.standards.effective import UNKNOWN, Candidate, Key, Stream
from yiwang.core.standards.ladders import JOIN
from yiwang.core.standards.regions import canonical_region, chain
from yiwang.portal.law.lookup import label_of


@dataclass(frozen=True)
class Change:
    """One cell whose figure differs. None: there was none, or there is none any more."""

    topic: str
    label: str
    cell: str
    before: Decimal | None
    after: Decimal | None
    unit: str
    old: Candidate | None
    new: Candidate | None


#: So many cells of a topic are shown; the clause's page has them all.
SHOWN = 12


@dataclass(frozen=True)
class Group:
    """The changes of one topic."""

    label: str
    changes: list[Change]

    @property
    def shown(self) -> list[Change]:
        """Those on the page."""
        return self.changes[:SHOWN]

    @property
    def hidden(self) -> int:
        """How many are not on the page."""
        return max(len(self.changes) - SHOWN, 0)


def groups(found: Iterable[Change]) -> list[Group]:
    """Changes by topic, in the order in which they come."""
    result: dict[str, Group] = {}
    for change in found:
        result.setdefault(change.topic, Group(change.label, [])).changes.append(change)
    return list(result.values())


def _cells(stream: Stream, region: str) -> Iterable[Key]:
    """The single cells that have a row somewhere above this place; groups and unknowns are other names of them."""
    places = set(chain(canonical_region(region)))
    keys = dict.fromkeys(key for place, key in stream.cells if place in places)
    return [key for key in keys if not any(part == UNKNOWN or JOIN in part for part in key)]


def _best(stream: Stream, key: Key, region: str, on: date) -> Candidate | None:
    return next(iter(stream.candidates(key, canonical_region(region), on)), None)


def _figure(candidate: Candidate | None) -> object:
    """What distinguishes one rule's answer from another's: the figure, or the formula."""
    if candidate is None:
        return None
    return candidate.value if candidate.rule.limit is None else candidate.rule.limit.text


def changes(book: Lawbook, before: date, after: date, *, region: str) -> list[Change]:
    """Every cell whose deciding figure differs between the two days, by topic."""
    result = []
    for streams in book.streams.values():
        for stream in streams:
            for key in _cells(stream, region):
                old, new = _best(stream, key, region, before), _best(stream, key, region, after)
                if _figure(old) != _figure(new):
                    result.append(_change(stream, key, old, new))
    return result


def _change(stream: Stream, key: Key, old: Candidate | None, new: Candidate | None) -> Change:
    some = new or old
    return Change(
        topic=stream.topic,
        label=label_of(stream),
        cell=" · ".join(key),
        before=old.value if old else None,
        after=new.value if new else None,
        unit=some.rule.unit if some else "",
        old=old,
        new=new,
    )
