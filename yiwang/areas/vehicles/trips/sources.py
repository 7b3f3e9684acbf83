"""Trips as datasets: vehicles.trip, .driver, .dispatch, .rental. Money in yuan, instants as text with their offset."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

import yiwang.kit.among  # noqa: F401 (registers the look-up)
from yiwang.areas.vehicles.life.items import by_ids, yuan
from yiwang.areas.vehicles.life.models import Body
from yiwang.areas.vehicles.trips.judging import DAY, day_span
from yiwang.areas.vehicles.trips.models import Assignment, Driver, DriverState, Provision, Purpose, Trip, TripState
from yiwang.core.verdicts.sources import SourceRow, register_source

_STATES, _PURPOSES, _PROVISIONS = dict(TripState.choices), dict(Purpose.choices), dict(Provision.choices)
_DRIVER_STATES, _BODIES = dict(DriverState.choices), dict(Body.choices)
Row = dict[str, Any]
_ORGAN = ("pk", "organ_id", "organ__name", "organ__region_id")


def _text(moment: datetime | None) -> str | None:
    return timezone.localtime(moment).isoformat(timespec="seconds") if moment else None


def _before(on: date) -> datetime:
    """The first instant after the day."""
    return day_span(on)[0] + DAY


def _row(row: Row, label: str, on: date, url: str, values: Row) -> SourceRow:
    return SourceRow(
        subject=str(row["pk"]),
        label=f"{row['organ__name']} · {label}",
        organ_id=row["organ_id"],
        region=row["organ__region_id"],
        on=on,
        values={"organ": row["organ__name"], **values},
        url=url,
    )


def trips(*, on: date, subjects: Collection[str] | None = None) -> Iterator[SourceRow]:
    """vehicles.trip: a row for each request that begins by the day. Subject: its id."""
    columns = ("number", "purpose", "reason", "document", "passengers", "route", "starts_at", "ends_at", "kilometres")
    more = ("provision", "state", "urgent", "papers_at", "papers_due", "sharing", "charge", "stars")
    rows = Trip.objects.filter(by_ids(subjects), starts_at__lt=_before(on)).order_by("pk")
    for row in rows.values(*_ORGAN, *columns, *more).iterator(chunk_size=2000):
        due = row["papers_due"]
        values = {
            **{name: row[name] or None for name in ("number", "reason", "document", "route")},
            "purpose_class": str(_PURPOSES[row["purpose"]]),
            "passengers": Decimal(row["passengers"]),
            "starts_at": _text(row["starts_at"]),
            "ends_at": _text(row["ends_at"]),
            "planned_distance": Decimal(row["kilometres"]),
            "provision": str(_PROVISIONS[row["provision"]]) if row["provision"] else None,
            "state": str(_STATES[row["state"]]),
            "urgent": row["urgent"],
            "papers_late": due is not None and row["papers_at"] is None and due < _before(on),
            "pooled": row["sharing"],
            "charge": yuan(row["charge"]),
            "stars": None if row["stars"] is None else Decimal(row["stars"]),
        }
        day = timezone.localtime(row["starts_at"]).date()
        yield _row(row, row["number"], day, f"/vehicles/trips/{row['pk']}/", values)


def _driven(on: date, subjects: Collection[str] | None, *, rented: bool) -> Iterator[Row]:
    """Assignments that hold or were driven, with their trip."""
    rows = Assignment.objects.filter(by_ids(subjects), held_from__lt=_before(on), rental__isnull=not rented)
    rows = rows.exclude(released_at__isnull=False, ended_at=None).order_by("pk")
    columns = ("vehicle__plate", "driver__name", "started_at", "ended_at", "odometer_start", "odometer_end")
    more = ("held_from", "held_to", "rented", "rented_body", "rental__number", "rental__supplier__name")
    trip = ("trip_id", "trip__number", "trip__reason", "trip__passengers", "trip__route", "trip__charge", "trip__state")
    yield from rows.values(*_ORGAN, *columns, *more, *trip).iterator(chunk_size=2000)


def _far(row: Row) -> Decimal | None:
    first, last = row["odometer_start"], row["odometer_end"]
    return None if first is None or last is None else Decimal(last - first)


def dispatches(*, on: date, subjects: Collection[str] | None = None) -> Iterator[SourceRow]:
    """vehicles.dispatch: a row for each car that was sent. Subject: the assignment's id."""
    for row in _driven(on, subjects, rented=False):
        places = row["trip__route"].split(" → ")
        values = {
            "number": f"{row['trip__number']}-{row['pk']}",
            "plate": row["vehicle__plate"],
            "driver": row["driver__name"],
            "purpose": row["trip__reason"],
            "passengers": Decimal(row["trip__passengers"]),
            "origin": places[0] or None,
            "destination": places[-1] or None,
            "started_at": _text(row["started_at"]),
            "ended_at": _text(row["ended_at"]),
            "distance": _far(row),
            "cost": yuan(row["trip__charge"]),
            "state": str(_STATES[row["trip__state"]]),
        }
        day = timezone.localtime(row["held_from"]).date()
        yield _row(row, values["number"], day, f"/vehicles/trips/{row['trip_id']}/", values)


def rentals(*, on: date, subjects: Collection[str] | None = None) -> Iterator[SourceRow]:
    """vehicles.rental: a row for each rented car. Subject: the assignment's id."""
    for row in _driven(on, subjects, rented=True):
        first, last = timezone.localtime(row["held_from"]).date(), timezone.localtime(row["held_to"]).date()
        values = {
            "number": f"{row['trip__number']}-{row['pk']}",
            "supplier": row["rental__supplier__name"],
            "contract": row["rental__number"],
            "plate": row["rented"],
            "body": str(_BODIES[row["rented_body"]]) if row["rented_body"] else None,
            "purpose": row["trip__reason"],
            "from_date": first,
            "to_date": last,
            "distance": _far(row),
            "amount": yuan(row["trip__charge"] or 0),
        }
        yield _row(row, values["number"], first, f"/vehicles/trips/{row['trip_id']}/", values)


def drivers(*, on: date, subjects: Collection[str] | None = None) -> Iterator[SourceRow]:
    """vehicles.driver: a row for each driver, whatever the day of the licence. The number is the payroll's (工号), not the licence's."""
    for row in (
        Driver.objects.filter(by_ids(subjects))
        .order_by("pk")
        .values(*_ORGAN, "name", "licence", "licence_until", "person__staff_number", "state")
    ):
        values = {
            "number": row["person__staff_number"] or str(row["pk"]),
            "driver": row["name"],
            "licence_class": row["licence"],
            "licence_until": row["licence_until"],
            "state": str(_DRIVER_STATES[row["state"]]),
        }
        yield _row(row, row["name"], on, f"/r/vehicles/driver/{row['pk']}/", values)


register_source("vehicles.trip", trips)
register_source("vehicles.driver", drivers)
register_source("vehicles.dispatch", dispatches)
register_source("vehicles.rental", rentals)
