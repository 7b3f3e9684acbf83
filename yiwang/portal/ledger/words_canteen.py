"""Acts and objects of suppliers, supplies, canteen and visitors in words."""

from __future__ import annotations

ACTS = {
    "services.contract.terms": "修改合同约定", "services.contract.accept": "验收", "services.contract.evaluate": "评价服务",
    "services.contract.terminate": "提前终止合同", "services.contract.warn": "提醒合同到期", "services.payment.propose": "申请付款",
    "services.payment.approve": "批准付款", "services.payment.reject": "驳回付款", "services.payment.record": "登记付款",
    "services.payment.void": "作废付款", "services.stock.receive": "用品入库", "services.stock.scrap": "用品报废",
    "services.store.count": "盘点库房", "services.supply_request.ask": "申请领用", "services.supply_request.cancel": "取消领用",
    "services.supply_request.approve": "批准领用", "services.supply_request.reject": "不批准领用",
    "services.supply_request.issue": "发放用品", "services.supply_request.close": "结束领用",
    "services.supply_request.return": "退回用品", "services.menu.publish": "发布菜单", "services.meal_order.order": "订餐",
    "services.meal_order.cancel": "取消订餐", "services.meal_order.pick_up": "取餐", "services.group_order.order": "团体订餐",
    "services.group_order.change": "修改团体订餐", "services.group_order.cancel": "取消团体订餐",
    "services.canteen.weigh": "厨余称重", "services.self_check.make": "反食品浪费自查", "services.self_check.close": "自查整改完成",
    "services.visit.invite": "邀请访客", "services.visit.cancel": "取消邀请", "services.visit.arrive": "登记到访",
    "services.visit.leave": "登记离开", "services.visit.phone": "查看访客电话", "services.visit.purge": "清除访客信息",
}  # fmt: skip
THINGS = {
    "services.payment": "付款", "services.supply_request": "领用申请", "services.menu": "菜单", "services.meal_order": "订餐",
    "services.group_order": "团体订餐", "services.self_check": "自查", "services.visit": "来访",
}  # fmt: skip
PAGES = {
    "services.supply_request": "services:supply-request",
    "services.self_check": "services:self-check",
}
