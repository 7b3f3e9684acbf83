"""What waits for a user: steps of cases, findings to rectify, to review, those that nobody has taken up, imports to confirm."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F

from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Verb
from yiwang.core.verdicts.models import Finding, State
from yiwang.desk.models import ImportJob, ImportState
from yiwang.portal.cases import desk, rows
from yiwang.portal.home import counts

MOST, IMPORTS = 6, 3


@dataclass(frozen=True)
class Waiting:
    """One thing that waits: the finding, what is to be done, how many days are left (None: no deadline)."""

    finding: Finding
    step: str
    left: int | None

    @property
    def due(self) -> str:
        """The time left in words."""
        if self.left is None:
            return "未定期限"
        if self.left < 0:
            return f"逾期 {-self.left} 天"
        return "今天" if self.left == 0 else f"{self.left} 天"


STEPS = {
    State.OPEN: "待交办",
    State.ASSIGNED: "待整改",
    State.RECTIFYING: "整改中",
    State.REVIEWING: "待复核",
    State.APPEALED: "待裁定申诉",
}


def listed(access: Access, on: date) -> list[Waiting]:
    """The first of them by deadline, those without one last."""
    found = counts.findings(access).select_related("organ").order_by(F("due_date").asc(nulls_last=True), "-pk")
    return [
        Waiting(one, STEPS[State(one.state)], (one.due_date - on).days if one.due_date else None)
        for one in found[:MOST]
    ]


def tasks(access: Access, now: datetime) -> list[rows.Row]:
    """The first steps of cases that wait for the user, by deadline."""
    return desk.first(access, now, MOST)


def imports(access: Access) -> list[ImportJob]:
    """The user's own imports that were tried out and wait to be confirmed or corrected, the latest first."""
    own = ImportJob.objects.filter(user=access.user.pk, state__in=[ImportState.UPLOADED, ImportState.CHECKED])
    return list(access.scope(own, Verb.WRITE).order_by("-pk")[:IMPORTS])
