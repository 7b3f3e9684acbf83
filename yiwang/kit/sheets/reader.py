"""The guarded reader, parent's side: warm children that open workbooks, and the grids they send back.

The children belong to the process that started them: a process forked later (a web worker) starts its own, lazily. A
child that dies, hangs or grows is replaced; the process that asked lives and gets a `Refusal`.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import queue
import select
import signal
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from yiwang.kit.refusal import Where
from yiwang.kit.sheets.decode import grid_from_frames
from yiwang.kit.sheets.grid import Grid
from yiwang.kit.sheets.messages import refusal

CHILD = Path(__file__).parent / "guard" / "child.py"
KEPT_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH")  # no credentials of the web process go to a reader
CHILDREN = 2
USES = 200
WAIT_SECONDS = 10.0
WALL_SECONDS = 50.0
CPU_SECONDS = 40
HEADER_BYTES = 2**20
PAYLOAD_BYTES = 512 * 2**20


class _Lost(Exception):
    """The child ended, or said something that is no answer."""


class _Slow(Exception):
    """The child did not answer in time."""


class Child:
    """One reading process. `served` counts its answers; it is not thread-safe, the pool lends it to one caller."""

    def __init__(self) -> None:
        self.served = 0
        self.process = subprocess.Popen(
            [sys.executable, "-I", str(CHILD)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            env={key: os.environ[key] for key in KEPT_ENVIRONMENT if key in os.environ},
        )
        self.deadline = time.monotonic() + WALL_SECONDS
        try:
            self._header()
        except (_Lost, _Slow):
            self.stop()
            raise

    def ask(self, request: dict[str, Any], *, wall: float) -> tuple[dict[str, Any], list[bytes]]:
        """Header and frames of the answer; raises _Lost or _Slow, after which the child must be stopped."""
        self.deadline = time.monotonic() + wall
        text = json.dumps(request).encode()
        try:
            self._stdin().write(struct.pack(">I", len(text)) + text)
        except OSError:
            raise _Lost from None
        header = self._header()
        sizes = header.get("frames", [])
        if sum(sizes) > PAYLOAD_BYTES:
            raise _Lost
        frames = [self._exactly(size) for size in sizes]
        self.served += 1
        return header, frames

    def stop(self) -> int:
        """Ends the process, waits for it and returns its exit code. May be called twice."""
        self.process.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                with contextlib.suppress(OSError):
                    pipe.close()
        return self.process.wait()

    def _stdin(self) -> Any:
        return self.process.stdin

    def _header(self) -> dict[str, Any]:
        size = struct.unpack(">I", self._exactly(4))[0]
        if size > HEADER_BYTES:
            raise _Lost
        header: dict[str, Any] = json.loads(self._exactly(size))
        return header

    def _exactly(self, size: int) -> bytes:
        assert self.process.stdout is not None
        pipe = self.process.stdout.fileno()
        got = bytearray()
        while len(got) < size:
            left = self.deadline - time.monotonic()
            if left <= 0 or not select.select([pipe], [], [], left)[0]:
                raise _Slow
            piece = os.read(pipe, min(size - len(got), 2**20))
            if not piece:
                raise _Lost
            got += piece
        return bytes(got)


class Pool:
    """At most `size` children, the last used first. None in the queue stands for one not yet started."""

    def __init__(self, size: int = CHILDREN) -> None:
        self.free: queue.LifoQueue[Child | None] = queue.LifoQueue()
        self.all: set[Child] = set()
        for _ in range(size):
            self.free.put(None)

    def ask(
        self, request: dict[str, Any], *, wall: float = WALL_SECONDS, wait: float = WAIT_SECONDS
    ) -> tuple[dict[str, Any], list[bytes]]:
        """The answer to a request. Raises Refusal `sheet.busy`, `sheet.too-slow` or `sheet.reader-died`."""
        try:
            child = self.free.get(timeout=wait)
        except queue.Empty:
            raise refusal("sheet.busy") from None
        try:
            child, header, frames = self._ask(child, request, wall)
        except BaseException:
            self.free.put(None)
            raise
        if header.get("last") or child.served >= USES:
            self._drop(child)
            self.free.put(None)
        else:
            self.free.put(child)
        return header, frames

    def close(self) -> None:
        """Ends all children."""
        for child in list(self.all):
            self._drop(child)

    def _ask(
        self, child: Child | None, request: dict[str, Any], wall: float
    ) -> tuple[Child, dict[str, Any], list[bytes]]:
        while True:
            child = child or self._start()
            fresh = child.served == 0
            try:
                return child, *child.ask(request, wall=wall)
            except _Slow:
                self._drop(child)
                raise refusal("sheet.too-slow") from None
            except _Lost:
                code = self._drop(child)
                # One that had served others may have died of them: the file gets one more try, alone.
                if fresh:
                    raise refusal("sheet.too-slow" if code == -signal.SIGXCPU else "sheet.reader-died") from None
                child = None
            except BaseException:
                self._drop(child)
                raise

    def _start(self) -> Child:
        try:
            child = Child()
        except (_Lost, _Slow):
            raise refusal("sheet.no-reader") from None
        self.all.add(child)
        return child

    def _drop(self, child: Child) -> int:
        self.all.discard(child)
        return child.stop()


_pools: dict[int, Pool] = {}
_lock = threading.Lock()


def pool() -> Pool:
    """The pool of this process, made at its first use."""
    with _lock:
        if os.getpid() not in _pools:
            _pools[os.getpid()] = Pool()
        return _pools[os.getpid()]


def shut() -> None:
    """Ends the children of this process; the next read starts new ones."""
    with _lock:
        mine = _pools.pop(os.getpid(), None)
    if mine:
        mine.close()


def _forget() -> None:
    """In a forked process: lets go of the parent's pipes, so that its children still see when the parent dies."""
    for theirs in _pools.values():
        for child in theirs.all:
            for pipe in (child.process.stdin, child.process.stdout):
                if pipe:
                    with contextlib.suppress(OSError):
                        os.close(pipe.fileno())
    _kept.extend(_pools.values())
    _pools.clear()


_kept: list[
    Pool
] = []  # objects over closed pipes must not be collected: they would close a number that is another's now
atexit.register(shut)
os.register_at_fork(after_in_child=_forget)


def _asked(path: Path | str, **request: Any) -> list[bytes]:
    file = Path(path).resolve()
    if not file.is_file():
        raise refusal("sheet.no-file", where=Where(file=file.name))
    header, frames = pool().ask({"path": str(file), "cpu": CPU_SECONDS, **request})
    if code := header.get("refused"):
        facts = header.get("facts", {})
        raise refusal(code, facts, where=Where(file=file.name, sheet=str(facts.get("sheet") or "")))
    return frames


def read_workbook(path: Path | str, *, sheet: str | None = None) -> list[Grid]:
    """All sheets of an XLSX workbook (or the one named), hidden ones too and flagged. Raises Refusal `sheet.…`.

    At most 50 s and, whatever the file, a bounded amount of memory here: about 0.35 GB in the worst case.
    """
    frames = _asked(path, sheet=sheet)
    return [grid_from_frames(frames[at], frames[at + 1]) for at in range(0, len(frames), 2)]


def sheet_names(path: Path | str) -> list[str]:
    """The names of all sheets in their order, hidden ones too. Reads no cells."""
    (frame,) = _asked(path, names=True)
    return [name for name, _ in json.loads(frame)]
