"""约束值、基准值、引导值 by building class and climate zone, as the lawbook has them: shown beside a figure, never judged here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from yiwang.areas.energy.words import CLASSES, ZONES
from yiwang.core.standards.book import load
from yiwang.core.standards.regions import chain
from yiwang.core.standards.rules import period

#: Clauses with a quota table, by the indicator that they bound. More follow as local standards are read.
CLAUSES = {"power_per_area": ("EN-51161-1",)}


@dataclass(frozen=True, slots=True)
class Quota:
    """A grade with its figure in `unit`, and the clause it rests on; `verified` false: 待核."""

    grade: str
    value: Decimal
    unit: str
    clause: str
    title: str
    verified: bool


#: Local standards that set quotas and whose table of figures nobody has seen: named beside the figure, with no number.
UNSEEN = ("EN-DB11-1958-IND", "EN-DB53-1045-IND")


@lru_cache(maxsize=256)
def unseen(region: str) -> tuple[tuple[str, str], ...]:
    """(clause, title) of the local quotas at a place whose figures are not in the lawbook."""
    book, links = load(), set(chain(region))
    documents = [(key, book.document_of(key)) for key in UNSEEN]
    return tuple((key, one.document_number or one.title) for key, one in documents if one.region in links)


@lru_cache(maxsize=1024)
def quotas(indicator: str, building_class: str, zone: str, region: str, on: date) -> tuple[Quota, ...]:
    """The grades in force for such a building at the place; () where class or zone is unknown, or nobody has set one."""
    if building_class not in CLASSES or zone not in ZONES:
        return ()
    book, links, found = load(), set(chain(region)), []
    for key in CLAUSES.get(indicator, ()):
        document, clause = book.document_of(key), book.clause(key)
        for row in clause.table:
            start, stop = period(document, clause, row)
            place = row.region or document.region
            fits = (row.cells.get("building_class"), row.cells.get("climate_zone"))
            if place in links and start <= on < stop and fits == (CLASSES[building_class], ZONES[zone]):
                sure = clause.verified if row.verified is None else row.verified
                title = document.document_number or document.title
                value = Decimal(str(row.cells["value"]))
                grade = str(row.cells.get("grade", "约束值"))
                found.append(Quota(grade, value, clause.unit or "", key, title, sure and document.dates_verified))
    return tuple(found)


def above(figure: Decimal | None, given: tuple[Quota, ...]) -> Quota | None:
    """The highest grade that the figure exceeds."""
    if figure is None:
        return None
    return max((one for one in given if figure > one.value), key=lambda one: one.value, default=None)
