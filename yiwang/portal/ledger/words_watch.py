"""What is done in watching the use of cars and with their bills, as the ledger's pages say it."""

from __future__ import annotations

ACTS = {
    "vehicles.sign.judge": "判定用车线索", "vehicles.track.read": "查阅轨迹", "vehicles.cost.declare": "申报用车费用", "vehicles.cost.record": "登记用车费用",
    "vehicles.cost.deliver": "接收用车费用", "vehicles.cost.take": "导入对账单", "vehicles.cost.match": "对应费用和行程",
    "vehicles.cost-budget.set": "设定用车经费预算",
}  # fmt: skip
THINGS = {
    "vehicles.sign": "用车线索", "vehicles.cost": "用车费用", "vehicles.statement": "对账单",
    "vehicles.cost-budget": "用车经费预算",
}  # fmt: skip
PAGES = {"vehicles.sign": "vehicles:sign", "vehicles.cost": "vehicles:cost"}
