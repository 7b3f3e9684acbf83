"""The pages of 组织机构. Every figure is as of the day chosen; scope is that of today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from yiwang.core.orgs import rollup, tree
from yiwang.core.orgs.models import Organ, OrganName, Post, Reorganization, Side, Tree
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import Role

CHANGES = 12


@dataclass(frozen=True)
class View:
    """The day and the tree that a page shows; `problem` says what was wrong with the day asked for."""

    on: date
    tree: Tree
    problem: str = ""

    @property
    def query(self) -> str:
        """The same view as a query string, for links."""
        return urlencode({"on": self.on.isoformat(), "tree": self.tree.value})

    @property
    def label(self) -> str:
        """The name of the tree."""
        return str(self.tree.label)


def view_of(request: HttpRequest) -> View:
    """The view asked for; today and the administrative tree by default."""
    chosen, text = request.GET.get("tree", ""), request.GET.get("on", "")
    branch = Tree(chosen) if chosen in Tree.values else Tree.ADMINISTRATIVE
    try:
        return View(date.fromisoformat(text) if text else timezone.localdate(), branch)
    except ValueError:
        return View(timezone.localdate(), branch, f"“{text}”不是日期,应写成 2026-11-22")


@require_GET
def index(request: AccessRequest) -> HttpResponse:
    """The tree below the organ worked for."""
    view = view_of(request)
    organ = request.access.organ
    root = tree.node_as_of(organ.pk, view.on, view.tree) if organ else None
    children = tree.children_as_of(root.id, view.on, view.tree) if root else []
    changes = _changes(request) if organ else []
    context = {"view": view, "trees": Tree.choices, "root": root, "children": children, "organ": organ}
    context |= {"changes": changes, "administers": request.access.administers is Role.SYSTEM_ADMIN}
    return render(request, "orgs/index.html", context)


def _changes(request: AccessRequest) -> list[dict[str, Any]]:
    """The latest reorganizations within scope."""
    within = request.access.organs().values("pk")
    found = Reorganization.objects.filter(parts__organ__in=within).distinct().order_by("-on_date", "-pk")
    return _happened(list(found.prefetch_related("parts__organ")[:CHANGES]))


def _organ(request: AccessRequest, pk: int) -> Organ:
    """An organ within scope, else 404."""
    found: Organ = get_object_or_404(request.access.organs().select_related("region", "superior"), pk=pk)
    return found


@require_GET
def below(request: AccessRequest, pk: int) -> HttpResponse:
    """The organs right below, for the tree to grow by (htmx)."""
    view = view_of(request)
    organ = _organ(request, pk)
    return render(
        request, "orgs/_below.html", {"children": tree.children_as_of(organ.pk, view.on, view.tree), "view": view}
    )


@require_GET
def organ(request: AccessRequest, pk: int) -> HttpResponse:
    """One organ on a day: where it stands, its posts and heads, what is below it, what happened to it."""
    view, found = view_of(request), _organ(request, pk)
    node = tree.node_as_of(found.pk, view.on, view.tree)
    if node is None and not OrganName.objects.filter(organ=found).exists():
        raise Http404
    context = {
        "organ": found,
        "node": node,
        "view": view,
        "trees": Tree.choices,
        "ancestors": tree.ancestors_as_of(found.pk, view.on, view.tree)[:-1],
        "children": tree.children_as_of(found.pk, view.on, view.tree) if node else [],
        "posts": _posts(request, found, view),
        "names": list(OrganName.objects.filter(organ=found).order_by("valid_from")),
        "history": _happened(list(tree.reorganizations_of(found.pk))),
        "administers": request.access.administers is Role.SYSTEM_ADMIN,
    }
    if request.access.can_read:
        context |= _figures(found, view) | {"staffing": True}
    return render(request, "orgs/organ.html", context)


def _posts(request: AccessRequest, organ: Organ, view: View) -> list[Post]:
    """编制: for those who read business, which the administrators do not."""
    if not request.access.can_read:
        return []
    return list(Post.objects.filter(tree.holds_on(view.on), organ=organ).order_by("pk"))


def _figures(organ: Organ, view: View) -> dict[str, Any]:
    """Organs, posts and heads in the subtree on the day: three queries whatever its size."""
    held = Post.objects.filter(tree.holds_on(view.on))
    sums = rollup.total_as_of(held, organ, view.on, posts=Sum("authorized_posts"), heads=Sum("actual_headcount"))
    own = held.filter(organ=organ).aggregate(posts=Sum("authorized_posts"), heads=Sum("actual_headcount"))
    return {"size": tree.subtree(organ.pk, view.on, view.tree).count(), "all": sums, "own": own}


def _happened(acts: list[Reorganization]) -> list[dict[str, Any]]:
    """Reorganizations with the names on their two sides, each as it was on its day. One query."""
    involved = {part.organ_id for act in acts for part in act.parts.all()}
    names = list(OrganName.objects.filter(organ__in=involved))
    result = []
    for act in acts:
        sides: dict[str, list[str]] = {Side.FROM: [], Side.TO: []}
        for part in act.parts.all():
            day = act.on_date - timedelta(days=1) if part.side == Side.FROM else act.on_date
            sides[part.side].append(_name_on(names, part.organ, day))
        result.append({"act": act, "before": sides[Side.FROM], "after": sides[Side.TO]})
    return result


def _name_on(names: list[OrganName], organ: Organ, day: date) -> str:
    """The name of the organ on the day; the present one if none is recorded."""
    held = (
        one.name
        for one in names
        if one.organ_id == organ.pk and one.valid_from <= day and (one.valid_to is None or day < one.valid_to)
    )
    return next(held, organ.name)
