"""A trip dropped on a car or a driver, by hand: what is not said is chosen, what cannot be is refused."""

from __future__ import annotations

from datetime import date, datetime

from yiwang.areas.vehicles.board.fits import Fitting, of_trip
from yiwang.areas.vehicles.board.pools import pool_day
from yiwang.areas.vehicles.trips import claims
from yiwang.areas.vehicles.trips.models import Assignment, Trip
from yiwang.areas.vehicles.trips.powers import dispatches
from yiwang.core.rights.access import Access
from yiwang.kit.refusal import Refusal

REASON = "调度改派"


def put(
    *,
    day: date,
    trip: int,
    vehicle: int = 0,
    driver: int = 0,
    second: int | None = None,
    reason: str = "",
    access: Access,
    now: datetime,
) -> Assignment:
    """Give the trip to this car, this driver, or both; the one not named is chosen as `Fitting` does.

    Refusals: `assign.pair` where neither was named, `assign.nobody` where nobody can come along, those of `claims`.
    """
    access.need(dispatches(access), "派车")
    if not vehicle and not driver:
        raise Refusal("assign.pair", "请选择车辆或驾驶员。")
    if not (vehicle and driver):
        vehicle, driver = _completed(day, trip, vehicle, driver, access, now)
    held = claims.live_of(trip)
    if held is None:
        return claims.assign(
            trip=trip, vehicle=vehicle, driver=driver, second=second or 0, access=access, now=now, why=reason
        )
    why = reason or REASON
    return claims.reassign(trip=trip, vehicle=vehicle, driver=driver, second=second, reason=why, access=access, now=now)


def _completed(day: date, trip: int, vehicle: int, driver: int, access: Access, now: datetime) -> tuple[int, int]:
    fitting = Fitting(pool_day(access, day), now)
    row: Trip = of_trip(fitting.day, trip)
    if vehicle:
        car = next((one for one in fitting.day.cars if one.pk == vehicle), None)
        fit = fitting.car(row, car) if car else None
    else:
        person = next((one for one in fitting.day.drivers if one.pk == driver), None)
        fit = fitting.driver(row, person) if person else None
    if fit is None:
        raise Refusal("assign.gone", "没有这辆车或这位驾驶员,请重新选择。")
    if fit.why:
        raise Refusal("assign.nobody", fit.why)
    return (vehicle, fit.other) if vehicle else (fit.other, driver)


def take_back(*, trip: int, reason: str = "", access: Access, now: datetime) -> Trip:
    """Back to the trips that wait."""
    return claims.release(trip=trip, reason=reason or "调度撤回,另行安排", access=access, now=now)
