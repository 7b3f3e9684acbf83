"""Tracks of named drivers are sensitive personal data (个人信息保护法 art. 28): a right of its own, a reason each time, an entry
for each reading, and none without an impact assessment in force (art. 55).

Where cars under way are now is what a dispatcher works with and no reading; a day, a way, a playback is.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from yiwang.areas.vehicles.life.models import Vehicle
from yiwang.areas.vehicles.watch.models import Assessment, Sign, TrackReading
from yiwang.core.ledger.post import post
from yiwang.core.orgs.models import LEVELS
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import User, Verb
from yiwang.core.verdicts.models import Finding, State
from yiwang.kit.refusal import Refusal

AREA = "vehicles"
#: How long a reading that was opened may be looked at, and how many days it may span.
HOLDS, MOST_DAYS = timedelta(minutes=30), 31
#: A reason is a sentence, not a dot.
LEAST = 6
#: So many days after a sign was settled its piece of track is forgotten; the figures stay.
EVIDENCE_DAYS = 180


def may_see_track(access: Access) -> bool:
    """Whether the user has the right to ask for tracks here at all."""
    return access.may(Verb.TRACK, AREA) and access.may(Verb.READ, AREA)


def assessed(vehicle: Vehicle, on: date) -> bool:
    """Whether an impact assessment is in force for the car's organ or one above it."""
    above = [getattr(vehicle, level) for level in LEVELS if getattr(vehicle, level) is not None]
    return Assessment.objects.filter(organ__in=above, valid_from__lte=on, valid_to__gt=on).exists()


@transaction.atomic
def open_track(
    *, vehicle: int, since: date, until: date, reason: str, access: Access, now: datetime, document: str = ""
) -> TrackReading:
    """Open the track of a car for the user, for half an hour; the entry says who read whose days, and why.

    Refusals `rights.denied`, `track.vehicle`, `track.days`, `track.reason`, `track.assessment`.
    """
    access.need(may_see_track(access), "查阅车辆轨迹")
    car = access.scope(Vehicle.objects.filter(pk=vehicle), Verb.TRACK).first()
    if car is None:
        raise Refusal("track.vehicle", "没有这辆车,或不在您可查阅轨迹的范围内。")
    today = timezone.localtime(now).date()
    if not since <= until <= today or (until - since).days >= MOST_DAYS:
        raise Refusal("track.days", f"轨迹的起止日期不对:止日不早于起日、不晚于今天,一次最多 {MOST_DAYS} 天。")
    if len(reason.strip()) < LEAST:
        raise Refusal("track.reason", f"请写明查阅事由(至少 {LEAST} 个字),如核查某件投诉、某条线索。")
    if not assessed(car, today):
        raise Refusal(
            "track.assessment", "这个单位没有有效的个人信息影响评估,不能查阅轨迹;请先在“个人信息影响评估”台账登记。"
        )
    user = access.user
    assert isinstance(user, User)  # who has a right is a user
    reading = TrackReading(
        user=user, vehicle=car, organ=car.organ, since=since, until=until, reason=reason.strip()[:200]
    )
    reading.document, reading.opened_at, reading.expires_at = document.strip()[:120], now, now + HOLDS
    reading.place()
    reading.save()
    body = {"vehicle": car.pk, "since": since, "until": until, "reason": reading.reason, "document": reading.document}
    post(
        actor=access.actor,
        act="vehicles.track.read",
        obj=f"vehicles.vehicle:{car.pk}",
        body=access.facts(Verb.TRACK, AREA, reading=reading.pk, **body),
    )
    return reading


def track_reading(access: Access, vehicle: int, day: date, now: datetime) -> TrackReading | None:
    """The user's open reading of the car's day; None: ask for one first (`vehicles:track-ask`)."""
    if not may_see_track(access):
        return None
    rows = access.scope(TrackReading.objects.filter(vehicle=vehicle, user=access.user.pk), Verb.TRACK)
    return rows.filter(since__lte=day, until__gte=day, opened_at__lte=now, expires_at__gt=now).order_by("-pk").first()


def forget(on: date) -> int:
    """Take the tracks out of signs that are settled or withdrawn and older than EVIDENCE_DAYS; how many."""
    pending = Finding.objects.filter(dataset="vehicles.watch", subject=OuterRef("subject")).exclude(state=State.CLOSED)
    old = Sign.objects.filter(day__lt=on - timedelta(days=EVIDENCE_DAYS)).exclude(evidence={})
    return old.filter(~Exists(pending)).update(evidence={})
