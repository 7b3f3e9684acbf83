"""The pages of background jobs: one's own, and for a system administrator those that were parked."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from yiwang.core.jobs import actions, kinds
from yiwang.core.jobs.models import Job, JobState
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import Role

SHOWN = 50


def _labelled(rows: list[Job]) -> list[tuple[Job, str]]:
    return [(one, kinds.label_of(one.kind)) for one in rows]


@require_GET
def index(request: AccessRequest) -> HttpResponse:
    """My latest jobs; the parked ones that I look after, with their errors."""
    mine = Job.objects.filter(user=request.user.pk).order_by("-pk")[:SHOWN]
    parked = Job.objects.administered(request.access).filter(state=JobState.PARKED)
    context = {
        "mine": _labelled(list(mine)),
        "parked": _labelled(list(parked.select_related("user", "organ").order_by("-pk")[:SHOWN])),
        "administrator": request.access.has(Role.SYSTEM_ADMIN),
    }
    return render(request, "jobs/index.html", context)


@require_GET
def job(request: AccessRequest, pk: int) -> HttpResponse:
    """One job with its progress."""
    found = get_object_or_404(Job.objects.visible(request.access).select_related("user", "organ"), pk=pk)
    context = {"job": found, "label": kinds.label_of(found.kind), "administrator": _looks_after(request, found)}
    return render(request, "jobs/job.html", context)


def _looks_after(request: AccessRequest, found: Job) -> bool:
    return Job.objects.administered(request.access).filter(pk=found.pk).exists()


@require_GET
def bar(request: AccessRequest, pk: int) -> HttpResponse:
    """The progress alone, for the page that asks again and again."""
    return render(request, "jobs/_bar.html", {"job": get_object_or_404(Job.objects.visible(request.access), pk=pk)})


@require_POST
def again(request: AccessRequest, pk: int) -> HttpResponseRedirect:
    """Let a parked job run once more."""
    actions.run_again(job=pk, access=request.access, now=timezone.now())
    messages.success(request, "已重新排队。")
    return HttpResponseRedirect(reverse("jobs:job", args=[pk]))
