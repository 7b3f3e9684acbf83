"""Who wants to hear that rows of a register were written: what they cost, what they hold. Called in the transaction of the writing.

An area registers for its own registers when Django starts. A refusal of a listener undoes the whole writing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from yiwang.kit.constraints import Values


@dataclass(frozen=True)
class Written:
    """A row before (None: new) and after (None: taken out); values by attname, whole."""

    pk: Any
    before: Values | None
    after: Values | None


Listener = Callable[[Collection[Written]], None]
_listeners: dict[str, list[Listener]] = {}


def listen(register: str, listener: Listener) -> None:
    """Call it with every set of rows of the register that is written; once, however often registered."""
    heard = _listeners.setdefault(register, [])
    if listener not in heard:
        heard.append(listener)


def tell(register: str, rows: Collection[Written]) -> None:
    """These were written."""
    for listener in _listeners.get(register, ()) if rows else ():
        listener(rows)
