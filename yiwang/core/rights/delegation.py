"""委托: a user lends what he holds at an organ to a colleague for some days. Nothing is copied: see `held.lent`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Coalesce, Greatest

from yiwang.core.ledger.post import post
from yiwang.core.orgs.models import LEVELS, Organ
from yiwang.core.rights.access import Access
from yiwang.core.rights.held import lent
from yiwang.core.rights.models import ADMINISTRATORS, Delegation, Grant, OwnRole, Role, User
from yiwang.kit.refusal import Refusal

#: A post may be lent for so many days at most; who is away longer is replaced by a grant.
LONGEST = 366


@dataclass(frozen=True, kw_only=True)
class Lending:
    """What is lent to whom: one role (`own` with OWN) or all of them (""), in [since, until), and why."""

    delegate: User
    organ: Organ
    role: str = ""
    own: OwnRole | None = None
    since: date
    until: date
    reason: str


def colleagues(organ: Organ, on: date) -> QuerySet[User]:
    """To whom a post at the organ may be lent: who has a grant at it, above or below, or works there."""
    above = [pk for level in LEVELS if (pk := getattr(organ, level)) is not None]
    below = f"l{organ.depth}"
    near = Q(grants__organ__in=above) | Q(**{f"grants__organ__{below}": organ.pk}) | Q(**{f"person__{below}": organ.pk})
    rows = User.objects.filter(near, Q(valid_to=None) | Q(valid_to__gt=on), is_active=True)
    return rows.exclude(grants__role__in=ADMINISTRATORS).distinct()


@transaction.atomic
def delegate(*, access: Access, new: Lending, on: date, now: datetime) -> Delegation:
    """Lend. Refusals `delegation.*`."""
    lender = access.user
    access.need(isinstance(lender, User) and access.organ is not None and access.administers is None, "委托")
    assert isinstance(lender, User)
    _period(new, on)
    if not new.reason.strip():
        raise Refusal("delegation.reason", "请填写委托事由。")
    User.objects.select_for_update(no_key=True).get(pk=lender.pk)
    if new.delegate.pk == lender.pk or not colleagues(new.organ, on).filter(pk=new.delegate.pk).exists():
        raise Refusal("delegation.delegate", "只能委托给本单位或上下级单位的同事;管理员不能受托。")
    made = Delegation(
        lender=lender,
        delegate=new.delegate,
        organ=new.organ,
        role=new.role,
        own=new.own,
        valid_from=new.since,
        valid_to=new.until,
        reason=new.reason.strip(),
        created_at=now,
    )
    if not any(lent(made, grant) for grant in Grant.objects.filter(user=lender).select_related("organ", "own")):
        raise Refusal("delegation.not-held", f"您在“{new.organ}”没有要委托的角色;别人委托给您的不能再委托。")
    _not_twice(made)
    made.save()
    until = Value(new.until)
    User.objects.filter(pk=new.delegate.pk).update(deputy_until=Greatest(Coalesce("deputy_until", until), until))
    body = {"lender": lender.pk, "delegate": new.delegate.pk, "organ": new.organ.pk, "role": new.role}
    period = {"own": made.own_id, "from": new.since, "to": new.until, "reason": made.reason}
    post(actor=access.actor, act="rights.delegation.lend", obj=f"rights.delegation:{made.pk}", body={**body, **period})
    return made


def _period(new: Lending, on: date) -> None:
    if new.since < on or new.until <= new.since:
        raise Refusal("delegation.period", "委托应从今天或以后的一天开始,止日应晚于起日。")
    if (new.until - new.since).days > LONGEST:
        raise Refusal("delegation.period", f"一次委托不能超过 {LONGEST} 天。")


def _not_twice(new: Delegation) -> None:
    same = Delegation.objects.filter(lender=new.lender, organ=new.organ, role=new.role, own=new.own, ended_at=None)
    if same.filter(valid_from__lt=new.valid_to, valid_to__gt=new.valid_from).exists():
        raise Refusal("delegation.twice", "这段时间里同一角色已经委托给人,请先收回原来的委托。")


@transaction.atomic
def end_delegation(*, access: Access, delegation: Delegation, now: datetime) -> Delegation:
    """收回: the lender takes it back, the delegate gives it back, or a security administrator ends it; at once."""
    one = Delegation.objects.select_for_update(of=("self",)).select_related("organ").filter(pk=delegation.pk).first()
    admin = access.administers is Role.SECURITY_ADMIN
    if one is None or not (
        access.user.pk in (one.lender_id, one.delegate_id)
        or (admin and access.organs().filter(pk=one.organ_id).exists())
    ):
        raise Refusal("delegation.unknown", "没有这项委托,或不是您的。")
    if one.ended_at is not None:
        raise Refusal("delegation.ended", "这项委托已经收回。")
    one.ended_at = now
    one.save(update_fields=["ended_at"])
    post(actor=access.actor, act="rights.delegation.end", obj=f"rights.delegation:{one.pk}", body={"at": now})
    return one
