"""The pages of 存证. An auditor of the whole (an organ that is under nobody) reads every entry; one further down the
entries of those who work for organs in his subtree, since an entry names no organ.
"""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.core.ledger import anchors
from yiwang.core.ledger.chain import GENESIS, linker
from yiwang.core.ledger.models import Anchor, Entry, Head, Seal
from yiwang.core.ledger.post import post
from yiwang.core.ledger.verify import verify
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import Grant
from yiwang.kit.refusal import Refusal
from yiwang.portal.ledger import jobs
from yiwang.portal.ledger.words import (
    act_in_words,
    actors,
    addresses,
    body_lines,
    involved,
    moment,
    object_in_words,
    who,
)

PAGE = 50
#: Beyond so many entries the verification runs in the tasks worker (100,000 take about a second).
AT_ONCE = 200_000


def within(request: AccessRequest) -> QuerySet[Entry]:
    """The entries that the user may read. Refusal `rights.denied` without the role of auditor."""
    access = request.access
    access.need(access.can_audit, "查看存证")
    entries = Entry.objects.all()
    if access.organ is not None and access.organ.depth > 1:
        users = Grant.objects.filter(**{f"organ__l{access.organ.depth}": access.organ.pk}).values_list(
            "user_id", flat=True
        )
        entries = entries.filter(actor__in=[f"user:{key}" for key in sorted(set(users))])
    return entries


def chosen(request: AccessRequest, entries: QuerySet[Entry]) -> tuple[QuerySet[Entry], dict[str, str]]:
    """The entries that pass the filters of the form, and the filters."""
    names = ("act", "obj", "clause", "since", "until")
    given = {name: request.GET.get(name, "").strip() for name in names}
    if given["act"]:
        entries = entries.filter(act__startswith=given["act"])
    if given["obj"]:
        entries = entries.filter(obj=given["obj"])
    if given["clause"]:
        entries = entries.filter(clause=given["clause"])
    for name, lookup in (("since", "at__gte"), ("until", "at__lt")):
        if given[name]:
            entries = entries.filter(**{lookup: _instant(given[name], after=name == "until")})
    return entries, given


def _instant(text: str, *, after: bool) -> str:
    """The first instant of a day here as entries write it (UTC); of the day after it with `after`."""
    try:
        day = datetime.fromisoformat(text)
    except ValueError:
        raise Refusal("ledger.day", f"“{text}”不是日期,应写成 2026-11-22") from None
    ordinal = day.date().toordinal() + (1 if after else 0)
    start = datetime.combine(day.fromordinal(ordinal).date(), datetime.min.time(), timezone.get_default_timezone())
    return start.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


@require_GET
def index(request: AccessRequest) -> HttpResponse:
    """Entries, the latest first, by key."""
    entries, given = chosen(request, within(request))
    before = request.GET.get("before", "")
    if before.isdigit():
        entries = entries.filter(pk__lt=int(before))
    page = list(entries.order_by("-pk").select_related("seal")[: PAGE + 1])
    names, urls = actors(involved(page)), addresses([entry.obj for entry in page], request.access)
    query = request.GET.copy()
    if len(page) > PAGE:
        query["before"] = str(page[PAGE - 1].pk)
    context = {
        "rows": [_row(entry, names, urls) for entry in page[:PAGE]],
        "given": given,
        "older": query.urlencode() if len(page) > PAGE else "",
        "paged": before,
        "head": Head.objects.first(),
        "anchor": Anchor.objects.order_by("-pk").first(),
    }
    return render(request, "ledger/index.html", context)


def _row(entry: Entry, names: dict[str, str], urls: dict[str, str]) -> dict[str, Any]:
    seal = getattr(entry, "seal", None)
    return {
        "entry": entry,
        "at": moment(entry.at),
        "act": act_in_words(entry.act),
        "actor": who(entry, names),
        "url": urls[entry.obj],
        "object": object_in_words(entry.obj),
        "seq": seal.seq if seal else None,
    }


@require_GET
def entry(request: AccessRequest, pk: int) -> HttpResponse:
    """One entry with its seal: the hash is computed again and compared."""
    found = get_object_or_404(within(request).select_related("seal"), pk=pk)
    row = _row(found, actors(involved([found])), addresses([found.obj], request.access))
    context = {"row": row, "body": body_lines(found, request.access)} | _sealed(found)
    return render(request, "ledger/entry.html", context)


def _sealed(found: Entry) -> dict[str, Any]:
    seal: Seal | None = getattr(found, "seal", None)
    head = Head.objects.get()
    if seal is None:
        return {"seal": None, "head": head}
    previous = Seal.objects.filter(seq=seal.seq - 1).values_list("hash", flat=True).first() if seal.seq > 1 else GENESIS
    fields = (found.pk, found.at, found.actor, found.act, found.obj, found.clause, found.body)
    computed = linker(head.algorithm)(previous, seal.seq, fields) if previous else ""
    return {"seal": seal, "previous": previous, "computed": computed, "holds": computed == seal.hash, "head": head}


@require_http_methods(["GET", "POST"])
def verification(request: AccessRequest) -> HttpResponse:
    """GET: what the verification does; POST: do it, at once or, for a long chain, in the tasks worker."""
    within(request)
    if request.method == "GET":
        return render(request, "ledger/verify.html", {"head": Head.objects.first(), "large": AT_ONCE})
    brought = [_anchor(file) for file in request.FILES.getlist("anchors")]
    head = Head.objects.first()
    if head is not None and head.seq > AT_ONCE:
        key = jobs.start([one.__dict__ for one in brought])
        return HttpResponseRedirect(reverse("ledger:result", args=[key]))
    report = verify(now=datetime.now(UTC), anchors=brought, public_key=anchors.own_public(settings.LEDGER_KEY))
    _note(request, ok=report.ok, seq=report.seq, faults=report.counted)
    return render(request, "ledger/report.html", {"report": report.as_dict()})


def _note(request: AccessRequest, **body: Any) -> None:
    """That somebody verified is itself an entry."""
    with transaction.atomic():
        post(actor=request.access.actor, act="ledger.verify", obj="ledger:chain", body=body)


def _anchor(file: UploadedFile[Any]) -> anchors.Signed:
    """An anchor that was brought as a file. Refusals of `anchors.read`; `ledger.anchor-size`."""
    if (file.size or 0) > 100_000:
        raise Refusal("ledger.anchor-size", f"“{file.name}”太大,不是锚文件;锚文件不到 1 KB")
    with tempfile.NamedTemporaryFile(suffix=".json") as copy:
        copy.write(file.read())
        copy.flush()
        try:
            return anchors.read(Path(copy.name))
        except Refusal as refusal:
            raise Refusal(
                refusal.code, f"“{file.name}”不是锚文件,请选 yiwang ledger anchor 写出的 .json 文件"
            ) from refusal


@require_GET
def result(request: AccessRequest, key: str) -> HttpResponse:
    """The report of a verification in the tasks worker, or that it is still running."""
    within(request)
    state = jobs.state(str(key))
    if state is None:
        raise Http404
    return render(
        request, "ledger/report.html", {"report": state.report, "failed": state.failed, "running": state.running}
    )
