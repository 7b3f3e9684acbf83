"""Python that is warm already: programs of tests begin in a fork of a process that has imported the libraries.

`run(arguments, environment)` does what `subprocess.run([sys.executable, *arguments], env=environment, …)` would do, without
the second that Django, DuckDB and numpy take to be imported. The parent is a process of its own, begun with the first
program of a test run: it has no database connection, no thread and no settings, and imports nothing of ours that reads
settings or the environment; a program sets both and goes on as if it had just been started.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import runpy
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import types
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import IO, Any, NoReturn

ROOT = Path(__file__).resolve().parent.parent
#: Large, used by every program, and the same whatever the settings are.
LIBRARIES = (
    "asyncio", "statistics", "numpy", "pyarrow", "duckdb", "sqlglot", "lxml.etree", "yaml", "pydantic", "psycopg",
    "cryptography.x509", "pypinyin", "django.db.models", "django.forms", "django.urls", "django.http", "django.test",
    "django.core.management", "django.core.mail", "django.template.loader", "django.db.migrations.executor",
    "django.contrib.auth.hashers", "django.db.backends.sqlite3.base", "django.db.backends.postgresql.base",
)  # fmt: skip
STATUS = struct.Struct("i")


def run(
    arguments: list[str], environment: Mapping[str, str], *, cwd: Path = ROOT, seconds: float = 120
) -> subprocess.CompletedProcess[str]:
    """`python *arguments` (`-m module …` or `-c text …`) to its end; TimeoutExpired after so many seconds."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, open(os.devnull, "rb") as nothing:
        read, write = os.pipe()
        with os.fdopen(read, "rb", buffering=0) as status:
            try:
                asked = json.dumps({"arguments": arguments, "environment": dict(environment), "cwd": str(cwd)}).encode()
                handles = [nothing.fileno(), out.fileno(), err.fileno(), write]
                connection = _server()
                socket.send_fds(connection, [struct.pack("I", len(asked))], handles)
                connection.sendall(asked)
            finally:
                os.close(write)
            code = _awaited(status, arguments, seconds)
        return subprocess.CompletedProcess(arguments, code, _text(out), _text(err))


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8", errors="replace")


def _awaited(status: IO[bytes], arguments: list[str], seconds: float) -> int:
    """The return code: first comes the number of the process, then, when it has ended, its code."""
    (pid,) = STATUS.unpack(_exactly(status, STATUS.size))
    if not select.select([status], [], [], seconds)[0]:
        os.kill(pid, signal.SIGKILL)
        raise subprocess.TimeoutExpired(arguments, seconds)
    return int(STATUS.unpack(_exactly(status, STATUS.size))[0])


def _exactly(file: IO[bytes], size: int) -> bytes:
    data = file.read(size) or b""
    if len(data) != size:
        raise RuntimeError("the warm process is gone")
    return data


@cache
def _server() -> socket.socket:
    """The warm process of this test process; it ends with this one, since its socket closes."""
    ours, theirs = socket.socketpair()
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("YIWANG_", "DJANGO_", "PYTEST_"))}
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.warm", str(theirs.fileno())], pass_fds=[theirs.fileno()], env=clean, cwd=ROOT
        )
    atexit.register(process.wait)
    atexit.register(ours.close)  # runs before the other
    return ours


# ── the warm process ───────────────────────────────────────────────────────────────────────────────────────────────


def serve(connection: socket.socket) -> NoReturn:
    """Fork a program for each message, until the other side closes."""
    import gc
    from importlib import import_module

    for name in LIBRARIES:
        import_module(name)
    gc.collect()
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # those who wait for programs are not waited for themselves
    while True:
        data, handles, _, _ = socket.recv_fds(connection, 4, 4)
        if not data:
            os._exit(0)
        (size,) = struct.unpack("I", data)
        asked = json.loads(connection.recv(size, socket.MSG_WAITALL))
        if os.fork() == 0:
            connection.close()
            _watch(asked, handles)
        for handle in handles:
            os.close(handle)


def _watch(asked: dict[str, Any], handles: list[int]) -> NoReturn:
    """Fork the program itself, tell its number, wait for it, tell its code."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    *streams, status = handles
    program = os.fork()
    if program == 0:
        os.close(status)
        _become(asked, streams)
    os.write(status, STATUS.pack(program))
    _, how = os.waitpid(program, 0)
    with contextlib.suppress(BrokenPipeError):  # nobody waits any more
        os.write(status, STATUS.pack(os.waitstatus_to_exitcode(how)))
    os._exit(0)


def _become(asked: dict[str, Any], streams: list[int]) -> NoReturn:
    """Be `python *arguments`."""
    import random

    for number, handle in enumerate(streams):
        os.dup2(handle, number)
        os.close(handle)
    os.environ.clear()
    os.environ.update(asked["environment"])
    os.chdir(asked["cwd"])
    time.tzset()
    random.seed()
    code = _executed(asked["arguments"])
    with contextlib.suppress(Exception):
        threading._shutdown()  # type: ignore[attr-defined]
        _leave()
    os._exit(code)


def _leave() -> None:
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()


def _executed(arguments: list[str]) -> int:
    """Run it; the code with which Python would end."""
    how, what, *rest = arguments
    sys.argv = [how, *rest]
    try:
        if how == "-m":
            sys.argv[0] = what
            runpy.run_module(what, run_name="__main__", alter_sys=True)
        else:
            sys.modules["__main__"] = space = types.ModuleType("__main__")
            exec(compile(what, "<string>", "exec"), space.__dict__)
    except SystemExit as left:
        if left.code is None or isinstance(left.code, int):
            return left.code or 0
        sys.stderr.write(f"{left.code}\n")
        return 1
    except BaseException:
        import traceback

        traceback.print_exc()
        return 1
    return 0


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
