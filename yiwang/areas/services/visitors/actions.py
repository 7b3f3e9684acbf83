"""The verbs of visits. The ledger knows the visit by its number; names and numbers stay out of it, for it forgets nothing."""

from __future__ import annotations

import re
import secrets
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from yiwang.areas.services.canteen.actions import ALPHABET
from yiwang.areas.services.messages import tell
from yiwang.areas.services.reach import AREA, acting, at_home, serves
from yiwang.areas.services.visitors.models import Visit, VisitState
from yiwang.core.ledger.post import post
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Role, Verb
from yiwang.kit import masking, sealing
from yiwang.kit.refusal import Refusal

#: Days ahead for which may be invited, and how many signs of thirty-one a code has (79 bits).
AHEAD, LENGTH = 60, 16
_PHONE = re.compile(r"\+?[0-9][0-9\- ]{5,18}[0-9]")
_PURPOSE = "services.visit.phone"


@transaction.atomic
def invite(
    *,
    name: str,
    organ_name: str,
    phone: str,
    on: date,
    reason: str,
    plate: str = "",
    access: Access,
    now: datetime,
) -> Visit:
    """邀请 a visitor for a day, to one's own organ. Refusals `visit.day`, `visit.name`, `visit.phone`, `visit.reason`."""
    access.need(access.may(Verb.APPLY, AREA), "邀请访客")
    organ = at_home(access)
    today = timezone.localdate(now)
    if not today <= on <= today + timedelta(days=AHEAD):
        raise Refusal("visit.day", f"来访日期应在今天到 {AHEAD} 天以内。")
    if not name.strip():
        raise Refusal("visit.name", "请填写来访人姓名。")
    if not reason.strip():
        raise Refusal("visit.reason", "请填写来访事由。")
    number = phone.strip()
    if number and not _PHONE.fullmatch(number):
        raise Refusal("visit.phone", "电话号码不像号码,请核对。")
    code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    made = Visit(organ=organ, host=acting(access), name=name.strip(), from_organ=organ_name.strip(), code=code)
    made.phone, made.phone_mask = _sealed(number, code), masking.phone(number)
    made.plate, made.reason, made.on_date, made.invited_at = plate.strip().upper(), reason.strip(), on, now
    made.place()
    made.save()
    _post(access, made, "invite", {"day": on})
    return made


def _sealed(number: str, code: str) -> str:
    if not number:
        return ""
    return sealing.seal(number.encode(), key=settings.SECRET_KEY, purpose=_PURPOSE, owner=code)


@transaction.atomic
def phone_of(*, visit: int, access: Access) -> str:
    """The whole number, for the host and for reception while the visitor is expected or here; each look is an entry."""
    one = _seen(visit, access)
    if not one.phone:
        raise Refusal("visit.phone", "没有留下电话,或已经清除。")
    _post(access, one, "phone", {})
    return sealing.unseal(one.phone, key=settings.SECRET_KEY, purpose=_PURPOSE, owner=one.code).decode()


@transaction.atomic
def cancel(*, visit: int, access: Access) -> Visit:
    """取消 by the host before the visitor came. Refusals `visit.own`, `visit.state`."""
    one = _seen(visit, access)
    if one.host_id != access.user.pk:
        raise Refusal("visit.own", "只有邀请人可以取消。")
    _step(one, VisitState.INVITED, VisitState.CANCELLED)
    _post(access, one, "cancel", {})
    return Visit.objects.get(pk=visit)


@transaction.atomic
def arrive(*, visit: int, access: Access, now: datetime) -> Visit:
    """到访 at reception, on the day of the invitation only. Refusals `visit.day`, `visit.state`."""
    access.need(serves(access, Role.RECEPTION), "登记到访")
    one = _seen(visit, access)
    if one.on_date != timezone.localdate(now):
        raise Refusal("visit.day", f"这份邀请只在 {one.on_date} 当天有效,请与接待人联系。")
    _step(one, VisitState.INVITED, VisitState.ARRIVED, arrived_at=now)
    _post(access, one, "arrive", {})
    about = f"services.visit:{one.pk}"
    tell([one.host], "services.visit.arrived", about, "services:visit", one.pk, but=access.user.pk, name=one.name)
    return Visit.objects.get(pk=visit)


@transaction.atomic
def leave(*, visit: int, access: Access, now: datetime) -> Visit:
    """离开. Refusal `visit.state`."""
    access.need(serves(access, Role.RECEPTION), "登记离开")
    one = _seen(visit, access)
    _step(one, VisitState.ARRIVED, VisitState.LEFT, left_at=now)
    _post(access, one, "leave", {})
    return Visit.objects.get(pk=visit)


@transaction.atomic
def purge(*, on: date, days: int | None = None) -> int:
    """清除: persons of visits older than the retention time are taken out; number of visits. Repeating is harmless.

    A visitor who never left on paper is taken out as well. One entry for all of them.
    """
    kept = settings.VISITOR_DAYS if days is None else days
    old = Visit.objects.filter(purged_date=None, on_date__lt=on - timedelta(days=kept))
    empty = {"name": "", "from_organ": "", "phone": "", "phone_mask": "", "plate": ""}
    number = old.update(**empty, purged_date=on)
    if number:
        post(
            actor="system",
            act="services.visit.purge",
            obj="services.visit",
            body={"visits": number, "before": on - timedelta(days=kept)},
        )
    return number


def _seen(key: int, access: Access) -> Visit:
    found = Visit.objects.visible(access).filter(pk=key).first()
    if found is None:
        raise Refusal("rights.denied", "没有这次来访,或不在您能看到的范围内。")
    return found


def _step(one: Visit, before: VisitState, after: VisitState, **values: Any) -> None:
    """One conditional update: two receptionists at once, and one of them is told."""
    if not Visit.objects.filter(pk=one.pk, state=before).update(state=after, **values):
        state = Visit.objects.get(pk=one.pk).get_state_display()
        raise Refusal("visit.state", f"这次来访现为“{state}”,不能这样登记。")


def _post(access: Access, one: Visit, act: str, body: dict[str, Any]) -> None:
    post(actor=access.actor, act=f"services.visit.{act}", obj=f"services.visit:{one.pk}", body=body)
