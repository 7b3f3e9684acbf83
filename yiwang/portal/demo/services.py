"""Logistics of the demo province: catalogue, teams, labels, a year of work orders, patrol plans with their rounds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from yiwang.areas.services.catalogue import levels
from yiwang.areas.services.catalogue.loading import load_catalogue
from yiwang.areas.services.catalogue.models import Item, Urgency
from yiwang.areas.services.orders.models import (
    OrderEvent,
    OrderState,
    Origin,
    PatrolObject,
    Spot,
    SpotKind,
    Team,
    TeamMember,
    WorkOrder,
    new_token,
)
from yiwang.areas.services.patrols.models import PatrolPlan, Round, RoundState
from yiwang.areas.services.patrols.windows import windows
from yiwang.areas.services.suppliers.models import Supplier
from yiwang.core.ledger.post import post
from yiwang.core.orgs.ancestors import columns_of
from yiwang.core.orgs.models import Organ
from yiwang.core.places.models import Building
from yiwang.core.rights.models import User
from yiwang.kit.bulk import insert
from yiwang.kit.credit_code import generate
from yiwang.kit.digest import canonical, merkle_root
from yiwang.kit.pinyin import sort_key

SEED = 20260701
ORDERS, HOUSES = 4000, 60
#: item, fault, usual minutes of work, usual cost in yuan.
FAULTS = (
    ("06", "顶灯不亮", 40, 35),
    ("06", "水龙头漏水", 50, 60),
    ("06", "空调不制冷", 180, 260),
    ("06", "卫生间下水堵塞", 90, 80),
    ("06", "插座没电", 45, 30),
    ("06", "电梯异响", 240, 0),
    ("05", "门锁打不开", 60, 120),
    ("05", "墙面渗水起皮", 900, 600),
    ("05", "窗户关不严", 80, 50),
    ("05", "吊顶板松动", 120, 90),
    ("01", "打印机卡纸", 50, 0),
    ("01", "电脑无法开机", 150, 180),
    ("04", "办公椅损坏", 300, 150),
    ("07", "走廊地面有积水", 25, 0),
)
EMERGENCIES = ("水管爆裂跑水", "整层断电", "电梯困人")
#: name, items, supplier.
TEAMS = (("水电班", "06", ""), ("综合维修班", "", ""), ("房屋修缮组", "05", "示例诚信物业有限公司"), ("设备维保组", "01、04", "示例维保科技有限公司"))  # fmt: skip
REASONS = {1: "来得太晚", 2: "没有修好,又坏了", 3: "态度一般"}
#: Ten in the morning.
TEN = time(10, tzinfo=timezone.get_default_timezone())
PLANS = ((PatrolObject.STRUCTURE, 4), (PatrolObject.FACADE, 4), (PatrolObject.SHARED_PARTS, 24))


@dataclass
class Rows:
    """Rows on their way, by model, and what of them goes into the entry."""

    made: dict[str, int] = field(default_factory=dict)
    leaves: list[bytes] = field(default_factory=list)

    def put(self, model: type[models.Model], rows: list[dict[str, Any]]) -> list[int]:
        """Insert rows given without their defaults; their ids."""
        defaults = {one.attname: one.get_default() for one in model._meta.concrete_fields if not one.primary_key}
        self.made[model._meta.label_lower] = self.made.get(model._meta.label_lower, 0) + len(rows)
        self.leaves += [canonical(row).encode() for row in rows]
        return insert(model, [{**defaults, **row} for row in rows])


def load_services(*, now: datetime, seed: int = SEED, orders: int = ORDERS) -> dict[str, int]:
    """Fill the services of a province that has organs, buildings and accounts; how many rows of each model. One entry."""
    rng, rows = Random(seed), Rows()  # noqa: S311 (made-up data, not secrets)
    root = Organ.objects.filter(superior=None, closed_date=None).order_by("pk")[0]
    with transaction.atomic():
        load_catalogue(organ=root, actor="system")
        houses = _houses(root)
        teams = _teams(rng, rows, root)
        _spots(rows, houses)
        _orders(rng, rows, houses, teams, now, orders)
        _patrols(rng, rows, houses, teams, timezone.localtime(now).date())
        body = {"seed": seed, "rows": rows.made, "root": merkle_root(rows.leaves)}
        post(actor="system", act="demo.furnish", obj=f"demo.services:{root.pk}", body=body)
    return rows.made


def _houses(root: Organ) -> list[Building]:
    """Buildings with the most going on: of the organs where the demo accounts work first, then in order."""
    rows = Building.objects.select_related("organ").filter(organ__closed_date=None)
    accounts = User.objects.filter(username__endswith="-dispatcher").values_list("grants__organ", flat=True)
    first = list(rows.filter(organ__in=[pk for pk in accounts if pk]).order_by("pk")[:6])
    rest = rows.exclude(pk__in=[one.pk for one in first]).order_by("pk")[: HOUSES - len(first)]
    return [*first, *rest]


def _placed(organ: Organ) -> dict[str, Any]:
    return {"organ_id": organ.pk, **columns_of(organ)}


def _teams(rng: Random, rows: Rows, root: Organ) -> list[Team]:
    """Four teams of the province that serve everybody; the demo repairers are in them."""
    names = sorted({supplier for *_, supplier in TEAMS if supplier})
    known = rows.put(
        Supplier,
        [
            {**_placed(root), "name": name, "sort_key": sort_key(name), "credit_code": generate("990000", 950_000 + n, department="91")}
            for n, name in enumerate(names)
        ],
    )  # fmt: skip
    hired = dict(zip(names, known, strict=True))
    keys = rows.put(
        Team,
        [
            {**_placed(root), "name": name, "skills": skills, "supplier_id": hired.get(supplier), "phone": f"0990-88{n:02}00", "duty": "工作日 8—18 点"}
            for n, (name, skills, supplier) in enumerate(TEAMS, start=1)
        ],
    )  # fmt: skip
    users = User.objects.filter(username__in=("province-repairer", "county-repairer")).order_by("pk")
    rows.put(TeamMember, [{"team_id": key, "user_id": user.pk} for key in keys for user in users])
    return list(Team.objects.filter(pk__in=keys).order_by("pk"))


def _spots(rows: Rows, houses: list[Building]) -> None:
    """A label at each hall, and at the rooms of the first two houses."""
    found = [
        {
            **_placed(house.organ), "building_id": house.pk, "name": "一层大厅", "floor": "1层", "kind": SpotKind.PUBLIC,
            "patrol_object": PatrolObject.SHARED_PARTS, "checks": "门窗、楼梯、照明、消火栓", "token": new_token(),
        }
        for house in houses
    ]  # fmt: skip
    found += [
        {**_placed(house.organ), "building_id": house.pk, "name": f"{floor:02}{room:02}", "floor": f"{floor}层", "token": new_token()}
        for house in houses[:2]
        for floor in range(1, 4)
        for room in range(1, 9)
    ]  # fmt: skip
    rows.put(Spot, found)


def _orders(rng: Random, rows: Rows, houses: list[Building], teams: list[Team], now: datetime, number: int) -> None:
    """A year of orders up to now; those of the last hours are still under way, some of them late."""
    items = {one.code: one for one in Item.objects.filter(code__in={code for code, *_ in FAULTS})}
    reporters = list(User.objects.filter(username__endswith="-staff").order_by("pk"))
    repairers = list(User.objects.filter(username__endswith="-repairer").order_by("pk"))
    promises = {urgency: levels.promise(houses[0].organ, "06", urgency) for urgency in Urgency.values}
    ages = sorted((int(rng.random() ** 1.15 * 365 * 24 * 60) for _ in range(number)), reverse=True)
    made = [_order(rng, now, age, rng.choice(houses[:6] if rng.random() < 0.3 else houses), items) for age in ages]
    for serial, (facts, _) in enumerate(made, start=1):
        urgency, since = facts["urgency"], facts["reported_at"]
        facts |= promises[urgency].instants(since)
        facts["number"] = f"GD{facts['reported_date']:%Y%m%d}D{serial:05}"
        facts["reporter_id"] = rng.choice(reporters).pk if reporters else None
        _work(rng, facts, teams, repairers, now)
    keys = rows.put(WorkOrder, [facts for facts, _ in made])
    rows.put(OrderEvent, [event for key, (facts, _) in zip(keys, made, strict=True) for event in _events(key, facts)])


def _order(rng: Random, now: datetime, age: int, house: Building, items: dict[str, Item]) -> tuple[dict[str, Any], int]:
    """An order as it was reported so many minutes ago, and how long such work takes."""
    code, problem, minutes, cost = rng.choice(FAULTS)
    urgency: str = Urgency.NORMAL
    if rng.random() < 0.04:
        code, problem, minutes, urgency = "06", rng.choice(EMERGENCIES), 60, Urgency.EMERGENCY
    elif minutes > 200 and rng.random() < 0.4:
        urgency = Urgency.PARTS
    since = (now - timedelta(minutes=age)).replace(second=0, microsecond=0)
    facts = {
        **_placed(house.organ), "item_id": items[code].pk, "urgency": urgency, "problem": problem, "building_id": house.pk,
        "location": f"{house.name} {rng.randint(1, 6):02}{rng.randint(1, 20):02}", "reported_at": since,
        "reported_date": timezone.localtime(since).date(), "_minutes": int(minutes * rng.uniform(0.5, 2.5)),
        "origin": Origin.PATROL if rng.random() < 0.06 else Origin.REPORT, "_code": code, "_cost": cost,
    }  # fmt: skip
    return facts, minutes


def _work(rng: Random, facts: dict[str, Any], teams: list[Team], repairers: list[User], now: datetime) -> None:
    """How far it has come by now: each step happens unless it would be in the future."""
    code, minutes, cost = facts.pop("_code"), facts.pop("_minutes"), facts.pop("_cost")
    facts["state"] = OrderState.NEW
    slow = 4.0 if rng.random() < 0.08 else 1.0
    quick = 0.4 if facts["urgency"] == Urgency.EMERGENCY else 1.0
    at = facts["reported_at"] + timedelta(minutes=rng.uniform(2, 26) * slow * quick)
    if at > now:
        return
    if rng.random() < 0.02:
        facts |= {"state": OrderState.CANCELLED, "closed_at": at}
        return
    fit = [one for one in teams if not one.codes or code in one.codes]
    team = rng.choice(fit)
    facts |= {"state": OrderState.ASSIGNED, "team_id": team.pk, "supplier_id": team.supplier_id, "responded_at": at}
    at += timedelta(minutes=rng.uniform(1, 15) * quick)
    if at > now or not repairers:
        return
    facts |= {"state": OrderState.ACCEPTED, "accepted_at": at, "repairer_id": rng.choice(repairers).pk}
    at += timedelta(minutes=rng.uniform(5, 60) * slow * quick * quick)
    if at > now:
        return
    facts |= {"state": OrderState.ARRIVED, "arrived_at": at}
    if facts["urgency"] == Urgency.PARTS:
        facts["planned_at"] = at + timedelta(minutes=rng.uniform(20, 1200) * slow)
        at = facts["planned_at"]
    at += timedelta(minutes=minutes * slow)
    if at > now:
        facts["planned_at"] = None
        return
    facts |= {"state": OrderState.FINISHED, "finished_at": at, "solution": "已修复,试用正常", "labour_cost": cost * 60}
    facts["parts_cost"] = int(cost * rng.uniform(0, 1)) * 100
    at += timedelta(hours=rng.uniform(0.2, 30))
    if at > now:
        return
    facts |= {"state": OrderState.CLOSED, "closed_at": at}
    if rng.random() < 0.75:
        late = facts["finish_by"] is not None and facts["finished_at"] > facts["finish_by"]
        facts["score"] = rng.choices((5, 4, 3, 2, 1), (20, 25, 25, 20, 10) if late else (62, 27, 8, 2, 1))[0]
        facts["score_reason"] = REASONS.get(facts["score"], "")


_STEPS = (
    ("report", "reported_at", OrderState.NEW),
    ("assign", "responded_at", OrderState.ASSIGNED),
    ("accept", "accepted_at", OrderState.ACCEPTED),
    ("arrive", "arrived_at", OrderState.ARRIVED),
    ("answer", "planned_at", OrderState.ARRIVED),
    ("finish", "finished_at", OrderState.FINISHED),
    ("confirm", "closed_at", OrderState.CLOSED),
)


def _events(key: int, facts: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The course of an order."""
    if facts["state"] == OrderState.CANCELLED:
        steps: tuple[tuple[str, str, OrderState], ...] = (_STEPS[0], ("cancel", "closed_at", OrderState.CANCELLED))
    else:
        steps = _STEPS
    for verb, at, state in steps:
        if facts.get(at):
            note = facts["problem"] if verb == "report" else facts.get("solution", "") if verb == "finish" else ""
            yield {"order_id": key, "at": facts[at], "actor": "system", "verb": verb, "state": state, "note": note}


def _patrols(rng: Random, rows: Rows, houses: list[Building], teams: list[Team], on: date) -> None:
    """Three plans a house since the beginning of last year; most of their rounds were done, some missed."""
    since, by = date(on.year - 1, 1, 1), {team.name: team for team in teams}
    team = by["综合维修班"]
    plans = [
        {**_placed(house.organ), "building_id": house.pk, "patrol_object": kind, "times": times, "team_id": team.pk, "valid_from": since}
        for house in houses
        for kind, times in PLANS
    ]  # fmt: skip
    keys = rows.put(PatrolPlan, plans)
    repairer = User.objects.filter(username__endswith="-repairer").order_by("pk").first()
    found = []
    for key, plan in zip(keys, plans, strict=True):
        careless = rng.random() < 0.1
        placed = {name: plan[name] for name in ("organ_id", "l1", "l2", "l3", "l4", "l5")}
        for start, due in windows(PatrolPlan(times=plan["times"], valid_from=since), since, on):
            row = {**placed, "plan_id": key, "start_date": start, "due_date": due, "state": RoundState.DUE}
            if due <= on:
                missed = rng.random() < (0.3 if careless else 0.02)
                row["state"] = RoundState.MISSED if missed else RoundState.DONE
            if row["state"] == RoundState.DONE:
                day = start + timedelta(days=rng.randrange((due - start).days))
                row |= {"done_at": datetime.combine(day, TEN), "note": "完好"}
                row["done_by_id"] = repairer.pk if repairer else None
            found.append(row)
    rows.put(Round, found)
