"""The verbs of the canteen: menus, orders until the deadline, group orders, picking up, weighing.

Orders of one menu are counted on the menu's row by a conditional update, which takes its lock; a CHECK holds the capacity.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from yiwang.areas.services.canteen.models import (
    LIVE,
    Canteen,
    Dish,
    GroupKind,
    GroupOrder,
    Meal,
    MealLine,
    MealOrder,
    Menu,
    MenuDish,
    OrderState,
    Waste,
    WasteKind,
)
from yiwang.areas.services.reach import AREA, acting, at_home, serves, serving, within
from yiwang.core.ledger.post import post
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Role, Verb
from yiwang.kit.refusal import Refusal

#: When a meal begins, local time; deadlines count back from here.
SERVED = {Meal.BREAKFAST: time(7, 30), Meal.LUNCH: time(11, 30), Meal.DINNER: time(17, 30)}
MOST_PORTIONS, MOST_PERSONS = 9, 5_000
#: No letters or digits that are read for one another.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def canteens_for(organ: Organ | None) -> QuerySet[Canteen]:
    """The canteens that serve the organ: its own and those of the organs above it."""
    return serving(Canteen.objects.all(), organ)


def run_canteen(key: int, access: Access) -> Canteen:
    """A canteen that the user runs. Refusal `rights.denied`."""
    access.need(serves(access, Role.CANTEEN), "管理食堂")
    found = Canteen.objects.filter(within(access), pk=key).select_related("organ").first()
    if found is None:
        raise Refusal("rights.denied", "没有这个食堂,或不在您管理的范围内。")
    return found


def deadline(canteen: Canteen, on: date, meal: str) -> datetime:
    """Until when is ordered where the menu does not say: so many hours before the meal."""
    begins = datetime.combine(on, SERVED[Meal(meal)], timezone.get_current_timezone())
    return begins - timedelta(hours=canteen.lead_hours)


@transaction.atomic
def publish_menu(
    *,
    canteen: int,
    on: date,
    meal: str,
    dishes: Sequence[tuple[int, int]],
    subsidy: int = 0,
    capacity: int | None = None,
    deadline_at: datetime | None = None,
    access: Access,
    now: datetime,
) -> Menu:
    """发布菜单: (dish, price in fen) pairs of one meal. Again for the same meal: a change, as far as nobody ordered what goes.

    Refusals `menu.past`, `menu.dish`, `menu.empty`, `menu.ordered`, `menu.capacity`.
    """
    place = run_canteen(canteen, access)
    if meal not in Meal.values:
        raise Refusal("menu.meal", "请选择餐次。")
    closes = deadline_at or deadline(place, on, meal)
    if closes <= now:
        raise Refusal("menu.past", "订餐截止时间已过,请改日期或截止时间。")
    if not dishes:
        raise Refusal("menu.empty", "菜单里至少要有一个菜。")
    known = set(
        serving(Dish.objects.all(), place.organ)
        .filter(pk__in=[dish for dish, _ in dishes])
        .values_list("pk", flat=True)
    )
    if {dish for dish, _ in dishes} - known or any(price < 0 for _, price in dishes) or subsidy < 0:
        raise Refusal("menu.dish", "有一个菜不在菜品目录里,或价格小于 0。")
    Menu.objects.filter(canteen=place, on_date=on, meal=meal).update(ordered=F("ordered"))
    menu = Menu.objects.filter(canteen=place, on_date=on, meal=meal).first() or Menu(
        canteen=place, on_date=on, meal=meal
    )
    if capacity is not None and capacity < menu.ordered:
        raise Refusal("menu.capacity", f"已订 {menu.ordered} 份,供应份数不能更少。")
    menu.deadline_at, menu.subsidy, menu.capacity = closes, subsidy, capacity
    menu.save()
    _replace_dishes(menu, dict(dishes))
    body = {
        "dishes": [list(pair) for pair in dishes],
        "subsidy": subsidy,
        "capacity": capacity,
        "deadline": closes.isoformat(),
    }
    post(actor=access.actor, act="services.menu.publish", obj=f"services.menu:{menu.pk}", body=body)
    return menu


def _replace_dishes(menu: Menu, prices: dict[int, int]) -> None:
    """What was ordered stays on the menu, at the price at which it was ordered."""
    for row in menu.dishes.select_related("dish"):
        price = prices.pop(row.dish_id, None)
        if price == row.price:
            continue
        if row.lines.exists():
            raise Refusal("menu.ordered", f"“{row.dish}”已有人订,不能撤下或改价。")
        if price is None:
            row.delete()
        else:
            row.price = price
            row.save(update_fields=["price"])
    MenuDish.objects.bulk_create([MenuDish(menu=menu, dish_id=dish, price=price) for dish, price in prices.items()])


@transaction.atomic
def order(*, menu: int, lines: Sequence[tuple[int, int]], access: Access, now: datetime) -> MealOrder:
    """订餐: (menu dish, portions) pairs, before the deadline, once a person and meal.

    Refusals `meal.menu`, `.deadline`, `.twice`, `.empty`, `.dish`, `.sold-out`.
    """
    access.need(access.may(Verb.APPLY, AREA), "订餐")
    organ = at_home(access)
    one = Menu.objects.filter(pk=menu, canteen__in=canteens_for(organ)).first()
    if one is None:
        raise Refusal("meal.menu", "没有这份菜单,或这个食堂不为您的单位供餐。")
    free = Menu.objects.filter(Q(capacity=None) | Q(capacity__gt=F("ordered")), pk=one.pk)
    if not free.update(ordered=F("ordered") + 1):
        raise Refusal("meal.sold-out", "这一餐已经订满。")
    one.refresh_from_db()
    _in_time(one.deadline_at, now)
    if one.orders.filter(user=access.user.pk, state__in=LIVE).exists():
        raise Refusal("meal.twice", "这一餐您已经订过;要改请先取消再订。")
    chosen = _chosen(one, lines)
    price = sum(dish.price * quantity for dish, quantity in chosen)
    made = MealOrder(organ=organ, menu=one, user=acting(access), code=_code(), price=price, ordered_at=now)
    made.subsidy = min(one.subsidy, price)
    made.place()
    made.save()
    MealLine.objects.bulk_create([MealLine(order=made, dish=dish, quantity=quantity) for dish, quantity in chosen])
    _post(access, made, "order", {"menu": one.pk, "lines": [list(pair) for pair in lines], "price": price})
    return made


def _chosen(menu: Menu, lines: Sequence[tuple[int, int]]) -> list[tuple[MenuDish, int]]:
    wanted = {dish: quantity for dish, quantity in lines if quantity}
    known = menu.dishes.in_bulk(wanted)
    if not wanted:
        raise Refusal("meal.empty", "请至少选一个菜。")
    if len(known) != len(wanted) or any(not 0 < quantity <= MOST_PORTIONS for quantity in wanted.values()):
        raise Refusal("meal.dish", f"有一个菜不在这份菜单上,或份数不在 1 到 {MOST_PORTIONS} 之间。")
    return [(known[dish], quantity) for dish, quantity in sorted(wanted.items())]


def _in_time(closes: datetime, now: datetime) -> None:
    if now >= closes:
        shown = timezone.localtime(closes).strftime("%Y-%m-%d %H:%M")
        raise Refusal("meal.deadline", f"订餐和取消在 {shown} 截止,现在不能改了;请与食堂联系。")


def _code() -> str:
    """Twelve signs of thirty-one: 59 bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(12))


@transaction.atomic
def cancel_order(*, order: int, access: Access, now: datetime) -> MealOrder:
    """取消 one's own order before the deadline. Refusals `meal.none`, `meal.state`, `meal.deadline`."""
    found = MealOrder.objects.filter(pk=order, user=access.user.pk).select_related("menu").first()
    if found is None:
        raise Refusal("meal.none", "没有这份订餐。")
    _in_time(found.menu.deadline_at, now)
    Menu.objects.filter(pk=found.menu_id).update(ordered=F("ordered"))  # the lock, in the same order as `order`
    if not MealOrder.objects.filter(pk=order, state=OrderState.ORDERED).update(state=OrderState.CANCELLED):
        raise Refusal("meal.state", "这份订餐已经取消或已取餐。")
    Menu.objects.filter(pk=found.menu_id).update(ordered=F("ordered") - 1)
    _post(access, found, "cancel", {})
    return MealOrder.objects.get(pk=order)


@transaction.atomic
def pick_up(*, order: int, access: Access, now: datetime) -> MealOrder:
    """取餐 at the counter, once, on the day. Refusals `meal.none`, `meal.state`, `meal.day`."""
    access.need(serves(access, Role.CANTEEN), "登记取餐")
    found = MealOrder.objects.filter(within(access, "menu__canteen__"), pk=order).select_related("menu").first()
    if found is None:
        raise Refusal("meal.none", "没有这份订餐,或不是您的食堂的。")
    if found.menu.on_date != timezone.localdate(now):
        raise Refusal("meal.day", f"这份订餐是 {found.menu} 的,不能今天取。")
    if not MealOrder.objects.filter(pk=order, state=OrderState.ORDERED).update(state=OrderState.PICKED, picked_at=now):
        raise Refusal("meal.state", "这份订餐已经取过或已取消。")
    _post(access, found, "pick_up", {})
    return MealOrder.objects.get(pk=order)


@transaction.atomic
def order_group(
    *,
    canteen: int,
    on: date,
    meal: str,
    kind: str,
    persons: int,
    standard: int,
    purpose: str,
    about: str = "",
    access: Access,
    now: datetime,
    key: str = "",
    organ: Organ | None = None,
) -> GroupOrder:
    """团体订餐 for a reception, a meeting or overtime: `standard` in fen a head. The same `key` gives the same order.

    It is the user's own organ's, or `organ`'s, where the caller has seen that he keeps its plan.

    Refusals `canteen.none`, `canteen.group`, `meal.deadline`.
    """
    access.need(access.may(Verb.APPLY, AREA), "团体订餐")
    organ = organ or at_home(access)
    if key and (known := GroupOrder.objects.visible(access).filter(key=key).first()):
        return known
    place = canteens_for(organ).filter(pk=canteen).first()
    if place is None:
        raise Refusal("canteen.none", "没有这个食堂,或它不为您的单位供餐。")
    if meal not in Meal.values or kind not in GroupKind.values or not purpose.strip():
        raise Refusal("canteen.group", "请选择餐次和类型,并写明事由。")
    _sound_persons(persons, standard)
    _in_time(closing(place, on, meal), now)
    made = GroupOrder(organ=organ, canteen=place, on_date=on, meal=meal, kind=kind, persons=persons, standard=standard)
    made.purpose, made.about, made.key = purpose.strip(), about, key or None
    made.user, made.ordered_at = acting(access), now
    made.place()
    made.save()
    _post_group(
        access, made, "order", {"persons": persons, "standard": standard, "about": about, "day": on, "meal": meal}
    )
    return made


def closing(place: Canteen, on: date, meal: str) -> datetime:
    """Until when a meal may be ordered: what its menu says, else what the canteen says."""
    menu = place.menus.filter(on_date=on, meal=meal).first()
    return menu.deadline_at if menu else deadline(place, on, meal)


def _sound_persons(persons: int, standard: int) -> None:
    if not 0 < persons <= MOST_PERSONS or standard < 0:
        raise Refusal("canteen.group", f"人数应在 1 到 {MOST_PERSONS} 之间,每人标准不能小于 0。")


@transaction.atomic
def change_group(*, order: int, persons: int, access: Access, now: datetime) -> GroupOrder:
    """改人数 before the deadline. Refusals `canteen.none`, `canteen.state`, `canteen.group`, `meal.deadline`."""
    return _resized(_group(order, access, now), persons, access)


def _resized(one: GroupOrder, persons: int, access: Access) -> GroupOrder:
    _sound_persons(persons, one.standard)
    before, one.persons = one.persons, persons
    one.save(update_fields=["persons"])
    _post_group(access, one, "change", {"persons": [before, persons]})
    return one


@transaction.atomic
def cancel_group(*, order: int, reason: str, access: Access, now: datetime) -> GroupOrder:
    """取消 before the deadline, with a reason. Refusals `canteen.none`, `canteen.state`, `canteen.reason`, `meal.deadline`."""
    one = _group(order, access, now)
    if not reason.strip():
        raise Refusal("canteen.reason", "请写明取消原因。")
    return _cancelled(one, reason, access)


def _cancelled(one: GroupOrder, reason: str, access: Access) -> GroupOrder:
    one.state, one.reason = OrderState.CANCELLED, reason.strip()[:200]
    one.save(update_fields=["state", "reason"])
    _post_group(access, one, "cancel", {"reason": one.reason})
    return one


@transaction.atomic
def resize_group(*, order: int, persons: int, access: Access, now: datetime) -> GroupOrder:
    """Another number, by the right of the plan that it belongs to, whoever ordered. Refusals as of `change_group`."""
    return _resized(_live(_held_group(order), now), persons, access)


@transaction.atomic
def release_group(*, order: int, reason: str, access: Access, now: datetime) -> bool:
    """Cancel what a plan will not need: the plan's own right, whoever ordered. What is over stays as it is.

    False where the deadline is past: the canteen cooks it, and only a word with the canteen helps.
    """
    one = _held_group(order)
    if one.state != OrderState.ORDERED:
        return True
    if now >= closing(one.canteen, one.on_date, one.meal):
        return False
    _cancelled(one, reason, access)
    return True


def _held_group(key: int) -> GroupOrder:
    GroupOrder.objects.filter(pk=key).update(persons=F("persons"))
    return GroupOrder.objects.select_related("canteen").get(pk=key)


def _group(key: int, access: Access, now: datetime) -> GroupOrder:
    """A live group order of the user, or of his organ where he writes registers; locked, and in time."""
    GroupOrder.objects.filter(pk=key).update(persons=F("persons"))
    mine = Q(user=access.user.pk)
    if access.may(Verb.WRITE, AREA):
        mine |= within(access)
    one = GroupOrder.objects.filter(mine, pk=key).select_related("canteen").first()
    if one is None:
        raise Refusal("canteen.none", "没有这份团体订餐,或不是您订的。")
    return _live(one, now)


def _live(one: GroupOrder, now: datetime) -> GroupOrder:
    if one.state != OrderState.ORDERED:
        raise Refusal("canteen.state", f"这份团体订餐{one.get_state_display()}。")
    _in_time(closing(one.canteen, one.on_date, one.meal), now)
    return one


@transaction.atomic
def weigh(
    *, canteen: int, on: date, meal: str, weights: dict[str, Decimal], diners: int, access: Access, today: date
) -> list[Waste]:
    """厨余称重: kilograms by kind after one meal; weighed again, the last figure counts. Refusals `waste.*`."""
    place = run_canteen(canteen, access)
    if meal not in Meal.values or not weights or not weights.keys() <= set(WasteKind.values):
        raise Refusal("waste.empty", "请选择餐次,并至少填写一种重量。")
    if any(not 0 <= weight < 100_000 for weight in weights.values()) or not 0 < diners <= 1_000_000:
        raise Refusal("waste.figure", "重量不能小于 0,就餐人数要大于 0。")
    if on > today:
        raise Refusal("waste.day", "不能登记将来的称重。")
    Canteen.objects.filter(pk=place.pk).update(lead_hours=F("lead_hours"))
    about: dict[str, Any] = {"canteen": place, "on_date": on, "meal": meal}
    facts: dict[str, Any] = {"diners": diners, "by": acting(access)}
    made = [
        Waste.objects.update_or_create(**about, kind=kind, defaults=facts | {"weight": weight})[0]
        for kind, weight in sorted(weights.items())
    ]
    body = {
        "day": on,
        "meal": meal,
        "diners": diners,
        "weights": {kind: str(weight) for kind, weight in weights.items()},
    }
    post(actor=access.actor, act="services.canteen.weigh", obj=f"services.canteen:{place.pk}", body=body)
    return made


def _post(access: Access, one: MealOrder, act: str, body: dict[str, Any]) -> None:
    post(actor=access.actor, act=f"services.meal_order.{act}", obj=f"services.meal_order:{one.pk}", body=body)


def _post_group(access: Access, one: GroupOrder, act: str, body: dict[str, Any]) -> None:
    post(actor=access.actor, act=f"services.group_order.{act}", obj=f"services.group_order:{one.pk}", body=body)
