"""The figures of a return and those beside them: its draft as values, the period before, the year before, the peers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from statistics import median
from typing import Any

from yiwang.areas.reporting.calendar import start_before, year_before
from yiwang.areas.reporting.models import PeerFigures, ReportingPeriod, Return, SchemeRevision
from yiwang.areas.reporting.schemes.cells import loaded, loaded_rows, stored
from yiwang.areas.reporting.schemes.compiled import Beside, Compiled, Message, facts_of, judged
from yiwang.areas.reporting.schemes.reading import compiled_from

#: A peer group smaller than this says nothing.
PEERS = 5
Values = dict[str, Any]


def scheme_of(revision: SchemeRevision) -> Compiled:
    """The compiled scheme of a revision; kept by its text."""
    return compiled_from(revision.text, str(revision.title))


def draft_values(one: Compiled, draft: Mapping[str, Any]) -> Values:
    """The typed values of a draft or a version."""
    return loaded(one.scheme.items, draft.get("values", {}))


def draft_rows(one: Compiled, draft: Mapping[str, Any]) -> dict[str, list[Values]]:
    """The floating rows of a draft."""
    return loaded_rows(one.scheme, draft.get("rows", {}))


def facts_at(row: Return, start: Any) -> Mapping[str, Any]:
    """What the organ handed in for the period of the same scheme that began on the day; empty if nothing."""
    found = (
        Return.objects.filter(
            organ_id=row.organ_id, period__scheme=row.period.scheme, period__valid_from=start, current__isnull=False
        )
        .order_by("-period__organ__depth", "-pk")
        .values_list("current__facts", flat=True)
        .first()
    )
    return found or {}


def beside(row: Return, one: Compiled) -> Beside:
    """The figures beside those of a return. Three queries."""
    period, items = row.period, one.scheme.items
    peers = PeerFigures.objects.filter(period=period, tier=row.organ.tier, kind=row.organ.kind)
    return Beside(
        loaded(items, facts_at(row, start_before(period.kind, period.valid_from))),
        loaded(items, facts_at(row, year_before(period.valid_from))),
        loaded(items, peers.values_list("values", flat=True).first() or {}),
    )


def all_facts(one: Compiled, values: Values, rows: dict[str, list[Values]]) -> dict[str, Any]:
    """The figures of the fixed tables, derived ones included, as JSON keeps them."""
    facts = facts_of(one, values, rows, Beside())
    return stored({key: facts.get(key) for key in one.scheme.items})


def messages_of(row: Return, one: Compiled, draft: Mapping[str, Any]) -> list[Message]:
    """What the edit checks say of a draft."""
    return judged(one, draft_values(one, draft), draft_rows(one, draft), beside(row, one))


def peer_figures(period: ReportingPeriod, one: Compiled) -> list[PeerFigures]:
    """The medians by tier and kind over what was handed in for the period before (else the year before); not saved."""
    for start in (start_before(period.kind, period.valid_from), year_before(period.valid_from)):
        rows = Return.objects.filter(
            period__scheme=period.scheme, period__valid_from=start, current__isnull=False, **_within(period)
        )
        known = list(rows.values_list("organ__tier", "organ__kind", "current__facts"))
        if known:
            return list(_medians(period, one, known))
    return []


def _within(period: ReportingPeriod) -> dict[str, Any]:
    return {f"l{period.organ.depth}": period.organ_id}


def _medians(
    period: ReportingPeriod, one: Compiled, known: Iterable[tuple[str, str, dict[str, str]]]
) -> Iterable[PeerFigures]:
    groups: dict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    for tier, kind, facts in known:
        groups[tier, kind].append(facts)
    for (tier, kind), some in sorted(groups.items()):
        if len(some) < PEERS:
            continue
        values = {}
        for key, item in one.scheme.items.items():
            figures = [Decimal(facts[key]) for facts in some if key in facts] if item.numeric else []
            if len(figures) >= PEERS:
                values[key] = median(figures)
        yield PeerFigures(period=period, tier=tier, kind=kind, units=len(some), values=stored(values))
