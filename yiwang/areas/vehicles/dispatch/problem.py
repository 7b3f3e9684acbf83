"""What is to be planned: cars, drivers, trips of one day, as plain dataclasses that know nothing of the database.

Units everywhere: seconds since local midnight of the planned day (a long trip may end after 86,400), metres, fen. Spans are
half-open. Places are indices into the travel matrix. Identifiers are text, unique within their kind.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from yiwang.areas.vehicles.dispatch.travel import Travel

HOUR = 3600
DAY = 24 * HOUR


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open piece of time, seconds."""

    start: int
    end: int

    def meets(self, other: Span) -> bool:
        """Whether the two share a second."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Closure:
    """A time in which a car or a driver cannot be had. `code`: maintenance, sealed, off or taken; `why` is read by the dispatcher."""

    start: int
    end: int
    code: str
    why: str

    @property
    def span(self) -> Span:
        """The time of it."""
        return Span(self.start, self.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Car:
    """A car. `kinds` are the classes of use it may serve, `seats` those for passengers (the driver's not counted).

    Costs in fen: `per_km`, `per_hour` (of driving, and of waiting at a destination; standing idle costs nothing), `fixed` for each
    day on which it leaves the yard.
    """

    id: str
    kinds: frozenset[str]
    seats: int
    depot: int
    per_km: int
    per_hour: int = 0
    fixed: int = 0
    licence: str = "C1"
    available: Span = Span(0, DAY)
    closed: tuple[Closure, ...] = ()
    label: str = ""

    @property
    def name(self) -> str:
        """What people call it: its plate."""
        return self.label or self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """A driver. `shift` is when he may work (rest since yesterday already kept), `duty` the longest time from first leaving to last return."""

    id: str
    licences: frozenset[str]
    depot: int
    shift: Span = Span(0, DAY)
    duty: int = 10 * HOUR
    closed: tuple[Closure, ...] = ()
    label: str = ""

    @property
    def name(self) -> str:
        """What people call him."""
        return self.label or self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """A request. The car is at `origin` in [earliest, latest], goes by `via` to `target`, waits `wait` there, and brings back if `back`.

    `arrive_by` is the latest arrival at the target. `kinds`: any of these classes will do, none named: any car. `seats` of the car
    must hold `passengers`. A higher `priority` is served first when not all can be.
    """

    id: str
    origin: int
    target: int
    earliest: int
    latest: int
    via: tuple[int, ...] = ()
    arrive_by: int | None = None
    wait: int = 0
    back: bool = False
    passengers: int = 1
    kinds: frozenset[str] = frozenset()
    poolable: bool = False
    priority: int = 0
    label: str = ""

    @property
    def name(self) -> str:
        """What people call it: the number of the request."""
        return self.label or self.id


@dataclass(frozen=True, slots=True)
class Held:
    """A trip of the plan already accepted. Firm: is never touched (the car is on the road); else it moves only where it must."""

    trip: str
    car: str
    driver: str | None
    start: int
    firm: bool = False


@dataclass(frozen=True, slots=True)
class Duty:
    """The rules of working time, seconds.

    `pause` after `driving` hours without a break: 道路交通安全法实施条例 (State Council decree 405) art. 62(7), 4 h and 20 min.
    `limit` is the longest duty of a day, unless the driver's own is shorter; a setting of the organ.
    """

    limit: int = 10 * HOUR
    driving: int = 4 * HOUR
    pause: int = 20 * 60


@dataclass(frozen=True, kw_only=True)
class Problem:
    """A day to be planned.

    `move_penalty` in fen: what it must save at least to move an accepted trip to another car. As it stands no money is worth a
    move; a trip moves only if it, or one more, could not be served otherwise.
    """

    cars: tuple[Car, ...]
    drivers: tuple[Driver, ...]
    trips: tuple[Trip, ...]
    travel: Travel
    held: tuple[Held, ...] = ()
    duty: Duty = field(default_factory=Duty)
    move_penalty: int = 10_000_000
