"""What changed between two versions of a return."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from yiwang.areas.reporting.figures import scheme_of
from yiwang.areas.reporting.models import Return, ReturnVersion


@dataclass(frozen=True)
class Changed:
    """An item that differs: what the earlier version said and what the later one says."""

    label: str
    before: str
    after: str


def between(row: Return, earlier: ReturnVersion, later: ReturnVersion) -> list[Changed]:
    """The items that differ, in the order of the scheme; a floating table as a whole."""
    scheme = scheme_of(row.period.revision).scheme
    found = [
        Changed(item.label, str(earlier.facts.get(key, "")), str(later.facts.get(key, "")))
        for key, item in scheme.items.items()
        if earlier.facts.get(key) != later.facts.get(key)
    ]
    for key, table in scheme.floating.items():
        before, after = earlier.rows.get(key, []), later.rows.get(key, [])
        if before != after:
            same = sum(1 for one in after if one in before)
            found.append(Changed(table.title, f"{len(before)} 行", f"{len(after)} 行,其中 {same} 行未变"))
    return found


def changes_of(row: Return, versions: Sequence[ReturnVersion]) -> dict[int, list[Changed]]:
    """By version number: what it changed against the one before. `versions`: the latest first, without gaps."""
    return {later.number: between(row, earlier, later) for later, earlier in pairwise(versions)}
