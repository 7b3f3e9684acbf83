"""What the benches of the portal share: a server of its own, kept connections over bare sockets, the CPU and memory of its processes."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(home: str, database: str) -> dict[str, str]:
    """The environment of a portal that keeps its things in `home`."""
    return os.environ | {
        "YIWANG_HOME": home,
        "YIWANG_DATABASE": database,
        "YIWANG_SECOND_FACTOR": "0",  # the sessions are made without the log-in
        "DJANGO_SETTINGS_MODULE": "yiwang.portal.settings",
    }


@contextmanager
def running(command: list[str], port: int, env: dict[str, str], patience: float = 60) -> Iterator[psutil.Process]:
    """The server while the block runs; RuntimeError if it does not answer."""
    server = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(port, time.monotonic() + patience)
        yield psutil.Process(server.pid)
    finally:
        server.terminate()
        server.wait(30)


def _wait(port: int, until: float) -> None:
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server does not answer")


def family(server: psutil.Process) -> list[psutil.Process]:
    """The server and all its children."""
    return [server, *server.children(recursive=True)]


def workers(server: psutil.Process) -> list[psutil.Process]:
    """The processes that answer requests: the children of the website's own master."""
    alive = [one for one in server.children() if one.status() != psutil.STATUS_ZOMBIE]
    masters = [one for one in alive if "granian" in one.cmdline()]
    return [
        child for master in masters for child in master.children() if "resource_tracker" not in str(child.cmdline())
    ]


def cpu(server: psutil.Process) -> float:
    """Processor seconds that they have used."""
    return float(sum(each.cpu_times().user + each.cpu_times().system for each in family(server)))


def memory(server: psutil.Process) -> float:
    """Megabytes that are theirs alone, not counted twice where they share."""
    return float(sum(each.memory_full_info().uss for each in family(server))) / 2**20


@dataclass
class Answer:
    """Status, the cookie that it sets, where it leads, and the body."""

    status: int
    location: str
    body: bytes


class Connection:
    """One kept connection of one user: on two cores a heavier client would be measured too."""

    def __init__(self, port: int, session: str) -> None:
        self.port = port
        self.person(session)
        self.socket = socket.create_connection(("127.0.0.1", port))

    def person(self, session: str) -> None:
        """From now on ask as the person of this session."""
        self.cookie = f"sessionid={session}; csrftoken={'t' * 32}"

    def get(self, path: str) -> Answer:
        """A page."""
        return self._ask(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {self.cookie}\r\n\r\n".encode())

    def post(self, path: str, body: bytes, kind: str = "application/x-www-form-urlencoded") -> Answer:
        """A form."""
        head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {self.cookie}\r\nX-CSRFToken: {'t' * 32}\r\n"
        head += f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        return self._ask(head.encode() + body)

    def _ask(self, request: bytes) -> Answer:
        self.socket.sendall(request)
        data = b""
        while b"\r\n\r\n" not in data:
            part = self.socket.recv(1 << 16)
            if not part:
                raise RuntimeError("the server closed the connection")
            data += part
        head, _, body = data.partition(b"\r\n\r\n")
        lines = head.split(b"\r\n")
        found = {name.lower(): value.strip() for name, _, value in (line.partition(b":") for line in lines[1:])}
        parts = [body]
        if b"chunked" in found.get(b"transfer-encoding", b""):
            parts = [self._chunks(body)]
        else:
            left = int(found.get(b"content-length", b"0")) - len(body)
            while left > 0:
                parts.append(self.socket.recv(min(left, 1 << 16)))
                left -= len(parts[-1])
        return Answer(int(head[9:12]), found.get(b"location", b"").decode(), b"".join(parts))

    def _chunks(self, data: bytes) -> bytes:
        body = b""
        while True:
            while b"\r\n" not in data:
                data += self.socket.recv(1 << 16)
            size, _, data = data.partition(b"\r\n")
            length = int(size, 16)
            while len(data) < length + 2:
                data += self.socket.recv(1 << 16)
            body, data = body + data[:length], data[length + 2 :]
            if length == 0:
                return body

    def close(self) -> None:
        """End it."""
        self.socket.close()
