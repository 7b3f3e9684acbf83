"""What is done with trips, as the ledger's pages say it."""

from __future__ import annotations

ACTS = {
    "demo.trips": "装入示例用车", "vehicles.trip.request": "申请用车", "vehicles.trip.correct": "改用车申请",
    "vehicles.trip.papers": "补办用车手续", "vehicles.trip.approve": "批准用车", "vehicles.trip.refuse": "不批准用车",
    "vehicles.trip.cancel": "取消用车", "vehicles.trip.extend": "延长用车", "vehicles.trip.confirm": "确认用车",
    "vehicles.trip.assign": "派车", "vehicles.trip.reassign": "改派", "vehicles.trip.release": "撤回派车",
    "vehicles.trip.rent": "租车", "vehicles.trip.settle": "结算用车", "vehicles.trip.late": "用车补办逾期",
    "vehicles.trip.expire": "用车逾期未批", "vehicles.loan.ask": "请求调用车辆", "vehicles.loan.agree": "同意调用车辆",
    "vehicles.loan.decline": "不同意调用车辆", "vehicles.outage.add": "登记停用", "vehicles.outage.remove": "恢复停用",
    "vehicles.drive.accept": "接单", "vehicles.drive.decline": "退回调度", "vehicles.drive.inspect": "出车检查",
    "vehicles.drive.start": "出车", "vehicles.drive.arrive": "到达", "vehicles.drive.wait": "开始等候",
    "vehicles.drive.resume": "继续行驶", "vehicles.drive.end": "收车", "vehicles.drive.no_show": "登记乘车人未到",
    "vehicles.drive.expense": "登记途中费用",
}  # fmt: skip
THINGS = {"vehicles.trip": "用车", "vehicles.outage": "停用时段", "vehicles.loan": "调用", "vehicles.drive": "行车"}
PAGES = {"vehicles.trip": "vehicles:trip"}
