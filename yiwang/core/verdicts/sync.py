"""Findings follow the registers: opened, refreshed and closed in sets, whatever the number of rows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from yiwang.core.ledger.post import post
from yiwang.core.orgs.models import LEVELS, Organ
from yiwang.core.standards.book import load
from yiwang.core.standards.verdict import Verdict, VerdictKind
from yiwang.core.verdicts.hearing import tell_closed
from yiwang.core.verdicts.judging import Judged, judge_rows
from yiwang.core.verdicts.models import LASTING, Finding, FindingEvent, Outcome, State, Verb
from yiwang.core.verdicts.sources import happened, source_of, sourced
from yiwang.kit.constraints import chunks
from yiwang.kit.digest import canonical, merkle_root

Key = tuple[str, str]  # topic, subject
_BATCH = 1000
#: Beyond so many subjects the whole dataset is locked: PostgreSQL has room for some thousand locks in all.
_FINE = 100
_SEVERITY = (VerdictKind.OVER, VerdictKind.WARNING, VerdictKind.UNDETERMINED)
#: What makes a step in the history when it changes; the rest is only kept up to date.
_FIGURES = ("kind", "clause", "version", "measure", "limit", "excess")
_TAKEN = ("document", "number", "article", "modality", "label", "relation", "unit", "message")
_REFRESHED = (*_FIGURES, *_TAKEN, "subject_label", "url", "facts", "others", "judged_on", "region", "organ", *LEVELS)


@dataclass(frozen=True)
class Synced:
    """What a synchronisation did. `counts`: verdicts by kind; `entry`: the ledger's, None where nothing changed."""

    opened: int
    refreshed: int
    closed: int
    counts: dict[str, int]
    entry: int | None


@dataclass
class Bad:
    """The verdicts on one subject under one topic: the worst, and the others broken beside it."""

    worst: Judged
    others: list[Judged]


def sync(*, dataset: str, subjects: Collection[str] | None = None, on: date, actor: str) -> Synced:
    """Judge the rows of a dataset (or of some subjects) as they stand on a day, and let the findings follow.

    Opens what is new, refreshes what has changed, closes what is no longer so. One transaction, one entry (none when
    nothing changed); the number of queries does not depend on the rows. KeyError for a dataset without a source.
    """
    with transaction.atomic():
        _lock(dataset, subjects)
        counts, found = judge_rows(dataset, source_of(dataset)(on=on, subjects=subjects), on=on)
        bad = _by_key(found)
        standing = {(one.topic, one.subject): one for one in _pending(dataset, subjects)}
        opened = _open(
            dataset, _not_excused(dataset, subjects, {k: v for k, v in bad.items() if k not in standing}), on
        )
        refreshed = _refresh([(one, bad[key]) for key, one in standing.items() if key in bad])
        closed = [one for key, one in standing.items() if key not in bad]
        _close(closed, on)
        now = timezone.now()
        _record(opened, refreshed, closed, actor, now)
        tell_closed(closed, actor, now)
        entry = _post(dataset, on, actor, opened, refreshed, closed)
    return Synced(len(opened), len(refreshed), len(closed), counts, entry)


def sync_all(*, on: date, actor: str) -> dict[str, Synced]:
    """Every dataset that has a source, each in a transaction of its own."""
    return {dataset: sync(dataset=dataset, on=on, actor=actor) for dataset in sourced()}


def _lock(dataset: str, subjects: Collection[str] | None) -> None:
    """PostgreSQL: one synchronisation of a subject at a time. SQLite has one writer anyhow."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        if subjects is None or len(subjects) > _FINE:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_number(dataset)])
            return
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [_number(dataset)])
        numbers = sorted({_number(f"{dataset}\0{subject}") for subject in subjects})
        cursor.execute("SELECT pg_advisory_xact_lock(n) FROM unnest(%s::bigint[]) AS t(n)", [numbers])


def _number(text: str) -> int:
    return int.from_bytes(hashlib.sha256(f"verdicts:{text}".encode()).digest()[:8], "big", signed=True)


def _by_key(found: Iterable[Judged]) -> dict[Key, Bad]:
    """The worst verdict of each subject under each topic. 待核 is not among them."""
    bad: dict[Key, Bad] = {}
    for one in found:
        if one.verdict.kind not in _SEVERITY:
            continue
        key = (one.verdict.topic, one.row.subject)
        if key not in bad:
            bad[key] = Bad(one, [])
        elif _rank(one.verdict) < _rank(bad[key].worst.verdict):
            bad[key] = Bad(one, [bad[key].worst, *bad[key].others])
        else:
            bad[key].others.append(one)
    return bad


def _rank(verdict: Verdict) -> tuple[int, Any]:
    return _SEVERITY.index(verdict.kind), -(verdict.excess or 0)


def _some(rows: QuerySet[Finding], subjects: Collection[str] | None) -> Iterator[QuerySet[Finding]]:
    """The findings of these subjects, a chunk at a time; of all for None."""
    if subjects is None:
        yield rows
    else:
        for some in chunks(subjects):
            yield rows.filter(subject__in=some)


def _pending(dataset: str, subjects: Collection[str] | None) -> Iterator[Finding]:
    for rows in _some(Finding.objects.filter(dataset=dataset).pending(), subjects):
        yield from rows.select_for_update()


def _not_excused(dataset: str, subjects: Collection[str] | None, bad: dict[Key, Bad]) -> dict[Key, Bad]:
    """Without what was excused (of events: settled too) under the same clause version and has not grown since."""
    if not bad:
        return bad
    excused = {}
    lasting = (*LASTING, Outcome.RECTIFIED) if happened(dataset) else LASTING
    closed = Finding.objects.filter(dataset=dataset, state=State.CLOSED, outcome__in=lasting).order_by("pk")
    for rows in _some(closed, subjects):
        for topic, subject, *figures in rows.values_list("topic", "subject", "version", "kind", "excess"):
            excused[(topic, subject)] = figures
    return {key: one for key, one in bad.items() if not _covers(excused.get(key), one.worst.verdict)}


def _covers(figures: Any, verdict: Verdict) -> bool:
    if figures is None or figures[:2] != [verdict.version, verdict.kind.value]:
        return False
    return (verdict.excess or 0) <= (figures[2] or 0)


def _fields(one: Bad) -> dict[str, Any]:
    """What a finding takes from the verdicts and the row."""
    row, verdict = one.worst.row, one.worst.verdict
    return {
        **{name: getattr(verdict, name) for name in (*_FIGURES, *_TAKEN)},
        "kind": verdict.kind.value,
        "subject_label": row.label[:250],
        "url": row.url,
        "facts": {key: _json(value) for key, value in one.worst.facts.items() if value is not None},
        "others": [json.loads(canonical(other.verdict.as_dict())) for other in one.others],
        "judged_on": verdict.on,
        "region": verdict.region,
    }


def _json(value: Any) -> Any:
    """Facts as JSON holds them: figures and days as text, exactly and without idle zeros."""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return value if isinstance(value, bool | int | str) else str(value)


def _open(dataset: str, bad: dict[Key, Bad], on: date) -> list[Finding]:
    places = _places({one.worst.row.organ_id for one in bad.values()})
    fresh = [
        Finding(
            dataset=dataset,
            topic=topic,
            subject=subject,
            opened_date=on,
            organ_id=one.worst.row.organ_id,
            **places[one.worst.row.organ_id],
            **_fields(one),
        )
        for (topic, subject), one in bad.items()
    ]
    return Finding.objects.bulk_create(fresh, batch_size=_BATCH)


def _places(organs: Collection[int]) -> dict[int, dict[str, int | None]]:
    """Organ → its ancestor columns."""
    return {
        pk: dict(zip(LEVELS, levels, strict=True))
        for some in chunks(organs)
        for pk, *levels in Organ.objects.filter(pk__in=some).values_list("pk", *LEVELS)
    }


def _refresh(pairs: list[tuple[Finding, Bad]]) -> list[Finding]:
    """Bring findings up to date; returns those whose figures or clause have changed."""
    places = _places({bad.worst.row.organ_id for _, bad in pairs})
    changed, moved = [], []
    for finding, bad in pairs:
        fields = _fields(bad) | {"organ_id": bad.worst.row.organ_id, **places[bad.worst.row.organ_id]}
        # The day alone is no change: else every finding would be written every day.
        differs = {name for name, value in fields.items() if name != "judged_on" and getattr(finding, name) != value}
        if differs:
            for name, value in fields.items():
                setattr(finding, name, value)
            changed.append(finding)
        if differs & set(_FIGURES):
            moved.append(finding)
    Finding.objects.bulk_update(changed, _REFRESHED, batch_size=100)
    return moved


def _close(findings: list[Finding], on: date) -> None:
    for some in chunks([finding.pk for finding in findings]):
        Finding.objects.filter(pk__in=some).update(
            state=State.CLOSED, outcome=Outcome.REGISTER, closed_by_register=True, closed_date=on
        )


def _record(opened: list[Finding], refreshed: list[Finding], closed: list[Finding], actor: str, now: datetime) -> None:
    """A step in the history of each."""
    steps = [
        *((one, Verb.OPEN, one.state) for one in opened),
        *((one, Verb.REFRESH, one.state) for one in refreshed),
        *((one, Verb.CLOSE, State.CLOSED) for one in closed),
    ]
    FindingEvent.objects.bulk_create(
        [
            FindingEvent(
                finding=one,
                at=now,
                actor=actor,
                verb=verb,
                state=state,
                note=Outcome.REGISTER.label if verb is Verb.CLOSE else "",
                figures=figures(one),
            )
            for one, verb, state in steps
        ],
        batch_size=_BATCH,
    )


def figures(finding: Finding) -> dict[str, Any]:
    """What was measured and allowed, for the history."""
    return {
        name: None if value is None else _json(value)
        for name in ("kind", "clause", "measure", "limit", "excess")
        if (value := getattr(finding, name)) != ""
    }


def _post(
    dataset: str, on: date, actor: str, opened: list[Finding], refreshed: list[Finding], closed: list[Finding]
) -> int | None:
    """One entry with the Merkle root of all that changed; about the finding itself where there is only one."""
    changes = (
        [("open", one) for one in opened] + [("refresh", one) for one in refreshed] + [("close", one) for one in closed]
    )
    if not changes:
        return None
    leaves = (canonical([verb, one.pk, one.topic, one.subject, figures(one)]).encode() for verb, one in changes)
    single = changes[0][1] if len(changes) == 1 else None
    return post(
        actor=actor,
        act="verdicts.finding.judge",
        obj=f"verdicts.finding:{single.pk}" if single else f"verdicts.dataset:{dataset}",
        clause=single.clause if single else "",
        body={
            "dataset": dataset,
            "on": on,
            "lawbook": load().hash,
            "opened": len(opened),
            "refreshed": len(refreshed),
            "closed": len(closed),
            "root": merkle_root(leaves),
        },
    )
