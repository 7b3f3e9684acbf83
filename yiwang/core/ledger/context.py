"""Where an act came from: unit, address and request, written into every entry that is posted while it is answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

#: Asked only when an entry is posted, since the unit costs a query.
_source: ContextVar[Callable[[], dict[str, Any]] | None] = ContextVar("ledger_source", default=None)


@contextmanager
def coming_from(source: Callable[[], dict[str, Any]]) -> Iterator[None]:
    """Entries posted inside carry what `source` says: `unit` (id of the organ or ""), `address`, `request`."""
    token = _source.set(source)
    try:
        yield
    finally:
        _source.reset(token)


def via() -> dict[str, Any] | None:
    """What to write now; None where nobody asked by a request (a job, a command)."""
    source = _source.get()
    return source() if source else None
