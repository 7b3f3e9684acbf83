"""The rules of early warning: what each measures, in which unit, the likely cause, and what may move its figures. Pure.

A rule is the platform's own and soft: it warns, it never accuses. Its figures stand in the table of its clause in
`lawbook/CN/YW-ENERGY-WATCH.yaml` (dated, by region); for an organ and all below it they may be set anew (`Threshold`),
and the feedback of those who looked moves the sensitivity within bounds (`learning`).
"""

from __future__ import annotations

from dataclasses import dataclass

DOCUMENT = "YW-ENERGY-WATCH"


@dataclass(frozen=True)
class Rule:
    """One rule. `figures`: its figures in the order of its clause, with units; `learns`: the one that feedback moves."""

    key: str
    label: str
    unit: str
    cause: str
    advice: str
    figures: tuple[tuple[str, str], ...]
    learns: str = ""

    @property
    def clause(self) -> str:
        """The platform's own clause."""
        return f"{DOCUMENT}/{self.key.lower()}"

    @property
    def topic(self) -> str:
        """Under which findings are made."""
        return f"energy.watch_{self.key.lower()}"


#: The figure that says how many robust deviations a reading must lie from its profile.
DEVIATIONS = "偏离倍数"

RULES: dict[str, Rule] = {
    one.key: one
    for one in (
        Rule(
            "UNIT", "单位错误", "倍", "单位填错:吨与千克、万元与元、千瓦时与兆瓦时、立方米与升相差约 1000 倍",
            "对照缴费单据核对计量单位,更正台账后本线索自动销号。",
            (("上限", "倍"),),
        ),
        Rule(
            "MISSING", "缺月", "个月", "当月没有抄表或没有录入,或漏录记成了 0",
            "补抄或按缴费单据补录当月数据;确实停用的,登记停用日期。",
            (("上限", "个月"),),
        ),
        Rule(
            "DOUBLE", "重复计量", "倍", "同一张单据录了两次、两个月并在一个月抄表,或上月读数原样再录一次",
            "核对当月单据张数和前后两个月的表底数。",
            (("上限", "倍"), (DEVIATIONS, "倍")), DEVIATIONS,
        ),
        Rule(
            "LEAK", "疑似漏损", "%", "持续高于往年同期:管网漏水、阀门或设备常开未关,或用途增加未登记",
            "夜间关闭用水用能后看表是否仍走;查管网、水箱、疏水阀;新增用途的请登记。",
            (("上限", "%"), ("持续", "个月"), (DEVIATIONS, "倍")), DEVIATIONS,
        ),
        Rule(
            "NIGHT", "夜间负荷", "百分点", "夜间设备未关、机房或空调全天运行,或线路有他用",
            "查 23 时至次日 6 时仍在运行的回路;确需夜间运行的请说明。",
            (("上限", "百分点"), (DEVIATIONS, "倍")), DEVIATIONS,
        ),
        Rule(
            "TARIFF", "单价变动", "%", "电价水价调整、执行分类变化、功率因数罚款,或金额与用量不属同一个月",
            "核对价格文件和供应单位的计价分类。",
            (("上限", "%"),), "上限",
        ),
    )
}  # fmt: skip
#: (key, label) for choices of columns.
CHOICES = [(one.key, one.label) for one in RULES.values()]
#: Every name that a figure may have.
NAMES = tuple(dict.fromkeys(name for one in RULES.values() for name, _ in one.figures))
