"""第二因素: time-based codes (RFC 6238), once each and not endlessly tried; recovery codes; reset by two hands."""

from __future__ import annotations

import base64
import hashlib
import secrets
from datetime import datetime, timedelta
from urllib.parse import quote

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django_otp.oath import TOTP

from yiwang.core.ledger.post import post
from yiwang.core.rights import sessions
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import ADMINISTRATORS, VERBS, Grant, RecoveryCode, Role, SecondFactor, User, Verb
from yiwang.kit.refusal import Refusal
from yiwang.kit.sealing import seal, unseal

#: Who may approve, and the three administrators.
NEEDED = frozenset(role for role, verbs in VERBS.items() if Verb.APPROVE in verbs) | ADMINISTRATORS
PURPOSE = "totp"
STEP = 30
#: Wrong codes until the factor is locked, whatever address they come from, and for how long.
LIMIT = 10
LOCKED = timedelta(minutes=30)
RECOVERY_CODES = 10
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def needed(user: User) -> bool:
    """Whether the user must show a second factor: an approver or an administrator, where the setting asks for it."""
    if not settings.SECOND_FACTOR:
        return False
    if user.deputy_until is not None and user.deputy_until > timezone.localdate():
        return True  # he may act for an approver
    approves = Q(role__in=NEEDED) | Q(own__pairs__contains=f":{Verb.APPROVE} ")
    return Grant.objects.filter(approves, user=user).exists()


def enrolled(user: User) -> bool:
    """Whether a second factor of the user is in force; he is asked for it then, needed or not."""
    return SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).exists()


def _key(row: SecondFactor) -> bytes:
    return unseal(row.sealed, key=settings.SECRET_KEY, purpose=PURPOSE, owner=f"user:{row.user_id}")


@transaction.atomic
def begin(*, user: User) -> str:
    """A new key, not in force until a code of it is shown; as base32 for the app. Refusal `second.enrolled`."""
    row = SecondFactor.objects.select_for_update().filter(user=user).first() or SecondFactor(user=user)
    if row.confirmed_at:
        raise Refusal("second.enrolled", "您已经启用动态口令。要换手机,请先停用,或请安全管理员重置。")
    key = secrets.token_bytes(20)
    row.sealed = seal(key, key=settings.SECRET_KEY, purpose=PURPOSE, owner=f"user:{user.pk}")
    row.save()
    return base64.b32encode(key).decode()


def pending(user: User) -> str | None:
    """The key that waits for its first code, as base32; None without one."""
    row = SecondFactor.objects.filter(user=user, confirmed_at=None).first()
    return base64.b32encode(_key(row)).decode() if row else None


def address(user: User, key: str) -> str:
    """What the QR code says to the app (otpauth://)."""
    return f"otpauth://totp/{quote('一网:' + user.username)}?secret={key}&issuer={quote('一网')}&digits=6&period={STEP}"


@transaction.atomic
def confirm(*, user: User, code: str, now: datetime, actor: str) -> list[str]:
    """Put the key in force with its first code; the recovery codes, shown once. Refusals `second.none`, `second.code`."""
    row = SecondFactor.objects.select_for_update().filter(user=user, confirmed_at=None).first()
    if row is None:
        raise Refusal("second.none", "没有等待启用的动态口令,请重新开始。")
    step = _step_of(row, code, now)
    if step is None:
        raise Refusal("second.code", "动态口令不对。请核对手机时间,输入当前显示的 6 位数字。")
    row.confirmed_at, row.last_step = now, step
    row.save(update_fields=["confirmed_at", "last_step"])
    codes = _new_codes(user)
    post(actor=actor, act="rights.second.enrol", obj=f"rights.user:{user.pk}")
    return codes


def _new_codes(user: User) -> list[str]:
    RecoveryCode.objects.filter(user=user).delete()
    codes = [
        "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(3)) for _ in range(RECOVERY_CODES)
    ]
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, digest=_digest(user, code)) for code in codes)
    return codes


def _digest(user: User, code: str) -> str:
    """A recovery code has 59 bits by chance: a plain digest, bound to the user, cannot be searched."""
    return hashlib.sha256(f"{user.pk}:{code}".encode()).hexdigest()


def _step_of(row: SecondFactor, code: str, now: datetime) -> int | None:
    """The time step whose code this is: now, or one step to either side; only after the last one used."""
    if not (code.isascii() and code.isdigit() and len(code) == 6):
        return None
    totp = TOTP(_key(row), STEP)
    totp.time = now.timestamp()
    return int(totp.t()) if totp.verify(int(code), tolerance=1, min_t=row.last_step + 1) else None


def verify(*, user: User, code: str, now: datetime) -> bool:
    """Whether the code is right and unused; wrong ones are counted. Refusal `second.locked` after too many.

    Not in a transaction of the caller: a count must stay when the caller refuses.
    """
    with transaction.atomic():
        row = SecondFactor.objects.select_for_update().filter(user=user, confirmed_at__isnull=False).first()
        if row is None:
            return False
        if row.locked_until and row.locked_until > now:
            raise Refusal("second.locked", "动态口令错误太多,已锁定半小时。请稍后再试,或请安全管理员重置。")
        good = _use(row, code.strip().lower(), now)
        row.failures = 0 if good else row.failures + 1
        row.locked_until = now + LOCKED if row.failures >= LIMIT else None
        if row.locked_until:
            row.failures = 0
            post(actor=f"user:{user.pk}", act="rights.second.lock", obj=f"rights.user:{user.pk}", body={"ok": False})
        row.save(update_fields=["failures", "locked_until", "last_step"])
    return good


def _use(row: SecondFactor, code: str, now: datetime) -> bool:
    step = _step_of(row, code.replace(" ", ""), now)
    if step is not None:
        row.last_step = step
        return True
    return bool(
        RecoveryCode.objects.filter(user=row.user, digest=_digest(row.user, code), used_at=None).update(used_at=now)
    )


def codes_left(user: User) -> int:
    """Recovery codes not used yet."""
    return RecoveryCode.objects.filter(user=user, used_at=None).count()


@transaction.atomic
def renew_codes(*, user: User, actor: str) -> list[str]:
    """Ten new recovery codes, shown once; the old ones are void. Refusal `second.none`."""
    if not enrolled(user):
        raise Refusal("second.none", "没有等待启用的动态口令,请重新开始。")
    codes = _new_codes(user)
    post(actor=actor, act="rights.second.codes", obj=f"rights.user:{user.pk}")
    return codes


@transaction.atomic
def drop(*, user: User, actor: str) -> None:
    """A person gives up his own factor. Refusal `second.needed` where his role must have one."""
    if needed(user):
        raise Refusal("second.needed", "您的角色必须使用动态口令,不能停用。换手机请用恢复码,或请安全管理员重置。")
    _remove(user)
    post(actor=actor, act="rights.second.drop", obj=f"rights.user:{user.pk}")


@transaction.atomic
def reset(*, user: User, access: Access, reason: str, now: datetime) -> None:
    """The security administrator takes a lost factor away; never his own, so there are always two persons.

    Sessions of the user end; at the next log-in he must enrol anew. Refusals `rights.denied`, `second.own`,
    `second.reason`, `second.none`.
    """
    access.need(access.has(Role.SECURITY_ADMIN), "重置动态口令")
    if access.user.pk == user.pk:
        raise Refusal("second.own", "不能重置自己的动态口令,请另一位安全管理员办理。")
    if len(reason.strip()) < 4:
        raise Refusal("second.reason", "请写明重置的理由,例如谁在何时当面申请。")
    if not SecondFactor.objects.filter(user=user).exists():
        raise Refusal("second.none", "该用户没有启用动态口令。")
    _remove(user)
    sessions.end_all(user=user, actor=access.actor, why="reset")
    post(actor=access.actor, act="rights.second.reset", obj=f"rights.user:{user.pk}", body={"reason": reason.strip()})


def _remove(user: User) -> None:
    SecondFactor.objects.filter(user=user).delete()
    RecoveryCode.objects.filter(user=user).delete()
