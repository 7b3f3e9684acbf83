"""A home and a database of their own, and the command run in them."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

from tests import warm


class Place:
    """`database`: an address; by default a SQLite file in the home."""

    def __init__(self, home: Path, database: str = "") -> None:
        self.home = home
        self.file = home / "yiwang.sqlite3"
        self.environment = {
            **os.environ,
            "YIWANG_HOME": str(home),
            "YIWANG_DATABASE": database or f"sqlite:///{self.file}",
            "DJANGO_SETTINGS_MODULE": "yiwang.portal.settings",
        }

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Python with these arguments, running."""
        return subprocess.Popen(
            [sys.executable, *arguments],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.PIPE,
            text=True,
        )

    def python(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Python with these arguments, done."""
        return warm.run(list(arguments), self.environment)

    def yiwang(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The command with these arguments, done."""
        return self.python("-c", "from yiwang.cli import main; main()", *arguments)

    def ledger(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """`yiwang ledger …`."""
        return self.yiwang("ledger", *arguments)

    def tamper(self, script: str) -> None:
        """Whoever holds the file can do this: no authorizer, and triggers are dropped and put back."""
        with sqlite3.connect(self.file) as raw:
            triggers = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
            for name, _ in triggers:
                raw.execute(f"DROP TRIGGER {name}")
            raw.executescript(script)
            for _, sql in triggers:
                raw.execute(sql)
        raw.close()
