"""Why a trip got its car, why it got none, and what forbids a drop on the board: one Chinese sentence each."""

from __future__ import annotations

import time

from yiwang.areas.vehicles.dispatch.day import Day
from yiwang.areas.vehicles.dispatch.plan import Unserved
from yiwang.areas.vehicles.dispatch.problem import Car
from yiwang.areas.vehicles.dispatch.ruin import Clock
from yiwang.areas.vehicles.dispatch.schedule import Schedule

#: Kinds of use as people say them.
KINDS = {
    "GENERAL": "一般公务",
    "CONFIDENTIAL": "机要通信",
    "EMERGENCY": "应急保障",
    "ENFORCEMENT": "执法执勤",
    "SPECIALIST": "特种专业技术",
    "IN_KIND": "实物保障",
    "RETIREE": "离退休干部服务",
}


def clock(seconds: int) -> str:
    """14:05; with the day if it is not the planned one."""
    days, rest = divmod(seconds, 86_400)
    text = f"{rest // 3600:02}:{rest % 3600 // 60:02}"
    return text if days == 0 else f"第 {days + 1} 天 {text}"


def yuan(fen: int) -> str:
    """12.40 元."""
    return f"{fen / 100:,.2f} 元"


def span(seconds: int) -> str:
    """2 小时 5 分."""
    hours, minutes = seconds // 3600, round(seconds % 3600 / 60)
    return f"{hours} 小时 {minutes} 分" if hours and minutes else f"{hours} 小时" if hours else f"{minutes} 分钟"


def kinds(names: frozenset[str]) -> str:
    """The kinds in words."""
    return "、".join(KINDS.get(name, name) for name in sorted(names)) or "不限"


class Explainer:
    """Writes the sentences of one schedule; after `until` without looking for the next best car."""

    def __init__(self, schedule: Schedule, until: float, clock: Clock = time.monotonic) -> None:
        self.schedule, self.until, self.clock = schedule, until, clock

    def why(self, number: int, trip: int) -> str:
        """Why this car: seats, kind, nearness, time, and what the next best would cost more."""
        route, day = self.schedule.routes[number], self.schedule.day
        car, asked = day.cars[route.car], day.problem.trips[trip]
        place = route.trips.index(trip)
        before = day.jobs[route.trips[place - 1]].end if place else route.depot
        sets_out, begin, _ = route.times()[place]
        metres = day.metres[before][day.jobs[trip].origin]
        origin = "上一单结束后" if place else "从停车场"
        kind = f",合“{kinds(asked.kinds)}”" if asked.kinds else ""
        told = f"{car.name}:{car.seats} 座够 {asked.passengers} 人{kind};{clock(sets_out)} {origin}空出,空驶 {metres / 1000:.1f} 公里,"
        told += f"{clock(begin)} 到(时限 {clock(day.jobs[trip].late)})"
        if self.schedule.held.get(trip) == route.car:
            told += ";已接受的安排,保持不变"
        return told + self._next_best(number, trip) + "。"

    def _next_best(self, number: int, trip: int) -> str:
        if self.clock() > self.until:
            return ""
        without = self.schedule.routes[number].copy()
        full = without.cost()
        if without.take(trip):
            return ""
        own = full - without.cost()
        others = [spot for spot in self.schedule.spots(trip) if spot.route != number]
        if not others:
            return ";别的车当时都不行"
        best = min(others, key=lambda spot: (spot.extra, spot.route))
        name = self.schedule.day.cars[self.schedule.routes[best.route].car].name
        more = best.extra - own
        return (
            f";次优 {name} 要多花 {yuan(more)}"
            if more > 0
            else f";{name} 单看此单可省 {yuan(-more)},但会挤掉别的单"
            if more < 0
            else f";{name} 费用相同"
        )

    def unserved(self, trip: int) -> Unserved:
        """Why no car."""
        day, asked = self.schedule.day, self.schedule.day.problem.trips[trip]
        code, sentence = no_car(day, trip)
        return Unserved(asked.id, code, f"{asked.name}:{sentence}")


def no_car(day: Day, trip: int) -> tuple[str, str]:
    """The first thing that stands in the way of every car: kind, seats, window, closures, duty, or only that all are taken."""
    asked, job = day.problem.trips[trip], day.jobs[trip]
    cars = day.problem.cars
    of_kind = [car for car in cars if not asked.kinds or not asked.kinds.isdisjoint(car.kinds)]
    if not of_kind:
        return "kind", f"没有“{kinds(asked.kinds)}”的车,请改用别类车或租车。"
    big = [car for car in of_kind if car.seats >= asked.passengers]
    if not big:
        most = max(car.seats for car in of_kind)
        return "seats", f"{asked.passengers} 人,合用的车最多坐 {most} 人,请分成几单。"
    if job.late < job.early:
        return (
            "arrival",
            f"路上要 {span(job.ride)},从最早上车时间 {clock(asked.earliest)} 出发也赶不上要求的到达时间,请提前。",
        )
    if all(job.length > day.limit[day.car_index[car.id]] for car in big):
        return "duty", _too_long(day, big, job.length)
    if not any(_alone(day, day.car_index[car.id], trip) for car in big):
        return "window", "合用的车当天可用的时段都容不下这一单(出车、保养或封存),请改时间。"
    return "taken", f"{clock(asked.earliest)}–{clock(job.late)} 合用的车和驾驶员都已排满,请改时间、同意拼车或租车。"


def _too_long(day: Day, cars: list[Car], length: int) -> str:
    if all(day.limit[day.car_index[car.id]] < 0 for car in cars):
        return "合用的车所在停车场没有准驾的驾驶员,请调驾驶员。"
    most = max(day.limit[day.car_index[car.id]] for car in cars)
    return f"全程 {span(length)},超过一名驾驶员一天 {span(most)} 的上限,请分段或隔夜返回。"


def _alone(day: Day, number: int, trip: int) -> bool:
    """Whether the car could do the trip if it had nothing else to do."""
    job, depot = day.jobs[trip], day.cars[number].depot
    out, home = day.seconds[depot][job.origin], day.seconds[job.end][depot]
    for start, end in day.windows[number]:
        begin = max(job.early, start + out)
        if begin <= job.late and begin + job.length + home <= end and out + job.length + home <= day.limit[number]:
            return True
    return False
