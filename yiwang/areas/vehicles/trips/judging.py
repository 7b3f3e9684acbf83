"""What stands against sending a car and a driver on a trip. Nothing is written here.

A `Scene` holds everything that is asked, read once: then 800 cars are judged without a query. Spans are half-open.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db.models import Q
from django.utils import timezone

import yiwang.kit.among  # noqa: F401 (registers the look-up)
from yiwang.areas.vehicles.life.models import Body, Use, Vehicle, VehicleState
from yiwang.areas.vehicles.trips.models import (
    Assignment,
    Driver,
    DriverState,
    Licence,
    Loan,
    LoanState,
    Outage,
    OutageKind,
    Purpose,
    Trip,
)
from yiwang.areas.vehicles.trips.terms import PoolRule, Sharing, YesNo
from yiwang.core.orgs.models import Organ, Scoped
from yiwang.core.workdays.calendar import WorkCalendar
from yiwang.core.workdays.current import current
from yiwang.kit.refusal import Refusal

Span = tuple[datetime, datetime]

#: Seats, the driver's included, of a car whose register does not say.
SEATS = {Body.SEDAN: 5, Body.SMALL: 7, Body.MEDIUM: 19, Body.LARGE: 45}
#: Licences that a body needs; whatever is not named here may be driven with any (机动车驾驶证申领和使用规定 annex 1).
LICENCES = {
    Body.MEDIUM: frozenset({Licence.A1, Licence.A2, Licence.B1}),
    Body.LARGE: frozenset({Licence.A1}),
}
_ORDER = tuple(Body)
#: Uses that serve one purpose only; the others serve all.
PURPOSES = {Use.CONFIDENTIAL: Purpose.CONFIDENTIAL, Use.ENFORCEMENT: Purpose.ENFORCEMENT}
#: Uses that must be asked for by name.
NAMED = frozenset({Use.SPECIALIST, Use.IN_KIND, Use.RETIREE})
#: Purposes that break the seal of a holiday.
UNSEALING = frozenset({Purpose.EMERGENCY, Purpose.CONFIDENTIAL, Purpose.ENFORCEMENT})
DIVERTED = "ZBF-2017-71/forbidden"  # 挪用执法执勤、机要通信等公务用车
SEALED = "ZBF-2017-71/centralized-use"  # 节假日除工作需要外封存停驶
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Closure:
    """A span in which a car cannot be sent, from another topic: documents, repairs. `code` is maintenance, expired …"""

    vehicle: int
    first: datetime
    last: datetime
    code: str
    sentence: str


Closures = Callable[[Collection[int], datetime, datetime], Iterable[Closure]]
_closures: list[Closures] = []


def register_closures(source: Closures) -> None:
    """Let another topic close cars: source(vehicle ids, first, last) → closures that meet the span; one query or two."""
    if source not in _closures:
        _closures.append(source)


@dataclass(frozen=True)
class Held:
    """A span for which a car or a driver is taken."""

    assignment: int
    trip: int
    number: str
    first: datetime
    last: datetime
    out: bool  # left and not back
    crew: bool = False  # two drivers take turns


def seats_of(vehicle: Vehicle) -> int:
    """Seats, the driver's included."""
    return int(getattr(vehicle, "seats", None) or SEATS[Body(vehicle.body)])


def hold_span(trip: Trip, rule: PoolRule) -> Span:
    """From when to when a car is held: with the minutes before and after. Whole seconds, as the belt compares them."""
    first = trip.starts_at - timedelta(minutes=rule.before_minutes)
    return first.replace(microsecond=0), (trip.ends_at + timedelta(minutes=rule.after_minutes)).replace(microsecond=0)


def local(instant: datetime) -> str:
    """12-01 09:00."""
    return f"{timezone.localtime(instant):%m-%d %H:%M}"


def said(span: Span) -> str:
    """12-01 09:00–10:30, over midnight 12-01 09:00–12-02 10:30."""
    first, last = timezone.localtime(span[0]), timezone.localtime(span[1])
    return f"{first:%m-%d %H:%M}–{last:{'%H:%M' if first.date() == last.date() else '%m-%d %H:%M'}}"


def covers(organ: Organ, row: Scoped | Organ) -> bool:
    """Whether a row stands at the organ or below it."""
    return bool(getattr(row, f"l{organ.depth}") == organ.pk)


def day_span(day: date) -> Span:
    """Midnight to midnight, local."""
    first = timezone.make_aware(datetime.combine(day, time()))
    return first, first + DAY


def days_of(span: Span) -> Iterator[date]:
    """The local days that a span meets."""
    day, last = timezone.localtime(span[0]).date(), timezone.localtime(span[1] - timedelta(seconds=1)).date()
    while day <= last:
        yield day
        day += DAY


@dataclass
class Scene:
    """What is known about cars and drivers around a span. `pool`: the organ of the dispatcher, None for a system's own."""

    now: datetime
    pool: Organ | None
    rules: list[PoolRule]
    sharings: list[Sharing]
    calendar: WorkCalendar
    cars: Mapping[int, list[Held]] = field(default_factory=dict)
    drivers: Mapping[int, list[Held]] = field(default_factory=dict)
    outages: Mapping[tuple[str, int], list[Outage]] = field(default_factory=dict)
    closures: Mapping[int, list[Closure]] = field(default_factory=dict)
    agreed: frozenset[tuple[int, int]] = frozenset()  # (trip, sharing)

    def rule(self, organ: Organ | Scoped) -> PoolRule:
        """The nearest rule above, or the defaults."""
        found = [one for one in self.rules if covers(one.organ, organ)]
        return max(found, key=lambda one: (one.organ.depth, one.valid_from), default=PoolRule())

    def span(self, trip: Trip) -> Span:
        """For how long the trip holds its car."""
        return hold_span(trip, self.rule(trip))

    def refusals(
        self,
        trip: Trip,
        vehicle: Vehicle | None,
        driver: Driver | None,
        span: Span | None = None,
        second: Driver | None = None,
    ) -> list[Refusal]:
        """All that stands against it; [] where the trip may be given to them. Without a query. With a `second` driver they take turns."""
        span = span or self.span(trip)
        found = [*self.of_car(trip, vehicle, span)] if vehicle else []
        for one in (driver, second):
            if one is not None:
                found += self.of_driver(trip, vehicle, one, span, crew=second is not None)
        if second is not None and driver is not None and second.pk == driver.pk:
            found.append(Refusal("assign.same-driver", f"第二驾驶员也是 {second},请另选一位。"))
        return found

    def of_car(self, trip: Trip, vehicle: Vehicle, span: Span) -> Iterator[Refusal]:
        """What stands against the car."""
        yield from self._state(vehicle)
        yield from _fits(trip, vehicle)
        yield from self._sealed(trip, vehicle, span)
        yield from self._closed(("vehicle", vehicle.pk), f"车辆 {vehicle}", span)
        for one in self.closures.get(vehicle.pk, ()):
            if one.first < span[1] and span[0] < one.last:
                yield Refusal(f"assign.{one.code}", one.sentence)
        if other := self._taken(self.cars.get(vehicle.pk, ()), trip, span):
            yield _overlap("assign.overlap", f"车辆 {vehicle}", other)
        yield from self._lent(trip, vehicle, span)

    def of_driver(
        self, trip: Trip, vehicle: Vehicle | None, driver: Driver, span: Span, *, crew: bool = False
    ) -> Iterator[Refusal]:
        """What stands against the driver, with this car."""
        if driver.state != DriverState.ON_DUTY:
            yield Refusal("assign.off", f"驾驶员 {driver} {driver.get_state_display()},请换一位。")
        last_day = timezone.localtime(span[1]).date()
        if driver.licence_until and driver.licence_until < last_day:
            yield Refusal("assign.expired", f"驾驶员 {driver} 的驾驶证 {driver.licence_until} 到期,不能出这趟车。")
        if vehicle is not None:
            yield from self._licence(vehicle, driver)
        yield from self._closed(("driver", driver.pk), f"驾驶员 {driver}", span)
        held = self.drivers.get(driver.pk, ())
        if other := self._taken(held, trip, span):
            yield _overlap("assign.driver-overlap", f"驾驶员 {driver}", other)
        others = [(one.first, one.last) for one in held if one.trip != trip.pk]
        shared = {(one.first, one.last) for one in held if one.trip != trip.pk and one.crew} | (
            {span} if crew else set()
        )
        yield from duty(driver, others, span, self.rule(trip), shared=shared)

    def _licence(self, vehicle: Vehicle, driver: Driver) -> Iterator[Refusal]:
        needed = LICENCES.get(Body(vehicle.body))
        if needed and driver.licence not in needed:
            words = "、".join(sorted(needed))
            yield Refusal(
                "assign.licence",
                f"{vehicle.get_body_display()} {vehicle} 要准驾 {words},驾驶员 {driver} 是 {driver.licence}。",
            )
        strict = self.rule(driver).own_depot == YesNo.YES
        if strict and vehicle.depot_id and driver.depot_id and vehicle.depot_id != driver.depot_id:
            yield Refusal("assign.depot", f"驾驶员 {driver} 和车辆 {vehicle} 不在同一车场,按调度规则不能搭配。")

    def _state(self, vehicle: Vehicle) -> Iterator[Refusal]:
        if vehicle.state == VehicleState.LAID_UP:
            yield Refusal("assign.laid-up", f"车辆 {vehicle} 封存停驶,启封后才能派。")
        elif vehicle.state == VehicleState.RETIRED:
            yield Refusal("assign.retired", f"车辆 {vehicle} 已处置。")

    def _sealed(self, trip: Trip, vehicle: Vehicle, span: Span) -> Iterator[Refusal]:
        """节假日封存: by the day on which it would leave."""
        day = timezone.localtime(trip.starts_at).date()
        if self.calendar.is_workday(day) or trip.urgent or trip.purpose in UNSEALING:
            return
        if self.rule(vehicle).sealing == YesNo.YES:
            yield Refusal(
                "assign.sealed",
                f"{day} 是节假日或休息日,车辆 {vehicle} 封存停驶,只保障应急、机要和执法;确需用车请按紧急用车申请。",
                clause=SEALED,
            )

    def _closed(self, key: tuple[str, int], who: str, span: Span) -> Iterator[Refusal]:
        for one in self.outages.get(key, ()):
            if one.since < span[1] and span[0] < one.until:
                note = f"({one.note})" if one.note else ""
                text = f"{who} {said((one.since, one.until))} {one.get_kind_display()}{note},与这趟车的时间冲突。"
                yield _outage(one, text)

    def _taken(self, held: Iterable[Held], trip: Trip, span: Span) -> Held | None:
        """The first other trip in the way. A car that is late holds on until it is back."""
        for one in held:
            last = max(one.last, self.now) if one.out else one.last
            if one.trip != trip.pk and one.first < span[1] and span[0] < last:
                return one
        return None

    def _lent(self, trip: Trip, vehicle: Vehicle, span: Span) -> Iterator[Refusal]:
        """A car of another pool: by an arrangement, and with the lender's consent where it asks for it."""
        if self.pool is None or covers(self.pool, vehicle):
            return
        sharing = self.sharing(trip, vehicle)
        if sharing is None:
            yield Refusal(
                "assign.not-lent",
                f"车辆 {vehicle} 属于“{vehicle.organ}”,与用车单位没有有效的共享约定,不能调用。",
                clause="GWY-621-2012/car-ban",
            )
        elif sharing.consent and (trip.pk, sharing.pk) not in self.agreed:
            yield Refusal("assign.not-lent", f"调用“{sharing.organ}”的车辆 {vehicle} 要先征得同意,请先提出调用。")

    def sharing(self, trip: Trip, vehicle: Vehicle | Scoped) -> Sharing | None:
        """The arrangement by which the car may go to the trip's organ on its day."""
        day = timezone.localtime(trip.starts_at).date()
        found = [
            one
            for one in self.sharings
            if covers(one.organ, vehicle)
            and covers(one.borrower, trip)
            and one.valid_from <= day
            and (one.valid_to is None or day < one.valid_to)
        ]
        return max(found, key=lambda one: (one.organ.depth, one.borrower.depth, one.valid_from), default=None)


def _outage(one: Outage, text: str) -> Refusal:
    """By why it cannot be sent."""
    if one.kind == OutageKind.MAINTENANCE:
        return Refusal("assign.maintenance", text)
    if one.kind == OutageKind.SEALED:
        return Refusal("assign.sealed", text)
    return Refusal("assign.off", text) if one.kind == OutageKind.OFF else Refusal("assign.closed", text)


def _fits(trip: Trip, vehicle: Vehicle) -> Iterator[Refusal]:
    """Use, body, seats."""
    use = Use(vehicle.use)
    if trip.use and trip.use != use:
        yield Refusal("assign.kind", f"这趟车要{Use(trip.use).label},{vehicle} 是{use.label}。")
    elif use in PURPOSES and trip.purpose != PURPOSES[use]:
        yield Refusal(
            "assign.kind",
            f"{use.label} {vehicle} 只用于{PURPOSES[use].label},不能挪作“{trip.get_purpose_display()}”。",
            clause=DIVERTED,
        )
    elif use in NAMED and trip.use != use:
        yield Refusal("assign.kind", f"{use.label} {vehicle} 要在申请里指明才能派。")
    if trip.body and _ORDER.index(Body(vehicle.body)) < _ORDER.index(Body(trip.body)):
        yield Refusal("assign.kind", f"这趟车要{Body(trip.body).label},{vehicle} 是{vehicle.get_body_display()}。")
    seats = seats_of(vehicle)
    if trip.passengers > seats - 1:
        yield Refusal("assign.seats", f"{vehicle} 有 {seats} 座(含驾驶员),坐不下 {trip.passengers} 人,请派大一些的车。")


def _overlap(code: str, who: str, other: Held) -> Refusal:
    span = said((other.first, other.last))
    late = ",还没有收车" if other.out else ""
    return Refusal(code, f"{who} {span} 已派给 {other.number}{late},请改派或错开时间。")


def duty(
    driver: Driver, others: Collection[Span], span: Span, rule: PoolRule, *, shared: Collection[Span] = ()
) -> Iterator[Refusal]:
    """`assign.duty`: more than the day's minutes; `assign.rest`: too short a night before or after.

    Of a `shared` span, where two drivers take turns, half is each one's duty.

    Of a journey over several days each day counts as a full day's duty at most: the driver sleeps on the way.
    """
    for day in days_of(span):
        minutes = sum(_minutes(one, day, rule) // (2 if one in shared else 1) for one in (span, *others))
        if minutes > rule.duty_minutes:
            text = f"驾驶员 {driver} {day:%m-%d} 出车将达 {_hours(minutes)},超过每日 {_hours(rule.duty_minutes)}。"
            text += "" if span in shared else "可以加派第二驾驶员轮换,或换一位。"
            yield Refusal("assign.duty", text)
            break
    for first, last in others:
        gap = span[0] - last if last <= span[0] else first - span[1]
        night = timezone.localtime(max(first, span[0])).date() > timezone.localtime(min(last, span[1])).date()
        if night and timedelta() <= gap < timedelta(minutes=rule.rest_minutes):
            text = f"驾驶员 {driver} 与 {said((first, last))} 的任务之间只休息 {_hours(int(gap.total_seconds()) // 60)}"
            yield Refusal("assign.rest", f"{text},不足 {_hours(rule.rest_minutes)}。")
            break


def _minutes(span: Span, day: date, rule: PoolRule) -> int:
    first, last = day_span(day)
    minutes = int((min(last, span[1]) - max(first, span[0])).total_seconds()) // 60
    several = timezone.localtime(span[0]).date() != timezone.localtime(span[1] - timedelta(seconds=1)).date()
    return max(min(minutes, rule.duty_minutes) if several else minutes, 0)


def _hours(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return f"{hours} 小时{f' {rest} 分钟' if rest else ''}" if hours else f"{rest} 分钟"


def scene(
    first: datetime,
    last: datetime,
    now: datetime,
    *,
    pool: Organ | None = None,
    vehicles: Collection[int] | None = None,
    drivers: Collection[int] | None = None,
    around: Organ | None = None,
    held: Iterable[Assignment] | None = None,
    outages: Iterable[Outage] | None = None,
) -> Scene:
    """Read what is needed to judge spans within [first, last): a dozen queries at most, however many cars.

    `vehicles`, `drivers`: only these (ids); or all those `around`: at the organ and below it. `held`, `outages`: rows
    that were read already.
    """
    if around is not None:
        level = {f"l{around.depth}": around.pk}
        vehicles = list(Vehicle.objects.filter(**level).values_list("pk", flat=True))
        drivers = list(Driver.objects.filter(**level).values_list("pk", flat=True))
    days = (first - DAY, last + DAY)  # the day before and after, for duty and rest
    rows = _held(days, now, vehicles, drivers) if held is None else held
    cars: dict[int, list[Held]] = defaultdict(list)
    people: dict[int, list[Held]] = defaultdict(list)
    for row in rows:
        out = row.started_at is not None and row.ended_at is None
        crew = row.second_id is not None
        one = Held(row.pk, row.trip_id, row.trip.number, row.held_from, row.held_to, out, crew)
        if row.vehicle_id:
            cars[row.vehicle_id].append(one)
        if row.driver_id:
            people[row.driver_id].append(one)
        if row.second_id:
            people[row.second_id].append(one)
    closed: dict[tuple[str, int], list[Outage]] = defaultdict(list)
    for stop in _outages(days, vehicles, drivers) if outages is None else outages:
        closed[("vehicle", stop.vehicle_id) if stop.vehicle_id else ("driver", stop.driver_id or 0)].append(stop)
    return Scene(
        now=now,
        pool=pool,
        rules=list(PoolRule.objects.in_force(timezone.localtime(first).date()).select_related("organ")),
        sharings=list(_sharings(pool, last)),
        calendar=current(),
        cars=cars,
        drivers=people,
        outages=closed,
        closures=_closed_elsewhere(list(cars) if vehicles is None else vehicles, first, last),
        agreed=_agreed(pool),
    )


def _held(
    days: Span, now: datetime, vehicles: Collection[int] | None, drivers: Collection[int] | None
) -> Iterable[Assignment]:
    rows = Assignment.objects.live().select_related("trip")
    late = Q(started_at__isnull=False, ended_at=None, held_to__lte=now)
    rows = rows.filter(Q(held_from__lt=days[1], held_to__gt=days[0]) | late)
    if vehicles is None and drivers is None:
        return rows
    return rows.filter(_these(vehicles, drivers) | Q(second__in=drivers or ()))


def _outages(days: Span, vehicles: Collection[int] | None, drivers: Collection[int] | None) -> Iterable[Outage]:
    rows = Outage.objects.filter(since__lt=days[1], until__gt=days[0])
    return rows.filter(_these(vehicles, drivers)) if vehicles is not None or drivers is not None else rows


def _these(vehicles: Collection[int] | None, drivers: Collection[int] | None) -> Q:
    return Q(vehicle__among=vehicles or ()) | Q(driver__among=drivers or ())


def _sharings(pool: Organ | None, last: datetime) -> Iterable[Sharing]:
    """Those of the tree of the pool that have begun."""
    if pool is None:
        return ()
    rows = Sharing.objects.filter(l1=pool.l1, valid_from__lte=timezone.localtime(last).date())
    return rows.select_related("organ", "borrower")


def _agreed(pool: Organ | None) -> frozenset[tuple[int, int]]:
    if pool is None:
        return frozenset()
    rows = Loan.objects.filter(state=LoanState.AGREED, **{f"trip__l{pool.depth}": pool.pk})
    return frozenset(rows.values_list("trip_id", "sharing_id"))


def _closed_elsewhere(vehicles: Collection[int], first: datetime, last: datetime) -> dict[int, list[Closure]]:
    found: dict[int, list[Closure]] = defaultdict(list)
    for source in _closures:
        for one in source(vehicles, first, last):
            found[one.vehicle].append(one)
    return found


def refusals(
    trip: Trip, vehicle: Vehicle | None, driver: Driver | None, now: datetime, *, pool: Organ | None = None
) -> list[Refusal]:
    """All that stands against one pair, asked of the database now."""
    vehicles, drivers = [vehicle.pk] if vehicle else [], [driver.pk] if driver else []
    found = scene(trip.starts_at, trip.ends_at, now, pool=pool, vehicles=vehicles, drivers=drivers)
    return found.refusals(trip, vehicle, driver)
