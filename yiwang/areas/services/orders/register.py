"""The register of orders: list, export and JSON, for readers and dispatchers; it is written by the verbs alone."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.db import models
from django.http import FileResponse, Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from yiwang.areas.services.nav import nav, reads_orders
from yiwang.areas.services.orders.models import WorkOrder
from yiwang.areas.services.orders.resources import ORDER
from yiwang.core.rights.access import Access
from yiwang.core.rights.middleware import AccessRequest
from yiwang.desk import export as files
from yiwang.desk.listing import filters_of, list_page, narrowed


class Dispatcher(Access):
    """A dispatcher reads no registers, but the orders that he gives out."""

    def scope(self, queryset: models.QuerySet[Any], *given: Any) -> models.QuerySet[Any]:
        """The orders of the organ; of other registers what the user may read anyhow."""
        organ = self.organ
        if organ is None or queryset.model is not WorkOrder:
            return super().scope(queryset, *given)
        return queryset.filter(**{f"l{organ.depth}": organ.pk})


def reading(access: Access) -> Access:
    """The access under which the register is read. Refusal `rights.denied` for who is neither reader nor dispatcher."""
    access.need(reads_orders(access), "查阅工单")
    return Dispatcher(**{name: getattr(access, name) for name in access.__dataclass_fields__})


@require_GET
def listing(request: AccessRequest) -> HttpResponse:
    """A page of the list; for htmx its table alone."""
    access, params = reading(request.access), request.GET.dict()
    if params.get("format") == "json":
        return _json(access, params)
    params.setdefault("sort", "-reported_date")  # the latest first
    layout, page = list_page(ORDER, access, params)
    heads = [(bound.label, bound.numeric) for bound in (cell.bound for cell in layout.cells)]
    context = {"page": page, "body": layout.body(page.rows), "heads": heads, "resource": ORDER}
    if request.headers.get("HX-Target") == "list":
        return render(request, "services/orders/_register.html", context)
    kept = {key: value for key, value in params.items() if key not in ("after", "before")}
    context |= {**nav(request), "filters": filters_of(ORDER, access, params), "q": params.get("q", "")}
    return render(request, "services/orders/register.html", context | {"query": urlencode(kept)})


def _json(access: Access, params: dict[str, str]) -> JsonResponse:
    params.pop("format", None)
    layout, page = list_page(ORDER, access, params, brief=False)
    base = f"{ORDER.url.rstrip('/')}.json?"
    rows = [layout.data(row) for row in page.rows]
    return JsonResponse(
        {
            "kind": ORDER.key,
            "count": page.count,
            "next": base + page.after if page.after else None,
            "previous": base + page.before if page.before else None,
            "rows": rows,
        },
        json_dumps_params={"ensure_ascii": False},
    )


@require_GET
def export(request: AccessRequest, form: str) -> FileResponse | HttpResponse:
    """Everything that the filters let through, as .xlsx, .csv or .json."""
    access, params = reading(request.access), request.GET.dict()
    if form == "json":
        return _json(access, params)
    if form not in files.FORMS:
        raise Http404("没有这种格式")
    rows = narrowed(ORDER, access, params)
    name = f"工单-{timezone.localdate():%Y%m%d}.{form}"
    return FileResponse(files.written(ORDER, access, rows, form), as_attachment=True, filename=name)
