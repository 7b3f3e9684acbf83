"""Bills in the demo province: two months of a county's cars, designated suppliers, a budget; one bill that fills more than
the tank and one that was entered twice, for the watch to find.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from django.utils import timezone

from yiwang.areas.vehicles.costs import actions
from yiwang.areas.vehicles.costs.models import Cost, DesignatedSupplier
from yiwang.areas.vehicles.costs.statements import bill_of
from yiwang.areas.vehicles.gateway import roads
from yiwang.areas.vehicles.life.models import Vehicle, VehicleState
from yiwang.areas.vehicles.watch.engine import judge_books
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import Access, access_for
from yiwang.core.rights.models import User, Verb
from yiwang.kit.pinyin import sort_key
from yiwang.kit.refusal import Refusal

SEED, CARS, COUNTY = 20260803, 12, "990101"
STATION, CHARGER, WORKSHOP = "示例石化示例路站", "示例充电科创园站", "示例汽车维修有限公司"
#: What a car pays in a month: kind, merchant, times, yuan from and to.
USUAL = (("TOLL", "示例高速", 3, 12, 80), ("PARKING", "示例停车", 3, 5, 30), ("WASH", "示例洗车", 1, 30, 45))


def load_costs(*, now: datetime) -> dict[str, int]:
    """Enter the bills as the county's clerk; how many. Nothing where the county has no car that he may write."""
    clerk, manager = (access_for(User.objects.get(username=f"county-{role}")) for role in ("clerk", "manager"))
    rows = clerk.scope(Vehicle.objects.filter(state=VehicleState.IN_USE), Verb.WRITE).select_related("organ")
    cars = list(rows.order_by("pk")[:CARS])
    if not cars:
        return {}
    organ: Organ = cars[0].organ
    _suppliers(organ)
    rng = Random(SEED)  # noqa: S311 (made-up data)
    bills = [bill for car in cars for bill in _month(car, rng, now)]
    taken = actions.deliver(
        [bill_of(n, one) for n, one in enumerate(bills, 1)], access=clerk, now=now, about="demo.costs:1"
    )
    if taken.refused:
        raise taken.reasons[0]
    actions.set_budget(
        organ=organ, year=now.year, amount=8_000_000, approval="示财预〔2026〕12号(演示)", access=manager
    )
    _odd(cars[0], clerk, now)
    today = timezone.localtime(now).date()
    judge_books(today, now=now, on=today, vehicles=[car.pk for car in cars])
    return {"costs": Cost.objects.count()}


def _suppliers(organ: Organ) -> None:
    """One for each kind; the station with its place on the map."""
    for number, (name, kind) in enumerate(((STATION, "FUEL"), (CHARGER, "CHARGE"), (WORKSHOP, "REPAIR"))):
        lon, lat = roads.site(COUNTY, 20 + number)
        row = DesignatedSupplier(
            organ=organ, name=name, sort_key=sort_key(name), kind=kind, contract=f"DD-2026-0{number + 1}"
        )
        row.longitude, row.latitude = round(lon, 6), round(lat, 6)
        row.valid_from = timezone.localdate().replace(month=1, day=1)
        row.place()
        row.save()


def _month(car: Vehicle, rng: Random, now: datetime) -> list[dict[str, object]]:
    """The bills of a car over sixty days."""
    found: list[dict[str, object]] = []
    electric = car.energy == "NEW_ENERGY"
    usual = (("CHARGE" if electric else "FUEL", CHARGER if electric else STATION, 4, 0, 0), *USUAL)
    for kind, merchant, times, low, high in usual:
        for _ in range(times):
            quantity = rng.randint(22, 38)
            price = {"FUEL": 765, "CHARGE": 120}.get(kind, 0)
            at = now - timedelta(days=rng.randint(1, 60), hours=rng.randint(0, 8))
            found.append(
                {
                    "kind": kind, "plate": car.plate, "number": f"SL{car.pk:06}{len(found):03}", "merchant": merchant,
                    "at": timezone.localtime(at).strftime("%Y-%m-%d %H:%M"), "location": merchant,
                    "amount": f"{quantity * price / 100:.2f}" if price else str(rng.randint(low, high)),
                    "quantity": str(quantity) if price else "", "item": "92 号汽油" if kind == "FUEL" else "",
                }
            )  # fmt: skip
    return found


def _odd(car: Vehicle, clerk: Access, now: datetime) -> None:
    """More than the tank holds, and the same wash twice: of this month, or of the first hours of it."""
    first = timezone.localtime(now).replace(day=1, hour=8, minute=0)
    at = max(first, now - timedelta(days=2))
    if at > now:
        return
    Vehicle.objects.filter(pk=car.pk, tank=None).update(tank=55)
    word = timezone.localtime(at).strftime("%Y-%m-%d %H:%M")
    washes = [{"kind": "WASH", "number": f"XC{n}", "merchant": "示例洗车", "amount": "88"} for n in (1, 2)]
    fuel = {
        "kind": "FUEL",
        "number": "JY1",
        "merchant": STATION,
        "amount": "760",
        "quantity": "99",
        "item": "92 号汽油",
    }
    for one in (fuel, *washes):
        try:
            actions.record(bill_of(0, {**one, "plate": car.plate, "at": word}), access=clerk, now=now)
        except Refusal as refusal:
            if refusal.code != "cost.day":  # a car younger than that has no odd bill
                raise
