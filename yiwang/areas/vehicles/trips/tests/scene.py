"""What the tests of trips share: a pool with its people, a Tuesday morning, cars and drivers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from yiwang.areas.vehicles import factories as cars
from yiwang.areas.vehicles.life.models import Vehicle
from yiwang.areas.vehicles.trips import factories
from yiwang.areas.vehicles.trips.models import Driver
from yiwang.core.orgs import factories as orgs
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import Access, access_for
from yiwang.core.rights.models import Role, User
from yiwang.portal.tests.people import user

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 12, 1, 8, 0, tzinfo=ZONE)  # a Tuesday


def at(hour: float, *, day: int = 2) -> datetime:
    """An hour of a day of December 2026: 9.25 is 09:15. The 5th is a Saturday."""
    return datetime(2026, 12, day, tzinfo=ZONE) + timedelta(hours=hour)


@dataclass
class Pool:
    """A county with a bureau below it: the dispatcher of the county, an applicant of the bureau, a car, a driver."""

    county: Organ
    bureau: Organ
    dispatcher: User
    staff: User
    manager: User
    wheel: User
    car: Vehicle
    driver: Driver

    def access(self, who: User) -> Access:
        """The access of one of them."""
        return access_for(who)


def pool(name: str = "云岭县", province: Organ | None = None) -> Pool:
    """A pool of its own province, unless one is given: then it is a neighbour's."""
    province = province or orgs.organ(f"{name}所在省", tier="PROVINCE")
    county = orgs.organ(name, province)
    bureau = orgs.organ(f"{name}财政局", county)
    wheel = user(county, Role.DRIVER, name="马骏")
    return Pool(
        county=county,
        bureau=bureau,
        dispatcher=user(county, Role.DISPATCHER, name="调度"),
        staff=user(bureau, Role.STAFF, name="李想"),
        manager=user(bureau, Role.MANAGER, name="王主管"),
        wheel=wheel,
        car=cars.vehicle(county),
        driver=factories.driver(county, user=wheel, phone="13800000000"),
    )
