"""Columns that several datasets of the vehicles have. No Django here."""

from __future__ import annotations

from yiwang.core.datasets import Column

ORGAN = Column(
    key="organ",
    label="单位",
    synonyms=("单位名称", "使用单位", "购置单位", "所在单位", "车辆所有单位"),
    example="示例省示例市应急管理局",
)
ORGAN_TIER = Column(
    key="organ_tier",
    label="机关层级",
    vocabulary="organ_tier",
    synonyms=("单位层级", "层级", "单位级别"),
    note="只对某一层级机关的规定要用到",
    example="市级机关",
)
ORGAN_KIND = Column(
    key="organ_kind",
    label="单位性质",
    vocabulary="organ_kind",
    synonyms=("单位类型", "机构类型"),
    note="党政机关、参公事业单位、事业单位;空着按党政机关",
    example="党政机关",
)
VEHICLE_USE = Column(
    key="vehicle_use",
    label="车辆用途",
    vocabulary="vehicle_use",
    synonyms=("用途", "车辆类别", "用车类别", "公务用车类别", "编制类别", "车辆性质"),
    note="机要通信用车、应急保障用车、执法执勤用车、特种专业技术用车、其他按规定配备的公务用车",
    example="应急保障用车",
)
VEHICLE = Column(
    key="vehicle",
    label="车辆",
    synonyms=("车牌号", "车牌号码", "号牌号码", "车辆号牌", "品牌型号"),
    example="示A·12345",
)
APPROVAL = Column(
    key="approval",
    label="批准文号",
    synonyms=("审批文号", "批准文件", "审批依据", "批复文号"),
    example="示机管〔2026〕12号",
)
