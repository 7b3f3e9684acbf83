"""Readings of meters that report by themselves, into the table of hours: one statement a batch, twice is once.

Of each hour of a meter the latest reading stays. That is what consumption by day and night load are made of, and it
bounds the table by meters and hours, however often they report.
"""

from __future__ import annotations

from collections.abc import Iterable
from time import monotonic

from django.db import connection, transaction

from yiwang.areas.energy.meters.models import Form, Meter
from yiwang.areas.energy.mqtt.payload import Row

HOUR = 3600
#: The numbers of the meters are read again after so many seconds where one is not known.
FRESH = 30.0
_INTO = "INSERT INTO energy_hourvalue (meter_id, hour, at, value) "
_LATER = (
    " ON CONFLICT (meter_id, hour) DO UPDATE SET at = excluded.at, value = excluded.value"
    " WHERE excluded.at > energy_hourvalue.at"
)
Folded = dict[tuple[int, int], tuple[int, int]]


class Numbers:
    """Number of a meter → its id, held in memory."""

    def __init__(self) -> None:
        self._ids: dict[str, int] = {}
        self._read = -FRESH

    def refresh(self) -> None:
        """Read them anew."""
        self._ids = dict(Meter.objects.filter(form=Form.INDEX).values_list("number", "pk"))
        self._read = monotonic()

    def of(self, numbers: Iterable[str]) -> dict[str, int]:
        """The ids; a number that is not known is looked for once in FRESH seconds."""
        wanted = set(numbers)
        if not wanted <= self._ids.keys() and monotonic() - self._read >= FRESH:
            self.refresh()
        return {one: self._ids[one] for one in wanted if one in self._ids}


def fold(rows: Iterable[Row], ids: dict[str, int]) -> tuple[Folded, int]:
    """(meter, hour) → the latest (at, value), and how many rows were of meters that nobody knows."""
    found: Folded = {}
    unknown = 0
    for number, at, value in rows:
        meter = ids.get(number)
        if meter is None:
            unknown += 1
            continue
        key = (meter, at // HOUR)
        held = found.get(key)
        if held is None or held[0] < at:
            found[key] = (at, value)
    return found, unknown


@transaction.atomic
def keep(folded: Folded) -> None:
    """Write them in one transaction; an older reading of an hour never takes the place of a later one."""
    rows = [(meter, hour, at, value) for (meter, hour), (at, value) in sorted(folded.items())]
    if not rows:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            columns = [list(one) for one in zip(*rows, strict=True)]
            source = "SELECT * FROM unnest(%s::bigint[], %s::int[], %s::bigint[], %s::bigint[])"
            cursor.execute(_INTO + source + _LATER, columns)
        else:
            cursor.executemany(f"{_INTO}VALUES (%s, %s, %s, %s){_LATER}", rows)
