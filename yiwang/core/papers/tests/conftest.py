"""A kind of paper about a thing of these tests, and people around it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import pytest

from yiwang.core.papers import actions, kinds
from yiwang.core.papers.kinds import PaperKind
from yiwang.core.papers.models import Paper
from yiwang.core.rights.access import Access
from yiwang.core.verdicts.tests.helpers import World

ON, NOW = date(2026, 11, 2), datetime(2026, 11, 2, 4, 0, tzinfo=UTC)


@dataclass
class Office:
    """The world, and what the record of the thing says at the moment."""

    world: World
    facts: dict[str, Any] = field(
        default_factory=lambda: {
            "item": "更换灯管",
            "amount": "120.00",
            "note": "",
            "hidden": 1,
            "opinions": [{"step": "审核", "name": "王敏", "verdict": "同意", "opinion": "尽快", "at": "2026-11-01"}],
        }
    )

    def issue(self, access: Access | None = None, on: date = ON) -> Paper:
        """A paper about the thing of our organ."""
        pk = self.world.ours.pk
        return actions.issue(kind="tests.order", pk=pk, access=access or self.world.access(), on=on, now=NOW)


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Office:
    """`tests.order:<pk of an organ>` may be issued by who works there."""
    made = Office(World())
    monkeypatch.setattr(kinds, "_KINDS", dict(kinds._KINDS))

    def facts(pk: int) -> dict[str, Any]:
        if not made.facts:
            raise LookupError(pk)
        return made.facts

    kinds.register(
        PaperKind(
            key="tests.order",
            title="维修工单",
            word="维修",
            facts=facts,
            labels={"item": "事项", "amount": "金额(元)", "note": "备注"},
            organ=lambda pk: made.world.ours,
            guard=lambda access, pk: access.organ is not None and access.organ.pk == pk,
        )
    )
    return made
