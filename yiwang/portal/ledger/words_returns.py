"""What is done to returns, self-evaluations and the nation's figures, as the ledger's pages say it."""

from __future__ import annotations

from collections.abc import Callable, Collection

from yiwang.areas.reporting.models import SchemeRevision
from yiwang.areas.reporting.nav import configures, reads
from yiwang.areas.reporting.period import concerning
from yiwang.core.rights.access import Access

ACTS = {
    "reporting.period.open": "开启报告期", "reporting.period.close": "关闭报告期", "reporting.period.remind": "催报",
    "reporting.scheme.adopt": "采用随带的报表制度", "reporting.scheme.draft": "拟报表制度", "reporting.scheme.change": "修改报表制度",
    "reporting.scheme.issue": "发布报表制度", "reporting.return.submit": "报送报表", "reporting.return.amend": "更正报表",
    "reporting.return.withdraw": "撤回报表", "reporting.return.accept": "审核通过报表", "reporting.return.send_back": "退回报表",
    "reporting.return.except": "准许补报", "reporting.spot_check.draw": "抽查报表", "reporting.spot_check.note": "登记抽查结果",
    "evaluation.assessment.begin": "开始自评", "evaluation.assessment.submit": "报送自评", "evaluation.assessment.decide": "评定",
    "evaluation.publication.publish": "公示评价结果", "insight.cube.keep": "汇总年度指标", "insight.lake.snapshot": "生成数据快照",
}  # fmt: skip
THINGS = {
    "reporting.period": "报告期", "reporting.scheme": "报表制度", "reporting.return": "报表", "reporting.spot_check": "抽查",
    "evaluation.assessment": "创建自评", "evaluation.publication": "评价公示", "insight.edition": "年度指标", "insight.cube": "年度指标",
    "insight.lake": "数据快照", "lake": "数据快照",
}  # fmt: skip
PAGES = {
    "reporting.period": "reporting:period",
    "reporting.scheme": "reporting:scheme",
    "reporting.return": "reporting:return",
    "evaluation.assessment": "evaluation:assessment",
    "evaluation.publication": "evaluation:publication",
}


def _periods(access: Access, keys: Collection[int]) -> set[int]:
    """The page of a period is for the organ that opened it, and for those below."""
    return set(concerning(access).filter(pk__in=keys).values_list("pk", flat=True)) if reads(access) else set()


def _schemes(access: Access, keys: Collection[int]) -> set[int]:
    """That of a scheme for who configures at its organ."""
    rows = SchemeRevision.objects.filter(pk__in=keys, organ=access.organ)
    return set(rows.values_list("pk", flat=True)) if configures(access) else set()


#: Kind → which of these objects have a page that this user may open.
OPENS: dict[str, Callable[[Access, Collection[int]], set[int]]] = {
    "reporting.period": _periods,
    "reporting.scheme": _schemes,
}
