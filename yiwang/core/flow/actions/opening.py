"""Opening a case (提交申请)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from yiwang.core.flow import definitions, processes
from yiwang.core.flow import facts as contents
from yiwang.core.flow.bpmn import Graph
from yiwang.core.flow.engine import Run, add_parties, begin
from yiwang.core.flow.facts import Fact
from yiwang.core.flow.holding import Said, first_time, load, receipt, record
from yiwang.core.flow.models import Case, Counter, EventVerb, PartyKind, Receipt
from yiwang.core.flow.processes import ProcessKind
from yiwang.core.flow.signals import announce
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import User
from yiwang.kit.refusal import Refusal

_COUNTER = "INSERT INTO flow_counter (process, year, last) VALUES (%s, %s, 0) ON CONFLICT DO NOTHING"


def open_case(
    *,
    process: str,
    title: str,
    organ: Organ,
    access: Access,
    facts: Mapping[str, Any],
    on: date,
    now: datetime,
    subject: tuple[str, str] = ("", ""),
    key: str = "",
    attachments: Sequence[int] = (),
) -> Case:
    """Open a case of a process for an organ, under the definition in force on the day.

    Refusals `flow.process`, `flow.none`, `flow.title`, `flow.organ`, `rights.denied`, `fact.*`, `flow.undetermined`, `flow.key`.
    """
    kind = processes.get(process)
    _may_open(kind, organ, access)
    name = title.strip()
    if not name or len(name) > 200:
        raise Refusal("flow.title", "请填写事由,不超过 200 字。")
    with transaction.atomic():
        if not first_time(access, key, EventVerb.APPLY, (process, name, organ, dict(facts), subject), None):
            return load(receipt(access, key).case_id or 0)
        case = _insert(kind, name, organ, access, facts, on, now, subject)
        if key:
            Receipt.objects.filter(user=access.user.pk, key=key[:80]).update(case=case)
        run = Run.of(case, access, on, now)
        add_parties(run, [case.applicant], PartyKind.APPLICANT)
        begin(run)
        data = {"process": process, "title": name, "organ": organ.pk, "subject": list(subject), "facts": case.facts}
        record(run, EventVerb.APPLY, Said(attachments=attachments, data=data))
        announce(run.news)
    return run.case


def _may_open(kind: ProcessKind, organ: Organ, access: Access) -> None:
    access.need(isinstance(access.user, User) and access.may(kind.verb, kind.area), f"提交“{kind.label}”")
    if access.organ is None or getattr(organ, f"l{access.organ.depth}") != access.organ.pk:
        raise Refusal("flow.organ", f"您在“{access.organ}”工作,不能替“{organ}”提交申请。")


def opening_facts(graph: Graph) -> tuple[Fact, ...]:
    """The facts that the applicant fills in: all but those that a later step asks for."""
    first = graph.nodes[graph.ways_out(graph.start.id)[0].target]
    later = {key for node in graph.people() if node.id != first.id for key in node.asks} - set(first.asks)
    return tuple(fact for fact in graph.facts if fact.key not in later)


def _insert(
    kind: ProcessKind,
    title: str,
    organ: Organ,
    access: Access,
    facts: Mapping[str, Any],
    on: date,
    now: datetime,
    subject: tuple[str, str],
) -> Case:
    definition = definitions.in_force(kind.key, on, organ)
    graph = definitions.graph_of(definition)
    asked = opening_facts(graph)
    assert isinstance(access.user, User)
    case = Case(
        definition=definition,
        process=kind.key,
        area=kind.area,
        number=_number(kind, on.year),
        title=title,
        applicant=access.user,
        organ=organ,
        subject_kind=subject[0],
        subject_id=subject[1],
        facts=contents.clean(asked, facts),
        opened_at=now,
    )
    case.place()
    case.save()
    return case


def _number(kind: ProcessKind, year: int) -> str:
    """The next number of the process in the year. The counter's row is held to the commit: no gap and no twin."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTER, [kind.key, year])
    rows = Counter.objects.filter(process=kind.key, year=year)
    rows.update(last=F("last") + 1)
    return f"{kind.prefix}{year}{rows.values_list('last', flat=True)[0]:05}"
