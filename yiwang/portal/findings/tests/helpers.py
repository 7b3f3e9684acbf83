"""Findings for the pages: made straight, as if a register had been judged."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from yiwang.core.orgs.models import Organ
from yiwang.core.verdicts.models import Finding, FindingEvent, State, Verb

_numbers = count(1)
CLAUSE = "FGTZ-2014-2674/room"


def finding(at: Organ, **fields: Any) -> Finding:
    """A room too large, with the step that opened it."""
    number = next(_numbers)
    given: dict[str, Any] = {
        "dataset": "offices.person_space",
        "topic": "offices.person_area",
        "subject": f"{number}:{at.pk}",
        "subject_label": f"陈立{number} · {at.name}",
        "url": f"/r/offices/occupancy/?person_id={number}",
        "kind": "over",
        "clause": CLAUSE,
        "document": "党政机关办公用房建设标准",
        "number": "发改投资〔2014〕2674号",
        "article": "表1",
        "modality": "不应",
        "version": "0" * 64,
        "label": "使用面积",
        "relation": "<=",
        "measure": Decimal(30),
        "limit": Decimal(24),
        "excess": Decimal(6),
        "unit": "平方米",
        "message": "使用面积 30 平方米,上限 24 平方米,超 6 平方米",
        "facts": {"person": f"陈立{number}", "organ": at.name, "rank": "正科级", "usable_area": "30"},
        "judged_on": date(2026, 5, 1),
        "region": "990101",
        "opened_date": date(2026, 5, 1),
        **fields,
    }
    one = Finding(organ=at, **given)
    one.place()
    one.save()
    FindingEvent.objects.create(
        finding=one,
        at="2026-05-01T08:00:00+08:00",
        actor="system",
        verb=Verb.OPEN,
        state=State.OPEN,
        figures={"measure": "30", "limit": "24", "excess": "6"},
    )
    return one
