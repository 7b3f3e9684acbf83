"""What the kitchen cooks and what is thrown away: counts by dish, group orders, waste by meal and head."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Max, Sum

from yiwang.areas.services.canteen.models import LIVE, Canteen, GroupOrder, Meal, MealLine, MealOrder, Menu, OrderState


@dataclass
class Count:
    """One meal: how many orders, portions by dish, groups with their persons."""

    meal: Meal
    menu: Menu | None
    orders: int = 0
    picked: int = 0
    dishes: list[tuple[str, str, int]] = field(default_factory=list)  # dish, category, portions
    groups: list[GroupOrder] = field(default_factory=list)

    @property
    def persons(self) -> int:
        """Everybody who eats."""
        return self.orders + sum(one.persons for one in self.groups)


def counts(canteen: Canteen, on: date) -> list[Count]:
    """The meals of a day, for the kitchen: live orders only. Four queries."""
    menus = {menu.meal: menu for menu in canteen.menus.filter(on_date=on)}
    found = {meal: Count(meal, menus.get(meal)) for meal in Meal}
    live = MealOrder.objects.filter(menu__canteen=canteen, menu__on_date=on, state__in=LIVE)
    for meal, state in live.values_list("menu__meal", "state"):
        found[Meal(meal)].orders += 1
        found[Meal(meal)].picked += state == OrderState.PICKED
    lines = MealLine.objects.filter(order__in=live).values(
        "order__menu__meal", "dish__dish__name", "dish__dish__category"
    )
    for row in lines.annotate(portions=Sum("quantity")).order_by("dish__dish__category", "dish__dish__name"):
        one = (row["dish__dish__name"], row["dish__dish__category"], row["portions"])
        found[Meal(row["order__menu__meal"])].dishes.append(one)
    for group in canteen.groups.filter(on_date=on, state__in=LIVE).select_related("organ", "user").order_by("pk"):
        found[Meal(group.meal)].groups.append(group)
    return list(found.values())


@dataclass(frozen=True)
class Wasted:
    """What one meal left, in kilograms, and grams a head."""

    on: date
    meal: str
    diners: int
    weight: Decimal

    @property
    def a_head(self) -> Decimal:
        """Grams for each who ate."""
        return (self.weight * 1000 / self.diners).quantize(Decimal("0.1"))


def wasted(canteen: Canteen, on: date, *, days: int = 90) -> list[Wasted]:
    """Meal by meal over so many days up to `on`, all kinds together."""
    rows = canteen.wastes.filter(on_date__gt=on - timedelta(days=days), on_date__lte=on).values("on_date", "meal")
    summed = rows.annotate(weight_sum=Sum("weight"), heads=Max("diners")).order_by("on_date", "meal")
    labels = dict(Meal.choices)
    return [Wasted(row["on_date"], str(labels[row["meal"]]), row["heads"], row["weight_sum"]) for row in summed]


def by_day(meals: list[Wasted]) -> list[tuple[date, Decimal, Decimal]]:
    """(day, kilograms, grams a head over the day's meals)."""
    found: dict[date, tuple[Decimal, int]] = {}
    for one in meals:
        weight, heads = found.get(one.on, (Decimal(0), 0))
        found[one.on] = (weight + one.weight, heads + one.diners)
    return [
        (day, weight, (weight * 1000 / heads).quantize(Decimal("0.1")))
        for day, (weight, heads) in sorted(found.items())
    ]
