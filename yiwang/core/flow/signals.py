"""News of cases, told after the commit to whoever subscribed: messages, pages. The engine knows none of them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Literal

from django.db import transaction

_log = logging.getLogger(__name__)

Kind = Literal["task", "sent_back", "urged", "overdue", "ended", "copied", "commented", "transferred", "unassigned"]


@dataclass(frozen=True, kw_only=True)
class News:
    """What happened, and to whom it is to be said. `by`: the user who did it, None: the platform."""

    kind: Kind
    case_id: int
    users: tuple[int, ...]
    task_id: int | None = None
    by: int | None = None
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Moment:
    """A node that was entered or left, for `on_event` of a process, inside the transaction."""

    kind: Literal["entered", "left"]
    node: str
    step_id: int
    verdict: str = ""


_subscribers: list[Callable[[News], None]] = []


def subscribe(callback: Callable[[News], None]) -> None:
    """Have `callback(news)` called after the commit; each callback once."""
    if callback not in _subscribers:
        _subscribers.append(callback)


def unsubscribe(callback: Callable[[News], None]) -> None:
    """The contrary; for tests."""
    if callback in _subscribers:
        _subscribers.remove(callback)


def announce(news: Iterable[News]) -> None:
    """Tell the subscribers after the commit. One that fails is logged; the case stands."""
    for one in news:
        transaction.on_commit(partial(_tell, one))


def _tell(news: News) -> None:
    for callback in tuple(_subscribers):
        try:
            callback(news)
        except Exception:
            _log.exception("a subscriber of flow failed on %s of case %s", news.kind, news.case_id)
