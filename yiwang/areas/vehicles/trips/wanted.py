"""What is asked for: the content of a request, and what is wrong with it whatever the rules of the pool."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from yiwang.areas.vehicles.life.models import Body, Use
from yiwang.areas.vehicles.trips.models import Purpose, Stop, Trip
from yiwang.areas.vehicles.trips.places import Place, kilometres
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.models import User
from yiwang.kit.refusal import Refusal, Where

#: The longest journey, and how far ahead one may ask.
LONGEST, AHEAD = timedelta(days=30), timedelta(days=180)
#: A form is filled for some minutes: a beginning that has just passed is not refused.
GRACE = timedelta(minutes=10)
MOST_STOPS = 12
_TEXTS = (
    ("reason", "用车事由", 200),
    ("party", "乘车人", 200),
    ("contact", "联系电话", 30),
    ("document", "依据文件", 120),
)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A request as it was filled in. Instants are aware; `places` from the first to the last."""

    starts_at: datetime
    ends_at: datetime
    passengers: int
    purpose: str
    reason: str
    places: tuple[Place, ...]
    party: str = ""
    contact: str = ""
    document: str = ""
    use: str = ""
    body: str = ""
    returns: bool = True
    wait_minutes: int = 0
    sharing: bool = False
    urgent: bool = False
    free_places: bool = False  # places without a position are meant


def shape(wanted: Wanted, now: datetime) -> Iterator[Refusal]:
    """`trip.period`, `.past`, `.long`, `.ahead`, `.passengers`, `.places`, `.place-unknown`, `.text`, `.word`, `.urgent`."""
    yield from _times(wanted, now)
    if not 0 < wanted.passengers <= 500:
        yield refusal("trip.passengers", "乘车人数要填 1 到 500 的整数。", "passengers")
    yield from _places(wanted)
    if not wanted.reason.strip():
        yield refusal("trip.text", "请填写用车事由。", "reason")
    for name, label, most in _TEXTS:
        if len(getattr(wanted, name).strip()) > most:
            yield refusal("trip.text", f"“{label}”最多 {most} 个字。", name)
    if wanted.purpose not in Purpose.values:
        yield refusal("trip.word", "请选择事由类别。", "purpose")
    if (wanted.body and wanted.body not in Body.values) or (wanted.use and wanted.use not in Use.values):
        yield refusal("trip.word", "请选择车型和车辆用途。", "body")
    if wanted.urgent and wanted.purpose != Purpose.EMERGENCY:
        yield refusal("trip.urgent", "只有应急处置可以先用车后补手续,其他用车请按一般申请办理。", "urgent")


def _times(wanted: Wanted, now: datetime) -> Iterator[Refusal]:
    if wanted.ends_at <= wanted.starts_at:
        yield refusal("trip.period", "预计结束要晚于出发时间,请改正。", "ends_at")
    elif wanted.ends_at - wanted.starts_at > LONGEST:
        yield refusal("trip.long", f"一次用车最长 {LONGEST.days} 天,请分开申请。", "ends_at")
    if wanted.starts_at < now - GRACE:
        yield refusal("trip.past", "出发时间已经过去,请改为以后的时间。", "starts_at")
    elif wanted.starts_at > now + AHEAD:
        yield refusal("trip.ahead", f"最早提前 {AHEAD.days} 天申请,请核对日期。", "starts_at")


def _places(wanted: Wanted) -> Iterator[Refusal]:
    names = [one.name.strip() for one in wanted.places]
    if len(names) < 2 or not all(names):
        yield refusal("trip.places", "请填写从哪里出发、到哪里去。", "to")
    elif len(names) > MOST_STOPS or any(len(name) > 120 for name in names):
        yield refusal("trip.places", f"最多 {MOST_STOPS} 个地点,每个最多 120 个字。", "via")
    elif unknown := [one.name for one in wanted.places if not one.known and not wanted.free_places]:
        text = f"没有找到地点“{unknown[0]}”。请从常用地点中选;确实不在其中的,勾选“地点不在列表中”,由调度核定。"
        yield refusal("trip.place-unknown", text, "to")


def refusal(code: str, text: str, column: str) -> Refusal:
    """A refusal that names its field."""
    return Refusal(code, text, where=Where(column=column))


def draft(wanted: Wanted, organ: Organ, applicant: User, now: datetime) -> Trip:
    """The trip that the request would be, not saved."""
    row = Trip(organ=organ, applicant=applicant, requested_at=now, **columns(wanted))
    row.place()
    return row


def columns(wanted: Wanted) -> dict[str, Any]:
    """The columns of Trip that a request fills."""
    return {
        "starts_at": wanted.starts_at.replace(second=0, microsecond=0),
        "ends_at": wanted.ends_at.replace(second=0, microsecond=0),
        "passengers": wanted.passengers,
        "purpose": wanted.purpose,
        "route": " → ".join(one.name.strip() for one in wanted.places)[:300],
        "kilometres": kilometres(wanted.places, back=wanted.returns),
        "use": wanted.use,
        "body": wanted.body,
        "returns": wanted.returns,
        "wait_minutes": wanted.wait_minutes,
        "sharing": wanted.sharing,
        "urgent": wanted.urgent,
        **{name: getattr(wanted, name).strip() for name, _, _ in _TEXTS},
    }


def stops(trip: Trip, wanted: Wanted) -> list[Stop]:
    """The stops of a trip, not saved."""
    return [
        Stop(
            trip=trip,
            order=order,
            name=one.name.strip(),
            longitude=_degrees(one.longitude),
            latitude=_degrees(one.latitude),
        )
        for order, one in enumerate(wanted.places)
    ]


def _degrees(value: float | None) -> str | None:
    return None if value is None else f"{value:.6f}"
