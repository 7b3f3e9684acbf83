"""服务大厅: every errand at one desk; and the page of an item."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_GET, require_POST

from yiwang.areas.services.catalogue import levels
from yiwang.areas.services.catalogue.loading import load_catalogue
from yiwang.areas.services.catalogue.models import Item, ServiceClass, Urgency
from yiwang.areas.services.catalogue.registry import entries
from yiwang.areas.services.nav import nav
from yiwang.areas.services.orders.actions import may_ask
from yiwang.core.flow.processes import get, known
from yiwang.core.rights.access import Access
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import Verb

ELEMENTS = (
    ("organization", "服务组织"),
    ("staff", "服务人员"),
    ("content", "服务内容"),
    ("requirement", "服务要求"),
    ("emergency", "应急响应"),
)


@dataclass(frozen=True)
class Door:
    """A way to open an item."""

    label: str
    url: str


@dataclass(frozen=True)
class Card:
    """One item in the hall: how it is opened, or why not."""

    item: Item
    doors: tuple[Door, ...]
    why_not: str = ""


def _card(item: Item, access: Access) -> Card:
    if not may_ask(item, access):
        return Card(item, (), "您的角色不能申请")
    doors = [*_process(item, access), *(Door(one.label, one.url) for one in entries(item.code))]
    if item.orders:
        doors.append(Door("报修", f"{reverse('services:report')}?item={item.code}"))
    return Card(item, tuple(doors), "" if doors else "暂不能在网上办理,请按服务组织联系办理")


def _process(item: Item, access: Access) -> list[Door]:
    """The form of the process that the catalogue names for the item, for who may ask for it."""
    if not item.process or not known(item.process):
        return []
    kind = get(item.process)
    if not access.may(kind.verb, kind.area):
        return []
    try:
        page = reverse(kind.page) if kind.page else reverse("cases:new", args=[kind.key])
        return [Door(kind.words or f"申请:{kind.label}", page)]
    except NoReverseMatch:  # an installation without the pages of cases
        return []


def _way(item: Item) -> str:
    """办理流程 in words."""
    if not item.process:
        return "按页面办理" if item.orders or entries(item.code) else ""
    return get(item.process).label if known(item.process) else f"没有“{item.process}”这个流程,请主管在服务目录里改正"


def _matches(item: Item, words: str) -> bool:
    called = get(item.process).words if known(item.process) else ""
    text = f"{item.name} {item.content} {item.get_service_class_display()} {called}".lower()
    return all(word in text for word in words.lower().split())


@require_GET
def hall(request: AccessRequest) -> HttpResponse:
    """The catalogue as cards by class; `q` searches."""
    access, words = request.access, request.GET.get("q", "").strip()
    access.need(access.may(Verb.APPLY, "services") or access.may(Verb.READ, "services"), "办理后勤服务")
    assert access.organ is not None
    found = levels.items(access.organ)
    cards = [_card(item, access) for item in found if _matches(item, words)]
    classes = [
        (label, [card for card in cards if card.item.service_class == value]) for value, label in ServiceClass.choices
    ]
    context: dict[str, Any] = {
        **nav(request),
        "q": words,
        "classes": [(label, some) for label, some in classes if some],
        "empty": not found,
        "may_load": access.may(Verb.CONFIGURE, "services"),
    }
    return render(request, "services/hall.html", context)


@require_GET
def item(request: AccessRequest, code: str) -> HttpResponse:
    """One item: its five elements, what is promised, how to open it."""
    access = request.access
    access.need(access.may(Verb.APPLY, "services") or access.may(Verb.READ, "services"), "办理后勤服务")
    assert access.organ is not None
    found = levels.item(access.organ, code)
    if found is None:
        raise Http404("没有这个服务事项")
    promised = [
        (Urgency(urgency), levels.promise(access.organ, code, urgency)) for urgency in Urgency.values if found.orders
    ]
    context = {
        **nav(request),
        "card": _card(found, access),
        "elements": [*((label, getattr(found, name)) for name, label in ELEMENTS), ("办理流程", _way(found))],
        "promised": promised,
        "clause": levels.CLAUSE if any(one.ground for _, one in promised) else "",
        "may_change": access.may(Verb.CONFIGURE, "services") and access.holds(found),
    }
    return render(request, "services/item.html", context)


@require_POST
def load(request: AccessRequest) -> HttpResponse:
    """Give the organ the shipped catalogue."""
    access = request.access
    access.need(access.may(Verb.CONFIGURE, "services"), "装入服务目录")
    assert access.organ is not None
    number = load_catalogue(organ=access.organ, actor=access.actor)
    messages.success(request, f"已装入 {number} 个服务事项。" if number else "服务目录已经齐全。")
    return redirect("services:hall")
