"""The dispatch board with 500 trips × 200 cars, and the live map of 2,000 cars: the time of an answer, server side.

`python -m bench.board [ANSWERS]` prints JSON: milliseconds (median, p95) and queries of each address, of a portal of its
own on SQLite. The whole stack of middleware is in it, the network is not.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from typing import Any

ANSWERS = 40


def figures(answers: int = ANSWERS, database: str = "") -> dict[str, dict[str, Any]]:
    """By what was asked: median, p95, queries, bytes; and the seconds of an instant plan."""
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "YIWANG_HOME": home, "DJANGO_SETTINGS_MODULE": "yiwang.portal.settings"}
        environment["YIWANG_DATABASE"] = database or f"sqlite:///{home}/board.sqlite3"
        environment["YIWANG_SECOND_FACTOR"] = "0"
        command = [sys.executable, "-m", "bench.board_steps", str(answers)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    found: dict[str, dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return found


if __name__ == "__main__":
    print(json.dumps(figures(int(sys.argv[1]) if len(sys.argv) > 1 else ANSWERS), indent=1))
