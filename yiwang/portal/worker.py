"""What a worker of the website agrees upon with the supervisor (`yiwang.cli.supervise`), by two variables."""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading() -> Iterator[None]:
    """While a supervised worker loads, SIGTERM ends it: granian's own handler is heard only after, and the port would be held.

    Nor does it outlive its master.
    """
    if not os.environ.get("YW_SUPERVISED"):
        yield
        return
    heard = signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    try:
        with turn():
            yield
        wait()
    finally:
        signal.signal(signal.SIGTERM, heard)


@contextmanager
def turn() -> Iterator[None]:
    """One worker after the other, while the supervisor prepares on the other core: the first answers a second sooner."""
    folder = os.path.dirname(os.environ.get("YW_GATE", ""))
    if not os.path.isdir(folder):
        yield
        return
    with open(os.path.join(folder, "turn"), "ab") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def wait() -> None:
    """Until the supervisor has prepared the database: the file that YW_GATE names is there, or nobody prepares any more."""
    gate = os.environ.get("YW_GATE")
    while gate and os.path.isdir(os.path.dirname(gate)) and not os.path.exists(gate):
        time.sleep(0.02)
