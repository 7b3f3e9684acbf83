"""Which findings a page, its counts and an export show: the user's scope and the filters of the form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet

from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Verb
from yiwang.core.verdicts.models import Finding, FindingKind, State
from yiwang.core.verdicts.sources import sourced
from yiwang.kit.refusal import Refusal
from yiwang.portal.cases import graphs
from yiwang.portal.home import counts

#: The parameters of the form; `topic` comes with links from other pages.
NAMES = ("q", "view", "kind", "area", "organ", "topic", "mine", "since", "until")
PENDING, OVERDUE, ALL = "PENDING", "OVERDUE", "ALL"
#: 经办: those that wait for the user, beside those that were given to him.
TODO = "todo"


@dataclass(frozen=True)
class View:
    """One of the tabs over the list: by state, with how many there are."""

    key: str
    label: str
    count: int | None
    url: str
    current: bool


def given(params: Mapping[str, str]) -> dict[str, str]:
    """What the form holds; the view is that of what is pending unless said."""
    found = {name: params.get(name, "").strip() for name in NAMES}
    return {**found, "view": found["view"] or PENDING}


def chosen(access: Access, filters: Mapping[str, str], on: date) -> QuerySet[Finding]:
    """The findings that pass; in no order. Refusal `rights.denied` without a role, `finding.filter`."""
    return _in_view(narrowed(access, filters), filters["view"], on)


def narrowed(access: Access, filters: Mapping[str, str]) -> QuerySet[Finding]:
    """By everything but the view."""
    access.need(access.can_read, "查看问题")
    rows = access.scope(Finding.objects.all())
    if filters["q"]:
        rows = rows.filter(Q(subject_label__icontains=filters["q"]) | Q(organ__name__icontains=filters["q"]))
    if filters["kind"]:
        rows = rows.filter(kind=_one_of(filters["kind"], FindingKind.values))
    if filters["area"]:
        rows = rows.filter(dataset__startswith=f"{filters['area']}.")
    if filters["topic"]:
        rows = rows.filter(topic=filters["topic"])
    if filters["mine"] == TODO:
        rows = rows & counts.findings(access)
    elif filters["mine"]:
        rows = rows.filter(handler=access.user.pk)
    for name, lookup in (("since", "opened_date__gte"), ("until", "opened_date__lte")):
        if filters[name]:
            rows = rows.filter(**{lookup: _day(filters[name])})
    return _of_organ(rows, access, filters["organ"])


def _of_organ(rows: QuerySet[Finding], access: Access, organ: str) -> QuerySet[Finding]:
    """Of one organ within the user's own and all below it."""
    if not organ:
        return rows
    found = access.organs().filter(pk=int(organ) if organ.isdigit() else -1).first()
    if found is None:
        raise Refusal("finding.filter", "没有这个单位,或不在您管理的范围内。")
    return rows.filter(**{f"l{found.depth}": found.pk})


def _in_view(rows: QuerySet[Finding], view: str, on: date) -> QuerySet[Finding]:
    if view == ALL:
        return rows
    if view == PENDING:
        return rows.exclude(state=State.CLOSED)
    if view == OVERDUE:
        return rows.exclude(state=State.CLOSED).filter(due_date__lt=on)
    return rows.filter(state=_one_of(view, State.values))


def _one_of(value: str, known: list[str]) -> str:
    if value not in known:
        raise Refusal("finding.filter", f"没有“{value}”这个筛选条件。")
    return value


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refusal("finding.filter", f"“{text}”不是日期,应写成 2026-11-22。") from None


def views(access: Access, filters: Mapping[str, str], on: date) -> list[View]:
    """The tabs, counted in one query. Those closed are many and are not counted."""
    rows = narrowed(access, filters).exclude(state=State.CLOSED).order_by()
    late = Count("pk", filter=Q(due_date__lt=on))
    states, overdue = dict[str, int](), 0
    for state, number, beyond in rows.values_list("state").annotate(number=Count("pk"), late=late):
        states[state] = number
        overdue += beyond
    labels: list[tuple[str, str, int | None]] = [(PENDING, "未销号", sum(states.values()))]
    labels += [(state.value, state.label, states.get(state, 0)) for state in State if state != State.CLOSED]
    labels += [(OVERDUE, "逾期", overdue), (State.CLOSED.value, State.CLOSED.label, None), (ALL, "全部", None)]
    return [View(key, label, count, link(filters, view=key), key == filters["view"]) for key, label, count in labels]


def link(filters: Mapping[str, str], **changed: str) -> str:
    """The query string of these filters."""
    return urlencode({key: value for key, value in {**filters, **changed}.items() if value})


def areas(access: Access) -> list[tuple[str, str]]:
    """The areas in which there can be findings and that the user may read, with their labels."""
    keys = {dataset.partition(".")[0] for dataset in sourced()}
    return [(key, label) for key, label in graphs.areas().items() if key in keys and access.may(Verb.READ, key)]
