"""拼车: which one-way trips could share a car, as a suggestion that both sides accept or not.

Two trips are joined if somebody's way there lies on the other's way: all are picked up, then all set down, in the best order, nobody
waits or rides longer than they would put up with, and the car has the seats. Groups grow by joining again. What is suggested
saves money even against the cheapest cars driven apart; the plan shows what it really saves.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, replace
from itertools import pairwise, permutations

from yiwang.areas.vehicles.dispatch.day import Day
from yiwang.areas.vehicles.dispatch.explain import clock, span, yuan
from yiwang.areas.vehicles.dispatch.problem import Problem, Trip


@dataclass(frozen=True, slots=True)
class Patience:
    """What people put up with: `shift` seconds later or earlier than wished, `detour` more on the road (or `share` of the way), `most` parties."""

    shift: int = 20 * 60
    detour: int = 12 * 60
    share: float = 0.35
    most: int = 3


@dataclass(frozen=True, slots=True)
class Rider:
    """One party of a pool: when it is picked up and set down, how much later than wished, how much longer on the road (seconds)."""

    trip: str
    pickup: int
    arrival: int
    shift: int
    detour: int


@dataclass(frozen=True, slots=True)
class Pool:
    """A suggestion. `merged` is the trip that would be driven, `riders` as if it began in the middle of its window.

    `saving` in fen, estimated: see `_least`.
    """

    trips: tuple[str, ...]
    merged: Trip
    riders: tuple[Rider, ...]
    saving: int
    sentence: str


@dataclass(frozen=True, slots=True)
class _Ride:
    stops: tuple[int, ...]
    start: int
    first: int
    last: int
    riders: tuple[Rider, ...]
    seconds: int
    metres: int


def suggest_pools(problem: Problem, patience: Patience | None = None) -> list[Pool]:
    """Disjoint groups, the largest savings first. Only trips that allow it, one way, not yet promised to a car."""
    rule, day = patience or Patience(), Day(problem)
    held = {each.trip for each in problem.held}
    open_trips = [
        trip
        for trip in problem.trips
        if trip.poolable and not trip.back and not trip.wait and not trip.via and trip.id not in held
    ]
    search = _Search(day, rule, [day.trip_index[trip.id] for trip in open_trips])
    search.run()
    pools = [_pool(day, key, ride, saving) for key, (ride, saving) in search.found.items() if len(key) > 1]
    return sorted(pools, key=lambda pool: (-pool.saving, pool.trips))


class _Search:
    """Groups joined pair by pair, always the two that save most by it. `found`: members → ride and saving against all apart."""

    def __init__(self, day: Day, rule: Patience, numbers: list[int]) -> None:
        self.day, self.rule = day, rule
        self.alone = {number: _apart(day, number) for number in numbers}
        self.found: dict[tuple[int, ...], tuple[_Ride | None, int]] = {(number,): (None, 0) for number in numbers}
        self.heap: list[tuple[int, tuple[int, ...], tuple[int, ...]]] = []

    def run(self) -> None:
        """Join as long as something is saved."""
        keys = sorted(self.found)
        for place, one in enumerate(keys):
            for two in keys[place + 1 :]:
                self._look(one, two)
        while self.heap:
            _, one, two = heapq.heappop(self.heap)
            if one not in self.found or two not in self.found:
                continue
            ride = _ride(self.day, self.rule, one + two)
            assert ride is not None
            del self.found[one], self.found[two]
            self.found[one + two] = (ride, self._saving(one + two, ride))
            for other in sorted(self.found):
                if other != one + two:
                    self._look(one + two, other)

    def _saving(self, key: tuple[int, ...], ride: _Ride) -> int:
        return sum(self.alone[number] for number in key) - _cost(self.day, key, ride)

    def _look(self, one: tuple[int, ...], two: tuple[int, ...]) -> None:
        """Note the pair if joining it saves more than both save now."""
        if len(one) + len(two) > self.rule.most or not _near(self.day, self.rule, one, two):
            return
        ride = _ride(self.day, self.rule, one + two)
        if ride is None:
            return
        gain = self._saving(one + two, ride) - self.found[one][1] - self.found[two][1]
        if gain > 0:
            heapq.heappush(self.heap, (-gain, one, two))


def _near(day: Day, rule: Patience, one: tuple[int, ...], two: tuple[int, ...]) -> bool:
    """Quick test: wishes not too far apart, some class of car fits all of them together."""
    jobs = day.jobs
    if abs(jobs[one[0]].early - jobs[two[0]].early) > 2 * rule.shift + 3600:
        return False
    return _fits(day, one + two)


def _fits(day: Day, key: tuple[int, ...]) -> bool:
    people = sum(day.problem.trips[number].passengers for number in key)
    wanted = [day.problem.trips[number].kinds for number in key if day.problem.trips[number].kinds]
    return any(
        car.seats >= people and all(not kinds.isdisjoint(car.kinds) for kinds in wanted) and len(set(wanted)) < 2
        for car in day.cars
    )


def _ride(day: Day, rule: Patience, key: tuple[int, ...]) -> _Ride | None:
    """The quickest order of stops that nobody minds, or None."""
    best: _Ride | None = None
    for ups in permutations(key):
        for downs in permutations(key):
            ride = _try(day, rule, ups, downs)
            if ride and (best is None or ride.seconds < best.seconds):
                best = ride
    return best


def _try(day: Day, rule: Patience, ups: tuple[int, ...], downs: tuple[int, ...]) -> _Ride | None:
    jobs, trips = day.jobs, day.problem.trips
    stops = tuple(trips[number].origin for number in ups) + tuple(trips[number].target for number in downs)
    at, now = {0: 0}, 0
    for place, (one, two) in enumerate(pairwise(stops), 1):
        now += day.seconds[one][two]
        at[place] = now
    first, last = -(10**9), 10**9
    for place, number in enumerate(ups):
        first = max(first, jobs[number].early - rule.shift - at[place])
        last = min(last, jobs[number].late + rule.shift - at[place])
    for place, number in enumerate(downs, len(ups)):
        limit = trips[number].arrive_by
        last = min(last, limit - at[place]) if limit is not None else last
    if first > last:
        return None
    wish = sorted(jobs[number].early - at[place] for place, number in enumerate(ups))
    start = max(first, min(last, wish[len(wish) // 2]))
    riders = []
    for place, number in enumerate(ups):
        down = len(ups) + downs.index(number)
        detour = at[down] - at[place] - jobs[number].ride
        if detour > max(rule.detour, int(jobs[number].ride * rule.share)) or detour > rule.detour * 2:
            return None
        pickup = start + at[place]
        shift = pickup - min(max(pickup, jobs[number].early), jobs[number].late)
        riders.append(Rider(trips[number].id, pickup, start + at[down], shift, max(0, detour)))
    metres = sum(day.metres[one][two] for one, two in pairwise(stops))
    return _Ride(stops, start, first, last, tuple(riders), now, metres)


def _apart(day: Day, number: int) -> int:
    """Fen that the trip costs by itself: with half the ways from and to the yard, for a good plan chains trips."""
    job = day.jobs[number]
    return _least(day, (number,), job.metres, job.drive, job.origin, job.end)


def _cost(day: Day, key: tuple[int, ...], ride: _Ride) -> int:
    return _least(day, key, ride.metres, ride.seconds, ride.stops[0], ride.stops[-1])


def _least(day: Day, key: tuple[int, ...], metres: int, seconds: int, origin: int, end: int) -> int:
    """The cheapest car that fits, for the ride, half of the empty ways, and its share of a day by the time it takes."""
    people = sum(day.problem.trips[number].passengers for number in key)
    kinds = [day.problem.trips[number].kinds for number in key if day.problem.trips[number].kinds]
    best = 10**12
    for car in day.cars:
        if car.seats < people or any(each.isdisjoint(car.kinds) for each in kinds):
            continue
        empty = day.leg(car, car.depot, origin) + day.leg(car, end, car.depot)
        ride = (metres * car.per_km + 500) // 1000 + (seconds * car.per_hour + 1800) // 3600
        best = min(best, ride + empty // 2 + car.fixed * seconds // day.problem.duty.limit)
    return best


def _pool(day: Day, key: tuple[int, ...], ride: _Ride | None, saving: int) -> Pool:
    assert ride is not None
    trips = [day.problem.trips[number] for number in key]
    kinds = next((trip.kinds for trip in trips if trip.kinds), frozenset[str]())
    merged = Trip(
        id="+".join(trip.id for trip in trips),
        origin=ride.stops[0],
        target=ride.stops[-1],
        via=ride.stops[1:-1],
        earliest=ride.first,
        latest=ride.last,
        passengers=sum(trip.passengers for trip in trips),
        kinds=kinds,
        priority=max(trip.priority for trip in trips),
        label="、".join(trip.name for trip in trips),
    )
    names = {trip.id: trip.name for trip in trips}
    told = ";".join(_told(names[rider.trip], rider) for rider in ride.riders)
    sentence = f"{merged.label} 可以拼一辆车,约省 {yuan(saving)};排定前后各不超过等候限度。{told}。"
    return Pool(tuple(trip.id for trip in trips), merged, ride.riders, saving, sentence)


def _told(name: str, rider: Rider) -> str:
    when = "按原时间" if rider.shift == 0 else f"{'晚' if rider.shift > 0 else '早'} {span(abs(rider.shift))}"
    longer = f",路上多 {span(rider.detour)}" if rider.detour >= 30 else ""
    return f"{name} {clock(rider.pickup)} 上车({when}){longer}"


def pooled(problem: Problem, pools: list[Pool]) -> Problem:
    """The day with these suggestions accepted: the merged trips in place of their parts."""
    gone = {trip for pool in pools for trip in pool.trips}
    trips = tuple(trip for trip in problem.trips if trip.id not in gone) + tuple(pool.merged for pool in pools)
    return replace(problem, trips=trips)
