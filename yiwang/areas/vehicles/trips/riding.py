"""同车: trips that ride with another one (POOLED): their share of its charge by kilometres, and what becomes of them.

A guest keeps a state of its own until it is settled. What the host's drive costs is shared by the kilometres that each asked
for; the shares add up to the whole, to the fen. If the host is called off before it leaves, its guests wait for a car again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Greatest

from yiwang.areas.vehicles.trips import telling
from yiwang.areas.vehicles.trips.charging import Line
from yiwang.areas.vehicles.trips.models import Trip, TripState
from yiwang.core.ledger.post import post
from yiwang.core.rights.access import Access
from yiwang.kit.refusal import Refusal

#: While the host is in one of these, a guest may still leave it.
WAITING = (TripState.APPROVED, TripState.ASSIGNED, TripState.ACCEPTED)
#: A guest's share is due when its host is in one of these.
AGREED = (TripState.CONFIRMED, TripState.SETTLED)
DUE = Q(state=TripState.CONFIRMED) | Q(state=TripState.POOLED, charge__isnull=False, host__state__in=AGREED)


def share_out(amount: int, weights: Sequence[int]) -> list[int]:
    """The amount by weights, in whole fen: what is left over goes to the largest remainders, the first of equals first.

    Equal parts where nobody weighs anything. [] without weights.
    """
    if not weights:
        return []
    heavy = list(weights) if sum(weights) else [1] * len(weights)
    whole = sum(heavy)
    parts = [amount * weight // whole for weight in heavy]
    rest = sorted(range(len(heavy)), key=lambda place: (-(amount * heavy[place] % whole), place))
    for place in rest[: amount - sum(parts)]:
        parts[place] += 1
    return parts


def party(trip: int) -> list[int]:
    """The ids of a trip and of all that ride together with it, in order: so are they locked. One query."""
    host = Trip.objects.filter(pk=trip).values_list("host", flat=True).first() or trip
    together = Trip.objects.filter(Q(pk=trip) | Q(pk=host) | Q(host=host)).order_by("pk")
    return list(together.values_list("pk", flat=True))


def guests(host: Trip) -> QuerySet[Trip]:
    """Those that ride with it, in the order of their ids."""
    return Trip.objects.filter(host=host, state=TripState.POOLED).select_related("organ").order_by("pk")


def share(host: Trip, lines: list[Line]) -> list[Line]:
    """Give the guests their shares of the host's lines; the host's lines with what they take off. The host is locked."""
    riders = list(guests(host))
    if not riders:
        return lines
    whole = sum(one.amount for one in lines)
    weights = [host.kilometres, *(one.kilometres for one in riders)]
    _, *parts = share_out(whole, weights)
    for rider, part in zip(riders, parts, strict=True):
        line = Line(f"拼车分摊(同 {host.number},共 {whole / 100:.2f} 元)", f"{rider.kilometres}", "公里", 0, part)
        rider.lines, rider.charge = [line.as_dict()], part
        rider.save(update_fields=["lines", "charge"])
    off = [
        Line(f"拼车分摊给 {rider.number}", f"{rider.kilometres}", "公里", 0, -part)
        for rider, part in zip(riders, parts, strict=True)
    ]
    return [*lines, *off]


def board(guest: Trip, host: Trip, words: str, access: Access) -> None:
    """The guest rides with the host from now on."""
    guest.state, guest.host, guest.ended_reason = TripState.POOLED, host, words
    guest.save(update_fields=["state", "host", "ended_reason"])
    post(actor=access.actor, act="vehicles.trip.pool", obj=f"vehicles.trip:{guest.pk}", body={"host": host.number})


def leave(guest: Trip) -> None:
    """The guest is called off: its seats in the host's car are free. Both are locked, the caller saves the guest. Refusal `trip.state` once the host has left."""
    host = guest.host
    if host is None or host.state not in WAITING:
        raise Refusal("trip.state", f"同车的用车 {host} 已经出发或结束,不能取消。")
    seats = Greatest(F("passengers") - guest.passengers, 1)
    Trip.objects.filter(pk=host.pk).update(passengers=seats)
    guest.host = None


def scatter(host: Trip, reason: str, access: Access, now: datetime) -> None:
    """The host is called off before it left: each guest waits for a car of its own again, and is told."""
    for guest in guests(host):
        words = f"同车的 {host.number} 取消:{reason}"
        guest.state, guest.host, guest.ended_reason = TripState.APPROVED, None, ""
        guest.save(update_fields=["state", "host", "ended_reason"])
        body = {"host": host.number, "reason": reason}
        post(actor=access.actor, act="vehicles.trip.unpool", obj=f"vehicles.trip:{guest.pk}", body=body)
        telling.moved(guest, words, now, by=None)


def end(host: Trip, reason: str) -> None:
    """Nobody of the party came: the guests end as the host does."""
    guests(host).update(state=TripState.NO_SHOW, ended_reason=f"同 {host.number}:{reason}"[:200])
