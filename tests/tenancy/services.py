"""One of everything of the services for a side: what is ordered, looked after, stored, cooked and who visits; and a paper."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from yiwang.areas.services.canteen import actions as canteen
from yiwang.areas.services.canteen import factories as dishes
from yiwang.areas.services.canteen.models import Dish, Menu, MenuDish
from yiwang.areas.services.catalogue.models import Item, ServiceLevel
from yiwang.areas.services.events import actions as events
from yiwang.areas.services.orders import actions as orders
from yiwang.areas.services.orders import factories
from yiwang.areas.services.patrols import factories as plans
from yiwang.areas.services.patrols.models import Round
from yiwang.areas.services.suppliers.factories import supplier
from yiwang.areas.services.suppliers.models import Contract
from yiwang.areas.services.supplies.factories import quota
from yiwang.areas.services.supplies.models import Stock, Supply
from yiwang.areas.services.tests.small import furnish
from yiwang.areas.services.venues import actions as booking
from yiwang.areas.services.venues import factories as venues
from yiwang.areas.services.venues.grid import midnight
from yiwang.core.orgs.models import Organ
from yiwang.core.places.models import Building
from yiwang.core.rights.access import access_for
from yiwang.core.rights.models import User

Named = Callable[[str], str]


def fill(organ: Organ, building: Building, named: Named, manager: User, clerk: User) -> dict[str, Any]:
    """Ids by name. `named` makes a text of the side; `manager` asks and approves, `clerk` works."""
    return {
        **_orders(organ, building, named, manager),
        **_venues(organ, named, manager),
        **_supplies(organ, named, manager, clerk),
    }


def _orders(organ: Organ, building: Building, named: Named, user: User) -> dict[str, Any]:
    """A label, a team with a member, a plan with a round that is due, an order that was reported at the label."""
    item = factories.catalogue(organ)
    Item.objects.filter(pk=item.pk).update(name=named("水电维修"))
    level = ServiceLevel(organ=organ, code="06", urgency="NORMAL", respond_minutes=30)
    level.place()
    level.save()
    spot = factories.spot(building, named("101会议室"), patrol_object="STRUCTURE", checks=named("墙面"))
    maker = supplier(organ, named("物业公司"))
    team = factories.team(organ, user, name=named("维修班"), building=building, supplier=maker)
    today, now = timezone.localdate(), timezone.now()
    plan = plans.plan(building, since=today - timedelta(days=30), team=team)
    due = Round(plan=plan, organ=organ, start_date=today, due_date=today + timedelta(days=30))
    due.place()
    due.save()
    order = orders.report(access=access_for(user), item="06", problem=named("顶灯不亮"), spot=spot, now=now)
    return {
        "services.item": item.pk,
        "services.level": level.pk,
        "services.spot": spot.pk,
        "services.team": team.pk,
        "services.plan": plan.pk,
        "round": due.pk,
        "order": order.pk,
        "label": spot.token,
    }


def _venues(organ: Organ, named: Named, user: User) -> dict[str, Any]:
    """A room with its rule, equipment and a booking; a meeting's plan with a line."""
    words, now = named("会议"), timezone.now()
    room = venues.venue(organ, named("会议室"), code=f"door-{organ.pk}", note=words)
    access = access_for(user, on=timezone.localdate())
    first = midnight(timezone.localdate() + timedelta(days=1)) + timedelta(hours=9)
    booked = booking.book(
        venue=room.pk,
        starts_at=first,
        ends_at=first + timedelta(hours=1),
        title=words,
        participants=1,
        access=access,
        now=now,
    )
    plan = events.draft(
        name=words,
        first_date=first.date(),
        last_date=first.date(),
        days=Decimal(1),
        participants=1,
        access=access,
        now=now,
    )
    events.add_line(event=plan.pk, kind="CAR", what=words, quantity=Decimal(1), price=1, access=access, now=now)
    return {
        "services.venue": room.pk,
        "services.venue_rule": room.rules.get().pk,
        "services.venue_equipment": venues.equipment(room, named("投影")).pk,
        "booking": booked.pk,
        "event-plan": plan.pk,
        "door": room.code,
    }


def _supplies(organ: Organ, named: Named, manager: User, clerk: User) -> dict[str, Any]:
    """A contract with its supplier, a store, a canteen with a menu and a reception, a visitor."""
    ids: dict[str, Any] = dict(furnish(organ, manager, clerk, named))
    Dish.objects.filter(organ=organ).update(category=named("素菜"))
    dish, menu = dishes.dish(organ, named("家常菜")), Menu.objects.get(canteen=ids["canteen"])
    MenuDish.objects.create(menu=menu, dish=dish, price=600)
    on, now = timezone.localdate() + timedelta(days=2), timezone.now()
    words: dict[str, Any] = {"kind": "RECEPTION", "meal": "LUNCH", "purpose": named("接待")}
    access, place = access_for(manager), ids["canteen"]
    canteen.order_group(canteen=place, on=on, persons=5, standard=6000, access=access, now=now, **words)
    return {
        **ids,
        "services.contract": ids["contract"],
        "services.supplier": Contract.objects.get(organ=organ).supplier_id,
        "services.store": ids["store"],
        "services.supply": Supply.objects.get(organ=organ).pk,
        "services.stock": Stock.objects.get(store=ids["store"]).pk,
        "services.supply_quota": quota(organ, Supply.objects.get(organ=organ), 10).pk,
        "services.canteen": ids["canteen"],
        "services.dish": dish.pk,
        "contract": Contract.objects.get(organ=organ).pk,
    }
