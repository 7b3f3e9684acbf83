"""The limits of the guarded reader, and the refusal that crosses the pipe as a code with facts."""

from __future__ import annotations

from typing import Any

PIECE = 256 * 1024  # bytes inflated at a time

LIMITS: dict[str, int] = {
    "file": 100 * 2**20,
    "parts": 500,
    "part": 200 * 2**20,
    "total": 300 * 2**20,
    "ratio": 150,
    "ratio_from": 5 * 2**20,
    "rows": 300_000,
    "columns": 300,
    "area": 5_000_000,  # with "memory" below: reader and asker together stay under 600 MB
    "merges": 20_000,
    "errors": 10_000,
    "memory": 256 * 2**20,  # of the decoded cells, estimated
}


class Refused(Exception):
    """A file that will not be read. The code is stable; facts fill the sentence that the parent shows."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts
