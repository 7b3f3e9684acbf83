"""A car's tour: trips in order between leaving the yard and coming back, with constant-time tests of an insertion.

A piece of a tour is (length, early, late): it lasts `length` seconds at least and does so if begun in [early, late]. Pieces are
joined as in Vidal, Crainic, Gendreau and Prins, "A hybrid genetic algorithm with adaptive diversity management for a large
class of vehicle routing problems with time-windows" (Computers & Operations Research 40, 2013), without time warp: what does not
fit is refused.
"""

from __future__ import annotations

from yiwang.areas.vehicles.dispatch.day import Day, Unit

Piece = tuple[int, int, int]


def join(one: Piece, way: int, two: Piece) -> Piece | None:
    """Two pieces with a way of `way` seconds between; None if the second cannot be reached in time."""
    length, early, late = one
    shift = length + way
    if early + shift > two[2]:
        return None
    idle = two[1] - shift - late
    if idle > 0:
        return shift + two[0] + idle, late, late
    return shift + two[0], max(two[1] - shift, early), min(two[2] - shift, late)


class Route:
    """The tour of one unit. `driver` is an index or None; the window and the limit narrow when he is known."""

    __slots__ = (
        "after",
        "before",
        "car",
        "comes",
        "day",
        "depot",
        "driver",
        "end",
        "lates",
        "leaves",
        "limit",
        "start",
        "trips",
    )

    def __init__(self, day: Day, unit: Unit) -> None:
        self.day = day
        self.car = unit.car
        self.depot = day.cars[unit.car].depot
        self.start, self.end = unit.start, unit.end
        self.limit = day.limit[unit.car]
        self.driver: int | None = None
        self.trips: list[int] = []
        self.before: list[Piece] = []
        self.after: list[Piece] = []
        #: For each position where a trip may go in: from which place the car comes, and to which it goes on.
        self.leaves: list[int] = []
        #: For each such position the latest moment at which the rest of the tour may begin; it grows with the position.
        self.lates: list[int] = []
        self.comes: list[int] = []
        self.update()

    def copy(self) -> Route:
        """Another tour with the same trips."""
        made = Route.__new__(Route)
        for name in Route.__slots__:
            setattr(made, name, getattr(self, name))
        made.trips = list(self.trips)
        return made

    @property
    def yard(self) -> Piece:
        """Leaving or coming back: no time of its own, inside the window."""
        return (0, self.start, self.end)

    def update(self) -> bool:
        """Work out the pieces before and after each position; False, and the tour unusable, if the order cannot be kept."""
        day, jobs = self.day, self.day.jobs
        before, at, piece = [self.yard], self.depot, self.yard
        for trip in self.trips:
            job = jobs[trip]
            joined = join(piece, day.seconds[at][job.origin], (job.length, job.early, job.late))
            if joined is None:
                return False
            piece, at = joined, job.end
            before.append(piece)
        after, to, piece = [self.yard], self.depot, self.yard
        for trip in reversed(self.trips):
            job = jobs[trip]
            joined = join((job.length, job.early, job.late), day.seconds[job.end][to], piece)
            if joined is None:
                return False
            piece, to = joined, job.origin
            after.append(piece)
        after.reverse()
        self.before, self.after = before, after
        self.lates = [piece[2] for piece in after]
        self.leaves = [self.depot, *(jobs[trip].end for trip in self.trips)]
        self.comes = [*(jobs[trip].origin for trip in self.trips), self.depot]
        return True

    def whole(self) -> Piece | None:
        """The tour from leaving to coming back; None if it cannot be."""
        if not self.trips:
            return (0, self.start, self.start)
        first = self.day.jobs[self.trips[0]]
        return join(self.yard, self.day.seconds[self.depot][first.origin], self.after[0])

    def fits_at(self, trip: int, place: int) -> bool:
        """Whether the trip can be put before position `place` without anybody being late or the duty too long."""
        job = self.day.jobs[trip]
        before, after, seconds = self.leaves[place], self.comes[place], self.day.seconds
        left = join(self.before[place], seconds[before][job.origin], (job.length, job.early, job.late))
        if left is None:
            return False
        whole = join(left, seconds[job.end][after], self.after[place])
        return whole is not None and whole[0] <= self.limit

    def put(self, trip: int, place: int) -> None:
        """Insert; the caller has tested it."""
        self.trips.insert(place, trip)
        if not self.update():
            raise AssertionError(trip)

    def take(self, trip: int) -> list[int]:
        """Take out a trip. Where a detour is quicker than the way (matrices of services), later trips may have to go too: they come back."""
        self.trips.remove(trip)
        dropped = []
        while not self.update():
            dropped.append(self.trips.pop())
        return dropped

    def cost(self) -> int:
        """The whole cost, fen."""
        if not self.trips:
            return 0
        day = self.day
        legs = day.rates[day.rate_of[self.car]]
        ways = sum(legs[one][two] for one, two in zip(self.leaves, self.comes, strict=True))
        return day.cars[self.car].fixed + ways + sum(legs.own(trip) for trip in self.trips)

    def leave(self) -> int:
        """When to leave the yard: the earliest second that keeps the tour as short as can be."""
        whole = self.whole()
        return whole[1] if whole else self.start

    def times(self, leave: int | None = None) -> list[tuple[int, int, int]]:
        """(sets out, at the origin, free again) of each trip, and at last (sets out, home, home)."""
        day, now, at = self.day, self.leave() if leave is None else leave, self.depot
        found = []
        for trip in self.trips:
            job = day.jobs[trip]
            begin = max(now + day.seconds[at][job.origin], job.early)
            found.append((now, begin, begin + job.length))
            now, at = begin + job.length, job.end
        home = now + day.seconds[at][self.depot]
        return [*found, (now, home, home)]

    def rested(self) -> bool:
        """Whether nobody drives longer than the limit without a break; standing idle and waiting at a destination are breaks."""
        day, rule, driven, at = self.day, self.day.problem.duty, 0, self.depot
        for trip, (sets_out, begin, _) in zip(self.trips, self.times(), strict=False):
            job = day.jobs[trip]
            way = day.seconds[at][job.origin]
            driven += way
            if driven > rule.driving:
                return False
            if begin - sets_out - way >= rule.pause:
                driven = 0
            for leg, stop in zip(job.legs, (job.wait, 0), strict=True):
                rests = max(0, (leg - 1) // rule.driving)
                driven += leg - rests * rule.driving
                if driven > rule.driving:
                    return False
                if stop >= rule.pause:
                    driven = 0
            at = job.end
        return driven + day.seconds[at][self.depot] <= rule.driving
