"""The kinds of work: a function, registered under a name by a decorator.

    @work("services.month", label="服务月报")
    def month(run: Progress, *, organ: int, month: str) -> Outcome:
        for done, one in enumerate(rows, start=1):
            run.progress(done, len(rows), f"第 {done} 个单位")
        return Outcome("月报已生成", url="/services/…")

The module must be imported at start (AppConfig.ready). A job runs at least once: the function must find what an earlier,
killed attempt has left, and change nothing that is right already. A `Refusal` ends the job with its sentence; any other
exception is tried again later, and after `attempts` the job is parked.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from yiwang.core.jobs.models import Job, JobState

#: Seconds between two notes of progress: each is a write.
EVERY = 0.3


class Superseded(Exception):
    """Another worker has taken the job over: this one was thought dead. It ends without a word."""


@dataclass(frozen=True)
class Outcome:
    """What came of it: a sentence for the user, and where to look at the result."""

    message: str = ""
    url: str = ""


class Progress:
    """How the work says how far it is. `job` is the id, `attempt` counts from 1."""

    def __init__(self, job: int, attempt: int) -> None:
        self.job, self.attempt = job, attempt
        self._last = 0.0

    def progress(self, done: int, total: int, message: str = "") -> None:
        """Note it, at most every EVERY seconds; outside a transaction, to be seen at once. `Superseded` if taken over."""
        now = time.monotonic()
        if now - self._last < EVERY and done < total:
            return
        self._last = now
        mine = Job.objects.filter(pk=self.job, attempts=self.attempt, state=JobState.RUNNING)
        if not mine.update(done=done, total=total, message=message[:500]):
            raise Superseded(self.job)


Work = Callable[..., Outcome | None]
F = TypeVar("F", bound=Work)


@dataclass(frozen=True)
class Kind:
    """One kind. `attempts`: how often it is tried before it is parked."""

    key: str
    label: str
    function: Work
    attempts: int
    priority: int


_KINDS: dict[str, Kind] = {}


def work(key: str, *, label: str, attempts: int = 4, priority: int = 0) -> Callable[[F], F]:
    """Register a function as a kind of work; the function itself stays as it is. `priority`: -100 … 100, higher first."""

    def register(function: F) -> F:
        _KINDS[key] = Kind(key, label, function, attempts, priority)
        return function

    return register


def get(key: str) -> Kind:
    """The kind; KeyError if there is none."""
    return _KINDS[key]


def known(key: str) -> bool:
    """Whether the kind is registered in this process."""
    return key in _KINDS


def priority_of(key: str) -> int:
    """The priority, or the common one where the kind is no longer there: such a job fails like any other."""
    return _KINDS[key].priority if key in _KINDS else 0


def label_of(key: str) -> str:
    """The label, or the key where the kind is no longer there."""
    return _KINDS[key].label if key in _KINDS else key
