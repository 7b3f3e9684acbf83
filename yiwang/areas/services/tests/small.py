"""One of each thing of suppliers, supplies, canteen and visitors, for pages that are looked at as a whole. Ids by name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from yiwang.areas.services.canteen import actions as canteen
from yiwang.areas.services.canteen import checks
from yiwang.areas.services.canteen import factories as dishes
from yiwang.areas.services.suppliers import actions as suppliers
from yiwang.areas.services.suppliers import factories as contracts
from yiwang.areas.services.suppliers import payments
from yiwang.areas.services.suppliers.standard import standard
from yiwang.areas.services.supplies import actions as supplies
from yiwang.areas.services.supplies import factories as stores
from yiwang.areas.services.visitors import actions as visitors
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import access_for
from yiwang.core.rights.models import User


def furnish(
    organ: Organ, manager: User, clerk: User, named: Callable[[str], str] = lambda text: text
) -> dict[str, int | str]:
    """At the organ: `manager` orders, invites and approves, `clerk` works. Both must have their roles there.

    `named` makes of every text what is written.
    """
    boss, work, on, now = access_for(manager), access_for(clerk), timezone.localdate(), timezone.now()
    begin = on - timedelta(days=200)
    maker = contracts.supplier(organ, named("示例物业公司"))
    one = contracts.contract(
        organ, supplier=maker, name=named("物业服务"), begin_date=begin, end_date=on + timedelta(days=25)
    )
    period = {"contract": one.pk, "valid_from": begin, "valid_to": begin + timedelta(days=30), "access": work, "on": on}
    row = suppliers.accept(result="PASSED", amount=9_000_000, **period)  # type: ignore[arg-type]
    points = dict.fromkeys(standard(on).contents, Decimal(88))
    suppliers.evaluate(frequency="MONTHLY", points=points, users=Decimal(90), **period)  # type: ignore[arg-type]
    payments.propose(acceptance=row.pk, amount=100, access=work, on=on)
    store = stores.store(organ, named("一号库"))
    stock = stores.stock(store, 50, work, article=stores.supply(organ, named("签字笔")), on=on)
    asked = supplies.ask(store=store.pk, lines=[(stock.supply_id, 3)], access=boss, on=on)
    place = dishes.canteen(organ, named("机关食堂"))
    menu = dishes.menu(place, on, now + timedelta(hours=6), 600, 900, subsidy=500)
    order = canteen.order(menu=menu.pk, lines=[(menu.dishes.all()[0].pk, 1)], access=boss, now=now)
    weights = {"PLATE": Decimal("3.5")}
    canteen.weigh(canteen=place.pk, on=on, meal="LUNCH", weights=weights, diners=40, access=work, today=on)
    day = date(on.year - 1, 11, 3)
    answers = {item.key: checks.Answer("MET", named("台账")) for item in checks.items(day)}
    answers["0"] = checks.Answer("UNMET", named("没有制度"), named("制定制度"), on)
    check = checks.self_check(canteen=place.pk, answers=answers, access=work, on=day)
    visit = visitors.invite(
        name=named("林远"),
        organ_name=named("水利局"),
        phone="13812345678",
        on=on,
        reason=named("工作联系"),
        access=boss,
        now=now,
    )
    return {
        "contract": one.pk,
        "store": store.pk,
        "supply-request": asked.pk,
        "canteen": place.pk,
        "meal-order": order.pk,
        "self-check": check.pk,
        "visit": visit.pk,
    }
