"""台账: 公共机构名录库, 用能人数与面积."""

from __future__ import annotations

from yiwang.areas.energy.book.models import Institution, InstitutionYear
from yiwang.core.registers.register import Mask
from yiwang.core.rights.models import Verb
from yiwang.desk.kinds import Column, Feed, Resource, register

INSTITUTION = register(
    Resource(
        key="energy.institution",
        label="公共机构名录库",
        model=Institution,
        columns=(
            Column(path="organ", synonyms=("单位名称", "公共机构")),
            Column(path="kind", synonyms=("公共机构类型", "单位性质"), example="国家机关"),
            Column(path="climate_zone", brief=False, synonyms=("气候分区",), example="夏热冬冷"),
            Column(path="building_class", brief=False, note="A 类可自然通风;B 类需机械通风、集中空调", example="A类"),
            Column(path="contact", synonyms=("统计员", "联系人"), reads=Verb.WRITE, mask=Mask.NAME),
            Column(path="valid_from", sort="valid_from", synonyms=("入库日期",), example="2020-01-01"),
            Column(path="valid_to", synonyms=("出库日期",)),
            Column(path="reason", brief=False),
        ),
        natural=("organ", "valid_from"),
        filters=("organ", "kind"),
        search=("organ__name", "contact"),
        exclusive=("organ",),
        ends="valid_to",
    )
)

YEAR = register(
    Resource(
        key="energy.institution-year",
        label="用能人数与面积",
        model=InstitutionYear,
        columns=(
            Column(path="organ", synonyms=("单位名称", "公共机构")),
            Column(path="year", sort="year", synonyms=("年份", "报告年度"), example="2026"),
            Column(path="regular", unit="人", synonyms=("在编人数",), example="80"),
            Column(path="long_term", unit="人", synonyms=("长期聘用人员",), example="12"),
            Column(path="support", unit="人", synonyms=("工勤人员",), example="8"),
            Column(path="students", unit="人", brief=False, note="教育机构的注册学生;医院的实习进修生"),
            Column(path="student_days", unit="天", brief=False, note="扣除寒暑假后的在校天数", example="200"),
            Column(
                path="visitor_days", unit="人日", brief=False, synonyms=("外来人日",), note="会议、办事、门诊等按人日计"
            ),
            Column(path="inpatient_days", unit="床日", brief=False),
            Column(path="days", unit="天", brief=False, note="365(366),或当年工作日数", example="365"),
            Column(path="area", unit="㎡", note="不填就取房产台账里本单位各楼之和", example="3500"),
        ),
        natural=("organ", "year"),
        filters=("organ", "year"),
        search=("organ__name",),
        feeds=(Feed(dataset="energy.users", subject=("organ_id", "year")),),
    )
)
