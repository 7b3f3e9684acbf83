"""The data items that the platform standards name, one dataset each. No Django here. Money in yuan.

DB32/T 3826-2020 chapter 7 lists eighteen interfaces: the log-in and these seventeen. Only its table of contents was
seen; the columns are ours. A province maps its own field names to them in a file (`mappings/`).
"""

from __future__ import annotations

from yiwang.areas.vehicles.columns import ORGAN, ORGAN_TIER, VEHICLE_USE
from yiwang.core.datasets import Column, Dataset, Kind, register

PLATE = Column(
    key="plate",
    label="车牌号",
    required=True,
    synonyms=("车牌", "车牌号码", "号牌号码", "车辆号牌"),
    example="示A10231",
)
DRIVER = Column(key="driver", label="驾驶员", synonyms=("驾驶人", "司机"), personal=True, example="张三")
SUPPLIER = Column(key="supplier", label="供应商", synonyms=("承办单位", "服务单位"), example="示例汽车维修有限公司")
NOTE = Column(key="note", label="备注")


def text(key: str, label: str, *synonyms: str, required: bool = False, example: str = "", note: str = "") -> Column:
    """Words."""
    return Column(key=key, label=label, synonyms=synonyms, required=required, example=example, note=note)


def code(key: str, label: str, *words: str, required: bool = False, note: str = "") -> Column:
    """One word of a list."""
    return Column(key=key, label=label, choices=words, required=required, note=note, example=words[0])


def day(key: str, label: str, *synonyms: str, required: bool = False) -> Column:
    """A day."""
    return Column(key=key, label=label, kind=Kind.DATE, synonyms=synonyms, required=required, example="2026-03-01")


def moment(key: str, label: str, *synonyms: str) -> Column:
    """An instant as text, ISO 8601 with its offset: datasets have days only."""
    return Column(
        key=key,
        label=label,
        synonyms=synonyms,
        note="写成 2026-03-01T08:30:00+08:00",
        example="2026-03-01T08:30:00+08:00",
    )


def yuan(key: str, label: str, *synonyms: str, required: bool = False) -> Column:
    """Money."""
    return Column(
        key=key, label=label, kind=Kind.NUMBER, unit="元", synonyms=synonyms, required=required, example="860"
    )


def figure(key: str, label: str, unit: str, *synonyms: str) -> Column:
    """A number with its unit."""
    return Column(key=key, label=label, kind=Kind.NUMBER, unit=unit, synonyms=synonyms)


def _item(key: str, label: str, subject: tuple[str, ...], *columns: Column, note: str = "") -> Dataset:
    return register(Dataset(key=f"vehicles.{key}", label=label, columns=columns, subject=subject, note=note))


ORGANS = _item(
    "organ",
    "用车单位",
    ("credit_code",),
    ORGAN,
    Column(key="credit_code", label="统一社会信用代码", kind=Kind.CODE, required=True),
    text("superior", "上级单位"),
    ORGAN_TIER,
    text("organ_kind", "单位性质"),
    figure("quota", "核定编制数", "辆"),
    figure("actual", "实有车辆数", "辆"),
    note="一行一个有车辆或编制的单位",
)
VEHICLES = _item(
    "vehicle",
    "单车基本信息",
    ("plate",),
    PLATE,
    ORGAN,
    VEHICLE_USE,
    Column(key="body", label="车型", vocabulary="vehicle_body", required=True, example="轿车"),
    Column(key="energy", label="能源类型", vocabulary="vehicle_energy", example="燃油"),
    code("powertrain", "动力形式", "汽油", "柴油", "天然气", "纯电动", "插电式混合动力", "燃料电池"),
    text("model", "品牌型号", "厂牌型号"),
    Column(key="vin", label="车架号", kind=Kind.CODE, synonyms=("车辆识别代号", "VIN")),
    Column(key="engine", label="发动机号", kind=Kind.CODE),
    figure("seats", "核定载客", "人", "座位数"),
    figure("displacement", "排气量", "升", "排量"),
    figure("tank", "油箱容积", "升"),
    yuan("price", "购置价格", "购车价格"),
    day("purchased_date", "购置日期", "购车日期"),
    day("registered_date", "登记日期", "注册日期"),
    figure("mileage", "里程", "公里", "行驶里程"),
    code("marking", "标识化", "未喷涂", "已喷涂", "免喷涂"),
    code("state", "状态", "在用", "封存停驶", "已处置"),
    note="一行一辆",
)
OVER_STANDARD = _item(
    "over_standard",
    "超标准配备车辆",
    ("number",),
    text("number", "采购编号", required=True),
    text("plate", "车牌号"),
    ORGAN,
    VEHICLE_USE,
    text("clause", "条款"),
    text("article", "文件和条"),
    figure("measure", "实际", ""),
    figure("limit", "标准", ""),
    figure("excess", "超出", ""),
    text("approval", "批准文号"),
    note="一行一条没有结办的超标问题",
)
DRIVERS = _item(
    "driver",
    "驾驶员基本信息",
    ("number",),
    Column(key="number", label="工号", kind=Kind.CODE, required=True),
    Column(key="driver", label="驾驶员", personal=True, required=True),
    ORGAN,
    text("licence_class", "准驾车型"),
    day("licensed_date", "初次领证日期"),
    day("licence_until", "驾驶证有效期止"),
    text("employment", "用工性质"),
    text("state", "状态"),
    note="一行一名驾驶员",
)
DISPATCHES = _item(
    "dispatch",
    "派车",
    ("number",),
    text("number", "派车单号", required=True),
    PLATE,
    ORGAN,
    DRIVER,
    text("purpose", "用车事由"),
    figure("passengers", "乘车人数", "人"),
    text("origin", "出发地"),
    text("destination", "目的地"),
    moment("started_at", "出车时间"),
    moment("ended_at", "回场时间"),
    figure("distance", "行驶里程", "公里"),
    yuan("cost", "费用"),
    text("state", "状态"),
    note="一行一次出车",
)
TRIPS = _item(
    "trip",
    "用车",
    ("number",),
    text("number", "用车单号", required=True),
    ORGAN,
    text("purpose_class", "事由类别"),
    text("reason", "用车事由"),
    text("document", "依据文件"),
    figure("passengers", "乘车人数", "人"),
    text("route", "路线"),
    moment("starts_at", "出发时间"),
    moment("ends_at", "预计结束"),
    figure("planned_distance", "预计里程", "公里"),
    text("provision", "保障方式"),
    text("state", "状态"),
    Column(key="urgent", label="紧急", kind=Kind.BOOL),
    Column(key="papers_late", label="逾期未补办", kind=Kind.BOOL),
    Column(key="pooled", label="愿意拼车", kind=Kind.BOOL),
    yuan("charge", "结算金额"),
    figure("stars", "满意度", "星"),
    note="一行一次用车申请",
)
MAINTENANCE = _item(
    "maintenance",
    "车辆维修保养",
    ("number",),
    text("number", "单号", required=True, example="WX-2026-001"),
    PLATE,
    ORGAN,
    code("kind", "类别", "保养", "维修", "事故维修", "轮胎", "其他"),
    day("on_date", "送修日期", required=True),
    day("done_date", "完成日期"),
    figure("odometer", "里程表读数", "公里"),
    text("items", "项目"),
    SUPPLIER,
    yuan("amount", "金额"),
    day("warranty_until", "质保至"),
    NOTE,
    note="一行一次送修",
)
INSPECTIONS = _item(
    "inspection",
    "车辆年检",
    ("plate", "on_date"),
    PLATE,
    ORGAN,
    day("on_date", "检验日期", required=True),
    code("result", "结果", "合格", "不合格", "免检"),
    day("valid_to", "有效期止", required=True),
    text("station", "检验机构"),
    yuan("amount", "金额"),
    NOTE,
    note="一行一次检验",
)
ENERGY = _item(
    "energy",
    "车辆能耗",
    ("number",),
    text("number", "凭证号", required=True),
    PLATE,
    ORGAN,
    code("kind", "种类", "汽油", "柴油", "充电", "天然气", "其他"),
    moment("at", "时间"),
    figure("quantity", "数量", "升或千瓦时"),
    yuan("amount", "金额", required=True),
    figure("odometer", "里程表读数", "公里"),
    text("place", "地点"),
    text("card", "卡号"),
    SUPPLIER,
    note="一行一次加油或充电",
)
INSURANCE = _item(
    "insurance",
    "车辆保险",
    ("number",),
    text("number", "保单号", required=True, example="PDZA2026001"),
    PLATE,
    ORGAN,
    code("kind", "险种", "交强险", "商业险"),
    text("insurer", "保险公司", required=True),
    day("valid_from", "起保日期", required=True),
    day("valid_to", "终止日期", required=True),
    yuan("amount", "保费"),
    NOTE,
    note="一行一份保单",
)


def _cost(key: str, label: str, *more: Column) -> Dataset:
    """A dataset of costs that differ only in what was paid for."""
    head = (text("number", "凭证号", required=True), PLATE, ORGAN, *more, moment("at", "时间"))
    return _item(key, label, ("number",), *head, yuan("amount", "金额", required=True), text("place", "地点"), NOTE)


TOLLS = _cost("toll", "车辆过路过桥费用", text("entry", "入口"), text("exit", "出口"), text("card", "卡号"))
PARKING = _cost("parking", "车辆停车费用", figure("hours", "停放时间", "小时"))
OTHER_COSTS = _cost("other_cost", "车辆其他费用", text("kind", "种类", example="洗车"))
SUPERVISION = _item(
    "supervision",
    "监督检查",
    ("number",),
    text("number", "检查编号", required=True, example="JC-2026-001"),
    ORGAN,
    text("plate", "车牌号"),
    day("on_date", "检查日期", required=True),
    text("inspector", "检查单位", required=True),
    text("content", "检查内容", required=True),
    text("problem", "发现问题"),
    text("measure", "处理情况"),
    day("closed_date", "整改完成日期"),
    note="一行一次检查的一个问题",
)
COMPLAINTS = _item(
    "complaint",
    "投诉举报",
    ("number",),
    text("number", "受理编号", required=True, example="TS-2026-001"),
    ORGAN,
    text("plate", "车牌号"),
    code("channel", "来源", "12345", "信访", "网络", "电话", "其他"),
    day("on_date", "受理日期", required=True),
    text("content", "投诉内容", required=True),
    code("finding", "核查结论", "待核查", "属实", "部分属实", "不属实"),
    text("measure", "处理情况"),
    day("closed_date", "办结日期"),
    note="一行一件",
)
RENTALS = _item(
    "rental",
    "社会车辆租赁派车",
    ("number",),
    text("number", "租赁单号", required=True, example="ZL-2026-001"),
    ORGAN,
    SUPPLIER,
    text("contract", "租赁合同号"),
    text("plate", "车牌号"),
    text("body", "车型"),
    text("purpose", "用车事由"),
    day("from_date", "起租日期", required=True),
    day("to_date", "还车日期"),
    figure("distance", "行驶里程", "公里"),
    yuan("amount", "金额", required=True),
    note="一行一次租用",
)
VIOLATIONS = _item(
    "violation",
    "车辆违章",
    ("number",),
    text("number", "决定书编号", required=True),
    PLATE,
    ORGAN,
    DRIVER,
    day("on_date", "违章日期", required=True),
    text("place", "地点"),
    text("content", "违章行为", required=True),
    figure("points", "记分", "分"),
    yuan("amount", "罚款"),
    code("state", "状态", "未处理", "已处理", "申诉中"),
    day("closed_date", "处理日期"),
    note="一行一次违章",
)
DISPOSALS = _item(
    "disposal",
    "车辆处置",
    ("plate",),
    PLATE,
    ORGAN,
    VEHICLE_USE,
    code("method", "处置方式", "报废", "拍卖", "调拨"),
    figure("years_used", "已使用年限", "年"),
    figure("mileage", "里程", "公里"),
    yuan("original_value", "账面原值"),
    yuan("income", "处置收入"),
    text("target", "调入单位"),
    text("approval", "批准文号"),
    day("disposed_date", "处置日期"),
    note="一行一辆",
)
