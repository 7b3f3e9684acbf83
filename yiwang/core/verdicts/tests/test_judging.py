"""What a save may do in the face of a verdict, and the preview while it is typed."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from yiwang.core.rights.access import nobody
from yiwang.core.rights.models import Role
from yiwang.core.standards.verdict import Verdict, VerdictKind
from yiwang.core.verdicts.judging import gate, judge_subjects, preview
from yiwang.core.verdicts.tests.helpers import DATASET, LIMIT, ON, Register, World
from yiwang.kit.refusal import Refusal

ROW: dict[str, Any] = {"person": "王敏", "organ": "甲局", "organ_tier": "县级机关", "rank": "正科级"}


def seen(area: int, kind: VerdictKind | None = None) -> list[Verdict]:
    verdicts = preview(DATASET, {**ROW, "usable_area": Decimal(area)}, ON, "990101")
    return [replace(one, kind=kind) for one in verdicts] if kind else verdicts


def code(verdicts: list[Verdict], **options: Any) -> str:
    given: dict[str, Any] = {"approval": "", "reason": "", "access": nobody(), **options}
    try:
        gate(verdicts, **given)
    except Refusal as refusal:
        assert refusal.clause == verdicts[0].clause
        assert verdicts[0].message in refusal.message
        return refusal.code
    return ""


def test_the_preview_shows_what_is_within_too() -> None:
    assert [(one.kind, one.limit) for one in seen(18)] == [("within", LIMIT)]
    assert [(one.kind, one.excess) for one in seen(30)] == [("over", Decimal(12))]


def test_the_preview_adds_rows_of_one_subject_up() -> None:
    rows = [{**ROW, "usable_area": Decimal(10)}, {**ROW, "usable_area": Decimal(12)}]
    assert [one.measure for one in preview(DATASET, rows, ON, "990101")] == [22]


def test_what_is_within_passes() -> None:
    assert code(seen(18)) == ""


def test_hard_over_needs_an_approval_by_a_manager(world: World) -> None:
    clerk, manager = world.access(), world.access(Role.MANAGER)
    assert code(seen(30), access=manager) == "verdict.over"
    assert code(seen(30), access=manager, approval="  ", reason="急用") == "verdict.over"
    assert code(seen(30), access=clerk, approval="示机管〔2026〕1号") == "verdict.approval-right"
    assert code(seen(30), access=manager, approval="示机管〔2026〕1号") == ""


def test_soft_asks_for_a_reason(world: World) -> None:
    soft = seen(30, VerdictKind.WARNING)
    assert code(soft) == "verdict.reason"
    assert code(soft, reason=" ") == "verdict.reason"
    assert code(soft, reason="老楼房间偏大") == ""


@pytest.mark.parametrize("kind", [VerdictKind.UNVERIFIED, VerdictKind.UNDETERMINED])
def test_what_is_not_certain_refuses_nothing(kind: VerdictKind) -> None:
    assert code(seen(30, kind)) == ""


def test_what_was_as_bad_before_is_not_the_acts_fault() -> None:
    assert code(seen(30), before=seen(30)) == ""
    assert code(seen(25), before=seen(30)) == ""
    assert code(seen(31), before=seen(30)) == "verdict.over"
    assert code(seen(30), before=seen(18)) == "verdict.over"


def test_subjects_are_judged_as_the_register_has_them(register: Register, world: World) -> None:
    register.hold("1:1", world.ours, 30)
    register.hold("2:1", world.ours, 10)
    found = judge_subjects(DATASET, ["1:1", "2:1"], on=ON)
    assert [(one.row.subject, one.verdict.kind) for one in found] == [("1:1", "over"), ("2:1", "within")]
