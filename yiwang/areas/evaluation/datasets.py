"""Datasets of evaluation: conservation organs, demonstration units, canteens, checks of energy data."""

from __future__ import annotations

from yiwang.core.datasets import Column, Dataset, Kind, register

ORGAN = Column(key="organ", label="单位", required=True, synonyms=("单位名称", "机关名称"), example="示例省财政厅")
TIER = Column(
    key="organ_tier", label="机关层级", vocabulary="organ_tier", synonyms=("层级", "单位层级"), example="省级机关"
)
AUTHORITY = Column(
    key="organ",
    label="机关事务管理部门",
    required=True,
    synonyms=("单位", "节能管理部门", "主管部门"),
    example="示例市机关事务管理局",
)


def count(key: str, label: str, unit: str, *synonyms: str, example: str = "", note: str = "") -> Column:
    """A column with a whole number."""
    return Column(key=key, label=label, kind=Kind.INTEGER, unit=unit, synonyms=synonyms, example=example, note=note)


YEAR = count("year", "年度", "年", "年份", example="2026")

ASSESSMENT = register(
    Dataset(
        key="evaluation.assessment",
        label="评价结果",
        synonyms=("节约型机关评价", "示范单位评价", "考核评价结果"),
        subject=("organ", "assessment_scheme"),
        note="一行一个单位一次评价。",
        columns=(
            ORGAN,
            TIER,
            Column(
                key="assessment_scheme",
                label="评价方案",
                vocabulary="assessment_scheme",
                synonyms=("评价类型", "评价标准"),
                example="节约型机关",
            ),
            Column(
                key="score", label="总分", kind=Kind.NUMBER, unit="分", synonyms=("得分", "评价得分"), example="86.5"
            ),
            Column(
                key="targets_met",
                label="目标管理全部达成",
                kind=Kind.BOOL,
                synonyms=("目标管理", "目标完成"),
                example="是",
            ),
            Column(
                key="lowest_star",
                label="★项目最低得分",
                kind=Kind.NUMBER,
                unit="分",
                synonyms=("星号项最低分",),
                example="1",
            ),
        ),
    )
)

CANTEEN = register(
    Dataset(
        key="evaluation.canteen",
        label="机关食堂内部评估",
        synonyms=("反食品浪费内部评估",),
        subject=("organ", "canteen"),
        note="一行一个食堂一年;判定日期填当年12月31日。",
        columns=(
            ORGAN,
            TIER,
            Column(key="canteen", label="食堂", synonyms=("食堂名称",), example="机关第一食堂"),
            YEAR,
            count("internal_assessments", "内部评估次数", "次/年", "评估次数", "年内评估次数", example="4"),
        ),
    )
)

CANTEEN_CHECK = register(
    Dataset(
        key="evaluation.canteen_check",
        label="机关食堂抽查",
        synonyms=("食堂抽查", "反食品浪费抽查"),
        subject=("organ", "year"),
        note="一行一个机关事务管理部门一年;判定日期填当年12月31日。",
        columns=(
            AUTHORITY,
            YEAR,
            count("canteens", "同级机关食堂数", "个", "食堂总数", example="40"),
            count("canteens_checked", "当年抽查食堂数", "个", "抽查食堂数", example="15"),
            count(
                "canteens_covered",
                "近三年抽查过的食堂数",
                "个",
                "三年覆盖食堂数",
                example="40",
                note="同一食堂只计一次",
            ),
        ),
    )
)

ENERGY_CHECK = register(
    Dataset(
        key="evaluation.energy_check",
        label="能耗数据抽查会审",
        synonyms=("能耗数据质量抽查", "数据会审"),
        subject=("organ", "year"),
        note="一行一个节能管理部门一年;判定日期填当年12月31日。",
        columns=(
            AUTHORITY,
            YEAR,
            count("institutions", "所辖公共机构数", "家", "公共机构数", "机构数", example="120"),
            count("institutions_checked", "抽查机构数", "家", "当年抽查机构数", example="6"),
            count("data_reviews", "会审次数", "次", "数据会审次数", example="1", note="对上年度能耗数据"),
        ),
    )
)
