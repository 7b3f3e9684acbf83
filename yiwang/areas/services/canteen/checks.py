"""反食品浪费自查: once a quarter, item by item of the clauses in force on the day; what is not met is open until it is done.

The list is not written here. It is the rows of the clauses named below, as the lawbook has them; a clause without rows is one
item. Points count where a row gives some.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import F

from yiwang.areas.services.canteen.actions import run_canteen
from yiwang.areas.services.canteen.models import Canteen, ItemResult, SelfCheck, SelfCheckItem
from yiwang.areas.services.reach import acting, within
from yiwang.core.ledger.post import post
from yiwang.core.rights.access import Access
from yiwang.core.standards.book import load
from yiwang.core.standards.schema import Clause
from yiwang.kit.refusal import Refusal

#: The contents of the assessment of canteens, and what a working meal may not have.
CLAUSES = ("EV-FD-3", "ZFGW-2025-05/meal")


@dataclass(frozen=True)
class Item:
    """One item of the list. `key` names it in a form; `most` are its points where the clause gives some."""

    key: str
    clause: str
    version: str
    title: str
    document: str
    number: str
    article: str
    text: str
    most: Decimal | None


@dataclass(frozen=True)
class Answer:
    """What was found for one item."""

    result: str
    evidence: str = ""
    measure: str = ""
    due_date: date | None = None
    points: Decimal | None = None


def items(on: date) -> list[Item]:
    """The list as of a day; clauses that are not in force are not on it."""
    book, found = load(), list[Item]()
    for key in CLAUSES:
        try:
            document, clause = book.document_of(key), book.clause(key)
        except KeyError:
            continue
        begin = clause.effective_from or document.effective_from
        end = clause.effective_to or document.effective_to
        if begin is None or on < begin or (end and on > end):
            continue
        for number, (title, most) in enumerate(_titles(clause)):
            found.append(
                Item(
                    key=f"{len(found)}",
                    clause=key,
                    version=book.versions[key],
                    title=title,
                    document=document.title,
                    number=document.document_number or "",
                    article=clause.article or "",
                    text=clause.paraphrase if number == 0 else "",
                    most=most,
                )
            )
    return found


def _titles(clause: Clause) -> list[tuple[str, Decimal | None]]:
    """What each row asks for, with its points; the clause's subject where it has no such rows."""
    found = list[tuple[str, Decimal | None]]()
    for row in clause.table:
        cells = row.cells
        points = None if cells.get("value") is None else Decimal(str(cells["value"]))
        if "aspect" in cells:
            found.append((str(cells["aspect"]), points))
        elif cells.get("allowed") is False:
            found.append((f"{clause.subject}没有{cells['item']}", points))
    return found or [(clause.subject, None)]


def quarter(on: date) -> int:
    """1 to 4."""
    return (on.month - 1) // 3 + 1


@transaction.atomic
def self_check(*, canteen: int, answers: Mapping[str, Answer], access: Access, on: date) -> SelfCheck:
    """自查 of the quarter in which the day lies, every item answered. Refusals `check.twice`, `.missing`, `.measure`, `.points`."""
    place = run_canteen(canteen, access)
    Canteen.objects.filter(pk=place.pk).update(lead_hours=F("lead_hours"))
    if place.checks.filter(year=on.year, quarter=quarter(on)).exists():
        raise Refusal("self-check.twice", "这个季度已经自查过。")
    listed = items(on)
    if not listed:
        raise Refusal("self-check.none", "这一天没有现行的反食品浪费条款。")
    for one in listed:
        _sound(one, answers.get(one.key), on)
    scored = [answers[one.key].points for one in listed if one.most is not None]
    made = SelfCheck.objects.create(
        canteen=place,
        year=on.year,
        quarter=quarter(on),
        on_date=on,
        by=acting(access),
        score=sum((points or Decimal(0) for points in scored), Decimal(0)) if scored else None,
    )
    SelfCheckItem.objects.bulk_create([_row(made, one, answers[one.key]) for one in listed])
    body = {"canteen": place.pk, "items": [[one.clause, one.title, answers[one.key].result] for one in listed]}
    post(
        actor=access.actor,
        act="services.self_check.make",
        obj=f"services.self_check:{made.pk}",
        clause="EV-FD-1",
        body=body,
    )
    return made


def _sound(one: Item, answer: Answer | None, on: date) -> None:
    if answer is None or answer.result not in ItemResult.values:
        raise Refusal("self-check.missing", f"“{one.title}”还没有填结果。", clause=one.clause)
    if answer.result != ItemResult.NONE and not answer.evidence.strip():
        raise Refusal("self-check.evidence", f"“{one.title}”请写明依据和证据。", clause=one.clause)
    if answer.result == ItemResult.UNMET and (
        not answer.measure.strip() or answer.due_date is None or answer.due_date < on
    ):
        raise Refusal(
            "self-check.measure", f"“{one.title}”不符合,请写明整改措施和不早于今天的期限。", clause=one.clause
        )
    if one.most is not None and (answer.points is None or not 0 <= answer.points <= one.most):
        raise Refusal("self-check.points", f"“{one.title}”的得分应在 0 到 {one.most} 之间。", clause=one.clause)


def _row(made: SelfCheck, one: Item, answer: Answer) -> SelfCheckItem:
    unmet = answer.result == ItemResult.UNMET
    return SelfCheckItem(
        check_of=made,
        clause=one.clause,
        version=one.version,
        title=one.title,
        most=one.most,
        points=answer.points if one.most is not None else None,
        result=answer.result,
        evidence=answer.evidence.strip(),
        measure=answer.measure.strip() if unmet else "",
        due_date=answer.due_date if unmet else None,
    )


@transaction.atomic
def close_item(*, item: int, outcome: str, access: Access, on: date) -> SelfCheckItem:
    """整改完成: what was done about an item that was not met. Refusals `self-check.state`, `self-check.outcome`."""
    found = (
        SelfCheckItem.objects.filter(within(access, "check_of__canteen__"), pk=item).select_related("check_of").first()
    )
    if found is None:
        raise Refusal("rights.denied", "没有这个自查项目,或不在您管理的范围内。")
    run_canteen(found.check_of.canteen_id, access)
    if not outcome.strip():
        raise Refusal("self-check.outcome", "请写明整改结果。")
    open_ones = SelfCheckItem.objects.filter(pk=item, result=ItemResult.UNMET, closed_date=None)
    if not open_ones.update(closed_date=on, outcome=outcome.strip()):
        raise Refusal("self-check.state", "这个项目没有待整改的问题。")
    post(
        actor=access.actor,
        act="services.self_check.close",
        obj=f"services.self_check:{found.check_of_id}",
        clause=found.clause,
        body={"item": item, "outcome": outcome.strip()},
    )
    return SelfCheckItem.objects.get(pk=item)
