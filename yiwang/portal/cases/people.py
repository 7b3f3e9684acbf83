"""Whom one may hand a case to: the users with a right at the organ of the case, above it or below it."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from yiwang.core.flow.models import Case
from yiwang.core.orgs.models import LEVELS
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import ADMINISTRATORS, User
from yiwang.kit.refusal import Refusal

MOST = 20


def colleagues(case: Case, access: Access) -> QuerySet[User]:
    """Active users other than oneself who have business at the organ of the case, at one above it or below the sender's."""
    above = [pk for level in LEVELS if (pk := getattr(case, level)) is not None]
    near = Q(grants__organ__in=above) | Q(**{f"grants__organ__l{case.organ.depth}": case.organ_id})
    if access.organ is not None and access.can_read:
        near |= Q(**{f"grants__organ__l{access.organ.depth}": access.organ.pk})
    users = User.objects.filter(near, is_active=True).exclude(pk=access.user.pk or 0)
    return users.exclude(grants__role__in=ADMINISTRATORS).distinct()


def suggested(case: Case, access: Access, typed: str) -> list[str]:
    """What the input offers: name/account."""
    found = colleagues(case, access)
    for part in typed.split("/"):
        found = found.filter(Q(display_name__icontains=part.strip()) | Q(username__icontains=part.strip()))
    return [f"{one.display_name or one.username}/{one.username}" for one in found.order_by("display_name", "pk")[:MOST]]


def chosen(text: str, case: Case, access: Access) -> User:
    """The person that an input names: name/account, the account, or a name that only one bears. Refusal `case.person`."""
    name = text.strip()
    if not name:
        raise Refusal("case.person", "请填写交给谁:输入姓名或账号,从列表中选一位。")
    account = name.rpartition("/")[2].strip()
    users = colleagues(case, access)
    found = list(users.filter(username=account)[:2]) or list(users.filter(display_name=name)[:2])
    if len(found) != 1:
        why = "有不止一位" if found else "没有"
        raise Refusal("case.person", f"本单位和上下级中{why}“{name}”,请输入姓名或账号,从列表中选一位。")
    return found[0]
