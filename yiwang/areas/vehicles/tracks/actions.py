"""The verbs on terminals."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from yiwang.areas.vehicles.life.models import Vehicle
from yiwang.areas.vehicles.tracks.models import CommandKind, Terminal, TerminalCommand
from yiwang.areas.vehicles.tracks.resources import TERMINAL
from yiwang.core.ledger.post import post
from yiwang.core.registers.writing import act, placed
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import User, Verb
from yiwang.kit.refusal import Refusal

#: Characters of a text: the standard allows 1,024 bytes of GBK.
LONGEST = 500


@transaction.atomic
def bind(*, actor: str, vehicle: Vehicle, phone: str, on: date) -> Terminal:
    """登记终端: this phone number belongs to the terminal in this car. Refusals `gateway.phone`, `register.unique`."""
    number = phone.strip().lstrip("0")
    if not number.isascii() or not number.isdigit() or len(number) > 20:
        raise Refusal("gateway.phone", f"终端手机号“{phone}”要是不超过 20 位的数字。")
    made: Terminal = act(
        TERMINAL, {"phone": number, "vehicle_id": vehicle.pk, **placed(vehicle.organ)}, actor=actor, verb="bind", on=on
    )
    return made


@transaction.atomic
def release(*, access: Access, terminal: int, now: datetime) -> Terminal:
    """解除绑定设备: the device's own number and its code are forgotten, another device may register under this phone."""
    one = _mine(access, terminal)
    Terminal.objects.filter(pk=one.pk).update(serial="", auth_code="")
    body = {"serial": one.serial, "phone": one.phone}
    post(actor=access.actor, act="vehicles.terminal.release", obj=f"vehicles.terminal:{one.pk}", body=body)
    one.refresh_from_db()
    return one


@transaction.atomic
def enable(*, access: Access, terminal: int, enabled: bool) -> Terminal:
    """启用、停用: a terminal that is stopped is refused, and cut off within half a minute."""
    one = _mine(access, terminal)
    Terminal.objects.filter(pk=one.pk).update(enabled=enabled)
    act_ = f"vehicles.terminal.{'enable' if enabled else 'disable'}"
    post(actor=access.actor, act=act_, obj=f"vehicles.terminal:{one.pk}", body={"phone": one.phone})
    one.refresh_from_db()
    return one


@transaction.atomic
def command(*, access: Access, terminal: int, kind: CommandKind, now: datetime, text: str = "") -> TerminalCommand:
    """下发指令: the gateway sends it when the terminal is there, within a day. Refusals `terminal.off`, `terminal.text`."""
    one = _mine(access, terminal)
    if not one.enabled or one.vehicle_id is None:
        raise Refusal("terminal.off", f"终端 {one.phone} 已停用或没有绑定车辆,不能下发。")
    text = text.strip()
    if kind == CommandKind.TEXT and not 0 < len(text) <= LONGEST:
        raise Refusal("terminal.text", f"请写要下发的文字,最多 {LONGEST} 个字。")
    user = access.user if isinstance(access.user, User) else None
    made = TerminalCommand.objects.create(terminal=one, kind=kind, text=text, user=user, created_at=now)
    body = {"kind": str(kind), "text": text}
    post(actor=access.actor, act="vehicles.terminal.command", obj=f"vehicles.terminal:{one.pk}", body=body)
    return made


def _mine(access: Access, terminal: int) -> Terminal:
    found = access.scope(Terminal.objects.all(), Verb.WRITE).filter(pk=terminal).first()
    if found is None:
        raise Refusal("rights.denied", "没有这个终端,或不在您能办理的范围内。")
    return found
