"""The rules: what each measures, against what, and which clauses of the lawbook stand beside the platform's own. Pure.

A rule is the platform's own and soft: it warns, it never accuses. Its figures stand in the table of its clause in
`lawbook/CN/YW-WATCH.yaml` (dated, by region) and may be set anew for an organ and all below it (`Threshold`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

DOCUMENT = "YW-WATCH"


class Basis(StrEnum):
    """What a rule reads."""

    POINTS = "轨迹"
    BILLS = "费用"
    PAPERS = "证照"


@dataclass(frozen=True)
class Rule:
    """One rule. `least`: the figure is a lower bound. `others`: further figures of its clause, with their units.

    `grounds` are clauses in force that the conduct may break; they are shown beside, whatever their standing.
    """

    key: str
    label: str
    unit: str
    basis: Basis
    grounds: tuple[str, ...]
    others: tuple[tuple[str, str], ...] = ()
    least: bool = False

    @property
    def clause(self) -> str:
        """The platform's own clause."""
        return f"{DOCUMENT}/{self.key.lower()}"

    @property
    def topic(self) -> str:
        """Under which findings are made."""
        return f"vehicles.watch_{self.key.lower()}"

    @property
    def limit_word(self) -> str:
        """What the figure is called in the clause's table."""
        return "下限" if self.least else "上限"


_BAN, _LEDGER = "ZBF-2017-71/forbidden", "GWY-621-2012/car-ledger"
_KEPT, _FIXED, _PAPERS = "ZBF-2017-71/centralized-use", "ZBF-2017-71/fixed-points", "ZBF-2017-71/ledger-system"

RULES: dict[str, Rule] = {
    one.key: one
    for one in (
        Rule("MOVED", "无单移动", "米", Basis.POINTS, (_LEDGER, _BAN), (("前后宽限", "分钟"),)),
        Rule("HOURS", "非工作时段用车", "公里", Basis.POINTS, (_KEPT, _BAN), (("起时", "时"), ("止时", "时"))),
        Rule("AREA", "越出批准范围", "公里", Basis.POINTS, (_KEPT, _BAN)),
        Rule("DETOUR", "绕行", "%", Basis.POINTS, (_BAN,), (("至少多行", "公里"),)),
        Rule("STOP", "在所列场所停留", "分钟", Basis.POINTS, (_BAN,)),
        Rule("SPEED", "超速", "公里/小时", Basis.POINTS, (), (("持续", "秒"),)),
        Rule("ODOMETER", "里程表与轨迹不符", "%", Basis.POINTS, (_LEDGER,), (("至少相差", "公里"),)),
        Rule("FUEL", "能耗异常", "倍", Basis.BILLS, (_LEDGER,), (("至少同型车", "辆"),)),
        Rule("TANK", "加注超过油箱", "%", Basis.BILLS, (_BAN, _LEDGER)),
        Rule("PLACE", "加注时车不在场", "公里", Basis.BILLS, (_BAN, _FIXED), (("前后", "分钟"),)),
        Rule("TWICE", "重复报账", "张", Basis.BILLS, (_BAN,)),
        Rule("REPAIR", "短期重复维修", "天", Basis.BILLS, (_BAN, _FIXED), least=True),
        Rule("EXPIRY", "证照到期", "天", Basis.PAPERS, (_PAPERS,), least=True),
    )
}
#: (key, label) for choices of columns.
CHOICES = [(one.key, one.label) for one in RULES.values()]
#: The name of each figure that a rule reads: its limit first.
FIGURES: dict[str, tuple[tuple[str, str], ...]] = {
    key: ((one.limit_word, one.unit), *one.others) for key, one in RULES.items()
}
#: Every name that a figure may have.
NAMES = tuple(dict.fromkeys(name for some in FIGURES.values() for name, _ in some))
