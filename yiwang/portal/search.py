"""The search box of the band: over the lawbook, organs and registers, each within what the user may read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from yiwang.core.rights.access import Access
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import Verb
from yiwang.core.standards.book import load
from yiwang.core.standards.queries import search as search_law
from yiwang.desk.kinds import Resource, resources
from yiwang.desk.listing import Layout, narrowed
from yiwang.portal.cases import rows

MOST = 6


@dataclass(frozen=True)
class Hit:
    """One find: what it is called, where it is, what to say beside it."""

    title: str
    url: str
    note: str = ""


@dataclass(frozen=True)
class Group:
    """The finds of one kind; `more` is the address of the full list, where there are more."""

    label: str
    hits: list[Hit]
    more: str = ""


def law(text: str) -> Group:
    """Clauses that hold every word."""
    found = search_law(load(), text, most=MOST + 1)
    hits = [
        Hit(clause.subject, reverse("law:clause", args=[clause.id]), f"《{document.title}》{clause.article or ''}")
        for _, document, clause in found[:MOST]
    ]
    more = f"{reverse('law:index')}?{urlencode({'q': text})}" if len(found) > MOST else ""
    return Group("制度", hits, more)


def organs(text: str, access: Access) -> Group:
    """Organs by name or by credit code."""
    found = access.organs().filter(Q(name__contains=text) | Q(credit_code=text))
    rows = found.select_related("superior").order_by("depth", "sort_key", "pk")[: MOST + 1]
    hits = [Hit(row.name, reverse("orgs:organ", args=[row.pk]), str(row.superior or "")) for row in rows[:MOST]]
    more = f"{reverse('organ')}?{urlencode({'q': text})}" if len(rows) > MOST else ""
    return Group("单位", hits, more)


def cases(text: str, access: Access) -> Group:
    """Cases that the user may see, by number, title, applicant, organ."""
    found = rows.of_cases(rows.seen(access, {"q": text}).order_by("-pk").values_list(*rows.CASE)[: MOST + 1])
    hits = [Hit(one.title, one.url, f"{one.number} · {one.process} · {one.state}") for one in found[:MOST]]
    return Group("事项", hits, f"{reverse('cases:all')}?{urlencode({'q': text})}" if len(found) > MOST else "")


def register(resource: Resource, text: str, access: Access) -> Group:
    """Records of one kind by the columns that its list searches."""
    layout = Layout(resource, access, brief=True)
    rows = list(layout.fetch(narrowed(resource, access, {"q": text}).order_by())[: MOST + 1])
    hits = []
    for row in rows[:MOST]:
        title, *rest = (content for _, content, _, _ in layout.facts(row))
        hits.append(Hit(title, f"{resource.url}{row[0]}/", " · ".join(rest[:3])))
    return Group(resource.label, hits, f"{resource.url}?{urlencode({'q': text})}" if len(rows) > MOST else "")


def find(text: str, access: Access) -> Iterator[Group]:
    """What each kind has to offer; kinds without a find are left out."""
    groups = [cases(text, access), law(text), organs(text, access)]
    readable = (one for one in resources() if one.search and access.may(Verb.READ, one.area))
    groups += [register(resource, text, access) for resource in readable]
    yield from (group for group in groups if group.hits)


@require_GET
def page(request: AccessRequest) -> HttpResponse:
    """The result page."""
    text = request.GET.get("q", "").strip()[:100]
    groups = list(find(text, request.access)) if text else []
    return render(request, "portal/search.html", {"q": text, "groups": groups})
