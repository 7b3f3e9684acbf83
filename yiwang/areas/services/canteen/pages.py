"""订餐: menus of the coming days and one's own orders; group orders."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from yiwang.areas.services.canteen import actions
from yiwang.areas.services.canteen.models import GroupKind, GroupOrder, Meal, MealOrder, Menu, OrderState
from yiwang.areas.services.codes import qr
from yiwang.areas.services.faces import performed, shown
from yiwang.areas.services.supplies.pages import numbered
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import Verb
from yiwang.kit.posted import Posted

DAYS, SHOWN = 7, 30


@require_http_methods(["GET", "POST"])
def index(request: AccessRequest) -> HttpResponse:
    """Menus of this week at the canteens that serve the user; POST orders or cancels."""
    access, now = request.access, timezone.now()
    access.need(access.may(Verb.APPLY, "services"), "订餐")
    refusal = None
    if request.method == "POST":
        refusal = performed(request, _verbs(request))
        if refusal is None:
            return redirect("services:canteen")
    today = timezone.localdate(now)
    within = {"on_date__gte": today, "on_date__lt": today + timedelta(days=DAYS)}
    menus = Menu.objects.filter(canteen__in=actions.canteens_for(access.organ), **within).select_related("canteen")
    mine = (
        MealOrder.objects.filter(user=access.user.pk)
        .select_related("menu__canteen")
        .prefetch_related("lines__dish__dish")
    )
    recent = list(mine.order_by("-pk")[:SHOWN])
    held = {one.menu_id: one for one in recent if one.state != OrderState.CANCELLED}
    cards = [
        {
            "menu": menu,
            "open": now < menu.deadline_at,
            "mine": held.get(menu.pk),
            "full": menu.capacity is not None and menu.ordered >= menu.capacity,
        }
        for menu in menus.prefetch_related("dishes__dish").order_by("on_date", "deadline_at", "pk")
    ]
    context = {"cards": cards, "mine": recent, "today": today, "now": now, "refusal": refusal}
    return shown(request, "services/canteen/index.html", context)


def _verbs(request: AccessRequest) -> dict[str, Any]:
    access, now = request.access, timezone.now()

    def order(form: Posted) -> str:
        lines = numbered(form, "dish-")
        made = actions.order(menu=form.key("menu", "菜单"), lines=lines, access=access, now=now)
        return f"已订,应付 {made.due / 100:.2f} 元。"

    def cancel(form: Posted) -> str:
        actions.cancel_order(order=form.key("order", "订餐"), access=access, now=now)
        return "已取消订餐。"

    return {"order": order, "cancel": cancel}


@require_http_methods(["GET", "POST"])
def meal_order(request: AccessRequest, pk: int) -> HttpResponse:
    """One's own order with the code for the counter."""
    rows = MealOrder.objects.filter(user=request.user.pk).select_related("menu__canteen")
    one = get_object_or_404(rows, pk=pk)
    refusal = None
    if request.method == "POST":
        refusal = performed(request, {"cancel": _verbs(request)["cancel"]})
        if refusal is None:
            return redirect("services:canteen")
    counter = request.build_absolute_uri(f"{reverse('services:kitchen')}?code={one.code}")
    context = {
        "one": one,
        "lines": one.lines.select_related("dish__dish"),
        "qr": qr(counter, "取餐码"),
        "open": one.state == OrderState.ORDERED and timezone.now() < one.menu.deadline_at,
        "refusal": refusal,
    }
    return shown(request, "services/canteen/order.html", context)


@require_http_methods(["GET", "POST"])
def groups(request: AccessRequest) -> HttpResponse:
    """团体订餐: the form, and the orders that the user may see."""
    access, now = request.access, timezone.now()
    access.need(access.may(Verb.APPLY, "services"), "团体订餐")
    refusal = None
    if request.method == "POST":
        refusal = performed(request, _group_verbs(request))
        if refusal is None:
            return redirect("services:groups")
    rows = GroupOrder.objects.visible(access).select_related("canteen", "organ", "user").order_by("-on_date", "-pk")
    shown_rows = list(rows[:SHOWN])
    closes = {
        one.pk: actions.closing(one.canteen, one.on_date, one.meal)
        for one in shown_rows
        if one.user_id == access.user.pk
    }
    context = {
        "rows": [
            (one, one.state == OrderState.ORDERED and one.pk in closes and now < closes[one.pk]) for one in shown_rows
        ],
        "canteens": actions.canteens_for(access.organ).select_related("organ"),
        "meals": Meal.choices,
        "kinds_of_group": GroupKind.choices,
        "refusal": refusal,
    }
    return shown(request, "services/canteen/groups.html", context)


def _group_verbs(request: AccessRequest) -> dict[str, Any]:
    access, now = request.access, timezone.now()

    def order(form: Posted) -> str:
        made = actions.order_group(
            canteen=form.key("canteen", "食堂"),
            on=form.day("on", "日期"),
            meal=form.text("meal", "餐次"),
            kind=form.text("kind", "类型"),
            persons=form.whole("persons", "人数"),
            standard=form.money("standard", "每人标准"),
            purpose=form.text("purpose", "事由", most=120),
            access=access,
            now=now,
        )
        return f"已订 {made.persons} 人,合计 {made.amount / 100:,.2f} 元。"

    def change(form: Posted) -> str:
        key, persons = form.key("order", "订餐"), form.whole("persons", "人数")
        actions.change_group(order=key, persons=persons, access=access, now=now)
        return f"已改为 {persons} 人。"

    def cancel(form: Posted) -> str:
        key, reason = form.key("order", "订餐"), form.text("reason", "取消原因")
        actions.cancel_group(order=key, reason=reason, access=access, now=now)
        return "已取消团体订餐。"

    return {"order": order, "change": change, "cancel": cancel}
