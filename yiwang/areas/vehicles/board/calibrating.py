"""Calibration of the ways from our own tracks: the legs between the stops of the days that were put away. Nobody is named."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import numpy as np
from django.db import transaction

from yiwang.areas.vehicles.board.models import WayFactor
from yiwang.areas.vehicles.dispatch.bands import Band, calibrated
from yiwang.areas.vehicles.dispatch.travel import Detour, Driven
from yiwang.areas.vehicles.tracks import lines
from yiwang.areas.vehicles.tracks.models import DayTrack
from yiwang.kit import geo

#: So many days back, and no more rows than this: what is older tells of other roads.
DAYS, MOST = 60, 5_000


def legs(row: DayTrack) -> Iterator[Driven]:
    """The ways between one stop of a day and the next; those with a hole in the track are left out."""
    at, lon, lat, _ = lines.unpack(bytes(row.line), row.day)
    zero = lines.begin(row.day)
    for (_, left, west, south), (came, _, east, north) in pairwise(row.stops):
        chosen = np.flatnonzero((at >= zero + left) & (at <= zero + came))
        if len(chosen) < 2 or np.diff(at[chosen]).max() > lines.GAP:
            continue
        metres = float(geo.steps(lon[chosen], lat[chosen]).sum())
        yield Driven((west, south), (east, north), metres, float(came - left))


def calibrate(*, on: date, now: datetime, base: Detour) -> list[Band]:
    """Work the classes out anew from the tracks of the last days; what has too few ways any more goes. One transaction."""
    rows = DayTrack.objects.filter(day__gte=on - timedelta(days=DAYS), day__lt=on).order_by("-day", "pk")[:MOST]
    found = calibrated((leg for row in rows.iterator(chunk_size=500) for leg in legs(row)), base=base)
    with transaction.atomic():
        WayFactor.objects.exclude(least__in=[one.least for one in found]).delete()
        for one in found:
            values = {"factor": Decimal(str(one.factor)), "kmh": Decimal(str(one.kmh)), "sample": one.sample, "at": now}
            WayFactor.objects.update_or_create(least=one.least, defaults=values)
    return found


def nightly(*, on: date, now: datetime) -> int:
    """Once a week, on Monday; how many classes there are then."""
    from django.conf import settings

    if on.weekday() != 0:
        return WayFactor.objects.count()
    return len(calibrate(on=on, now=now, base=Detour(settings.DETOUR, settings.DETOUR_KMH)))
