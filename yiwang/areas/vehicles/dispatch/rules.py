"""What cannot be dropped on the board, and why. The same rules that the planner keeps, asked of one car, one driver and one trip."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from yiwang.areas.vehicles.dispatch.day import Day, Job
from yiwang.areas.vehicles.dispatch.explain import clock, kinds, span
from yiwang.areas.vehicles.dispatch.plan import Assignment, Plan, Reason
from yiwang.areas.vehicles.dispatch.problem import Car, Closure, Driver, Problem, Span, Trip
from yiwang.kit.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Drop:
    """What was dropped where: the trip with its times, the car, the driver if one was named, and what both do otherwise that day."""

    day: Day
    trip: Trip
    job: Job
    car: Car
    driver: Driver | None
    start: int
    of_car: list[Assignment]
    of_driver: list[Assignment]

    @property
    def end(self) -> int:
        """When the car is free again."""
        return self.start + self.job.length

    def way(self, one: int, two: int) -> int:
        """Seconds from place to place."""
        return self.day.seconds[one][two]

    @property
    def out(self) -> int:
        """When the car leaves its yard or its last trip for this one, at the latest."""
        return self.start - self.way(_place(self, self.of_car, before=True), self.job.origin)

    @property
    def home(self) -> int:
        """When it would be back in the yard."""
        return self.end + self.way(self.job.end, self.car.depot)


def refuse(
    problem: Problem, plan: Plan, *, trip: str, car: str, driver: str | None = None, start: int | None = None
) -> list[Reason]:
    """Everything that forbids giving the trip to this car (and driver) at this time; nothing: it may be dropped there.

    `start` is the arrival at the origin, the earliest wished time if not given. The trip's own present assignment does not count.
    Refusal `dispatch.unknown` for a trip, car or driver that is not in the problem.
    """
    drop = _drop(problem, plan, trip, car, driver, start)
    return [reason for rule in RULES for reason in rule(drop)]


def _drop(problem: Problem, plan: Plan, trip: str, car: str, driver: str | None, start: int | None) -> Drop:
    asked = next((one for one in problem.trips if one.id == trip), None)
    found = next((one for one in problem.cars if one.id == car), None)
    who = next((one for one in problem.drivers if one.id == driver), None)
    for name, one in (("行程", asked), ("车辆", found), ("驾驶员", who if driver else True)):
        if one is None:
            raise Refusal("dispatch.unknown", f"当天没有这个{name},请刷新看板。")
    assert asked is not None
    assert found is not None
    day = Day(
        Problem(cars=(found,), drivers=problem.drivers, trips=problem.trips, travel=problem.travel, duty=problem.duty)
    )
    job = day.jobs[day.trip_index[trip]]
    others = [each for each in plan.assignments if each.trip != trip and each.trip in day.trip_index]
    return Drop(
        day=day,
        trip=asked,
        job=job,
        car=found,
        driver=who,
        start=job.early if start is None else start,
        of_car=sorted((each for each in others if each.car == car), key=lambda each: each.start),
        of_driver=sorted((each for each in others if driver and each.driver == driver), key=lambda each: each.start),
    )


def _place(drop: Drop, rows: list[Assignment], *, before: bool) -> int:
    """Where the car is before the trip, or has to be after it."""
    day = drop.day
    if before:
        done = [each for each in rows if each.start <= drop.start]
        return day.jobs[day.trip_index[done[-1].trip]].end if done else drop.car.depot
    next_ones = [each for each in rows if each.start > drop.start]
    return day.jobs[day.trip_index[next_ones[0].trip]].origin if next_ones else drop.car.depot


def _kind(drop: Drop) -> list[Reason]:
    if drop.trip.kinds and drop.trip.kinds.isdisjoint(drop.car.kinds):
        return [Reason("kind", f"{drop.car.name} 是“{kinds(drop.car.kinds)}”用车,这一单要“{kinds(drop.trip.kinds)}”。")]
    return []


def _seats(drop: Drop) -> list[Reason]:
    if drop.car.seats < drop.trip.passengers:
        return [
            Reason(
                "seats",
                f"{drop.car.name} 可坐 {drop.car.seats} 人,这一单 {drop.trip.passengers} 人,请换大车或分成两单。",
            )
        ]
    return []


def _time(drop: Drop) -> list[Reason]:
    early, late = drop.job.early, drop.job.late
    if early <= drop.start <= late:
        return []
    if late < early:
        return [Reason("window", f"路上要 {span(drop.job.ride)},赶不上要求的到达时间,请与用车人改时间。")]
    return [Reason("window", f"{clock(drop.start)} 上车不在用车人要求的 {clock(early)}–{clock(late)} 之内。")]


def _overlap(drop: Drop) -> list[Reason]:
    return _meets(drop, drop.of_car, "overlap", drop.car.name)


def _meets(drop: Drop, rows: list[Assignment], code: str, name: str) -> list[Reason]:
    """Trips that would be driven at the same time, or that the car cannot reach in time from one to the other."""
    found = []
    day = drop.day
    for each in rows:
        job, label = day.jobs[day.trip_index[each.trip]], _label(day, each.trip)
        if each.start < drop.end and drop.start < each.end:
            found.append(Reason(code, f"{name} {clock(each.start)}–{clock(each.end)} 已派给{label},时间重叠。"))
        elif each.end <= drop.start and each.end + drop.way(job.end, drop.job.origin) > drop.start:
            ready = each.end + drop.way(job.end, drop.job.origin)
            found.append(
                Reason(code, f"{name} 做完{label}最早 {clock(ready)} 才能到上车点,赶不上 {clock(drop.start)}。")
            )
        elif drop.end <= each.start and drop.end + drop.way(drop.job.end, job.origin) > each.start:
            late = drop.end + drop.way(drop.job.end, job.origin)
            found.append(
                Reason(code, f"{name} 做完这一单最早 {clock(late)} 才能到{label}的上车点,会误了 {clock(each.start)}。")
            )
    return found


def _label(day: Day, trip: str) -> str:
    return f"“{day.problem.trips[day.trip_index[trip]].name}”"


def _closed(drop: Drop) -> list[Reason]:
    whole = Span(drop.out, drop.home)
    found = _outside(drop.car.available, whole, "off", f"{drop.car.name} 当天只在 %s–%s 可用。")
    found += [_closure(drop.car.name, each) for each in drop.car.closed if each.span.meets(whole)]
    return found


def _outside(window: Span, whole: Span, code: str, sentence: str) -> list[Reason]:
    if window.start <= whole.start and whole.end <= window.end:
        return []
    return [Reason(code, sentence % (clock(window.start), clock(window.end)))]


def _closure(name: str, closure: Closure) -> Reason:
    return Reason(closure.code, f"{name} {clock(closure.start)}–{clock(closure.end)} {closure.why},不能派。")


def _driver(drop: Drop) -> list[Reason]:
    driver = drop.driver
    if driver is None:
        return []
    found = []
    if drop.car.licence not in driver.licences:
        found.append(Reason("licence", f"{driver.name} 的准驾车型没有 {drop.car.licence},不能开 {drop.car.name}。"))
    if driver.depot != drop.car.depot:
        found.append(Reason("depot", f"{driver.name} 与 {drop.car.name} 不在同一个停车场。"))
    whole = Span(drop.out, drop.home)
    found += _outside(
        driver.shift,
        whole,
        "shift",
        f"{driver.name} 当班 %s–%s,这一单前后要出车 {clock(whole.start)}–{clock(whole.end)}。",
    )
    found += [_closure(driver.name, each) for each in driver.closed if each.span.meets(whole)]
    other = [each for each in drop.of_driver if each.car != drop.car.id]
    return found + _meets(drop, other, "driver-overlap", driver.name)


def _duty(drop: Drop) -> list[Reason]:
    """The day of whoever drives, from first leaving to last return, with this trip in it."""
    rows = drop.of_driver if drop.driver else drop.of_car
    limit = min(drop.day.problem.duty.limit, drop.driver.duty if drop.driver else drop.day.problem.duty.limit)
    first = min([drop.start - drop.way(drop.car.depot, drop.job.origin), *(each.leave for each in rows)])
    last = max([drop.home, *(each.home or each.end for each in rows)])
    if last - first <= limit:
        return []
    name = drop.driver.name if drop.driver else drop.car.name
    return [
        Reason(
            "duty",
            f"派给这一单后,{name} 当天从 {clock(first)} 到 {clock(last)} 共 {span(last - first)},超过 {span(limit)} 的上限。",
        )
    ]


def _held(drop: Drop) -> list[Reason]:
    return [
        Reason("held", f"“{drop.trip.name}”已由别的车出车执行,不能改派。")
        for each in drop.day.problem.held
        if each.trip == drop.trip.id and each.firm and each.car != drop.car.id
    ]


RULES: tuple[Callable[[Drop], list[Reason]], ...] = (_kind, _seats, _time, _overlap, _closed, _driver, _duty, _held)
