"""Pages of labels and teams: the printable sheet of QR codes, and who is in a team."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yiwang.areas.services.nav import nav
from yiwang.areas.services.orders import members
from yiwang.areas.services.orders.models import Spot, Team, TeamMember
from yiwang.areas.services.orders.spots import label_rooms, qr
from yiwang.core.places.models import Building
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import Verb
from yiwang.kit.refusal import Refusal

#: Labels of one sheet: more would make the browser wait.
MOST = 300


def _building(request: AccessRequest, key: str) -> Building | None:
    rows = request.access.scope(Building.objects.select_related("site", "organ"))
    return get_object_or_404(rows, pk=int(key)) if key.isdigit() else None


@require_GET
def labels(request: AccessRequest) -> HttpResponse:
    """The buildings with their labels; with `?building=` the sheet of one, to be printed."""
    access = request.access
    access.need(access.may(Verb.READ, "services"), "查阅点位标签")
    building = _building(request, request.GET.get("building", ""))
    context: dict[str, Any] = {
        **nav(request),
        "building": building,
        "may_label": access.may(Verb.CONFIGURE, "services"),
    }
    if building is None:
        rows = access.scope(Building.objects.select_related("site")).order_by("site__sort_key", "sort_key", "pk")[:200]
        counts = dict(
            Spot.objects.filter(building__in=list(rows)).order_by().values_list("building").annotate(n=Count("pk"))
        )
        context["buildings"] = [(one, counts.get(one.pk, 0)) for one in rows]
        return render(request, "services/orders/buildings.html", context)
    spots = list(access.scope(Spot.objects.filter(building=building)).order_by("name")[:MOST])
    address = request.build_absolute_uri(reverse("services:hall"))
    context["labels"] = [(spot, qr(f"{address}s/{spot.token}/")) for spot in spots]
    return render(request, "services/orders/labels.html", context)


@require_POST
def make_labels(request: AccessRequest, pk: int) -> HttpResponse:
    """A spot for every room of the building that has none."""
    building = _building(request, str(pk))
    assert building is not None
    number = label_rooms(building=building, access=request.access)
    messages.success(request, f"已为 {number} 个房间制作标签。" if number else "房间都已有标签。")
    return redirect(f"{reverse('services:labels')}?building={pk}")


@require_GET
def team_list(request: AccessRequest) -> HttpResponse:
    """The teams of the organ with their members."""
    access = request.access
    access.need(access.may(Verb.READ, "services"), "查阅班组")
    rows = access.scope(Team.objects.select_related("organ", "building", "supplier")).order_by("organ_id", "name")
    counts = dict(TeamMember.objects.filter(team__in=rows).order_by().values_list("team").annotate(n=Count("pk")))
    context = {**nav(request), "teams": [(one, counts.get(one.pk, 0)) for one in rows[:200]]}
    return render(request, "services/orders/teams.html", context)


@require_http_methods(["GET", "POST"])
def team(request: AccessRequest, pk: int) -> HttpResponse:
    """One team: who is in it and when on duty. POST puts in or takes out."""
    access = request.access
    access.need(access.may(Verb.READ, "services"), "查阅班组")
    one = get_object_or_404(access.scope(Team.objects.select_related("organ", "building", "supplier")), pk=pk)
    refusal = None
    if request.method == "POST":
        try:
            messages.success(request, members.perform(one, request.POST.dict(), access))
            return redirect("services:team", pk)
        except Refusal as error:
            refusal = error
    context = {
        **nav(request),
        "team": one,
        "members": list(one.members.select_related("user").order_by("-leads", "user__display_name")),
        "candidates": members.candidates(one),
        "days": list(enumerate("一二三四五六日", start=1)),
        "may_change": access.may(Verb.CONFIGURE, "services"),
        "refusal": refusal,
        "values": request.POST,
    }
    return render(request, "services/orders/team.html", context, status=422 if refusal else 200)
