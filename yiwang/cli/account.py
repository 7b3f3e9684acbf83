"""`yiwang account …`: the first three administrators, lost secrets, grants and their verification by command line."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from yiwang.core.orgs.models import Organ
    from yiwang.core.rights.models import User


@click.group(help="账号:建立三员、重设口令、授权、核对授权")
def command() -> None:
    """Set Django up."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.portal.settings")
    import django

    django.setup()


@command.command(help="为空系统开设首个单位和三员账号(系统、安全、审计管理员),口令只显示一次")
@click.option("--organ", required=True, help="单位名称;还没有单位时一并设立")
@click.option("--credit-code", default="", help="统一社会信用代码(设立单位时)")
@click.option(
    "--tier", default="COUNTY", show_default=True, help="层级(设立单位时):CENTRAL PROVINCE CITY COUNTY TOWNSHIP"
)
@click.option("--kind", default="党政机关", show_default=True, help="性质(设立单位时)")
@click.option("--region", default="", help="行政区划代码(设立单位时)")
@click.option("--system", "system", default="sysadmin", show_default=True, help="系统管理员的登录名")
@click.option("--security", default="secadmin", show_default=True, help="安全管理员的登录名")
@click.option("--audit", default="auditadmin", show_default=True, help="审计管理员的登录名")
def first(
    *, organ: str, credit_code: str, tier: str, kind: str, region: str, system: str, security: str, audit: str
) -> None:
    """Only where there is no administrator yet."""
    from django.db import transaction
    from django.utils import timezone

    from yiwang.core.orgs.actions import NewOrgan
    from yiwang.core.rights.first import administrators

    new = NewOrgan(name=organ, credit_code=credit_code, tier=tier, kind=kind, region=region)
    with transaction.atomic():
        made = administrators(
            organ=new, usernames=(system, security, audit), today=timezone.localdate(), now=timezone.now()
        )
    for user, role, secret in made:
        click.echo(f"{role.label}  {user.username}  {secret}")
    click.echo("请把口令分别交给三个人;首次登录后须修改。")


@command.command(help="重设口令(忘记口令时),新口令只显示一次")
@click.argument("username")
def reset(username: str) -> None:
    """A new one-time secret."""
    from django.db import transaction

    from yiwang.core.rights.passwords import initial

    with transaction.atomic():
        click.echo(initial(user=_user(username), actor="system", now=datetime.now(UTC)))


@command.command(help="授权:USERNAME 在单位(名称)担任 ROLE;三员分立同样适用")
@click.argument("username")
@click.argument("organ")
@click.argument("role")
@click.option("--area", default="", help="只限一项业务,如 vehicles")
def grant(username: str, organ: str, role: str, area: str) -> None:
    """By the same code as the page."""
    from django.db import transaction

    from yiwang.core.rights.granting import give
    from yiwang.core.rights.models import Role
    from yiwang.kit.refusal import Refusal

    if role not in Role.values:
        raise Refusal("grant.role", f"没有角色 {role};可用:{'、'.join(Role.values)}。")
    with transaction.atomic():
        give(actor="system", user=_user(username), organ=_organ(organ), role=Role(role), area=area)
    click.echo("已授权")


@command.command(help="核对授权与存证;不符则逐项列出并以 1 退出")
@click.option("--adopt", is_flag=True, help="把启用存证之前的授权补记存证")
def verify(*, adopt: bool) -> None:
    """What was changed past the verbs."""
    from yiwang.core.rights import verify as grants

    if adopt:
        click.echo(f"补记 {grants.adopt(actor='system')} 项")
    found = grants.faults()
    for fault in found:
        click.echo(f"{fault.obj}  {fault.what}")
    if count := grants.shut_out(found, now=datetime.now(UTC)):
        click.echo(f"{count} 个用户的会话和令牌已结束,授权与存证相符之前不能登录")
    click.echo("授权与存证相符" if not found else f"{len(found)} 项不符")
    sys.exit(1 if found else 0)


@command.command(help="停用到期和久未登录的账号(每夜自动运行)")
@click.option("--days", type=click.IntRange(min=1), default=90, show_default=True, help="多少天未登录")
def stale(days: int) -> None:
    """What the nightly job does, now."""
    from yiwang.core.rights.actions import disable_stale

    for user in disable_stale(now=datetime.now(UTC), days=days):
        click.echo(f"已停用 {user.username} {user.display_name}")


def _user(username: str) -> User:
    from yiwang.core.rights.models import User, folded
    from yiwang.kit.refusal import Refusal

    found = User.objects.filter(name_key=folded(username)).first()
    if found is None:
        raise Refusal("account.unknown", f"没有账号“{username}”。")
    return found


def _organ(name: str) -> Organ:
    from yiwang.core.orgs.models import Organ
    from yiwang.kit.refusal import Refusal

    found = list(Organ.objects.filter(name=name, closed_date=None)[:2])
    if len(found) != 1:
        raise Refusal("grant.organ", f"名为“{name}”的单位有 {len(found)} 个,请写准名称。")
    return found[0]
