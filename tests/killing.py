"""Kill −9 in the middle of work, wherever that is: at a statement, not at a time, since machines differ in speed.

The worker is a fork of the program that judges it. After so many statements it says so, and goes on; a moment later it is
killed, in a statement, between two, or in a commit.
"""

from __future__ import annotations

import os
import random
import signal
import time
import traceback
from collections.abc import Callable
from typing import Any

#: Seconds between the statement and the kill, at most: about what a few statements or a commit take.
MOMENT = 0.01
REACHED = b"!"
Say = Callable[[object], None]


class Countdown:
    """Says that so many statements were made; for `connection.execute_wrapper`."""

    def __init__(self, pipe: int, statements: int) -> None:
        self.pipe, self.left = pipe, statements

    def __call__(self, execute: Callable[..., Any], *given: Any) -> Any:
        """One statement."""
        result = execute(*given)
        self.left -= 1
        if self.left == 0:
            os.write(self.pipe, REACHED)
        return result


def strike(chance: random.Random, statements: int, work: Callable[[Say], None]) -> list[str]:
    """Let a worker make 1 … `statements` statements and kill it; what it said.

    A worker that ends before is not killed: `work` must have enough to do.
    """
    from django.db import connection

    connection.close()  # a socket or a lock must not be shared with the child
    read, write = os.pipe()
    after = chance.randint(1, statements)
    child = os.fork()
    if child == 0:
        _work(write, after, work)
    os.close(write)
    said = b""
    while REACHED not in said and (more := os.read(read, 4096)):
        said += more
    time.sleep(chance.uniform(0, MOMENT))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(read, "rb") as pipe:
        said += pipe.read()
    return said.replace(REACHED, b"").decode().split()


def _work(pipe: int, after: int, work: Callable[[Say], None]) -> None:
    """The child; it never returns."""
    from django.db import connection

    told = os.fdopen(pipe, "w")
    try:
        with connection.execute_wrapper(Countdown(pipe, after)):
            work(lambda word: print(word, end=" ", file=told, flush=True))
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(1)
