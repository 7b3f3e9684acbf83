"""A small server that speaks clamd's INSTREAM over TCP or a Unix socket, and knows one signature."""

from __future__ import annotations

import socketserver
import struct
import threading
from pathlib import Path
from typing import Any

#: The string every scanner finds, in two halves so that this file is not found itself.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-" + b"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class _Handler(socketserver.BaseRequestHandler):
    server: Any

    def handle(self) -> None:
        self.server.asked += 1
        command = self._exactly(10)
        assert command == b"zINSTREAM\0"
        body = b""
        while size := struct.unpack("!L", self._exactly(4))[0]:
            body += self._exactly(size)
        if self.server.says is not None:
            self.request.sendall(self.server.says)
        elif EICAR in body:
            self.request.sendall(b"stream: Eicar-Signature FOUND\0")
        else:
            self.request.sendall(b"stream: OK\0")

    def _exactly(self, size: int) -> bytes:
        got = b""
        while len(got) < size:
            piece = self.request.recv(size - len(got))
            if not piece:
                raise ConnectionError
            got += piece
        return got


class Clamd:
    """`with Clamd() as server:` listens at `server.address`; `says` overrides the answer."""

    def __init__(self, path: Path | None = None) -> None:
        kind: Any = socketserver.ThreadingUnixStreamServer if path else socketserver.ThreadingTCPServer
        self._server = kind(str(path) if path else ("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        self._server.asked = 0
        self._server.says = None
        self.address = f"unix:{path}" if path else f"tcp://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Clamd:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """No longer there."""
        self._server.shutdown()
        self._server.server_close()

    @property
    def asked(self) -> int:
        """How many files it was asked about."""
        return int(self._server.asked)

    def say(self, answer: bytes) -> None:
        """Answer this, whatever comes."""
        self._server.says = answer
