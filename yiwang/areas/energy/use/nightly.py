"""Once a night: hours become readings, the months of all meters and the share of the night are worked out anew.

The verbs work out what they touch. A tariff, a share or a superior meter that is changed in its register, or rows of another
system that wrote past the verbs, show from the next morning on. Run again, it writes nothing.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date, timedelta

from yiwang.areas.energy.meters.models import Meter
from yiwang.areas.energy.mqtt import nights, settling
from yiwang.areas.energy.use.computing import recompute
from yiwang.areas.energy.use.models import HourValue
from yiwang.areas.energy.use.spread import first_of

log = logging.getLogger(__name__)
#: Meters worked out in one transaction.
CHUNK = 500
#: Up to this day of a month hours of the month before still come in.
LATE = 21


@dataclass(frozen=True)
class Done:
    """Readings settled, months written (those that had changed), shares of the night."""

    readings: int
    months: int
    nights: int


def nightly(*, on: date) -> Done:
    """All of it, as of a day. The judgement of the signs follows (`judge.jobs.nightly`)."""
    since = settling.midnight(on - timedelta(days=settling.BACK + 1))
    reporting = HourValue.objects.filter(hour__gte=since).values_list("meter_id", flat=True).distinct()
    readings = settling.settle(list(reporting), today=on)
    months = 0
    ids = list(Meter.objects.order_by("pk").values_list("pk", flat=True))
    for at in range(0, len(ids), CHUNK):
        months += recompute(ids[at : at + CHUNK])
    last = first_of(first_of(on) - timedelta(days=1))
    return Done(readings, months, nights.count(last) if on.day <= LATE else 0)
