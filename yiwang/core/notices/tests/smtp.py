"""A mail server on loopback that takes what it is given, or does not."""

from __future__ import annotations

import email
import email.policy
import socketserver
import threading
from email.message import EmailMessage
from typing import Any, cast


class _Handler(socketserver.StreamRequestHandler):
    server: Any

    def handle(self) -> None:
        self._say("220 ready")
        while line := self.rfile.readline().decode().strip():
            word = line.partition(" ")[0].upper()
            if word == "DATA":
                self._data()
            elif word == "RCPT" and self.server.refuses:
                self._say("550 no such user")
            elif word == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _data(self) -> None:
        self._say("354 go on")
        body = b""
        while (line := self.rfile.readline()) != b".\r\n":
            body += line[1:] if line.startswith(b"..") else line
        self.server.got.append(email.message_from_bytes(body, policy=email.policy.default))
        self._say("250 taken")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class MailServer:
    """`got` are the mails; with `refuses` it knows no receiver."""

    def __init__(self) -> None:
        kind: Any = socketserver.ThreadingTCPServer
        self._server = kind(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        self._server.got, self._server.refuses = [], False
        self.port = int(self._server.server_address[1])
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    @property
    def got(self) -> list[EmailMessage]:
        """What arrived."""
        return cast(list[EmailMessage], self._server.got)

    def refuse(self, *, refuses: bool) -> None:
        """Know no receiver, or know all."""
        self._server.refuses = refuses

    def stop(self) -> None:
        """No longer there."""
        self._server.shutdown()
        self._server.server_close()
