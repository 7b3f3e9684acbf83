"""Whether the worker of a job lives: it holds a lock that no killed process can keep. No clock, no guess.

On PostgreSQL an advisory lock of its connection, on SQLite a lock on a file beside the database.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

_CLASS = 0x6A6F62  # "job"


@contextmanager
def holding(pk: int) -> Iterator[bool]:
    """Take the lock of a job until the end of the block; False if another process has it."""
    if connection.vendor == "postgresql":
        with _advisory(pk) as held:
            yield held
    else:
        with _file(pk) as held:
            yield held


def held(pk: int) -> bool:
    """Whether somebody works on the job at this moment."""
    with holding(pk) as free:
        return not free


def forget(pk: int) -> None:
    """The job is over: its file may go."""
    _path(pk).unlink(missing_ok=True)


@contextmanager
def _advisory(pk: int) -> Iterator[bool]:
    key = [_CLASS, pk % 2**31]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", key)
        got = bool(cursor.fetchone()[0])
    try:
        yield got
    finally:
        if got and connection.connection is not None and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", key)


@contextmanager
def _file(pk: int) -> Iterator[bool]:
    path = _path(pk)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(handle)


def _path(pk: int) -> Path:
    return Path(settings.HOME) / "jobs" / f"{pk}.lock"
