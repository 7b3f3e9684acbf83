"""What the forms of trips send, read and refused in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.files.base import File
from django.utils import timezone

from yiwang.areas.vehicles.trips.driving import CHECKS, Given
from yiwang.areas.vehicles.trips.models import Trip
from yiwang.areas.vehicles.trips.places import Place, located
from yiwang.areas.vehicles.trips.wanted import Wanted
from yiwang.core.orgs.models import Organ
from yiwang.kit.refusal import Refusal, Where

Data = Mapping[str, str]


def instant(data: Data, name: str, label: str) -> datetime:
    """2026-12-02T09:00, local. Refusal `trip.time`."""
    text = data.get(name, "").strip()
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Refusal("trip.time", f"请填写{label},如 2026-12-02 09:00。", where=Where(column=name)) from None
    return timezone.make_aware(found) if timezone.is_naive(found) else found


def whole(data: Data, name: str, label: str, *, absent: int | None = None) -> int:
    """A whole number of at most nine digits, not negative. Refusal `trip.number`."""
    text = data.get(name, "").strip()
    if not text and absent is not None:
        return absent
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise Refusal("trip.number", f"“{label}”要填整数,如 3。", where=Where(column=name))
    return int(text)


def ticked(data: Data, name: str) -> bool:
    """Whether a box was ticked."""
    return data.get(name, "") not in ("", "0", "false")


def wanted_of(data: Data, organ: Organ) -> Wanted:
    """A request. Names that the organ knows get their position."""
    via = [line.strip() for line in data.get("via", "").replace("、", "\n").splitlines() if line.strip()]
    names = [data.get("from", "").strip(), *via, data.get("to", "").strip()]
    return Wanted(
        starts_at=instant(data, "starts_at", "出发时间"),
        ends_at=instant(data, "ends_at", "预计结束"),
        passengers=whole(data, "passengers", "乘车人数"),
        purpose=data.get("purpose", ""),
        reason=data.get("reason", ""),
        places=tuple(located(organ, [Place(name) for name in names])),
        party=data.get("party", ""),
        contact=data.get("contact", ""),
        document=data.get("document", ""),
        use=data.get("use", ""),
        body=data.get("body", ""),
        returns=ticked(data, "returns"),
        wait_minutes=whole(data, "wait_minutes", "等候分钟", absent=0),
        sharing=ticked(data, "sharing"),
        urgent=ticked(data, "urgent"),
        free_places=ticked(data, "free_places"),
    )


def fresh(now: datetime) -> dict[str, str]:
    """An empty form: from the next full hour on, two hours."""
    first = timezone.localtime(now).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return {"starts_at": _said(first), "ends_at": _said(first + timedelta(hours=2)), "passengers": "1", "returns": "1"}


def given_of(trip: Trip) -> dict[str, str]:
    """A trip as its form shows it."""
    names = [stop.name for stop in trip.stops.all()] or ["", ""]
    known = all(stop.longitude is not None for stop in trip.stops.all())
    return {
        "starts_at": _said(trip.starts_at),
        "ends_at": _said(trip.ends_at),
        "passengers": str(trip.passengers),
        "from": names[0],
        "to": names[-1],
        "via": "\n".join(names[1:-1]),
        "wait_minutes": str(trip.wait_minutes or ""),
        "returns": "1" if trip.returns else "",
        "sharing": "1" if trip.sharing else "",
        "urgent": "1" if trip.urgent else "",
        "free_places": "" if known else "1",
        **{name: getattr(trip, name) for name in ("purpose", "reason", "party", "contact", "document", "use", "body")},
    }


def _said(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%dT%H:%M}"


def driven_of(data: Data, files: Sequence[File[Any]]) -> Given:
    """What comes with a driver's tap. Refusals `trip.number`, `drive.money`."""
    odometer = whole(data, "odometer", "里程表") if data.get("odometer", "").strip() else None
    return Given(
        odometer=odometer,
        files=files,
        checks={key: ticked(data, f"check-{key}") for key, _, _ in CHECKS},
        reason=data.get("reason", ""),
        kind=data.get("kind", ""),
        amount=_fen(data),
        quantity=_figure(data.get("quantity", "")),
    )


def _fen(data: Data) -> int:
    found = _figure(data.get("amount", ""))
    if found is None:
        return 0
    if found < 0 or found > 1_000_000 or found != round(found, 2):
        raise Refusal("drive.money", "金额要填元,最多两位小数,如 25.50。", where=Where(column="amount"))
    return int(found * 100)


def _figure(text: str) -> Decimal | None:
    try:
        found = Decimal(text.strip() or "x")
    except InvalidOperation:
        if text.strip():
            raise Refusal("drive.money", f"“{text.strip()[:20]}”不是数,请填如 25.50。") from None
        return None
    return found if found.is_finite() else None
