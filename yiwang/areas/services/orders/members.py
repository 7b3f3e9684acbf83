"""Who is in a team, and when on duty."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.db.models import Q

from yiwang.areas.services.catalogue.levels import above
from yiwang.areas.services.orders.machine import shown
from yiwang.areas.services.orders.models import Team, TeamMember
from yiwang.core.ledger.post import post
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Grant, Role, User, Verb
from yiwang.kit.refusal import Refusal

#: Whoever has one of these roles for services at the team's organ, above or below it, can be put into a team.
_ROLES = (Role.REPAIRER, Role.DISPATCHER, Role.KEEPER)


def candidates(team: Team) -> list[User]:
    """Users who could be put into the team, by name."""
    organ = team.organ
    near = Q(organ__in=above(organ)) | Q(**{f"organ__l{organ.depth}": organ.pk})
    granted = Grant.objects.filter(near, role__in=_ROLES, area__in=("", "services"), user__is_active=True)
    rows = User.objects.filter(pk__in=granted.values("user")).exclude(
        pk__in=TeamMember.objects.filter(team=team).values("user")
    )
    return list(rows.order_by("display_name", "pk")[:200])


def put_in(
    *,
    team: Team,
    user: User,
    access: Access,
    leads: bool = False,
    weekdays: str = "12345",
    hour_from: int = 8,
    hour_to: int = 18,
) -> TeamMember:
    """Put a user into a team, or change when he is on duty (weekdays 1 Monday … 7, hours of local time).

    Refusals `team.member`, `team.duty`, `rights.denied`.
    """
    _may(team, access)
    if not set(weekdays) <= set("1234567") or not 0 <= hour_from < hour_to <= 24:
        raise Refusal("team.duty", "值班时间不对:起始钟点应早于终止钟点,在 0 至 24 之间。")
    there = TeamMember.objects.filter(team=team, user=user).exists()
    if not there and user not in candidates(team):
        raise Refusal("team.member", f"{shown(user)}没有维修或调度角色,请先由管理员授权。")
    with transaction.atomic():
        values = {
            "leads": leads,
            "weekdays": "".join(sorted(set(weekdays))),
            "hour_from": hour_from,
            "hour_to": hour_to,
        }
        row, _ = TeamMember.objects.update_or_create(team=team, user=user, defaults=values)
        body = {"user": f"user:{user.pk}", **values}
        post(actor=access.actor, act="services.team.put-in", obj=f"services.team:{team.pk}", body=body)
    return row


def take_out(*, team: Team, user: User, access: Access) -> None:
    """Take a user out of a team; what he has taken stays his."""
    _may(team, access)
    with transaction.atomic():
        gone, _ = TeamMember.objects.filter(team=team, user=user).delete()
        if gone:
            body = {"user": f"user:{user.pk}"}
            post(actor=access.actor, act="services.team.take-out", obj=f"services.team:{team.pk}", body=body)


def perform(team: Team, values: Mapping[str, str], access: Access) -> str:
    """What the form asks; the sentence that says it is done."""
    key = values.get("user", "")
    user = User.objects.filter(pk=int(key) if key.isdigit() else 0).first()
    if user is None:
        raise Refusal("team.member", "请选择人员。")
    if values.get("verb") == "out":
        take_out(team=team, user=user, access=access)
        return f"{shown(user)}已移出班组。"
    days = "".join(day for day in "1234567" if values.get(f"day{day}"))
    hours = [int(text) if (text := values.get(name, "")).isdigit() else -1 for name in ("hour_from", "hour_to")]
    put_in(
        team=team, user=user, access=access, leads=bool(values.get("leads")), weekdays=days,
        hour_from=hours[0], hour_to=hours[1],
    )  # fmt: skip
    return f"{shown(user)}已在班组。"


def _may(team: Team, access: Access) -> None:
    access.need(access.may(Verb.CONFIGURE, "services") and access.holds(team), "调整班组")
