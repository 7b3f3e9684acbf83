"""The verbs on accounts: what the system administrator does to users (系统管理员). Grants are in `granting.py`.

Each: one transaction, one entry. `on` is the business day, `now` the instant. Refusals `account.*`, `rights.denied`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from yiwang.core.ledger.post import post
from yiwang.core.orgs.models import Organ, Person
from yiwang.core.rights import passwords, sessions
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Grant, Role, User, folded
from yiwang.kit.refusal import Refusal

#: An account that nobody used for so long is disabled (等保 CES1-07).
STALE_DAYS = 90


@dataclass(frozen=True, kw_only=True)
class NewAccount:
    """What must be known of an account that is opened. `staff_number`: of the person it belongs to, or ""."""

    username: str
    name: str
    organ: Organ | None = None
    staff_number: str = ""
    valid_to: date | None = None


def accounts(access: Access) -> QuerySet[User]:
    """The users that an administrator sees: kept by an organ of his subtree, or with a grant there; at a root also
    those that no organ keeps. None for everybody else.
    """
    if access.organ is None or access.administers is None:
        return User.objects.none()
    level = f"l{access.organ.depth}"
    granted = Grant.objects.filter(user=OuterRef("pk"), **{f"organ__{level}": access.organ.pk})
    within = Q(**{f"organ__{level}": access.organ.pk}) | Exists(granted)
    return User.objects.filter(within | Q(organ=None) if access.organ.depth == 1 else within)


@transaction.atomic
def open_account(*, access: Access, new: NewAccount, now: datetime) -> tuple[User, str]:
    """开户: a user without any right, and his one-time secret, which is shown this once."""
    _need(access, "开户")
    _inside(access, new.organ)
    return create(actor=access.actor, new=new, now=now)


def create(*, actor: str, new: NewAccount, now: datetime) -> tuple[User, str]:
    """Open an account without asking for rights: for the command line. Inside a transaction."""
    user = User(username=_free(new.username), display_name=_text(new.name, "姓名"), organ=new.organ)
    user.valid_to, user.person = new.valid_to, _person(new.staff_number, None)
    user.set_unusable_password()
    user.save()
    body: dict[str, Any] = {"username": user.username, "name": user.display_name, "organ": user.organ_id}
    _post(actor, "open", user, **body, person=user.person_id, valid_to=user.valid_to)
    return user, passwords.initial(user=user, actor=actor, now=now)


@transaction.atomic
def disable(*, access: Access, user: User, reason: str) -> User:
    """停用: from the next request on the user is nobody. Nothing of his is deleted."""
    _need(access, "停用账号")
    user = _held(access, user)
    if user.pk == access.user.pk:
        raise Refusal("account.oneself", "不能停用自己的账号,请由另一位系统管理员办理。")
    return switch_off(user, actor=access.actor, reason=_text(reason, "停用原因"))


def switch_off(user: User, *, actor: str, reason: str) -> User:
    """End an account, whoever decided it; inside a transaction."""
    if not user.is_active:
        raise Refusal("account.state", f"“{user.label}”的账号已经停用。")
    user.is_active = False
    user.save(update_fields=["is_active"])
    sessions.end_all(user=user, actor=actor, why="disabled")
    _post(actor, "disable", user, reason=reason)
    return user


@transaction.atomic
def enable(*, access: Access, user: User, reason: str, now: datetime) -> User:
    """恢复: his grants hold again; he counts as having been here today, so that no job disables him again tonight."""
    _need(access, "恢复账号")
    user = _held(access, user)
    if user.is_active:
        raise Refusal("account.state", f"“{user.label}”的账号没有停用。")
    if user.expired(timezone.localdate(now)):
        raise Refusal("account.expired", "账号已过停用日期,请先改停用日期再恢复。")
    user.is_active, user.last_login = True, now
    user.save(update_fields=["is_active", "last_login"])
    _post(access.actor, "enable", user, reason=_text(reason, "恢复原因"))
    return user


@transaction.atomic
def set_end(*, access: Access, user: User, valid_to: date | None, on: date) -> User:
    """停用日期: the first day without the account; None takes it away."""
    _need(access, "改停用日期")
    user = _held(access, user)
    if valid_to is not None and valid_to <= on:
        raise Refusal("account.day", f"停用日期应晚于今天 {on};要马上停用,请用“停用”。")
    before, user.valid_to = user.valid_to, valid_to
    user.save(update_fields=["valid_to"])
    _post(access.actor, "end-date", user, before=before, after=valid_to)
    return user


@transaction.atomic
def link_person(*, access: Access, user: User, staff_number: str) -> User:
    """关联人员: who the user is on the payroll, by staff number; "" takes the link away. One person, one account."""
    _need(access, "关联人员")
    user = _held(access, user)
    before, user.person = user.person_id, _person(staff_number, user.pk)
    user.save(update_fields=["person"])
    _post(access.actor, "link", user, before=before, after=user.person_id)
    return user


@transaction.atomic
def reset_secret(*, access: Access, user: User, now: datetime) -> str:
    """重设口令: a new one-time secret; the old password is worth nothing from now on."""
    _need(access, "重设口令")
    return passwords.initial(user=_held(access, user), actor=access.actor, now=now)


def disable_stale(*, now: datetime, days: int = STALE_DAYS) -> list[User]:
    """Disable accounts past their end or unused for so many days; one entry each. The last administrator of a kind
    is left, for nobody could let him in again.
    """
    seen = Coalesce("last_login", "date_joined")
    rows = User.objects.filter(is_active=True).annotate(seen=seen)
    ended = Q(valid_to__lte=timezone.localdate(now))
    done = []
    for user in rows.filter(ended | Q(seen__lt=now - timedelta(days=days))).order_by("pk"):
        why = "已过停用日期" if user.expired(timezone.localdate(now)) else f"{days} 天未登录"
        with transaction.atomic():
            if not _last_of_kind(user):
                done.append(switch_off(user, actor="system", reason=why))
    return done


def _last_of_kind(user: User) -> bool:
    """Whether nobody else could do what this administrator does."""
    for role in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN):
        if user.grants.filter(role=role).exists():
            return not Grant.objects.filter(role=role, user__is_active=True).exclude(user=user).exists()
    return False


def _need(access: Access, doing: str) -> None:
    access.need(access.administers is Role.SYSTEM_ADMIN, doing)


def _inside(access: Access, organ: Organ | None) -> None:
    """An account is kept by an organ of the administrator's subtree; by none only where he stands at a root."""
    depth = access.organ.depth if access.organ else 0
    if depth != 1 if organ is None else not access.organs().filter(pk=organ.pk).exists():
        raise Refusal("account.organ", "请选择您管理范围内的单位作为账号的所属单位。")


def _held(access: Access, user: User) -> User:
    """The user, locked, if his account is the administrator's to manage."""
    found = accounts(access).select_for_update(of=("self",)).filter(pk=user.pk).first()
    if found is None:
        raise Refusal("account.unknown", "没有这个账号,或不在您管理的范围内。")
    _inside(access, found.organ)
    return found


def _free(username: str) -> str:
    """A user name that nobody has, however it is written."""
    name = "".join(username.split())
    try:
        UnicodeUsernameValidator()(name)
    except ValidationError:
        raise Refusal("account.username", "登录名只能用文字、数字和 @ . + - _,不能为空。") from None
    if len(folded(name)) > 150:
        raise Refusal("account.username", "登录名太长,请不超过 150 个字。")
    if User.objects.filter(name_key=folded(name)).exists():
        raise Refusal("account.taken", f"登录名“{name}”已有人使用(不分大小写和全半角),请换一个。")
    return name


def _text(value: str, what: str) -> str:
    if not (value := value.strip()):
        raise Refusal("account.text", f"请填写{what}。")
    return value


def _person(staff_number: str, mine: int | None) -> Person | None:
    """The person with this number, if no other account has him."""
    if not (number := staff_number.strip()):
        return None
    person = Person.objects.filter(staff_number=number).first()
    if person is None:
        raise Refusal("account.person", f"没有编号为 {number} 的人员,请核对人员编号。")
    if User.objects.filter(person=person).exclude(pk=mine or 0).exists():
        raise Refusal("account.person", f"人员 {number} 已有账号;一人一号。")
    return person


def _post(actor: str, act: str, user: User, **body: Any) -> None:
    post(actor=actor, act=f"rights.user.{act}", obj=f"rights.user:{user.pk}", body=body)
