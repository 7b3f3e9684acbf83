"""台账 of patrol plans."""

from __future__ import annotations

from yiwang.areas.services.nav import reads_orders
from yiwang.areas.services.orders.machine import repairs
from yiwang.areas.services.patrols.models import PatrolPlan
from yiwang.core.registers.pages import guard
from yiwang.core.rights.models import Verb
from yiwang.desk.kinds import Column, Feed, Resource, page, register

page("services", "巡检", "services:patrols")
guard("services:patrols", lambda access: repairs(access) or reads_orders(access))

PLAN = register(
    Resource(
        key="services.plan",
        label="巡检计划",
        model=PatrolPlan,
        columns=(
            Column(path="building", synonyms=("楼", "建筑名称"), example="行政中心/A座"),
            Column(path="patrol_object", synonyms=("检查部位", "对象")),
            Column(path="times", unit="次", synonyms=("年巡检次数", "频次"), example="4"),
            Column(path="organ", label="管理单位", synonyms=("单位",)),
            Column(path="team", synonyms=("责任班组",)),
            Column(path="makes", brief=False),
            Column(path="item", brief=False, note="缺陷和保养工单归哪个事项"),
            Column(path="valid_from", example="2026-01-01"),
            Column(path="valid_to", note="从这一天起不再巡检"),
        ),
        writes=Verb.CONFIGURE,
        natural=("building", "patrol_object", "valid_from"),
        exclusive=("building", "patrol_object"),
        filters=("organ", "building", "patrol_object"),
        feeds=(Feed(dataset="services.patrol", subject=("building_id", "patrol_object")),),
        ends="valid_to",
    )
)
