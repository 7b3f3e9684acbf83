"""The virus scanner: clamd's INSTREAM over TCP or a Unix socket, when one is configured (`YIWANG_SCANNER`)."""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass
from typing import BinaryIO
from urllib.parse import urlsplit

from django.conf import settings

PIECE = 64 << 10
LONGEST_ANSWER = 4096


class ScannerDown(Exception):
    """The scanner could not be asked, or gave no verdict: the file is neither good nor bad."""


@dataclass(frozen=True)
class Scan:
    """A verdict. `signature` is the scanner's name of what it found; "" if nothing."""

    signature: str

    @property
    def clean(self) -> bool:
        """Nothing was found."""
        return not self.signature


def configured() -> bool:
    """Whether a scanner is to be asked at all."""
    return bool(settings.ATTACHMENT_SCANNER)


def scan(file: BinaryIO) -> Scan:
    """Ask about one file, from its beginning. `ScannerDown` where there is no verdict."""
    file.seek(0)
    try:
        with _connected() as link:
            link.sendall(b"zINSTREAM\0")
            while piece := file.read(PIECE):
                link.sendall(struct.pack("!L", len(piece)) + piece)
            link.sendall(struct.pack("!L", 0))
            answer = _answer(link)
    except OSError as error:
        raise ScannerDown(str(error)) from error
    return _read(answer)


def _connected() -> socket.socket:
    """`tcp://host:port` or `unix:/path`. The time-out is for each step, not for the whole file."""
    address = settings.ATTACHMENT_SCANNER
    patience = settings.ATTACHMENT_SCANNER_SECONDS
    if address.startswith("unix:"):
        link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        link.settimeout(patience)
        try:
            link.connect(address.removeprefix("unix:"))
        except OSError:
            link.close()
            raise
        return link
    parts = urlsplit(address)
    return socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 3310), timeout=patience)


def _answer(link: socket.socket) -> str:
    got = b""
    while not got.endswith(b"\0") and len(got) < LONGEST_ANSWER:
        piece = link.recv(1024)
        if not piece:
            break
        got += piece
    return got.rstrip(b"\0\n").decode("utf-8", "replace")


def _read(answer: str) -> Scan:
    """`stream: OK`, `stream: <name> FOUND`; anything else (size limit, error) is no verdict."""
    said = answer.partition(": ")[2] or answer
    if said == "OK":
        return Scan("")
    if said.endswith(" FOUND"):
        return Scan(said.removesuffix(" FOUND")[:200] or "unknown")
    raise ScannerDown(answer[:200] or "no answer")
