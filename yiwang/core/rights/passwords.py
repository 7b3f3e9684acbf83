"""The verbs on passwords: a person changes his own, an administrator gives a one-time secret. Each one ledger entry."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta

from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from yiwang.core.ledger.post import post
from yiwang.core.rights import policy, sessions
from yiwang.core.rights.models import PasswordSet, User
from yiwang.kit.refusal import Refusal

#: A one-time secret that nobody used is worthless after this.
INITIAL_DAYS = 3
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def check(text: str, user: User | None, now: datetime) -> None:
    """Refuse a password that is weak (`policy.check`) or was in use before (`password.used`)."""
    policy.check(text, user)
    if user is not None and user.pk and _was_used(text, user):
        raise Refusal("password.used", f"不能再用最近 {policy.profile().kept} 次用过的密码,请换一个新的。")


def _was_used(text: str, user: User) -> bool:
    before = user.password_sets.order_by("-pk").values_list("hash", flat=True)[: policy.profile().kept]
    return any(check_password(text, one) for one in {user.password, *before} if one)


@transaction.atomic
def change(*, user: User, old: str, new: str, now: datetime, actor: str, keep: str = "") -> None:
    """A person changes his own password; his other sessions end (`keep`: the key of the one at work).

    Refusals `password.wrong` (the old one), `password.used`, those of `policy.check`.
    """
    row = User.objects.select_for_update().get(pk=user.pk)
    if not row.check_password(old):
        raise Refusal("password.wrong", "原密码不对,请重新输入。")
    check(new, row, now)
    _set(row, new, now)
    user.password = row.password
    sessions.end_all(user=row, actor=actor, why="password", keep=keep)
    post(actor=actor, act="rights.password.change", obj=f"rights.user:{row.pk}")


@transaction.atomic
def initial(*, user: User, actor: str, now: datetime) -> str:
    """A one-time secret for a new or a forgotten password: returned once, valid for days, leads only to the change page.

    Whoever calls has checked the right to do so. Every session of the user ends; the second factor stays as it is.
    """
    secret = "-".join("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(3))
    row = User.objects.select_for_update().get(pk=user.pk)
    until = now + timedelta(days=INITIAL_DAYS)
    _set(row, secret, now, until=until)
    user.password = row.password
    sessions.end_all(user=row, actor=actor, why="reset")
    post(actor=actor, act="rights.password.reset", obj=f"rights.user:{row.pk}", body={"until": until})
    return secret


def renew(row: User, new: str, now: datetime) -> None:
    """Set a password for who proved himself otherwise; inside a transaction that holds the row. Refusals of `check`."""
    check(new, row, now)
    _set(row, new, now)


def _set(row: User, text: str, now: datetime, *, until: datetime | None = None) -> None:
    """Keep the hash, with those that must not come back; drop the older ones."""
    if not row.password_sets.exists() and row.has_usable_password():  # one that was set before this was kept
        PasswordSet.objects.create(user=row, hash=row.password, set_at=row.date_joined)
    row.set_password(text)
    row.save(update_fields=["password"])
    PasswordSet.objects.create(user=row, hash=row.password, set_at=now, initial=until is not None, until=until)
    keep = list(row.password_sets.order_by("-pk").values_list("pk", flat=True)[: policy.profile().kept + 1])
    row.password_sets.exclude(pk__in=keep).delete()


def latest(user: User) -> PasswordSet | None:
    """When and how the password in force was set; None where nobody noted it."""
    found = user.password_sets.order_by("-pk").first()
    return found if found is not None and found.hash == user.password else None


def spent(user: User, now: datetime) -> bool:
    """Whether the password in force is a one-time secret past its time."""
    known = latest(user)
    return known is not None and known.until is not None and known.until < now


def due(user: User) -> date | None:
    """The day from which the password must be changed; a past one for a one-time secret, None for never."""
    known = latest(user)
    if known is not None and known.initial:
        return date.min
    days = policy.profile().days
    if not days or not user.has_usable_password():  # who only comes by single sign-on has none to change
        return None
    return timezone.localdate(known.set_at if known else user.date_joined) + timedelta(days=days)


class Validator:
    """For Django's own forms and commands (`createsuperuser`, `changepassword`)."""

    def validate(self, password: str, user: User | None = None) -> None:
        """The refusal as a ValidationError."""
        try:
            check(password, user if isinstance(user, User) else None, timezone.now())
        except Refusal as refusal:
            raise ValidationError(refusal.message, code=refusal.code) from refusal

    def get_help_text(self) -> str:
        """One sentence."""
        return f"至少 {policy.profile().least} 个字符,不含姓名、单位名称和常见词。"
