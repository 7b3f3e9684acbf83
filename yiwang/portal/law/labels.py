"""Chinese words for the fixed words of the lawbook's schema and for the keys of its tables."""

from __future__ import annotations

from datetime import date
from typing import Any

KINDS = {
    "limit": "限额",
    "entitlement": "配备标准",
    "formula": "计算公式",
    "coefficient": "系数",
    "prohibition": "禁止",
    "process": "程序",
    "target": "目标",
    "score": "评分",
    "form": "报表",
}
EVIDENCE = {
    "full_text": "见过全文",
    "reprint": "见于转载",
    "local_rule": "见于地方规定",
    "news": "见于报道",
    "qa_page": "见于问答",
    "recall": "凭记忆,未见原文",
}
UNJUDGED = {
    "process": "程序性规定",
    "conduct": "禁止的行为,登记簿看不出来",
    "definition": "定义或范围",
    "coefficient": "系数,供别的条款使用",
    "qualitative": "定性要求,没有数值",
    "no_figure": "数值没有见到或另行规定",
    "target": "目标,由规划判定",
    "score": "评价表的一部分",
    "form": "报表格式",
    "replaced": "已由另一条承接",
}
RELATIONS = {"<=": "不超过", "<": "低于", ">=": "不少于", ">": "高于", "=": "等于"}

COLUMNS = {
    "aspect": "方面", "content": "评价内容",
    "act": "行为", "allowed_level": "允许档次", "days": "天数", "grid": "电网", "purpose": "用途", "value_unplaced": "未落格的数值", "action": "处理", "allowed": "是否允许", "alternative": "或者", "annex": "附属用房", "applicant": "申请单位",
    "approval_required": "需审批", "approver": "审批机关", "area": "领域", "area_max": "面积上限", "area_min": "面积下限",
    "area_rule": "面积规则", "as_of": "截至", "audience": "公开对象", "base_year": "基年", "basis": "口径", "body": "车型",
    "building_class": "建筑类别", "building_type": "建筑类型", "carbon_tc_per_tj": "单位热值含碳量(tC/TJ)", "case": "情形",
    "change": "变化", "chapter": "章", "check": "核对", "city": "地市", "class": "类别", "climate_zone": "气候区",
    "code": "代号", "comparison": "比较", "construction_grade": "建设等级", "content_seen": "见到的内容", "context": "场合",
    "criterion": "评价内容", "cross_check": "互证", "data_year": "数据年份", "date": "日期", "deadline": "期限",
    "deadline_month_day": "期限(月-日)", "definition": "定义", "denominator": "分母", "density_kg_per_l": "密度(kg/L)",
    "derived": "推定", "dimension": "维度", "document": "文件", "effective": "实施", "effective_from": "施行", "effective_to": "止",
    "element": "要素", "energy": "能源", "evidence": "见于", "extra_area_allowed": "可另计面积", "field_class": "字段类别",
    "follows_rank": "参照职级", "follows_tier": "参照层级", "form": "表", "frequency": "频次", "from_date": "起",
    "fund_source": "资金来源", "grade": "等级", "group": "分组", "header_bytes": "消息头字节", "indicator": "指标",
    "information_block": "信息块", "institution_type": "机构类型", "interface": "接口", "item": "项目", "item_code": "代码",
    "items": "内容", "jurisdiction": "范围", "layer": "层次", "lecturer": "讲课人", "left": "一方", "letter_item": "公函事项",
    "level": "层级", "list_item": "清单事项", "low": "下限", "lower_bound_above": "下限(不含)",
    "lower_heating_value_kj": "低位发热量(kJ)", "mandatory": "必须完成", "measure": "指标", "meeting_class": "会议类别",
    "meeting_room_area": "会议室面积", "method": "方式", "metric": "指标", "modality": "用语", "mode": "方式", "months": "月份",
    "name": "名称", "object": "对象", "op": "关系", "order": "次序", "organ": "单位", "organ_tier": "机关层级", "oxidation": "氧化率",
    "per": "每", "period": "周期", "phone_field": "号码字段", "place": "地点", "position": "职务", "precondition": "前提",
    "province": "省份", "published": "发布", "quantity": "数量", "quantity_unit": "数量单位", "rank": "职级",
    "ratio_to_average": "与平均值之比", "record_item": "登记事项", "region": "地区", "report": "报告", "reporter": "填报单位",
    "required": "必备", "right": "另一方", "room": "用房", "rule": "规则", "sample": "示例", "sanction": "处分", "scope": "范围",
    "season": "季节", "seasons": "时段", "section": "节", "service_class": "服务类别", "severity": "情节", "space": "部位",
    "standard_no": "标准号", "subject": "主体", "target_year": "目标年", "tax": "税", "term": "届期", "threshold": "标准",
    "title": "名称", "trainees": "参训人员", "training_class": "培训类别", "trigger": "触发", "unit": "单位", "unit_name": "单元",
    "unit_type": "单位类型", "urgency": "紧急程度", "value": "数值", "vehicle_use": "车辆用途", "verified": "核实", "version": "版本",
    "version_flag": "版本标识", "voucher": "凭证", "year": "年份",
}  # fmt: skip


def column(key: str) -> str:
    """The heading of a table's column."""
    return COLUMNS.get(key, key)


def shown(value: Any) -> str:
    """A cell's content as it is shown."""
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list | tuple):
        return "、".join(shown(one) for one in value)
    if isinstance(value, int | float) and abs(value) >= 10000:
        return f"{value:,}"
    return value.isoformat() if isinstance(value, date) else str(value)
