"""接口令牌: a program acts for its owner, within fewer verbs and areas, until a day. `yw_<prefix>_<secret>`."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from yiwang.core.ledger.post import post
from yiwang.core.rights import lockout, passwords, second
from yiwang.core.rights.access import Access, access_for
from yiwang.core.rights.models import Token, User, Verb
from yiwang.kit.refusal import Refusal

MARK = "yw"
LONGEST = timedelta(days=366)
MOST = 20
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
#: Only these may be given; a token never changes rights, so administrators' doings are not among the verbs at all.
GIVEN = (Verb.READ, Verb.APPLY, Verb.HANDLE, Verb.WRITE, Verb.APPROVE, Verb.CONFIGURE, Verb.AUDIT)
#: What a token that only reads may have.
READING = frozenset({Verb.READ, Verb.AUDIT})


@dataclass(frozen=True)
class Scope:
    """What a token may at most: verbs, areas (empty: all); `read_only` refuses whatever changes anything."""

    verbs: frozenset[Verb]
    areas: frozenset[str]
    read_only: bool


@transaction.atomic
def issue(
    *,
    access: Access,
    label: str,
    verbs: Iterable[Verb],
    areas: Iterable[str] = (),
    expires_at: datetime,
    now: datetime,
) -> tuple[Token, str]:
    """A token of the user's own for the organ he works for, and its text, which is shown this once.

    Without a verb that changes something it is for reading only. Refusals `token.label`, `token.verbs`, `token.expiry`,
    `token.many`, `rights.denied`.
    """
    user, organ, wanted = access.user, access.organ, frozenset(verbs)
    access.need(isinstance(user, User) and organ is not None, "签发接口令牌")
    assert isinstance(user, User)
    assert organ is not None
    _sound(access, label, wanted, expires_at, now)
    prefix = "".join(secrets.choice(_ALPHABET) for _ in range(8))
    secret = secrets.token_urlsafe(32)
    row = Token.objects.create(
        user=user,
        organ=organ,
        label=label.strip(),
        prefix=prefix,
        digest=_digest(secret),
        verbs=" ".join(sorted(wanted)),
        areas=" ".join(sorted(set(areas))),
        read_only=wanted <= READING,
        created_at=now,
        expires_at=expires_at,
    )
    body = {"label": row.label, "verbs": row.verbs, "areas": row.areas, "expires_at": expires_at, "prefix": prefix}
    post(actor=access.actor, act="rights.token.issue", obj=f"rights.token:{row.pk}", body=body)
    return row, f"{MARK}_{prefix}_{secret}"


def _sound(access: Access, label: str, wanted: frozenset[Verb], expires_at: datetime, now: datetime) -> None:
    """Refuse what cannot be issued."""
    if not 2 <= len(label.strip()) <= 60:
        raise Refusal("token.label", "请写明令牌给哪个程序用(2 到 60 个字)。")
    if not wanted or not wanted <= set(GIVEN):
        raise Refusal("token.verbs", "请至少选一种允许的动作。")
    if lacking := sorted(verb for verb in wanted if not access.may(verb)):
        raise Refusal("token.verbs", f"您自己没有“{'、'.join(lacking)}”的权限,令牌不能多于本人。")
    if not now < expires_at <= now + LONGEST:
        raise Refusal("token.expiry", "有效期应在今天之后、一年之内。")
    if Token.objects.filter(user__pk=access.user.pk or 0, revoked_at=None, expires_at__gt=now).count() >= MOST:
        raise Refusal("token.many", f"有效的令牌已有 {MOST} 个,请先吊销不用的。")


@transaction.atomic
def revoke(*, token: int, access: Access, now: datetime) -> None:
    """The owner ends a token. Refusal `token.unknown` for another's and for one that has ended."""
    if not Token.objects.filter(pk=token, user__pk=access.user.pk or 0, revoked_at=None).update(revoked_at=now):
        raise Refusal("token.unknown", "没有这个令牌,或者它已经吊销。请刷新列表。")
    post(actor=access.actor, act="rights.token.revoke", obj=f"rights.token:{token}")


def revoke_all(*, user: User, actor: str, now: datetime) -> int:
    """Every token of a user, whoever decided it; one entry. Inside a transaction."""
    count = Token.objects.filter(user=user, revoked_at=None).update(revoked_at=now)
    if count:
        post(actor=actor, act="rights.token.revoke", obj=f"rights.user:{user.pk}", body={"count": count})
    return count


def _digest(secret: str) -> str:
    """256 bits by chance: a plain digest cannot be searched."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _parts(text: str) -> tuple[str, str]:
    mark, _, rest = text.strip().partition("_")
    prefix, _, secret = rest.partition("_")
    return (prefix, secret) if mark == MARK and len(prefix) == 8 else ("", "")


def access_by_token(text: str, now: datetime, *, request: HttpRequest | None = None) -> tuple[Access, Scope]:
    """What the bearer may: the owner's rights of this moment, narrowed. Refusal `token.invalid`, one for every reason.

    With `request`, wrong tokens count for the lock-out of the owner's name at that address, and the lock applies. An
    owner who must have a second factor and has none, or whose password is a spent or an unused one-time secret, cannot
    act by a token either.
    """
    prefix, secret = _parts(text)
    row = Token.objects.select_related("user").filter(prefix=prefix).first() if prefix else None
    right = hmac.compare_digest(row.digest if row else "-" * 64, _digest(secret))
    name = row.user.username if row else f"token:{prefix}"
    if request is not None and lockout.is_locked(request, name):
        raise _invalid()
    if row is None or not right:
        if request is not None:
            lockout.failed(request, name, "token")
        raise _invalid()
    if not _in_force(row, now):
        raise _invalid()
    scope = Scope(frozenset(map(Verb, row.verbs.split())), frozenset(row.areas.split()), row.read_only)
    access = access_for(row.user, row.organ_id, on=timezone.localdate(now))
    if access.organ is None or access.organ.pk != row.organ_id:
        raise _invalid()
    Token.objects.filter(pk=row.pk).exclude(last_used_at__gt=now - timedelta(minutes=1)).update(last_used_at=now)
    return access.narrowed(scope.verbs, scope.areas), scope


def _invalid() -> Refusal:
    return Refusal("token.invalid", "接口令牌无效:不存在、已过期或已吊销。请由本人在“我的账号”重新签发。")


def _in_force(row: Token, now: datetime) -> bool:
    user = row.user
    known = passwords.latest(user)
    return (
        row.revoked_at is None
        and row.expires_at > now
        and user.is_active
        and not user.expired(timezone.localdate(now))
        and not (known is not None and known.initial)
        and (not second.needed(user) or second.enrolled(user))
    )
