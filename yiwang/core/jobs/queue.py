"""The queue of the tasks worker. An entry is a row of the same database: it is there exactly when the transaction is."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django_tasks import default_task_backend
from django_tasks.exceptions import TaskResultDoesNotExist


def enqueue(task: Any, *args: Any, after: datetime | None = None, priority: int = 0) -> str:
    """Enqueue a django_tasks task; the id of the entry, "" where the queue is none.

    A backend that runs at once (that of the tests) is given the task after the commit, and nothing that is for later.
    """
    if default_task_backend.supports_defer:
        return str(task.using(run_after=after, priority=priority).enqueue(*args).id)
    if after is None:
        transaction.on_commit(lambda: task.enqueue(*args))
    return ""


def waits(key: str) -> bool:
    """Whether an entry is still there and no worker has taken it."""
    if not key:
        return False
    try:
        return str(default_task_backend.get_result(key).status) == "READY"
    except (TaskResultDoesNotExist, NotImplementedError):
        return False
