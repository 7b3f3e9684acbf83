"""保障方式: which answer a request gets: a car of the own pool, of another's, a rented one, or no, with the clause."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from yiwang.areas.vehicles.life.models import Body, Vehicle, VehicleState
from yiwang.areas.vehicles.trips import charging
from yiwang.areas.vehicles.trips.charging import Driven
from yiwang.areas.vehicles.trips.judging import SEATS, UNSEALING, Scene, covers, scene
from yiwang.areas.vehicles.trips.models import Driver, DriverState, Provision, Purpose, Trip
from yiwang.areas.vehicles.trips.rents import Rent, rents
from yiwang.areas.vehicles.trips.terms import PoolRule, Sharing, Tariff, YesNo
from yiwang.core.orgs.models import Organ
from yiwang.kit.refusal import Refusal

PRIVATE = "ZBF-2017-71/forbidden"  # 公车私用
SEALED = "ZBF-2017-71/centralized-use"  # 节假日除工作需要外封存停驶
OVER = "GWY-621-2012/car-ban"  # 超标准配备、租用
LENT = "ZBF-2017-71/four-unified"  # 集中管理、统一调度
#: So many cars of one pool are looked at.
MOST = 2000


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One answer. `price`: expected, fen. `vehicle`: a car that is free; of a rented one `rent`. A refusal stands alone."""

    provision: str
    price: int = 0
    vehicle: Vehicle | None = None
    free: int = 0
    sharing: Sharing | None = None
    rent: Rent | None = None
    clause: str = ""
    refusal: Refusal | None = None

    @property
    def label(self) -> str:
        """In words."""
        return str(Provision(self.provision).label) if self.provision else "不予派车"

    @property
    def yuan(self) -> str:
        """The price."""
        return f"{self.price / 100:,.2f}"

    @property
    def needs_consent(self) -> bool:
        """Whether the lender is asked each time."""
        return self.sharing is not None and self.sharing.consent


def refused(trip: Trip, now: datetime, *, found: Scene | None = None) -> Iterator[Refusal]:
    """Why no car may be given whatever is free: private use, more than the journey needs, a sealed day."""
    if trip.purpose == Purpose.PRIVATE:
        yield Refusal(
            "answer.private",
            "公务用车不得私用。接送家人、办理个人事务请自行安排出行;如实为公务,请按公务事由申请。",
            clause=PRIVATE,
        )
    if trip.body and (smaller := _smaller(trip)):
        yield Refusal(
            "answer.over-standard",
            f"{trip.passengers} 人用{smaller.label}即可,不能要{Body(trip.body).label};请改车型,或不指定车型。",
            clause=OVER,
        )
    stage = found or scene(trip.starts_at, trip.ends_at, now, vehicles=[], drivers=[])
    day = timezone.localtime(trip.starts_at).date()
    idle = not stage.calendar.is_workday(day) and not trip.urgent and trip.purpose not in UNSEALING
    if idle and stage.rule(trip).sealing == YesNo.YES:
        yield Refusal(
            "answer.sealed",
            f"{day} 是节假日或休息日,公务用车封存停驶。应急处置请选“应急处置”并勾选紧急;值班执法等按其类别申请。",
            clause=SEALED,
        )


def _smaller(trip: Trip) -> Body | None:
    """A smaller body in which all have a seat; buses only, for a sedan or a van is nobody's privilege."""
    bodies = list(Body)
    below = bodies[: bodies.index(Body(trip.body))]
    fitting = [one for one in below if SEATS[one] > trip.passengers]
    return fitting[0] if fitting and trip.body in (Body.MEDIUM, Body.LARGE) else None


def answers(trip: Trip, on: date, now: datetime, *, pool: Organ | None = None) -> list[Answer]:
    """All answers in the order in which they are to be tried: own, shared, rented; or the refusals alone.

    `on`: the day whose terms count. `pool`: whose cars are the own ones; without it the pool of the trip's organ.
    """
    home = pool or pool_of(trip.organ, on)
    found = scene(trip.starts_at, trip.ends_at, now, pool=home, around=home)
    if no := list(refused(trip, now, found=found)):
        return [Answer(provision="", refusal=one, clause=one.clause) for one in no]
    given = [*_own(trip, home, found, on), *_shared(trip, home, found, on), *rented(trip, on)]
    if not given:
        text = "这段时间本单位没有合适的空闲车辆,也没有可调用的共享车辆和定点租赁;请改时间,或联系调度。"
        return [Answer(provision="", refusal=Refusal("answer.none", text))]
    return given


def pool_of(organ: Organ, on: date) -> Organ:
    """The pool that serves an organ: the nearest organ with a dispatching rule; else the nearest that has cars."""
    rule = PoolRule.objects.in_force(on).above(organ).select_related("organ").first()
    if rule is not None:
        return rule.organ
    above: Organ | None = organ
    while above is not None and above.superior_id is not None:
        if Vehicle.objects.filter(**{f"l{above.depth}": above.pk}).exclude(state=VehicleState.RETIRED).exists():
            return above
        above = above.superior
    return above or organ


def _free(trip: Trip, pool: Organ, found: Scene) -> tuple[list[Vehicle], bool]:
    """The cars of a pool that may be sent, and whether a driver is free."""
    level = {f"l{pool.depth}": pool.pk}
    cars = Vehicle.objects.filter(state=VehicleState.IN_USE, **level).select_related("organ").order_by("pk")[:MOST]
    span = found.span(trip)
    free = [car for car in cars if not _against(found, trip, car, span)]
    people = Driver.objects.filter(state=DriverState.ON_DUTY, **level)
    return free, any(not list(found.of_driver(trip, None, one, span)) for one in people)


def _against(found: Scene, trip: Trip, car: Vehicle, span: tuple[datetime, datetime]) -> bool:
    """Whether anything but the consent of a lender stands against the car."""
    return any(one.code != "assign.not-lent" for one in found.of_car(trip, car, span))


def expected(trip: Trip) -> Driven:
    """What is expected to be driven."""
    return Driven(trip.kilometres, trip.starts_at, trip.ends_at, trip.wait_minutes)


def tariff_of(organ: Organ, body: str, on: date) -> Tariff | None:
    """The tariff in force for a car of the organ: of its body before that of all, of the nearest organ above."""
    rows = [one for one in Tariff.objects.in_force(on).above(organ).select_related("organ") if one.body in ("", body)]
    return max(rows, key=lambda one: (one.organ.depth, bool(one.body), one.valid_from), default=None)


def _own(trip: Trip, pool: Organ, found: Scene, on: date) -> Iterator[Answer]:
    cars, staffed = _free(trip, pool, found)
    if cars and staffed:
        tariff = tariff_of(cars[0].organ, cars[0].body, on)
        price = charging.total(charging.by_tariff(tariff, expected(trip), found.calendar)) if tariff else 0
        yield Answer(provision=Provision.OWN, vehicle=cars[0], free=len(cars), price=price)


def _shared(trip: Trip, home: Organ, found: Scene, on: date) -> Iterator[Answer]:
    """One answer for each lender outside the pool that has a car."""
    seen: set[int] = set()
    for sharing in Sharing.objects.in_force(on).filter(l1=trip.organ.l1).select_related("organ", "borrower"):
        borrower = sharing.borrower
        if sharing.organ_id in seen or not covers(borrower, trip.organ) or covers(home, sharing.organ):
            continue
        seen.add(sharing.organ_id)
        theirs = scene(trip.starts_at, trip.ends_at, found.now, pool=home, around=sharing.organ)
        cars, staffed = _free(trip, sharing.organ, theirs)
        if cars and staffed:
            price = charging.total(charging.by_sharing(sharing, expected(trip)))
            yield Answer(
                provision=Provision.SHARED, vehicle=cars[0], free=len(cars), price=price, sharing=sharing, clause=LENT
            )


def rented(trip: Trip, on: date) -> Iterator[Answer]:
    """The designated suppliers of the organ and of those above it, the cheapest first."""
    fitting = [
        one
        for one in rents(trip.organ, on)
        if SEATS[Body(one.body)] > trip.passengers and (not trip.body or trip.body == one.body)
    ]
    driven = expected(trip)
    found = [
        Answer(provision=Provision.RENTAL, rent=one, price=charging.total(charging.by_rental(one.rates, driven)))
        for one in fitting
    ]
    yield from sorted(found, key=lambda one: one.price)
