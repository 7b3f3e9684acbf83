"""Which terminals there are, and who may speak for which. Needs Django; every function may block: not for the loop.

A terminal is entered by hand with its car; the first registration binds the device's own number to it. From then on
another device under the same phone is refused, with a record for the security administrator.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from yiwang.areas.vehicles.gateway import bodies
from yiwang.areas.vehicles.gateway.judge import Trail
from yiwang.areas.vehicles.gateway.location import Fix
from yiwang.areas.vehicles.tracks.models import Terminal
from yiwang.core.ledger.post import post
from yiwang.core.rights import alarms


@dataclass(slots=True, eq=False)
class Known:
    """A terminal in the memory of the gateway: ids, digest of its code, what is believed of its car."""

    terminal: int
    vehicle: int
    phone: str
    digest: str
    trail: Trail = field(default_factory=Trail)
    newest: Fix | None = None

    def accepts(self, code: str) -> bool:
        """Whether the code is the one it was given."""
        return bool(self.digest) and hmac.compare_digest(self.digest, digest(code))


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a registration: result of 0x8100, code, sentence."""

    result: int
    code: str = ""
    why: str = ""


def digest(code: str) -> str:
    """What is kept of a code."""
    return hashlib.sha256(code.encode()).hexdigest()


def load(phone: str | None = None) -> dict[str, Known]:
    """All terminals that may speak, or the one with this phone, by phone."""
    rows = Terminal.objects.filter(enabled=True).exclude(vehicle=None)
    if phone is not None:
        rows = rows.filter(phone=phone)
    found = {}
    columns = ("pk", "vehicle_id", "phone", "auth_code", "vehicle__live__at")
    places = ("vehicle__live__longitude", "vehicle__live__latitude")
    for pk, vehicle, number, code, at, longitude, latitude in rows.values_list(*columns, *places).iterator():
        found[number] = known = Known(pk, vehicle, number, code)
        if at is not None:
            known.trail.at = int(at.timestamp())
            known.trail.longitude, known.trail.latitude = round(longitude * 1e6), round(latitude * 1e6)
    return found


@transaction.atomic
def register(phone: str, asked: bodies.Registration, *, version: int, address: str, now: datetime) -> Answer:
    """终端注册: a new code for the terminal, or why not. What smells of another's number is recorded."""
    one = Terminal.objects.select_for_update(of=("self",)).select_related("vehicle").filter(phone=phone).first()
    if one is None:
        return Answer(bodies.NO_TERMINAL, why="没有登记这个终端号")
    if not one.enabled:
        return _refused(one, bodies.NO_TERMINAL, "终端已停用", asked, address, now)
    if one.vehicle is None:
        return Answer(bodies.NO_VEHICLE, why="终端没有绑定车辆")
    if one.serial and asked.device != one.serial:
        return _refused(one, bodies.TERMINAL_TAKEN, "终端号已由另一台设备注册", asked, address, now)
    if asked.colour and asked.plate and _bare(asked.plate) != _bare(one.vehicle.plate):
        return _refused(one, bodies.NO_VEHICLE, "上报的车牌与绑定的车辆不符", asked, address, now)
    code = secrets.token_hex(8)
    values = {"serial": asked.device, "maker": asked.maker, "model": asked.model, "auth_code": digest(code)}
    Terminal.objects.filter(pk=one.pk).update(**values, version=2019 if version else 2013, seen_at=now)
    body = {"serial": asked.device, "address": address, "first": not one.serial}
    post(actor="system", act="vehicles.terminal.register", obj=f"vehicles.terminal:{one.pk}", body=body)
    return Answer(bodies.DONE, code)


def _bare(plate: str) -> str:
    return "".join(letter for letter in plate.upper() if letter.isalnum())


def _refused(one: Terminal, result: int, why: str, asked: bodies.Registration, address: str, now: datetime) -> Answer:
    record(one.phone, f"{why}(设备 {asked.device or '无编号'},来自 {address})", now)
    return Answer(result, why=why)


def record(phone: str, why: str, now: datetime) -> None:
    """安全记录: somebody spoke under a number that is not his. One alarm an hour for a number and a reason."""
    with transaction.atomic():
        alarms.count("terminal", f"{phone} {why}", now)


@transaction.atomic
def log_out(terminal: int, phone: str) -> None:
    """终端注销: its code is no longer good; the device stays bound to the number."""
    Terminal.objects.filter(pk=terminal).update(auth_code="")
    post(actor="system", act="vehicles.terminal.logout", obj=f"vehicles.terminal:{terminal}", body={"phone": phone})


def seen(terminals: set[int], now: datetime) -> None:
    """Note when terminals last spoke."""
    Terminal.objects.filter(pk__among=sorted(terminals)).update(seen_at=now)
