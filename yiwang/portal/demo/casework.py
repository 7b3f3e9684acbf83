"""Some findings of the demo province are already being worked on: assigned, taken up, submitted, appealed, excused."""

from __future__ import annotations

from datetime import date, timedelta

from yiwang.core.rights.access import Access, access_for
from yiwang.core.rights.models import User
from yiwang.core.verdicts import actions
from yiwang.core.verdicts.models import Finding, FindingKind

SHARE = 4  # every fourth finding
DAYS = (10, 20, 30, 45)


def work_on_findings(on: date) -> int:
    """Every fourth accusing finding goes some way, in turn one step further; returns how many."""
    keys = Finding.objects.filter(kind=FindingKind.OVER).order_by("pk").values_list("pk", flat=True)
    chosen = list(keys)[::SHARE]
    for number, key in enumerate(chosen):
        _work(key, number, on)
    return len(chosen)


def _work(key: int, number: int, on: date) -> None:
    """As far as the number says."""
    clerk, manager = _access("province-clerk"), _access("province-manager")
    handler = clerk.user
    assert isinstance(handler, User)
    due = on + timedelta(days=DAYS[number % len(DAYS)])
    note = "请核实台账并整改"
    actions.assign(finding=key, handler=handler, due=due, note=note, access=manager, on=on)
    steps = number % 5
    if steps >= 1:
        actions.start(finding=key, note="已联系使用单位", access=clerk)
    if steps == 2:
        actions.rectify(finding=key, note="已完成腾退,台账待更新", attachment="示机管〔2026〕整改单", access=clerk)
    if steps == 3:
        actions.appeal(finding=key, note="现场复测面积与台账不一致,申请复核", access=clerk)
    if steps == 4:
        actions.rectify(finding=key, note="因历史原因形成,已报批保留", attachment="示机管〔2026〕保留", access=clerk)
        actions.review(
            finding=key, accept=True, note="同意保留", approval=f"示机管〔2026〕{number + 1}号", access=manager, on=on
        )


def _access(username: str) -> Access:
    return access_for(User.objects.get(username=username))
