"""编制: the tree of organs by use, with what is granted, taken, planned and free; granted, cut and moved by form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from yiwang.areas.vehicles.faces import performed, shown
from yiwang.areas.vehicles.life import quota
from yiwang.areas.vehicles.life.balance import Balance, balances, of_organ
from yiwang.areas.vehicles.life.models import QuotaAct, QuotaChange, Use
from yiwang.areas.vehicles.nav import AREA, reads
from yiwang.core.orgs.models import LEVELS, TREE_DEPTH, Organ
from yiwang.core.rights.access import Access
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import Verb
from yiwang.core.standards.book import load
from yiwang.core.standards.schema import Clause
from yiwang.kit.posted import Posted
from yiwang.kit.refusal import Refusal

HISTORY = 30
#: What the figures rest on: who sets quotas for whom, and that none may be exceeded.
CLAUSES = ("ZBF-2017-71/quota", "GWY-621-2012/car-ban", "ZBF-2017-71/four-unified")


@dataclass(frozen=True)
class Row:
    """An organ with its balances in the order of the uses, and their sum."""

    organ: Organ
    cells: tuple[Balance, ...]
    own: bool = False

    @property
    def total(self) -> Balance:
        """Over all uses."""
        return sum(self.cells, Balance())


def chosen(access: Access, text: str) -> Organ:
    """The organ asked for, within scope; without one that worked for. 404 for another's."""
    access.need(reads(access), "查看车辆编制")
    if text.isascii() and text.isdigit() and len(text) < 18:
        return get_object_or_404(access.organs(), pk=int(text))
    return access.organs().get(pk=access.organ.pk)  # type: ignore[union-attr]


@require_http_methods(["GET", "POST"])
def quotas(request: AccessRequest) -> HttpResponse:
    """An organ, the organs right below it with all that is below them, by use; the forms and the history."""
    access, on = request.access, timezone.localdate()
    organ = chosen(access, request.GET.get("organ", ""))
    refusal = None
    if request.method == "POST":
        refusal = performed(request, {"change": lambda form: _change(access, form)})
        if refusal is None:
            return redirect(f"{reverse('vehicles:quota')}?organ={organ.pk}")
    rows = _rows(organ, on)
    total = Row(organ, tuple(sum((row.cells[place] for row in rows), Balance()) for place in range(len(Use.values))))
    used = [place for place, cell in enumerate(total.cells) if not cell.empty]
    context = {
        "organ": organ,
        "rows": [
            Row(row.organ, tuple(row.cells[place] for place in used), row.own)
            for row in rows
            if row.own or not row.total.empty
        ],
        "bare": sum(not row.own and row.total.empty for row in rows),
        "labels": [Use.labels[place] for place in used],
        "total": Row(organ, tuple(total.cells[place] for place in used)),
        "on": on,
        "above": _above(access, organ),
        "clauses": basis(*CLAUSES),
        "history": _history(access, organ),
        "may_change": access.may(Verb.APPROVE, AREA),
        "root": access.organ is not None and access.organ.depth == 1,
        "acts": QuotaAct.choices,
        "uses": Use.choices,
        "places": [row.organ for row in rows],
        "refusal": refusal,
    }
    return shown(request, "vehicles/life/quotas.html", context)


@dataclass(frozen=True)
class Basis:
    """A clause beside a figure."""

    clause: Clause
    document: str


def basis(*keys: str) -> list[Basis]:
    """Clauses with the titles of their documents."""
    book = load()
    return [Basis(book.clause(key), book.document_of(key).title) for key in keys]


def _above(access: Access, organ: Organ) -> list[Organ]:
    """The way down from the organ worked for to this one, without it."""
    keys = [getattr(organ, level) for level in LEVELS[: organ.depth - 1]]
    return list(access.organs().filter(pk__in=keys).order_by("depth"))


def _rows(organ: Organ, on: date) -> list[Row]:
    """The organ alone first, then each organ right below it with its whole tree."""
    own = Row(organ, _cells(of_organ(organ, on=on)), own=True)
    if organ.depth == TREE_DEPTH:
        return [own]
    found = balances(organ, by=f"l{organ.depth + 1}", on=on)
    below = Organ.objects.filter(superior=organ, closed_date=None).order_by("sort_key", "pk")
    return [own, *(Row(one, tuple(found.get((one.pk, use), Balance()) for use in Use.values)) for one in below)]


def _cells(found: dict[str, Balance]) -> tuple[Balance, ...]:
    return tuple(found.get(use, Balance()) for use in Use.values)


def _history(access: Access, organ: Organ) -> list[QuotaChange]:
    """The latest changes of the organ's own quotas and of those right below it."""
    rows = access.scope(QuotaChange.objects.select_related("organ", "other"))
    level = f"organ__l{organ.depth}"
    return list(rows.filter(**{level: organ.pk}, organ__depth__lte=organ.depth + 1).order_by("-pk")[:HISTORY])


def _change(access: Access, form: Posted) -> str:
    """One form for the three acts. Refusals `quota.*`, `form.*`."""
    now = timezone.now()
    order = quota.Order(
        use=form.text("use", "用途"), number=form.whole("number", "编制数"), access=access, on=timezone.localdate(now),
        now=now, approval=form.text("approval", most=80),
    )  # fmt: skip
    act, target = form.text("act", "事项"), _organ(access, form.key("target", "单位"))
    if act == QuotaAct.MOVE:
        quota.move(source=_organ(access, form.key("source", "调出单位")), target=target, order=order)
        return f"已向“{target}”调剂 {order.number} 个编制。"
    if act == QuotaAct.GRANT:
        return f"“{target}”现有编制 {quota.grant(organ=target, order=order).number} 个。"
    if act == QuotaAct.CUT:
        return f"“{target}”现有编制 {quota.cut(organ=target, order=order).number} 个。"
    raise Refusal("form.missing", "请选择核定、核减或调剂。")


def _organ(access: Access, key: int) -> Organ:
    found = access.organs().filter(pk=key).first()
    if found is None:
        raise Refusal("form.missing", "请选择您管理范围内的单位。")
    return found
