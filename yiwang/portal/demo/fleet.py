"""Cars, quotas and purchases of an organ. Prices and displacements stay within what the judge allows on their day."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from random import Random
from typing import Any

from yiwang.areas.vehicles.models import Body as Shape
from yiwang.areas.vehicles.models import Energy, PurchaseCase, Use
from yiwang.core.orgs.models import Tier
from yiwang.kit.pinyin import sort_key
from yiwang.portal.demo.ledgers import Ledgers
from yiwang.portal.demo.names import CARS
from yiwang.portal.demo.shapes import TODAY, Body
from yiwang.portal.demo.standards import Standards

Numbers = dict[str, tuple[int, int]]
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXY"
_PLATE = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"
#: How many cars of which use, by profile; a bureau has few.
_FLEETS: dict[str, Numbers] = {
    "services": {"EMERGENCY": (2, 4), "OTHER": (3, 7), "CONFIDENTIAL": (1, 2)},
    "police": {"ENFORCEMENT": (6, 14), "SPECIALIST": (1, 3)},
    "head": {"CONFIDENTIAL": (1, 1), "EMERGENCY": (1, 2)},
    "town": {"EMERGENCY": (1, 1), "OTHER": (0, 1)},
    "bureau": {"EMERGENCY": (0, 1)},
    "second": {"SPECIALIST": (0, 1), "OTHER": (0, 1)},
}
_ENFORCERS = ("市场监督", "应急管理", "农业农村", "生态环境", "交通运输", "卫生健康", "法院", "检察院")
_TIMES = {Tier.PROVINCE: 3, Tier.CITY: 2}
_LITRES = {"SEDAN": ("1.4", "1.5", "1.6", "1.8"), "SMALL": ("1.5", "1.6", "1.8"), "MEDIUM": ("2.4", "2.8", "3.0")}
OLDEST = date(2018, 2, 1)


@dataclass(slots=True)
class Wish:
    """A car to be bought."""

    use: str
    body: str
    case: str
    energy: str
    day: date
    litres: Decimal | None = None
    price: int = 0  # yuan
    approval: str = ""


class Fleets:
    """Fills organs with cars."""

    def __init__(self, rng: Random, books: Ledgers, standards: Standards) -> None:
        self.rng, self.books, self.standards = rng, books, standards
        self.counts: dict[tuple[int, str], int] = {}
        self.quotas: dict[tuple[int, str], int] = {}  # ids of the rows of the present unit
        self.bought: dict[int, list[tuple[int, Wish]]] = {}

    def start(self) -> None:
        """Before each unit."""
        self.counts, self.quotas, self.bought = {}, {}, defaultdict(list)

    def equip(self, body: Body) -> None:
        """The organ's cars: three quarters bought since 2018 with a purchase on record, the others older."""
        wishes: list[Wish] = []
        for use, number in self._numbers(body).items():
            for _ in range(number):
                self.counts[body.id, use] = self.counts.get((body.id, use), 0) + 1
                if self.rng.random() < 0.75:
                    wishes.append(self._wish(use))
                else:
                    self._older(body, use)
            if number:
                self._quota(body, use, number)
        self._enough_new_energy(wishes)
        for wish in wishes:
            self.buy(body, wish)

    def _numbers(self, body: Body) -> dict[str, int]:
        fleet = dict(_FLEETS[body.profile])
        if any(word in body.name for word in _ENFORCERS) and body.profile == "bureau":
            fleet["ENFORCEMENT"] = (1, 4)
        times = _TIMES.get(body.tier, 1)
        return {use: self.rng.randint(low * times, high * times) for use, (low, high) in fleet.items()}

    def _quota(self, body: Body, use: str, number: int) -> None:
        spare = self.rng.choice((0, 0, 0, 1))
        approval = f"示车编〔2018〕{body.id}号"
        key = self.books.quotas.add(*body.row, use, number + spare, date(2018, 1, 1), None, approval)
        self.quotas[body.id, use] = key

    def _wish(self, use: str) -> Wish:
        """A car that the standards know: what is special has an approval."""
        rng = self.rng
        day = OLDEST + timedelta(days=rng.randint(0, (TODAY - OLDEST).days - 20))
        case, body, approval = PurchaseCase.ORDINARY, rng.choice((Shape.SEDAN, Shape.SEDAN, Shape.SMALL)), ""
        if use in {Use.EMERGENCY, Use.OTHER} and rng.random() < 0.12:
            case, body, approval = PurchaseCase.SPECIAL, rng.choice((Shape.SMALL, Shape.MEDIUM)), self._paper(day)
        elif use == Use.ENFORCEMENT and rng.random() < 0.3:
            case, approval = PurchaseCase.NEEDED, self._paper(day)
        elif use == Use.SPECIALIST:
            body = rng.choice((Shape.SMALL, Shape.MEDIUM))
        return Wish(str(use), str(body), str(case), str(Energy.FUEL), day, approval=approval)

    def _paper(self, day: date) -> str:
        return f"示机管〔{day.year}〕{self.rng.randint(1, 180)}号"

    def _enough_new_energy(self, wishes: list[Wish]) -> None:
        """From 2021 on at least half of a year's purchases, so that the share is kept; some before."""
        years: dict[int, list[Wish]] = defaultdict(list)
        for wish in wishes:
            years[wish.day.year].append(wish)
        for year, some in years.items():
            many = -(-len(some) // 2) if year >= 2021 else sum(self.rng.random() < 0.2 for _ in some)
            for wish in sorted(some, key=lambda one: one.case != "ORDINARY")[:many]:
                wish.energy = str(Energy.NEW_ENERGY)

    def buy(self, body: Body, wish: Wish) -> None:
        """A purchase within the standards of its day, and the car; one in ten replaces an old one."""
        if wish.energy == Energy.FUEL:
            wish.litres = Decimal(self.rng.choice(_LITRES[wish.body]))
        self._known(body, wish)
        facts = car_facts(body, wish)
        limits = self.standards.limits("vehicles.purchase", facts, body.region, wish.day)
        if wish.litres is not None:
            wish.litres = min(wish.litres, limits.get("vehicles.displacement", wish.litres))
        top = limits.get("vehicles.price", Decimal(160_000))
        wish.price = int((top * self.rng.randint(62, 99) / 100 / 100).to_integral_value(ROUND_DOWN)) * 100
        old = self._retired(body, wish) if self.rng.random() < 0.12 else None
        car = self._car(body, wish, wish.day + timedelta(days=self.rng.randint(3, 15)))
        self.bought[body.id].append((self._purchase(body, wish, car, old), wish))

    def _known(self, body: Body, wish: Wish) -> None:
        """Only cars about which the clauses say something definite."""
        for plainer in (
            {"case": "ORDINARY", "body": "SEDAN", "approval": ""},
            {"energy": "NEW_ENERGY", "litres": None},
        ):
            if self.standards.knows("vehicles.purchase", car_facts(body, wish), body.region, wish.day):
                return
            for name, value in plainer.items():
                setattr(wish, name, value)

    def _purchase(self, body: Body, wish: Wish, car: int, old: int | None) -> int:
        number = f"示采〔{wish.day.year}〕{self.books.purchases.count + 1:06}"
        specs = (wish.use, wish.body, wish.case, wish.energy)
        rest = (wish.price * 100, wish.litres, wish.approval, wish.day, number, car, old)
        return self.books.purchases.add(*body.row, *specs, *rest)

    def _car(
        self, body: Body, wish: Wish, registered: date, *, mileage: int | None = None, retired: date | None = None
    ) -> int:
        """A row of the register of cars."""
        years = Decimal(((retired or TODAY) - registered).days) / 365
        driven = int(years * self.rng.randint(9_000, 21_000)) if mileage is None else mileage
        plate = self._plate(body, wish.energy)
        state = "RETIRED" if retired else "LAID_UP" if self.rng.random() < 0.01 else "IN_USE"
        return self.books.vehicles.add(
            *body.row,
            plate,
            sort_key(plate, limit=40),
            self.rng.choice(CARS),
            *(wish.use, wish.body, wish.energy, wish.litres, wish.price * 100, wish.day),
            *(registered, driven, state, retired),
        )

    def _older(self, body: Body, use: str) -> None:
        """A car from before the purchases on record."""
        day = OLDEST - timedelta(days=self.rng.randint(60, 2600))
        litres = Decimal(self.rng.choice(("1.5", "1.6", "1.8")))
        wish = Wish(use, "SEDAN", "ORDINARY", "FUEL", day, litres, self.rng.randint(90, 150) * 1000)
        self._car(body, wish, day + timedelta(days=self.rng.randint(3, 20)))

    def _retired(self, body: Body, wish: Wish) -> int:
        """The car that was replaced: older than eight years and with more than 200,000 km."""
        registered = wish.day - timedelta(days=self.rng.randint(3200, 4600))
        day = registered - timedelta(days=10)
        old = Wish(wish.use, "SEDAN", "ORDINARY", "FUEL", day, Decimal("1.8"), self.rng.randint(90, 150) * 1000)
        return self._car(body, old, registered, mileage=self.rng.randint(205_000, 340_000), retired=wish.day)

    def _plate(self, body: Body, energy: str) -> str:
        """A letter for the city; each number once."""
        number = self.books.vehicles.count + 1
        letter = _LETTERS[int(body.region[2:4]) % len(_LETTERS)]
        digits = f"{number % 100_000:05}"
        for _ in range(number // 100_000):  # beyond a hundred thousand cars letters help out
            digits = _PLATE[number // 100_000 % 24] + digits[1:]
        return f"示{letter}·{'D' if energy == Energy.NEW_ENERGY else ''}{digits}"


def car_facts(body: Body, wish: Wish) -> dict[str, Any]:
    """The purchase as a record of vehicles.purchase."""
    return {
        "organ_tier": Tier(body.tier).label,
        "organ_kind": body.kind,
        "vehicle_use": Use(wish.use).label,
        "body": Shape(wish.body).label,
        "case": PurchaseCase(wish.case).label,
        "energy": Energy(wish.energy).label,
        "price": Decimal(wish.price),
        "displacement": wish.litres,
        "approval": wish.approval or None,
    }
