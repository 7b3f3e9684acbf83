"""32 clients on a database file, in a process of its own: `python -m yiwang.core.papers.tests.race` prints the numbers given out."""

from __future__ import annotations

import json
from threading import Barrier, Thread

import django

CLIENTS, EACH = 32, 3


def main() -> None:
    """Migrate, let every client issue some papers at once, print their numbers."""
    from django.core.management import call_command
    from django.db import connection

    from yiwang.core.papers import actions, kinds
    from yiwang.core.papers.models import Paper
    from yiwang.core.papers.tests.conftest import NOW, ON
    from yiwang.core.verdicts.tests.helpers import World

    call_command("migrate", verbosity=0)
    we = World()
    access = we.access()
    kind = kinds.PaperKind(
        "tests.order", "维修工单", "维修", lambda pk: {}, {}, lambda pk: we.ours, lambda access, pk: True
    )
    kinds.register(kind)
    barrier = Barrier(CLIENTS)

    def client() -> None:
        barrier.wait(30)
        for _ in range(EACH):
            actions.issue(kind="tests.order", pk=1, access=access, on=ON, now=NOW)
        connection.close()

    threads = [Thread(target=client) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    print(json.dumps(sorted(Paper.objects.values_list("number", flat=True))))


if __name__ == "__main__":
    django.setup()
    main()
