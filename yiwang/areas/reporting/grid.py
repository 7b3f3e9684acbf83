"""The grid of a return: what the page shows, what its script needs, and the address to which cells are saved."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from yiwang.areas.reporting import actions
from yiwang.areas.reporting.figures import all_facts, beside, draft_rows, draft_values, scheme_of
from yiwang.areas.reporting.fills import Taken, as_stored, taken
from yiwang.areas.reporting.models import Return
from yiwang.areas.reporting.opening import AREA
from yiwang.areas.reporting.schemes.cells import stored
from yiwang.areas.reporting.schemes.compiled import Beside, Compiled, Rule
from yiwang.areas.reporting.schemes.schema import LAST, PEER, YEAR, Item, Table
from yiwang.core.rights.access import Access
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import Verb
from yiwang.kit.refusal import Refusal

MOST_CELLS = 1000


@dataclass(frozen=True)
class Line:
    """A line of the grid. `value` is what stands in the draft, `made` the figure of a derived item, `taken` the register's."""

    item: Item
    value: str
    made: str
    last: str
    year: str
    taken: str
    drills: bool


@dataclass(frozen=True)
class Sheet:
    """A table as the page shows it: lines of a fixed one, rows of a floating one (with a blank one at the end)."""

    table: Table
    lines: tuple[Line, ...] = ()
    rows: tuple[tuple[tuple[Item, str], ...], ...] = ()


def visible(request: AccessRequest, pk: int) -> Return:
    """A return that the user may read; 404 otherwise."""
    request.access.need(request.access.may(Verb.READ, AREA), "查阅报表")
    rows = request.access.scope(Return.objects.all())
    return get_object_or_404(
        rows.select_related("period__revision", "period__organ", "organ", "reviewer", "current__user"), pk=pk
    )


def fills(row: Return, access: Access) -> bool:
    """Whether the user may type now."""
    return access.holds(row, Verb.WRITE) and actions.may_fill(row, timezone.localdate())


def context(row: Return, access: Access) -> dict[str, Any]:
    """Everything of the grid."""
    one = scheme_of(row.period.revision)
    figures, registers = beside(row, one), taken(row, one, access)
    return {
        "sheets": _sheets(row, one, figures, registers),
        "scheme": json.dumps(_scheme(row, one, registers), ensure_ascii=False),
        "beside": json.dumps(_beside(figures), ensure_ascii=False),
        "fills": fills(row, access),
        "takes": bool(registers),
        "cells": reverse("reporting:cells", args=[row.pk]),
        "breaks": [found for found in one.scheme.breaks if row.period.valid_from <= found.since < row.period.valid_to or found.since == one.scheme.valid_from],
    }  # fmt: skip


def _beside(figures: Beside) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for prefix, values in ((LAST, figures.last), (YEAR, figures.year), (PEER, figures.peer)):
        found |= {prefix + key: value for key, value in stored(values).items()}
    return found


def _sheets(row: Return, one: Compiled, figures: Beside, registers: dict[str, Taken]) -> list[Sheet]:
    values, rows = row.draft.get("values", {}), row.draft.get("rows", {})
    facts = all_facts(one, draft_values(one, row.draft), draft_rows(one, row.draft))
    last, year, drawn = stored(figures.last), stored(figures.year), as_stored(registers)
    found = []
    for table in one.scheme.tables:
        if table.floating:
            blank: list[dict[str, str]] = [{}]
            lines = [
                tuple((item, str(each.get(item.key, ""))) for item in table.items)
                for each in rows.get(table.key, []) + blank
            ]
            found.append(Sheet(table, rows=tuple(lines)))
            continue
        found.append(
            Sheet(
                table,
                tuple(
                    Line(
                        item,
                        str(values.get(item.key, "")),
                        str(facts.get(item.key, "")) if item.derived else "",
                        str(last.get(item.key, "")),
                        str(year.get(item.key, "")),
                        str(drawn.get(item.key, "")),
                        item.key in registers,
                    )
                    for item in table.items
                ),
            )
        )
    return found


def _scheme(row: Return, one: Compiled, registers: dict[str, Taken]) -> dict[str, Any]:
    """What the script needs: items, rules and derived items as trees, floating tables, reasons, the registers' figures."""
    return {
        "items": [_item(item) for item in one.scheme.items.values()],
        "rules": [_rule(rule) for rule in one.rules],
        "derived": [{"key": item.key, "places": item.places, "tree": tree} for item, _, tree in one.derived],
        "tables": [
            {
                "key": key,
                "title": table.title,
                "items": [_item(item) for item in table.items],
                "rules": [_rule(rule) for rule in one.row_rules[key]],
            }
            for key, table in one.scheme.floating.items()
        ],
        "rows": row.draft.get("rows", {}),
        "reasons": row.draft.get("reasons", {}),
        "taken": as_stored(registers),
    }


def _item(item: Item) -> dict[str, Any]:
    return {
        "key": item.key,
        "code": item.code,
        "label": item.label,
        "unit": item.unit,
        "type": item.type,
        "numeric": item.numeric,
        "choices": item.choices,
        "required": item.required,
        "derived": bool(item.derived),
        "places": 0 if item.type == "integer" else item.places,
        "least": None if item.least is None else f"{item.least:f}",
        "most": f"{item.most:f}",
    }


def _rule(rule: Rule) -> dict[str, Any]:
    check = rule.check
    return {"key": check.key, "level": check.level, "message": check.message, "items": rule.items, "tree": rule.tree}


@require_POST
def cells(request: AccessRequest, pk: int) -> HttpResponse:
    """Save what the grid sends: cells, reasons, floating tables. 409 with the cells that somebody else has changed."""
    row = visible(request, pk)
    try:
        sent = _sent(request.body)
        saved = _save(row, sent, request.access)
    except actions.Moved as moved:
        return JsonResponse({**moved.as_dict(), "cells": moved.cells}, status=409)
    except Refusal as refusal:
        if refusal.code.startswith("rights."):
            raise
        return JsonResponse(refusal.as_dict(), status=422)
    return JsonResponse({"mark": saved.mark, "state": saved.state})


def _sent(body: bytes) -> dict[str, Any]:
    """The posted JSON, its shape checked. Refusal `form.json`."""
    try:
        found = json.loads(body)
        changes = [
            actions.Change(*(str(one[key])[:300] for key in ("key", "before", "after"))) for one in found["changes"]
        ]
        reasons = {str(mark): str(text) for mark, text in found.get("reasons", {}).items()}
        tables = {str(key): [dict(row) for row in rows] for key, rows in found.get("tables", {}).items()}
        mark = int(found.get("mark", 0))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Refusal("form.json", "发来的内容看不懂,请刷新页面。") from None
    if len(changes) > MOST_CELLS or len(reasons) > MOST_CELLS:
        raise Refusal("form.json", "一次发来的内容太多,请刷新页面。")
    return {"changes": changes, "reasons": reasons, "tables": tables, "mark": mark}


def _save(row: Return, sent: dict[str, Any], access: Access) -> Return:
    on = timezone.localdate()
    mark = sent["mark"]
    for table, rows in sent["tables"].items():
        row = actions.save_rows(pk=row.pk, table=table, rows=rows, mark=mark, access=access, on=on)
        mark = row.mark
    if sent["changes"] or sent["reasons"]:
        row = actions.save_cells(pk=row.pk, changes=sent["changes"], reasons=sent["reasons"], access=access, on=on)
    return row
