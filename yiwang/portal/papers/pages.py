"""单据: issuing, printing and voiding papers."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_POST

from yiwang.core.papers import actions, printing
from yiwang.core.papers.checking import check
from yiwang.core.papers.models import Paper
from yiwang.core.rights.middleware import AccessRequest
from yiwang.kit.paging import page


@require_GET
def index(request: AccessRequest) -> HttpResponse:
    """The papers of one's organs and one's own, the latest first."""
    access = request.access
    within = access.scope(Paper.objects.all()).values("pk")
    rows = Paper.objects.filter(Q(user=request.user.pk) | Q(pk__in=within))
    if word := request.GET.get("q", "").strip():
        rows = rows.filter(title__icontains=word)
    kept = {key: value for key, value in request.GET.dict().items() if key in ("q", "after", "before")}
    found = page(rows, ["pk"], kept, down=True)
    by_id = Paper.objects.select_related("organ", "user").in_bulk([key for key, *_ in found.rows])
    return render(request, "papers/index.html", {"page": found, "rows": [by_id[key] for key, *_ in found.rows]})


@require_POST
def issue(request: AccessRequest) -> HttpResponseRedirect:
    """Issue a paper about a record, and show it."""
    key = request.POST.get("pk", "")
    row = actions.issue(
        kind=request.POST.get("kind", ""),
        pk=int(key) if key.isascii() and key.isdigit() and len(key) < 19 else 0,
        access=request.access,
        on=timezone.localdate(),
        now=timezone.now(),
    )
    messages.success(request, f"已开具 {row.full_number}。")
    return HttpResponseRedirect(reverse("papers:paper", args=[row.pk]))


@require_GET
def paper(request: AccessRequest, pk: int) -> HttpResponse:
    """One paper: whether it is good, and what may be done with it."""
    row = _mine(request, pk)
    may_void = actions.may_void(row, request.access)
    context = {"paper": row, "check": check(row), "may_void": may_void, "address": f"{base(request)}/p/{row.code}"}
    return render(request, "papers/paper.html", context)


@require_GET
def pdf(request: AccessRequest, pk: int) -> HttpResponse:
    """The PDF, as a download."""
    row = _mine(request, pk)
    answer = HttpResponse(printing.pdf(row, base(request)), content_type="application/pdf")
    name = f"{row.title}-{row.full_number}.pdf"
    answer.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return answer


@require_GET
def printed(request: AccessRequest, pk: int) -> HttpResponse:
    """The same form for the browser to print."""
    return HttpResponse(printing.html(_mine(request, pk), base(request)))


@require_POST
def void(request: AccessRequest, pk: int) -> HttpResponseRedirect:
    """Declare a paper void."""
    reason = request.POST.get("reason", "")
    row = actions.void(paper=pk, reason=reason, access=request.access, now=timezone.now())
    messages.success(request, f"{row.full_number} 已作废。")
    return HttpResponseRedirect(reverse("papers:paper", args=[pk]))


def base(request: AccessRequest) -> str:
    """The platform's address as it is printed: by the setting, else as the browser reached it."""
    return settings.SITE.rstrip("/") or f"{request.scheme}://{request.get_host()}"


def _mine(request: AccessRequest, pk: int) -> Paper:
    row = actions.readable(request.access, pk)
    if row is None:
        raise Http404
    return row
