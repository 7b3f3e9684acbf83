"""What a trip costs the organ that uses it: fen by the tariff of its day. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from yiwang.areas.vehicles.life.models import RateUnit
from yiwang.areas.vehicles.trips.judging import days_of
from yiwang.areas.vehicles.trips.terms import Sharing, Tariff
from yiwang.core.workdays.calendar import WorkCalendar

HOUR = 3600


@dataclass(frozen=True)
class Line:
    """One line of the bill: so much of what, at which price; `amount` in fen."""

    label: str
    quantity: str
    unit: str
    price: int
    amount: int

    def as_dict(self) -> dict[str, Any]:
        """As it is kept."""
        return asdict(self)


@dataclass(frozen=True)
class Driven:
    """What was driven, or is expected: km, from when to when, minutes waited for the passengers."""

    kilometres: int
    first: datetime
    last: datetime
    waited: int = 0


def _line(label: str, quantity: Decimal | int, unit: str, price: int) -> Iterable[Line]:
    """The line, unless it comes to nothing. Half a fen goes up."""
    amount = int((Decimal(quantity) * price).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    return [Line(label, f"{Decimal(quantity).normalize():f}", unit, price, amount)] if amount else []


def _hours(span: timedelta) -> Decimal:
    """Hours, a tenth of an hour begun counts."""
    return Decimal(-(-int(span.total_seconds()) // (HOUR // 10))) / 10


def by_tariff(tariff: Tariff, driven: Driven, calendar: WorkCalendar) -> list[Line]:
    """Per trip, km and hour; waiting beyond the free minutes; the hours outside office time on top."""
    last = max(driven.last, driven.first)
    beyond = timedelta(minutes=max(driven.waited - tariff.free_minutes, 0))
    overtime = last - driven.first - calendar.work_time(driven.first, last)
    return [
        *_line("每次", 1, "次", tariff.per_trip),
        *_line("里程", driven.kilometres, "公里", tariff.per_km),
        *_line("用时", _hours(last - driven.first), "小时", tariff.per_hour),
        *_line("等候", _hours(beyond), "小时", tariff.waiting_hour),
        *_line("非工作时间", _hours(overtime), "小时", tariff.overtime_hour),
    ]


def by_sharing(sharing: Sharing, driven: Driven) -> list[Line]:
    """What a borrowed car costs."""
    return [
        *_line("跨单位调用每次", 1, "次", sharing.per_trip),
        *_line("里程", driven.kilometres, "公里", sharing.per_km),
        *_line("用时", _hours(max(driven.last - driven.first, timedelta())), "小时", sharing.per_hour),
    ]


def by_rental(rates: Mapping[str, int], driven: Driven) -> list[Line]:
    """What the designated supplier takes by the rates of its contract (unit → fen): the cheapest of its prices for the
    time, and the kilometres on top where it has a price for them.
    """
    last = max(driven.last, driven.first + timedelta(seconds=1))
    span = last - driven.first
    halves = -(-int(span.total_seconds()) // (4 * HOUR))
    counts: dict[str, tuple[Decimal | int, str]] = {
        RateUnit.DAY: (len(list(days_of((driven.first, last)))), "天"),
        RateUnit.HALF_DAY: (halves, "个半天"),
        RateUnit.HOUR: (_hours(span), "小时"),
    }
    times = [[*_line("租车", many, unit, rates[rate])] for rate, (many, unit) in counts.items() if rate in rates]
    time = min(times, key=total, default=[])
    return [*time, *_line("里程", driven.kilometres, "公里", rates.get(RateUnit.KM, 0))]


def total(lines: Iterable[Line]) -> int:
    """The sum, fen."""
    return sum(one.amount for one in lines)
