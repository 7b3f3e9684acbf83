"""The verbs of an assessment: begin, prove from the registers, fill, submit, give points at each level, decide."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from django.db import IntegrityError, transaction

from yiwang.areas.evaluation.facts import Fact, gather
from yiwang.areas.evaluation.judging import Verdict, judge, most
from yiwang.areas.evaluation.models import Assessment, Given, Level, Mark, Source, State
from yiwang.areas.evaluation.tables import Item, in_force, programme
from yiwang.core.flow.actions import act, open_case
from yiwang.core.flow.models import Case, CaseState, Task, TaskState
from yiwang.core.ledger.post import post
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import User, Verb
from yiwang.kit.refusal import Refusal

AREA, PROCESS, SUBJECT = "evaluation", "evaluation.programme", "evaluation.assessment"
#: Node of the process → level.
NODES = {"first": Level.FIRST, "second": Level.SECOND, "last": Level.LAST}


@transaction.atomic
def begin(*, key: str, organ: Organ, year: int, access: Access, on: date, now: datetime) -> Assessment:
    """申报: an assessment under the table in force, its items proved from the registers where they can be.

    Refusals `rights.denied`, `evaluation.programme`, `evaluation.no-table`, `evaluation.year`, `evaluation.once`.
    """
    access.need(access.may(Verb.WRITE, AREA) and _within(access, organ), "申报创建项目")
    table = in_force(key, on, organ.tier)
    if not on.year - 5 <= year <= on.year:
        raise Refusal("evaluation.year", f"评价年度应在 {on.year - 5} 到 {on.year} 之间。")
    one = Assessment(organ=organ, programme=key, year=year, document=table.document, digest=table.digest, on_date=on)
    one.place()
    try:
        with transaction.atomic():
            one.save()
    except IntegrityError:
        raise Refusal("evaluation.once", f"“{organ}”{year} 年已申报“{programme(key).label}”。") from None
    Mark.objects.bulk_create([Mark(assessment=one, item=item.key, place=n) for n, item in enumerate(table.items)])
    _post(one, access, "begin", {"programme": key, "year": year, "document": table.document, "table": table.digest})
    prove(assessment=one.pk, access=access, on=on, now=now)
    return one


@transaction.atomic
def prove(*, assessment: int, access: Access, on: date, now: datetime) -> int:
    """取数: fill every item that a dataset can prove; how many. What was shown by evidence gives way to a proof."""
    one = _held(assessment, access, State.DRAFT)
    facts = gather(one.organ, one.year, on)
    done = 0
    for mark in one.marks.all():
        item = one.table.item(mark.item)
        if (found := _proved(item, facts)) is None:
            continue
        fact, points = found
        same = mark.source == Source.PROVED and mark.fact == fact.as_json()
        done += 1
        if not same:
            mark.source, mark.measure, mark.fact, mark.said = (
                Source.PROVED,
                fact.value,
                fact.as_json(),
                fact.words[:300],
            )
            mark.save()
            _give(mark, Level.SELF, points, access, now)
    return done


def _proved(item: Item, facts: Mapping[str, Fact]) -> tuple[Fact, Decimal] | None:
    """The fact that proves an item and the points it gives; None where no register says it."""
    if (fact := facts.get(item.whole)) is not None and fact.met and item.full is not None:
        return fact, item.full
    if (fact := facts.get(item.measure)) is not None and fact.value is not None:
        points = item.points(fact.value)
        return None if points is None else (fact, points)
    if (fact := facts.get(item.proof)) is not None and fact.met is not None:
        return fact, most(item) if fact.met else Decimal(0)
    return None


@transaction.atomic
def fill(
    *,
    mark: int,
    points: Decimal | None,
    measure: Decimal | None,
    said: str,
    left_out: bool,
    access: Access,
    now: datetime,
) -> Mark:
    """One item by evidence: its points, or the measure that gives them; what is not concerned may be left out.

    Refusals `evaluation.proved`, `evaluation.points`, `evaluation.left-out`, `rights.denied`.
    """
    row = Mark.objects.select_related("assessment").filter(pk=mark).first()
    access.need(row is not None, "填写自评")
    assert row is not None
    one = _held(row.assessment_id, access, State.DRAFT)
    item = one.table.item(row.item)
    if row.source == Source.PROVED:
        raise Refusal("evaluation.proved", f"“{item.title}”已由台账取数,不能手填;数不对的,请更正台账后重新取数。")
    if left_out and not item.optional:
        raise Refusal("evaluation.left-out", f"“{item.title}”不能不评。")
    if left_out:
        points = Decimal(0)
    elif measure is not None and item.measure:
        points = item.points(measure)
    row.source = Source.LEFT_OUT if left_out else Source.EVIDENCE
    row.measure, row.said = measure, said.strip()[:300]
    row.save()
    _give(row, Level.SELF, _within_full(item, points), access, now)
    return row


def _within_full(item: Item, points: Decimal | None) -> Decimal:
    if points is None or not 0 <= points <= most(item):
        raise Refusal("evaluation.points", f"“{item.title}”请填 0 到 {most(item)} 之间的分数。", clause=item.clause)
    return points


def _give(mark: Mark, level: Level, points: Decimal, access: Access, now: datetime, note: str = "") -> None:
    by = access.user if isinstance(access.user, User) else None
    assert access.organ is not None
    Given.objects.create(mark=mark, level=level, points=points, by=by, organ=access.organ, at=now, note=note[:200])


@transaction.atomic
def submit(*, assessment: int, access: Access, on: date, now: datetime) -> Case:
    """提交: the self-given score goes up as a case. Refusals `evaluation.unfilled`, `evaluation.needs`, `flow.*`."""
    one = _held(assessment, access, State.DRAFT)
    scores = points_of(one)
    empty = [one.table.item(mark.item).title for mark in one.marks.all() if Level.SELF not in scores[mark.item]]
    if empty:
        raise Refusal("evaluation.unfilled", f"还有 {len(empty)} 项没有自评:{'、'.join(empty[:5])}。")
    needs = one.declared.needs
    if needs and not Assessment.objects.reached().filter(organ=one.organ_id, programme=needs).exists():
        raise Refusal("evaluation.needs", f"“{one.declared.label}”要先建成“{programme(needs).label}”。")
    verdict = verdict_of(one, Level.SELF)
    facts = {"programme": one.declared.label, "year": one.year, "score": str(verdict.total), "levels": one.organ.depth}
    case = open_case(
        process=PROCESS, title=f"{one.organ.name}申报{one.declared.label}"[:200], organ=one.organ, access=access,
        facts=facts, on=on, now=now, subject=(SUBJECT, str(one.pk)),
    )  # fmt: skip
    Assessment.objects.filter(pk=one.pk).update(state=State.REVIEWING, case=case)
    _post(one, access, "submit", {"case": case.number, "score": str(verdict.total)})
    return case


@transaction.atomic
def review(
    *, assessment: int, verdict: Literal["approve", "reject"], points: Mapping[int, Decimal], opinion: str,
    access: Access, on: date, now: datetime,
) -> Case:  # fmt: skip
    """评分: the points of this level (mark → points; what is not named stays as the level below gave it), and the verdict.

    Refusals `evaluation.not-yours`, `evaluation.points`, `flow.*`.
    """
    one = Assessment.objects.select_for_update(of=("self",)).filter(pk=assessment).first()
    task = task_of(one, access) if one is not None else None
    if one is None or task is None:
        raise Refusal("evaluation.not-yours", "这件申报现在不由您评审。")
    level = NODES[task.step.node]
    before = points_of(one)
    for mark in one.marks.all():
        below = latest(before[mark.item], below=level)
        value = _within_full(one.table.item(mark.item), points.get(mark.pk, below))
        _give(mark, level, value, access, now, opinion if value != below else "")
    return act(task=task.pk, verdict=verdict, opinion=opinion, access=access, on=on, now=now)


def task_of(one: Assessment, access: Access) -> Task | None:
    """The open task of the user in the case of an assessment."""
    if one.case_id is None:
        return None
    rows = Task.objects.filter(case=one.case_id, state=TaskState.OPEN, who=access.user.pk, step__node__in=list(NODES))
    return rows.select_related("step").first()


def points_of(one: Assessment) -> dict[str, dict[int, Decimal]]:
    """Item → level → the points given last."""
    found: dict[str, dict[int, Decimal]] = {mark.item: {} for mark in one.marks.all()}
    rows = Given.objects.filter(mark__assessment=one.pk).order_by("pk").values_list("mark__item", "level", "points")
    for item, level, points in rows:
        found[item][level] = points
    return found


def latest(levels: Mapping[int, Decimal], *, below: int = Level.LAST + 1) -> Decimal:
    """The points of the highest level below; 0 where nobody gave any."""
    known = [level for level in levels if level < below]
    return levels[max(known)] if known else Decimal(0)


def verdict_of(one: Assessment, level: int = Level.LAST) -> Verdict:
    """The verdict over what was given up to a level."""
    points = {item: latest(levels, below=level + 1) for item, levels in points_of(one).items()}
    left_out = {mark.item for mark in one.marks.all() if mark.source == Source.LEFT_OUT}
    return judge(one.table, points, left_out)


def ended(*, case: Case, access: Access, on: date, now: datetime) -> None:
    """The case has ended: reached unless verified figures say it is not. In the transaction of the decision."""
    with suppress(Assessment.DoesNotExist):
        one = Assessment.objects.select_for_update(of=("self",)).get(pk=int(case.subject_id))
        said = verdict_of(one)
        if case.state == CaseState.DONE:
            state = State.FAILED if said.reached is False else State.REACHED
        else:
            state = State.REFUSED
        Assessment.objects.filter(pk=one.pk).update(
            state=state, score=said.total, decided_on=on, note=";".join(said.reasons)[:300]
        )
        _post(one, access, "decide", {"case": case.number, "state": state, "score": str(said.total)})


def _held(pk: int, access: Access, state: State) -> Assessment:
    """The assessment, locked. Refusals `rights.denied`, `evaluation.state`."""
    rows = access.scope(Assessment.objects.all(), Verb.WRITE)
    one = rows.select_for_update(of=("self",)).filter(pk=pk).first()
    access.need(one is not None, "办理创建申报")
    assert one is not None
    if one.state != state:
        raise Refusal("evaluation.state", f"这件申报{one.get_state_display()},不能再改自评。")
    return one


def _within(access: Access, organ: Organ) -> bool:
    return access.organ is not None and getattr(organ, f"l{access.organ.depth}") == access.organ.pk


def _post(one: Assessment, access: Access, act_: str, body: Mapping[str, Any]) -> None:
    facts = access.facts(Verb.WRITE, AREA, **body)
    post(actor=access.actor, act=f"evaluation.assessment.{act_}", obj=f"{SUBJECT}:{one.pk}", body=facts)
