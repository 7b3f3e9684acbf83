"""Datasets of returns: when they were handed in, and sums that must agree."""

from __future__ import annotations

from yiwang.core.datasets import Column, Dataset, Kind, register

ORGAN = Column(
    key="organ", label="填报单位", required=True, synonyms=("单位", "单位名称", "报送单位"), example="示例县教育局"
)


def number(key: str, label: str, unit: str, *synonyms: str, example: str = "", note: str = "") -> Column:
    """A column with a figure."""
    return Column(key=key, label=label, kind=Kind.NUMBER, unit=unit, synonyms=synonyms, example=example, note=note)


FILING = register(
    Dataset(
        key="reporting.filing",
        label="报表报送",
        synonyms=("报送登记", "报表报送台账", "报送情况"),
        subject=("organ", "return_kind", "period_end"),
        note="一行一张报表一期;还没有报送的报送日期留空,按判定日期算逾期。",
        columns=(
            ORGAN,
            Column(
                key="return_kind",
                label="报表",
                vocabulary="return_kind",
                required=True,
                synonyms=("报表名称", "报表种类"),
                example="年度能源消费状况报告",
            ),
            Column(
                key="filing_step",
                label="报送环节",
                vocabulary="filing_step",
                synonyms=("环节",),
                example="县和部门报州",
            ),
            Column(
                key="filing_period",
                label="报告周期",
                vocabulary="filing_period",
                synonyms=("周期", "报告期别"),
                example="季",
            ),
            Column(
                key="period_end",
                label="报告期末",
                kind=Kind.DATE,
                synonyms=("期末", "报告期截止日"),
                example="2025-12-31",
            ),
            Column(
                key="filing_year",
                label="报送年度",
                kind=Kind.INTEGER,
                unit="年",
                synonyms=("布置年度",),
                note="在哪一年布置和报送",
                example="2026",
            ),
            Column(
                key="submitted",
                label="报送日期",
                kind=Kind.DATE,
                synonyms=("上报日期", "实际报送日期"),
                example="2026-03-20",
            ),
            Column(
                key="late",
                label="迟报",
                kind=Kind.BOOL,
                note="报送日期晚于期限,或过了期限还没有报送",
                example="否",
            ),
        ),
    )
)

RUNNING_COST = register(
    Dataset(
        key="reporting.running_cost",
        label="机关运行成本",
        synonyms=("机关运行成本情况表", "运行成本统计"),
        subject=("organ", "year"),
        note="一行一个单位一年;金额为元。",
        columns=(
            ORGAN,
            Column(
                key="year",
                label="年度",
                kind=Kind.INTEGER,
                unit="年",
                synonyms=("年份", "统计年度"),
                example="2025",
            ),
            number("operating_expense", "机关运行经费支出", "元", "运行经费支出", "机关运行经费", example="3500000"),
            number("basic_public", "基本支出公用部分", "元", "基本支出公用经费", "公用经费", example="2600000"),
            number("project_part", "项目支出部分", "元", "项目支出", example="900000"),
            number("total_cost", "机关运行成本总额", "元", "运行成本总额", "运行成本", example="4200000"),
            number("staff", "人数", "人", "人员数", "单位人员", example="120"),
            number("cost_per_capita", "人均运行成本", "元/人", "人均成本", example="35000"),
        ),
    )
)
