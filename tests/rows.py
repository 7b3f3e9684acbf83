"""A plug-in: with YIWANG_CHECK_RESULTS=path a run notes what became of the tests that the checklist of 安全自查 names.

Several runs of one day (SQLite, PostgreSQL, browser) add up in one file: failed beats passed beats skipped.
"""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path
from typing import Any

RANK = {"skipped": 0, "passed": 1, "failed": 2}
_seen: dict[str, str] = {}


def worse(one: str, other: str) -> str:
    """The outcome that counts of two."""
    return max(one, other, key=lambda outcome: RANK.get(outcome, 0))


def pytest_runtest_logreport(report: Any) -> None:
    """Collect; the parts of a test (set-up, call, tear-down) and its parameters count as one."""
    if not os.environ.get("YIWANG_CHECK_RESULTS"):
        return
    name = report.nodeid.partition("[")[0]
    _seen[name] = worse(_seen.get(name, report.outcome), report.outcome)


def pytest_sessionfinish(session: Any) -> None:
    """Write; the workers of xdist leave it to the process that collects their reports."""
    target = os.environ.get("YIWANG_CHECK_RESULTS")
    if target and not hasattr(session.config, "workerinput"):
        write(Path(target), _seen, date.today())


def write(path: Path, seen: dict[str, str], day: date) -> None:
    """Add what was seen to the file, or begin it anew on another day."""
    from yiwang.portal.security import rows

    wanted = {name for names in rows.tests().values() for name in names}
    kept = {name: outcome for name, outcome in seen.items() if name in wanted or name.partition("::")[0] in wanted}
    before: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    old: dict[str, str] = before.get("tests", {}) if before.get("day") == day.isoformat() else {}
    merged = {name: worse(old.get(name, outcome), outcome) for name, outcome in kept.items()}
    data = {"day": day.isoformat(), "tests": dict(sorted((old | merged).items()))}
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
