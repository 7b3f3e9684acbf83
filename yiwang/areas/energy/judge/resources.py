"""台账 of the figures; the pages of early warning."""

from __future__ import annotations

from yiwang.areas.energy.judge.actions import AREA
from yiwang.areas.energy.judge.models import Threshold
from yiwang.core.registers.pages import guard, page
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Verb
from yiwang.desk.kinds import Column, Resource, register


def reads(access: Access) -> bool:
    """Whether the user reads the registers of energy."""
    return access.may(Verb.READ, AREA)


page(AREA, "用能预警", "energy_judge:index")
guard("energy_judge:index", reads)
page(AREA, "节能目标", "energy_judge:targets")
guard("energy_judge:targets", reads)

THRESHOLD = register(
    Resource(
        key="energy.threshold",
        label="预警阈值",
        model=Threshold,
        columns=(
            Column(path="organ", synonyms=("单位",)),
            Column(path="rule", synonyms=("预警规则",), example="疑似漏损"),
            Column(path="name", synonyms=("参数",), note="规则页上列出每条规则有哪些项目", example="上限"),
            Column(path="energy", synonyms=("品种",), note="品种代码;空为全部品种", example="WATER"),
            Column(path="value", synonyms=("阈值",), example="20"),
            Column(path="valid_from", sort="valid_from"),
            Column(path="valid_to"),
            Column(path="ground", brief=False, synonyms=("文号",)),
        ),
        natural=("organ", "rule", "name", "energy", "valid_from"),
        filters=("organ", "rule"),
        search=("ground",),
        ends="valid_to",
    )
)
