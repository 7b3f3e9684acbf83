"""What is done with quotas, plans, cars and their papers, as the ledger's pages say it."""

from __future__ import annotations

ACTS = {
    "demo.life": "装入示例车辆档案", "vehicles.quota.grant": "核定编制", "vehicles.quota.cut": "核减编制",
    "vehicles.quota.move": "调剂编制", "vehicles.plan.draft": "拟定配备更新计划", "vehicles.plan.add": "计划列入车辆",
    "vehicles.plan.drop": "计划去掉车辆", "vehicles.plan.submit": "计划报批", "vehicles.plan.approved": "计划批准",
    "vehicles.plan.refused": "计划未批准", "vehicles.plan.withdrawn": "计划撤回", "vehicles.line.release": "取消计划车辆",
    "vehicles.disposal.done": "车辆处置", "vehicles.vehicle.register": "车辆登记", "vehicles.vehicle.transfer": "车辆划转",
    "vehicles.vehicle.retire": "车辆处置", "vehicles.vehicle.lay_up": "封存停驶", "vehicles.vehicle.put_back": "启封车辆",
    "vehicles.vehicle.mark": "登记标识化", "vehicles.vehicle.warn": "提醒证照到期",
}  # fmt: skip
THINGS = {
    "vehicles.plan": "配备更新计划", "vehicles.line": "计划车辆", "vehicles.disposal": "车辆处置", "demo.life": "示例车辆档案",
    "exchange": "数据交换",
}  # fmt: skip
PAGES = {"vehicles.plan": "vehicles:plan"}
