"""后厨: counts of the day, picking up, the menu of a meal, waste weighed. For the role CANTEEN and the registers' clerks."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from yiwang.areas.services.canteen import actions, checks
from yiwang.areas.services.canteen.figures import by_day, counts, wasted
from yiwang.areas.services.canteen.models import (
    Canteen,
    Dish,
    ItemResult,
    Meal,
    MealOrder,
    OrderState,
    SelfCheckItem,
    WasteKind,
)
from yiwang.areas.services.faces import drawn, performed, shown
from yiwang.areas.services.reach import serves, serving, within
from yiwang.areas.services.supplies.pages import numbered
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import Role
from yiwang.core.rights.naming import plain
from yiwang.kit import svg
from yiwang.kit.posted import Posted
from yiwang.kit.refusal import Refusal

SHOWN = 20


def run_by(request: AccessRequest) -> QuerySet[Canteen]:
    """The canteens that the user runs."""
    request.access.need(serves(request.access, Role.CANTEEN), "管理食堂")
    return Canteen.objects.filter(within(request.access)).select_related("organ").order_by("name", "pk")


def asked_day(request: AccessRequest, today: date) -> date:
    """The day of the address; today where it has none or nonsense."""
    try:
        return date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return today


@require_http_methods(["GET", "POST"])
def index(request: AccessRequest) -> HttpResponse:
    """Counts for a day, printable; picking up by code or name; what else is to be done."""
    places, now = run_by(request), timezone.now()
    refusal = None
    if request.method == "POST":
        refusal = performed(request, {"pick_up": lambda form: _pick_up(request, form)})
        if refusal is None:
            return redirect(request.get_full_path())
    today = timezone.localdate(now)
    on, every = asked_day(request, today), list(places[:SHOWN])
    wanted = request.GET.get("canteen", "")
    place = next((one for one in every if str(one.pk) == wanted), every[0] if every else None)
    typed = plain(request.GET.get("who", ""))
    late = SelfCheckItem.objects.filter(result=ItemResult.UNMET, closed_date=None, check_of__canteen__in=places)
    context = {
        "places": every,
        "place": place,
        "on": on,
        "today": today,
        "counts": counts(place, on) if place else [],
        "meals": Meal.choices,
        "typed": typed,
        "found": _found(request, typed, today) if typed else [],
        "unchecked": _unchecked(every, today),
        "open_items": late.select_related("check_of__canteen").order_by("due_date", "pk")[:SHOWN],
        "refusal": refusal,
    }
    return shown(request, "services/canteen/kitchen.html", context)


def _found(request: AccessRequest, typed: str, today: date) -> list[MealOrder]:
    """Today's orders with this code, or of a person of this name."""
    rows = MealOrder.objects.filter(within(request.access, "menu__canteen__"), menu__on_date=today)
    rows = rows.filter(Q(code=typed.upper()) | Q(user__display_name=typed) | Q(user__person__name=typed))
    rows = rows.exclude(state=OrderState.CANCELLED).select_related("menu__canteen", "user", "organ")
    return list(rows.prefetch_related("lines__dish__dish").order_by("menu__deadline_at", "pk")[:SHOWN])


def _unchecked(places: list[Canteen], today: date) -> list[Canteen]:
    """The canteens of which this quarter's self-check is still to be made."""
    made = {"year": today.year, "quarter": checks.quarter(today)}
    done = set(
        Canteen.objects.filter(
            pk__in=[one.pk for one in places], **{f"checks__{key}": value for key, value in made.items()}
        ).values_list("pk", flat=True)
    )
    return [one for one in places if one.pk not in done]


def _pick_up(request: AccessRequest, form: Posted) -> str:
    one = actions.pick_up(order=form.key("order", "订餐"), access=request.access, now=timezone.now())
    return f"{one.user.display_name or one.user.username} 已取餐。"


@require_http_methods(["GET", "POST"])
def menu(request: AccessRequest, pk: int) -> HttpResponse:
    """The menu of one meal: dishes ticked with their price, subsidy, capacity, deadline."""
    place = get_object_or_404(run_by(request), pk=pk)
    today = timezone.localdate()
    on, meal = asked_day(request, today), request.GET.get("meal", Meal.LUNCH)
    meal = meal if meal in Meal.values else Meal.LUNCH
    refusal = None
    if request.method == "POST":
        refusal = performed(request, {"publish": lambda form: _publish(request, place, form)})
        if refusal is None:
            return redirect(f"{request.path}?day={on}&meal={meal}")
    known = place.menus.filter(on_date=on, meal=meal).first()
    prices = {row.dish_id: row.price for row in known.dishes.all()} if known else {}
    closes = known.deadline_at if known else actions.deadline(place, on, meal)
    dishes = serving(Dish.objects.all(), place.organ).order_by("category", "sort_key", "pk")
    context = {
        "place": place,
        "on": on,
        "meal": meal,
        "meals": Meal.choices,
        "menu": known,
        "dishes": [(one, f"{prices.get(one.pk, one.price) / 100:.2f}", one.pk in prices) for one in dishes],
        "closes": timezone.localtime(closes).strftime("%Y-%m-%dT%H:%M"),
        "subsidy": f"{known.subsidy / 100:.2f}" if known else "",
        "refusal": refusal,
    }
    return shown(request, "services/canteen/menu.html", context)


def _publish(request: AccessRequest, place: Canteen, form: Posted) -> str:
    ticked = [key for key, _ in numbered(form, "on-")]
    made = actions.publish_menu(
        canteen=place.pk,
        on=form.day("day", "日期"),
        meal=form.text("meal", "餐次"),
        dishes=[(key, form.money(f"price-{key}", "价格")) for key in ticked],
        subsidy=form.money("subsidy", "补贴") if form.text("subsidy") else 0,
        capacity=form.whole("capacity", "供应份数") if form.text("capacity") else None,
        deadline_at=_instant(form.text("deadline")),
        access=request.access,
        now=timezone.now(),
    )
    return f"已发布 {made}的菜单,{len(ticked)} 个菜。"


def _instant(text: str) -> datetime | None:
    """A local time as a browser sends it; None where nothing was written."""
    if not text:
        return None
    try:
        return timezone.make_aware(datetime.fromisoformat(text))
    except ValueError:
        raise Refusal("form.instant", "订餐截止时间应写成 2026-03-01 09:00。") from None


@require_http_methods(["GET", "POST"])
def waste(request: AccessRequest, pk: int) -> HttpResponse:
    """Weighing after a meal, and the trend of ninety days."""
    place = get_object_or_404(run_by(request), pk=pk)
    today = timezone.localdate()
    refusal = None
    if request.method == "POST":
        refusal = performed(request, {"weigh": lambda form: _weigh(request, place, form, today)})
        if refusal is None:
            return redirect("services:waste", pk)
    meals = wasted(place, today)
    days = by_day(meals)
    chart = svg.line(
        [svg.Series("人均克数", [heads for _, _, heads in days])],
        [day.isoformat() for day, _, _ in days],
        title="人均厨余(克)",
        unit="克",
    )
    totals = [sum(row.weight for row in place.wastes.filter(kind=kind)) for kind in WasteKind]
    context = {
        "place": place,
        "today": today,
        "meals": Meal.choices,
        "sorts": WasteKind.choices,
        "rows": list(reversed(meals))[:60],
        "chart": drawn(chart) if len(days) > 1 else "",
        "totals": list(zip(WasteKind.labels, totals, strict=True)),
        "refusal": refusal,
    }
    return shown(request, "services/canteen/waste.html", context)


def _weigh(request: AccessRequest, place: Canteen, form: Posted, today: date) -> str:
    weights: dict[str, Any] = {kind: form.figure(kind, label, places=3) for kind, label in WasteKind.choices}
    made = actions.weigh(
        canteen=place.pk,
        on=form.day("on", "日期"),
        meal=form.text("meal", "餐次"),
        weights={kind: weight for kind, weight in weights.items() if weight is not None},
        diners=form.whole("diners", "就餐人数"),
        access=request.access,
        today=today,
    )
    return f"已登记 {sum(one.weight for one in made)} 千克。"
