"""Whether a paper still agrees with the record: for the public page, which says no more than that."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from yiwang.core.papers import kinds
from yiwang.core.papers.actions import facts_of
from yiwang.core.papers.models import Paper, PaperState
from yiwang.kit.digest import canonical, digest
from yiwang.kit.refusal import Refusal


class Standing(StrEnum):
    """What is said of a paper."""

    AGREES = "agrees"
    CHANGED = "changed"
    GONE = "gone"  # the record is no longer there
    VOID = "void"
    BROKEN = "broken"  # the stub kept here is not what was issued


@dataclass(frozen=True)
class Check:
    """The answer. `fields`: the labels of what has changed since; never a value."""

    standing: Standing
    fields: tuple[str, ...] = ()


def check(paper: Paper) -> Check:
    """Compare the facts as issued with the facts now."""
    if digest(paper.facts.encode()).hex() != paper.digest:
        return Check(Standing.BROKEN)
    if paper.state == PaperState.VOID:
        return Check(Standing.VOID)
    if not kinds.known(paper.kind):
        return Check(Standing.GONE)
    kind = kinds.get(paper.kind)
    try:
        now = facts_of(kind, paper.subject)
    except Refusal:
        return Check(Standing.GONE)
    then: dict[str, Any] = json.loads(paper.facts)
    changed = [key for key in {**then, **now} if canonical(then.get(key)) != canonical(now.get(key))]
    return Check(Standing.CHANGED, _named(paper, changed)) if changed else Check(Standing.AGREES)


def _named(paper: Paper, keys: list[str]) -> tuple[str, ...]:
    """Labels in the order of printing; what is not printed is one word for all."""
    labels = {**dict(paper.labels), kinds.OPINIONS: kinds.OPINION_LABEL}
    named = [label for key, label in labels.items() if key in keys]
    return tuple(named + (["其他"] if any(key not in labels for key in keys) else []))
