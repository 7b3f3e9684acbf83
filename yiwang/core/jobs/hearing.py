"""Who wants to hear that a job is over. What stands above this package registers here; it is called in the transaction."""

from __future__ import annotations

from collections.abc import Callable

from yiwang.core.jobs.models import Job

Listener = Callable[[Job], None]
_LISTENERS: list[Listener] = []


def listen(listener: Listener) -> Listener:
    """Call it when a job is done, refused or parked; once, however often it is registered."""
    if listener not in _LISTENERS:
        _LISTENERS.append(listener)
    return listener


def tell(job: Job) -> None:
    """A job is over."""
    for listener in _LISTENERS:
        listener(job)
