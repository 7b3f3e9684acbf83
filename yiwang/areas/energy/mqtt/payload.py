"""A message of meters as numbers. Two shapes of JSON, both UTF-8:

    {"rows": [["B1", 1764460800, 12345.6], …]}                          # number, seconds since 1970 (UTC), dial
    {"rows": [{"meter": "B1", "at": 1764460800, "value": 12345.6}, …]}

The dial in its own units, without the multiplier; kept in thousandths.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

#: A message longer than this is refused unread.
LARGEST = 4 << 20
#: Years 2000 to 2100.
_FROM, _TO = 946_684_800, 4_102_444_800
_MOST = 10**11

#: number, seconds, thousandths
Row = tuple[str, int, int]


@dataclass(frozen=True)
class Message:
    """What a message said; `wrong`: rows, or the whole message (then 1), that could not be read."""

    rows: list[Row]
    wrong: int = 0


def read(payload: bytes) -> Message:
    """The rows of a message. Never raises: what cannot be read is counted, or it would come again for ever."""
    if len(payload) > LARGEST:
        return Message([], 1)
    try:
        given = json.loads(payload)["rows"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return Message([], 1)
    if not isinstance(given, list):
        return Message([], 1)
    try:  # nearly always all are sound
        rows = [(str(number), int(at), round(value * 1000)) for number, at, value in given]
        if all(_FROM <= at < _TO and 0 <= value < _MOST * 1000 for _, at, value in rows):
            return Message(rows)
    except (ValueError, TypeError, OverflowError):
        pass
    found = [one for one in map(_row, given) if one is not None]
    return Message(found, len(given) - len(found))


def _row(given: object) -> Row | None:
    if isinstance(given, dict):
        given = (given.get("meter"), given.get("at"), given.get("value"))
    if not isinstance(given, list | tuple) or len(given) != 3:
        return None
    number, at, value = given
    sound = isinstance(at, int | float) and isinstance(value, int | float) and isinstance(number, str | int)
    if not sound or not _FROM <= at < _TO or not 0 <= value < _MOST:
        return None
    return str(number), int(at), round(value * 1000)
