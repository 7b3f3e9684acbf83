"""`make test`: the suite on SQLite, again on PostgreSQL where one answers, and in Chromium where it is there.

What is left out is said plainly at the end; with CI=true nothing may be left out. PostgreSQL's address is
YIWANG_TEST_PG (default postgres://postgres@127.0.0.1:5432/postgres), Chromium's YIWANG_CHROMIUM (default: on the PATH).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg

#: Read by the page 安全自查; ships with a release.
RESULTS = Path(__file__).resolve().parent.parent / "yiwang/portal/security/results.json"
#: What pytest ends with where no test is left of those that were asked for.
NOTHING = 5
#: A file stays with one worker, which makes what its tests share once; `conftest.py` puts the slow files first.
BY_FILE = ("--dist", "loadfile", "--no-loadscope-reorder")
#: In the browser every test brings its own users; a server is made once by each worker.
BY_TEST = ("--dist", "worksteal")
DEFAULT_PG = "postgres://postgres@127.0.0.1:5432/postgres"


def postgres() -> str | None:
    """The address of a PostgreSQL that answers, or None."""
    address = os.environ.get("YIWANG_TEST_PG") or DEFAULT_PG
    try:
        with psycopg.connect(address, connect_timeout=3):
            return address
    except psycopg.Error:
        return None


def chromium() -> str | None:
    """The path of Chromium, or None."""
    given = os.environ.get("YIWANG_CHROMIUM")
    if given:
        return given if os.access(given, os.X_OK) else None
    return shutil.which("chromium") or shutil.which("chromium-browser")


def run(title: str, marks: str, *options: str, **environment: str) -> bool:
    """One run of pytest; True if it passed."""
    print(f"\n=== {title}", flush=True)
    started = time.monotonic()
    command = [sys.executable, "-m", "pytest", "-q", "--durations=15", "-n", os.environ.get("YIWANG_TEST_WORKERS", "2")]
    command += [*options, "-m", marks, *sys.argv[1:]]
    done = subprocess.run(command, env=os.environ | environment, check=False)
    passed = done.returncode == 0 or (done.returncode == NOTHING and bool(sys.argv[1:]))
    print(f"=== {title}: {'passed' if passed else 'FAILED'} in {time.monotonic() - started:.0f} s", flush=True)
    return passed


def run_on_postgresql(server: str) -> bool:
    """What touches a database, a second time; what touches none has said on SQLite all that it can say.

    So have the few with the mark `once`: the same generator and the same sequences, judged by the same rules.
    """
    database = server.rsplit("/", 1)[0] + "/yiwang"
    with tempfile.TemporaryDirectory() as folder:
        note = Path(folder) / "pure"
        given = {"YIWANG_TEST_DATABASE": database, "YIWANG_TEST_PG": server, "YIWANG_TEST_PURE": str(note)}
        passed = run("PostgreSQL", "not browser", *BY_FILE, **given)
        if note.exists():
            print(
                f"=== not repeated, since they do not depend on the database: {note.read_text()} tests (run on SQLite)"
            )
    return passed


def main() -> int:
    """Run everything that can run here; 1 on a failure, or in CI if anything was left out."""
    server, browser = postgres(), chromium()
    if not sys.argv[1:]:  # of the whole suite only
        RESULTS.unlink(missing_ok=True)
        os.environ["YIWANG_CHECK_RESULTS"] = str(RESULTS)
    left_out = []
    results = [run("SQLite", "not postgres and not browser", *BY_FILE)]
    if server:
        results.append(run_on_postgresql(server))
    else:
        left_out.append("PostgreSQL: no server answers (YIWANG_TEST_PG)")
    if browser:
        where = () if sys.argv[1:] else ("tests/browser",)  # the workers need not import all the others
        results.append(run("Chromium", "browser", *BY_TEST, *where, YIWANG_CHROMIUM=browser))
    else:
        left_out.append("browser tests: no Chromium (YIWANG_CHROMIUM)")
    for line in left_out:
        print(f"LEFT OUT  {line}")
    if left_out and os.environ.get("CI") == "true":
        print("In CI nothing may be left out.")
        return 1
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
