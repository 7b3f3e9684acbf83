"""The verbs on grants and own roles: what the security administrator does (安全管理员), effective at once.

The three administrators stand apart (三员分立): `give` is the only way in and refuses what would join two of them in one
hand, or one of them with business; the database refuses it too (`belts.py`).
"""

from __future__ import annotations

from collections.abc import Iterable

from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import Q

from yiwang.core.ledger.post import post
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import Access
from yiwang.core.rights.actions import accounts
from yiwang.core.rights.held import AREAS
from yiwang.core.rights.models import ADMINISTRATORS, Grant, OwnRole, Role, User, Verb
from yiwang.kit.refusal import Refusal


def areas() -> dict[str, str]:
    """The areas of business that rights can be limited to: label → name."""
    return {one.label: str(one.verbose_name) for one in apps.get_app_configs() if one.name.startswith(AREAS)}


@transaction.atomic
def grant(*, access: Access, user: User, organ: Organ, role: Role, area: str = "", own: OwnRole | None = None) -> Grant:
    """授权: a role on an organ and all below it, in one area or in all; never to oneself."""
    _need(access, "授权")
    if not access.organs().filter(pk=organ.pk).exists():
        raise Refusal("grant.organ", "请选择您管理范围内的单位。")
    if user.pk == access.user.pk:
        raise Refusal("grant.oneself", "不能给自己授权,请由另一位安全管理员办理。")
    if not accounts(access).filter(pk=user.pk).exists():
        raise Refusal("account.unknown", "没有这个账号,或不在您管理的范围内。")
    return give(actor=access.actor, user=user, organ=organ, role=role, area=area, own=own)


def give(*, actor: str, user: User, organ: Organ, role: Role, area: str = "", own: OwnRole | None = None) -> Grant:
    """Grant without asking for the right to: for the command line and the demo. Inside a transaction."""
    if (role is Role.OWN) != (own is not None) or (own is not None and own.closed):
        raise Refusal("grant.role", "请选择一个在用的角色。")
    if area and (area not in areas() or role in ADMINISTRATORS or own is not None):
        raise Refusal("grant.area", "管理员和自定义角色不按业务限定;其他角色请从列表中选业务。")
    user = User.objects.select_for_update().get(pk=user.pk)
    if not user.is_active:
        raise Refusal("account.state", f"“{user.label}”的账号已经停用,请先恢复。")
    _apart(user, role)
    if Grant.objects.filter(user=user, organ=organ, role=role, area=area, own=own).exists():
        raise Refusal("grant.twice", f"“{user.label}”在“{organ}”已有这个角色。")
    try:
        with transaction.atomic():
            made = Grant.objects.create(user=user, organ=organ, role=role, area=area, own=own)
    except IntegrityError:
        raise _joined(user) from None
    post(actor=actor, act="rights.grant.give", obj=f"rights.grant:{made.pk}", body=facts(made))
    return made


def facts(one: Grant) -> dict[str, object]:
    """A grant as entries keep it; `verify.py` compares the table with these."""
    return {"user": one.user_id, "organ": one.organ_id, "role": str(one.role), "area": one.area, "own": one.own_id}


def _apart(user: User, role: Role) -> None:
    """An administrator's role is a user's only one."""
    admin = Q(role__in=ADMINISTRATORS)
    others = user.grants.all() if role in ADMINISTRATORS else user.grants.filter(admin)
    if others.exists():
        raise _joined(user)


def _joined(user: User) -> Refusal:
    return Refusal(
        "grant.administrators",
        f"“{user.label}”已有别的角色:系统、安全、审计管理员须由三人分任,也不能兼任业务角色。请另开账号或先收回原角色。",
    )


@transaction.atomic
def revoke(*, access: Access, grant: Grant) -> None:
    """收回: gone at the next request, with what was lent of it."""
    _need(access, "收回授权")
    found = Grant.objects.select_for_update(of=("self",)).filter(pk=grant.pk, organ__in=access.organs()).first()
    if found is None:
        raise Refusal("grant.unknown", "没有这项授权,或不在您管理的范围内。")
    if found.user_id == access.user.pk:
        raise Refusal("grant.oneself", "不能改自己的授权,请由另一位安全管理员办理。")
    take(actor=access.actor, grant=found)


def take(*, actor: str, grant: Grant) -> None:
    """Revoke without asking for the right to; inside a transaction."""
    post(actor=actor, act="rights.grant.revoke", obj=f"rights.grant:{grant.pk}", body=facts(grant))
    grant.delete()


@transaction.atomic
def define_role(*, access: Access, name: str, pairs: Iterable[tuple[str, Verb]], note: str = "") -> OwnRole:
    """自定义角色: a name for a set of (area, verb); area "" is every area."""
    _need(access, "定义角色")
    if OwnRole.objects.filter(name=_named(name)).exists() or name.strip() in Role.labels:
        raise Refusal("role.taken", f"已有名为“{name.strip()}”的角色,请换一个名称。")
    made = OwnRole.objects.create(name=_named(name), note=note.strip(), pairs=written(pairs))
    _post(access, "define", made, note=made.note, pairs=made.pairs.split())
    return made


@transaction.atomic
def change_role(*, access: Access, role: OwnRole, pairs: Iterable[tuple[str, Verb]], note: str = "") -> OwnRole:
    """Other powers for a role; whoever has it has them from the next request on."""
    _need(access, "修改角色")
    role = OwnRole.objects.select_for_update().get(pk=role.pk)
    before, role.pairs, role.note = role.pairs.split(), written(pairs), note.strip()
    role.save()
    _post(access, "change", role, before=before, after=role.pairs.split(), note=role.note)
    return role


@transaction.atomic
def close_role(*, access: Access, role: OwnRole) -> OwnRole:
    """A role that is not to be granted any more; nobody may still have it."""
    _need(access, "停用角色")
    role = OwnRole.objects.select_for_update().get(pk=role.pk)
    if count := role.grants.count():
        raise Refusal("role.in-use", f"还有 {count} 项授权用着“{role.name}”,请先收回。")
    role.closed = True
    role.save()
    _post(access, "close", role)
    return role


def written(pairs: Iterable[tuple[str, Verb]]) -> str:
    """Powers as the table keeps them. Refusals `role.empty`, `role.area`."""
    found = sorted({f"{area or '*'}:{verb}" for area, verb in pairs})
    if not found:
        raise Refusal("role.empty", "请至少勾选一项权限。")
    if unknown := {one.partition(":")[0] for one in found} - {"*", *areas()}:
        raise Refusal("role.area", f"没有“{min(unknown)}”这项业务。")
    return f" {' '.join(found)} "


def _named(name: str) -> str:
    if not (name := name.strip()) or len(name) > 30:
        raise Refusal("role.name", "请填写角色名称,不超过 30 个字。")
    return name


def _post(access: Access, act: str, role: OwnRole, **body: object) -> None:
    post(actor=access.actor, act=f"rights.role.{act}", obj=f"rights.role:{role.pk}", body={"name": role.name, **body})


def _need(access: Access, doing: str) -> None:
    access.need(access.administers is Role.SECURITY_ADMIN, doing)
