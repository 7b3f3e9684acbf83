"""Clients that act at the same moment, for the tests of what is scarce."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Barrier, Thread
from typing import Any


def together(
    jobs: Sequence[Callable[[], Any]], *, patience: float = 180, also: tuple[type[Exception], ...] = ()
) -> list[Any]:
    """Run each in a thread with a database connection of its own, all at once; what each gave, in the order of `jobs`.

    A `Refusal` is an answer, and so is an exception of `also`. AssertionError where a client died of another, or did
    not end in `patience` seconds.
    """
    from django.db import connection

    from yiwang.kit.refusal import Refusal

    barrier, answers = Barrier(len(jobs)), dict[int, Any]()
    answering: tuple[type[Exception], ...] = (Refusal, *also)

    def run(number: int, job: Callable[[], Any]) -> None:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=60)
            answers[number] = job()
        except answering as said:
            answers[number] = said
        finally:
            connection.close()

    threads = [Thread(target=run, args=one) for one in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(patience)
    assert len(answers) == len(jobs), "a client died"
    return [answers[number] for number in range(len(jobs))]
