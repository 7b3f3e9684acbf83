"""What the pages of the accounts share: who may come in, and how an organ is named in a form."""

from __future__ import annotations

from datetime import date

from django.http import HttpResponse

from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Role
from yiwang.core.rights.naming import plain
from yiwang.kit.refusal import Refusal

#: Who sees users: the one opens their accounts, the other says what they may do. Neither reads business.
_SEE = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN)


def need_administrator(access: Access) -> None:
    """Refusal `rights.denied` for all but the system and the security administrator."""
    access.need(access.administers in _SEE, "管理账号")


def organ_named(access: Access, text: str, *, what: str = "单位") -> Organ:
    """The open organ of the subtree with this name or credit code. Refusal `account.organ`."""
    name = plain(text)
    found = list(access.organs().open().filter(name=name)[:2]) or list(access.organs().filter(credit_code=name)[:1])
    if len(found) != 1:
        many = f"名为“{name}”的单位不止一个,请改填统一社会信用代码。" if found else f"您管理的范围内没有“{name}”。"
        raise Refusal("account.organ", f"请填写{what}:{many}")
    return found[0]


def day(text: str, what: str) -> date:
    """A day that a form gives. Refusal `account.day`."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refusal("account.day", f"请填写{what},写成 2026-11-22。") from None


def once(response: HttpResponse) -> HttpResponse:
    """A page that shows a secret is kept nowhere."""
    response["Cache-Control"] = "no-store"
    return response
