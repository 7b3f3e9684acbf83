"""找回密码: a person who forgot his password gets a link by mail and sets a new one. Each verb one ledger entry.

Who asks learns nothing of the account: whatever was typed, the answer is the same, and the work is done elsewhere. The link
leads nowhere but to a new password; the second factor is asked for at the log-in all the same. The three administrators get
no link: for them another administrator answers.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from yiwang.core.ledger.post import post
from yiwang.core.rights import passwords, sessions
from yiwang.core.rights.models import ADMINISTRATORS, ResetLink, User, folded
from yiwang.kit.refusal import Refusal

VALID = timedelta(minutes=30)
#: Links of one person within the hour.
MOST, WITHIN = 3, timedelta(hours=1)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def issue(*, username: str, now: datetime) -> tuple[User, str] | None:
    """A link for whoever logs in under this name: the user and the secret; None where there is none to give.

    None is given to: an unknown name, an account that is off or at its end, without mail or password, of an
    administrator, and after MOST links within the hour. Each asking is an entry, those in vain too.
    """
    user = User.objects.select_for_update().filter(name_key=folded(username)[:150]).first()
    why = "unknown" if user is None else _held_back(user, now)
    if user is None or why:
        obj = f"rights.user:{user.pk if user else '-'}"
        post(actor="anonymous", act="rights.password.ask", obj=obj, body={"ok": False, "why": why})
        return None
    secret = secrets.token_urlsafe(32)
    ResetLink.objects.create(user=user, digest=_digest(secret), issued_at=now, expires_at=now + VALID)
    post(actor="anonymous", act="rights.password.ask", obj=f"rights.user:{user.pk}", body={"ok": True})
    return user, secret


def _held_back(user: User, now: datetime) -> str:
    """Why this account gets no link; "" where it does."""
    if not user.is_active or user.expired(timezone.localdate(now)):
        return "closed"
    if not user.email or not user.has_usable_password():
        return "no-mail" if not user.email else "no-password"
    if user.grants.filter(role__in=ADMINISTRATORS).exists():
        return "administrator"
    return "many" if user.reset_links.filter(issued_at__gt=now - WITHIN).count() >= MOST else ""


def owner(secret: str, now: datetime) -> User | None:
    """Whose password the link may set; None for one that was used, is too old or never was."""
    row = (
        ResetLink.objects.filter(digest=_digest(secret), used_at=None, expires_at__gt=now)
        .select_related("user")
        .first()
    )
    return row.user if row is not None and row.user.is_active else None


@transaction.atomic
def recover(*, secret: str, new: str, now: datetime) -> User:
    """Set the new password: the link and its siblings are spent, every session of the person ends.

    Refusals `reset.spent`, and those of `passwords.check`, which leave the link in force.
    """
    mine = ResetLink.objects.filter(digest=_digest(secret), used_at=None, expires_at__gt=now)
    row = mine.first()
    if row is None or not mine.update(used_at=now):  # two at once: one of them
        raise Refusal("reset.spent", "链接已经用过或已过期,请重新申请找回密码。")
    user = User.objects.select_for_update().get(pk=row.user_id)
    if not user.is_active or user.expired(timezone.localdate(now)):
        raise Refusal("reset.spent", "链接已经用过或已过期,请重新申请找回密码。")
    passwords.renew(user, new, now)
    ResetLink.objects.filter(user=user, used_at=None).update(used_at=now)
    sessions.end_all(user=user, actor=f"user:{user.pk}", why="reset")
    post(actor=f"user:{user.pk}", act="rights.password.recover", obj=f"rights.user:{user.pk}")
    return user


@transaction.atomic
def set_mailbox(*, user: User, mail: str, password: str, actor: str, now: datetime) -> None:
    """A person says where messages and links go; with his password, for a mailbox opens the account. "" takes it away.

    Links that were mailed before are spent. Refusals `password.wrong`, `reset.mail`.
    """
    row = User.objects.select_for_update().get(pk=user.pk)
    if not row.check_password(password):
        raise Refusal("password.wrong", "密码不对,请重新输入。")
    try:
        if mail := mail.strip():
            validate_email(mail)
    except ValidationError:
        raise Refusal("reset.mail", "邮箱的写法不对,应如 name@example.gov.cn。") from None
    row.email = user.email = mail
    row.save(update_fields=["email"])
    row.reset_links.filter(used_at=None).update(used_at=now)
    post(actor=actor, act="rights.user.mailbox", obj=f"rights.user:{row.pk}", body={"set": bool(mail)})


def tidy(now: datetime) -> None:
    """Remove links that are a day past their end."""
    ResetLink.objects.filter(expires_at__lt=now - timedelta(days=1)).delete()
