"""报表制度: those of the organ, one as text with preview, the dry run over what was handed in, and opening a period by it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from yiwang.areas.reporting import opening
from yiwang.areas.reporting.calendar import containing, start_before
from yiwang.areas.reporting.figures import beside, draft_rows, draft_values
from yiwang.areas.reporting.models import ReportingPeriod, Return, RevisionState, SchemeRevision
from yiwang.areas.reporting.nav import shown
from yiwang.areas.reporting.schemes.compiled import Compiled, judged
from yiwang.areas.reporting.schemes.reading import compiled_from, shipped
from yiwang.core.datasets import all_datasets
from yiwang.core.rights.middleware import AccessRequest
from yiwang.kit.faces import performed
from yiwang.kit.posted import Posted
from yiwang.kit.refusal import Refusal

TRIED = 500


@dataclass(frozen=True)
class Trial:
    """A dry run: over which period and how many returns, and how often each check would speak."""

    period: str
    returns: int
    found: tuple[tuple[str, str, int], ...]  # check, level, returns


@require_http_methods(["GET", "POST"])
def schemes(request: AccessRequest) -> HttpResponse:
    """The schemes of the organ, and those that ship and may be adopted."""
    organ = opening.configurer(request.access)
    refusal = None
    if request.method == "POST":

        def adopt(form: Posted) -> str:
            row = opening.adopt(key=form.text("key", "制度"), access=request.access, on=timezone.localdate())
            return f"已启用“{row}”,可以布置报告期。"

        refusal = performed(request, {"adopt": adopt})
        if refusal is None:
            return redirect("reporting:schemes")
    rows = SchemeRevision.objects.filter(organ=organ).order_by("key", "-valid_from", "-pk")
    held = {(row.key, row.revision) for row in rows}
    on = timezone.localdate()
    offered = [
        scheme
        for scheme, _ in shipped().values()
        if scheme.valid_from <= on and (scheme.valid_to is None or on < scheme.valid_to)
    ]
    fresh = [scheme for scheme in offered if (scheme.key, scheme.revision) not in held]
    return shown(request, "reporting/schemes.html", {"rows": rows, "offered": fresh, "refusal": refusal})


@require_http_methods(["GET", "POST"])
def scheme(request: AccessRequest, pk: int = 0) -> HttpResponse:
    """One revision: its text, preview, dry run; a draft is changed and issued here, an issued one opens periods."""
    organ = opening.configurer(request.access)
    row = get_object_or_404(SchemeRevision, pk=pk, organ=organ) if pk else None
    text = request.POST.get("text") or (row.text if row else "")
    if not text and (start := request.GET.get("from", "")) in shipped():
        text = shipped()[start][1]
    refusal, trial, went = None, None, [pk]
    if request.method == "POST" and request.POST.get("verb") == "try":
        try:
            trial = dry_run(compiled_from(text), organ.pk)
        except Refusal as refused:
            refusal = refused
    elif request.method == "POST":
        refusal = performed(request, _verbs(request, row, text, went))
        if refusal is None:
            return redirect("reporting:scheme" if went[0] > 0 else "reporting:period", abs(went[0]))
    preview = _preview(text)
    return shown(
        request,
        "reporting/scheme.html",
        {
            "row": row,
            "text": text,
            "preview": preview.scheme if preview else None,
            "trial": trial,
            "refusal": refusal,
            "draft": row is None or row.state == RevisionState.DRAFT,
            "periods": row.periods.order_by("-valid_from")[:24] if row else [],
            "datasets": {one.key: one.label for one in all_datasets().values()},
            "start": start_before(row.kind, containing(row.kind, timezone.localdate())) if row else None,
        },
    )


def _preview(text: str) -> Compiled | None:
    try:
        return compiled_from(text) if text else None
    except Refusal:
        return None


def _verbs(
    request: AccessRequest, row: SchemeRevision | None, text: str, went: list[int]
) -> dict[str, Callable[[Posted], str]]:
    """`went`: where the page goes afterwards: a revision, or (negative) a period."""
    access = request.access

    def save(form: Posted) -> str:
        keep = row.pk if row and row.state == RevisionState.DRAFT else 0
        went[0] = opening.save_scheme(text=text, access=access, revision=keep).pk
        return "已保存草稿。"

    def issue(form: Posted) -> str:
        opening.issue_scheme(revision=went[0], access=access)
        return "已发布,可以布置报告期。"

    def start(form: Posted) -> str:
        day, due = form.day("start", "起始日期"), form.data.get("due", "")
        made = opening.open_period(
            revision=went[0],
            start=day,
            due=form.day("due", "期限") if due else None,
            access=access,
            now=timezone.now(),
        )
        went[0] = -made.pk
        return f"已布置{made.name},{made.returns.count()} 个单位填报。"

    return {"save": save, "issue": issue, "open": start}


def dry_run(one: Compiled, organ: int) -> Trial:
    """Judge what was handed in for the latest period of the same scheme by this text. Refusal `return.no-trial`."""
    rows = Return.objects.filter(period__scheme=one.scheme.key, period__organ=organ, current__isnull=False)
    latest = rows.order_by("-period__valid_from").values_list("period", flat=True).first()
    if latest is None:
        raise Refusal("return.no-trial", "还没有报送过这种报表,没有数据可以试算。")
    counts: Counter[tuple[str, str]] = Counter()
    some = list(rows.filter(period=latest).select_related("period", "organ", "current").order_by("pk")[:TRIED])
    for row in some:
        version = row.current
        assert version is not None
        kept = {"values": version.values, "rows": version.rows}
        said = judged(one, draft_values(one, kept), draft_rows(one, kept), beside(row, one))
        counts.update({(message.check, message.level) for message in said})
    period = ReportingPeriod.objects.select_related("revision").get(pk=latest)
    found = tuple((check, level, number) for (check, level), number in counts.most_common())
    return Trial(str(period), len(some), found)
