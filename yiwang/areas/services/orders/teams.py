"""Which team is fit for an order: what it can do, where it serves, who is on duty, how much it has to do already."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q
from django.utils import timezone

from yiwang.areas.services.catalogue.levels import above
from yiwang.areas.services.orders.models import RUNNING, Team, TeamMember, WorkOrder
from yiwang.areas.services.suppliers.covering import covering, nearest
from yiwang.areas.services.suppliers.models import ContractScope, Supplier
from yiwang.core.rights.models import User


@dataclass(frozen=True)
class Candidate:
    """Who could take an order: a team (how many of it are on duty, how many orders it has), or the supplier whose contract
    covers it and that has no team here (`team` is None). `why` it stands where it does.
    """

    team: Team | None
    on_duty: int
    load: int
    why: str
    supplier: Supplier | None = None

    @property
    def key(self) -> str:
        """As a choice of the form: the team's id, or s and the supplier's."""
        return str(self.team.pk) if self.team else f"s{self.supplier.pk}" if self.supplier else ""

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.team or self.supplier)


@dataclass(frozen=True)
class Pool:
    """The teams that serve some orders, who of them is on duty, how much they have to do; what contracts cover there."""

    teams: list[Team]
    duty: dict[int, int]
    loads: dict[int, int]
    scopes: list[ContractScope]


def pool(orders: Iterable[WorkOrder], now: datetime) -> Pool:
    """What is needed to propose teams for these orders: four queries, however many they are."""
    orders = list(orders)
    organs = {pk for order in orders for pk in above(order.organ)}
    teams = list(Team.objects.filter(organ__in=organs, state="OPEN").order_by("pk"))
    scopes = covering(organs, {order.item.name for order in orders}, timezone.localtime(now).date())
    return Pool(teams, _on_duty(teams, now), _loads(teams), scopes)


def suggest(order: WorkOrder, now: datetime) -> list[Candidate]:
    """The teams that can do the item at this place, the fittest first; the supplier by contract before them."""
    return ranked(order, pool([order], now))


def ranked(order: WorkOrder, among: Pool) -> list[Candidate]:
    """The teams of the supplier whose contract covers it, or that supplier itself where it has none; then those
    of this very building before those of all, skilled in the item before those that do everything, nearest organ
    first, then on duty, then the least to do.
    """
    ids, duty, loads = above(order.organ), among.duty, among.loads
    contractor = nearest(among.scopes, order.item.name, order.building_id, order.organ)
    hired = contractor.pk if contractor else 0
    fit = [
        team
        for team in among.teams
        if team.organ_id in ids
        and team.building_id in (None, order.building_id)
        and (not team.codes or order.item.code in team.codes)
    ]
    fit.sort(
        key=lambda team: (
            team.supplier_id != hired,
            team.building_id is None,
            not team.codes,
            -ids.index(team.organ_id),
            duty.get(team.pk, 0) == 0,
            loads.get(team.pk, 0),
            team.pk,
        )
    )
    found = [_candidate(team, duty.get(team.pk, 0), loads.get(team.pk, 0), hired) for team in fit]
    if contractor is not None and all(team.supplier_id != hired for team in fit):
        why = f"合同供应商{f',电话 {contractor.phone}' if contractor.phone else ''}"
        found.insert(0, Candidate(None, 0, 0, why, contractor))
    return found


def _candidate(team: Team, on_duty: int, load: int, hired: int) -> Candidate:
    why = [
        *(["合同供应商"] if team.supplier_id == hired else []),
        "负责这栋楼" if team.building_id else "负责全部楼栋",
        "专做此项" if team.codes else "综合班组",
        f"当班 {on_duty} 人" if on_duty else "现无人当班",
        f"在办 {load} 单",
    ]
    return Candidate(team, on_duty, load, "、".join(why))


def _on_duty(teams: list[Team], now: datetime) -> dict[int, int]:
    local, found = timezone.localtime(now), dict[int, int]()
    for member in TeamMember.objects.filter(team__in=teams, user__is_active=True):
        found[member.team_id] = found.get(member.team_id, 0) + member.on_duty(local)
    return found


def _loads(teams: list[Team]) -> dict[int, int]:
    rows = WorkOrder.objects.filter(team__in=teams, state__in=RUNNING).order_by().values_list("team")
    return dict(rows.annotate(n=Count("pk")))


def works_for(user: User, order: WorkOrder) -> bool:
    """Whether the user is in the order's team; without one, in any team that could take it."""
    if order.team_id is not None:
        return TeamMember.objects.filter(team=order.team_id, user=user).exists()
    rows = TeamMember.objects.filter(user=user, team__organ__in=above(order.organ), team__state="OPEN")
    able = [one.team for one in rows.select_related("team")]
    return any(
        team.building_id in (None, order.building_id) and (not team.codes or order.item.code in team.codes)
        for team in able
    )


def colleagues(order: WorkOrder) -> list[User]:
    """Who else of the order's team could take it over, by name."""
    if order.team_id is None:
        return []
    rows = User.objects.filter(
        Q(pk__in=TeamMember.objects.filter(team=order.team_id).values("user")), is_active=True
    ).exclude(pk=order.repairer_id or 0)
    return list(rows.order_by("display_name", "pk"))
