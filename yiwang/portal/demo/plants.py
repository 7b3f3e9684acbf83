"""What is wrong in the demo province, on purpose: each planted thing is known, and nothing else may be found.

A plant changes rows that are not yet written and asks the judge what it will say about them. An organ takes at most
one plant, so that none hides another. What finds no place in a unit is tried in the next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import date
from decimal import ROUND_UP, Decimal
from random import Random
from typing import Any

from yiwang.areas.vehicles.models import Use
from yiwang.core.standards.verdict import Verdict, VerdictKind
from yiwang.portal.demo.fleet import Fleets, Wish, car_facts
from yiwang.portal.demo.goods import Goods, holding_facts, thing_facts
from yiwang.portal.demo.shapes import TODAY, Body, Office, Unit, Who
from yiwang.portal.demo.space import Spaces
from yiwang.portal.demo.standards import Standards, organ_facts

TENTH = Decimal("0.1")
CAPITAL = "9901"
SHOWN = "990101"
CAPITAL_ONLY = ("city_price",)
ACCUSING = (VerdictKind.OVER, VerdictKind.WARNING)

#: What is planted, how often at scale 1, and what it shows.
KINDS = {
    "person_over": (24, "一人一间,面积超标"),
    "shared_over": (6, "合用办公室,人均面积超标"),
    "two_buildings": (8, "一人在两栋楼各有一间,合计超标"),
    "organ_office": (4, "单位办公用房总量超核定(空置房未交出)"),
    "service_over": (3, "服务用房超标"),
    "equipment_over": (2, "设备用房超标"),
    "coefficient": (3, "建筑使用系数过低"),
    "price_over": (10, "购车价格超标"),
    "city_price": (2, "省内别处合规,按省会更严的规定超标"),
    "displacement_over": (4, "购车排气量超标"),
    "quota_over": (6, "实有车辆超编制"),
    "asset_price": (16, "设备家具单价超标"),
    "desktops_over": (4, "台式计算机数量超标"),
    "printers_over": (3, "打印机数量超标"),
    "colour_printer": (4, "彩色打印机数量超标"),
    "new_energy_share": (5, "年度新能源采购占比不足(提醒)"),
    "renewal_mileage": (3, "里程未到即更新(提醒)"),
    "approval_missing": (3, "情况特殊购车无批准文号(无法判定)"),
}


@dataclass(frozen=True)
class Planted:
    """One thing that must be found. `key` is the subject's id as the registers' sources give it."""

    plant: str
    dataset: str
    topic: str
    kind: str
    key: str
    organ: str
    subject: str
    clause: str
    on: str
    measure: str
    limit: str

    def as_dict(self) -> dict[str, str]:
        """For the list that is written out."""
        return asdict(self)


def numbers(scale: float) -> dict[str, int]:
    """How many of each kind: in proportion below scale 1, never more above it."""
    return {plant: max(1, round(count * min(scale, 1))) for plant, (count, _) in KINDS.items()}


class Planter:
    """Plants, and keeps the list."""

    def __init__(self, rng: Random, standards: Standards, spaces: Spaces, fleets: Fleets, goods: Goods) -> None:
        self.rng, self.standards, self.spaces, self.fleets, self.goods = rng, standards, spaces, fleets, goods
        self.books = spaces.books
        self.planted: list[Planted] = []
        self.waiting: dict[str, int] = {}
        self.low: dict[int, Decimal] = {}
        self._low_bodies: dict[int, Body] = {}

    def plant(self, unit: Unit, share: dict[str, int]) -> None:
        """Plant what falls to this unit and what found no place before."""
        self.low, self._low_bodies = {}, {}
        bodies = [body for body in unit.open if body.people]
        for plant, number in share.items():
            wanted = number + self.waiting.pop(plant, 0)
            way: Callable[[Body], bool] = getattr(self, f"_{plant}")
            self.rng.shuffle(bodies)
            # The county of the demo accounts first: who logs in there shall find something to do.
            bodies.sort(key=lambda body: body.region != SHOWN)
            for body in bodies:
                if wanted and not body.planted and way(body):
                    body.planted = True
                    wanted -= 1
            if wanted:
                self.waiting[plant] = wanted

    def after(self) -> None:
        """Once the buildings have their areas: the list of those with a low coefficient."""
        for house, body in self._low_bodies.items():
            rows = self.books.buildings
            word = {"HIGH_RISE": "高层", "MULTI_STOREY": "多层"}[rows.get(house, "structure")]
            usable, gross = rows.get(house, "usable_area"), rows.get(house, "gross_floor_area")
            facts = {"building_type": word, "usable_area": usable, "gross_area": gross}
            name = rows.get(house, "name")
            self._found(
                "coefficient", "offices.building", "offices.area_coefficient", body, name, facts, key=str(house)
            )

    def _found(
        self,
        plant: str,
        dataset: str,
        topic: str,
        body: Body,
        subject: str,
        facts: dict[str, Any],
        *,
        key: str,
        on: date = TODAY,
        kinds: Iterable[VerdictKind] = (VerdictKind.OVER,),
    ) -> bool:
        """Write down what the judge says; the plant must work, or the seed is useless."""
        for verdict in self.standards.verdicts(dataset, facts, body.region, on):
            if verdict.topic == topic and verdict.kind in kinds:
                self.planted.append(_entry(plant, verdict, body, subject, key))
                return True
        raise AssertionError(f"{plant} at {body.name} ({subject}) is not found by the judge: {facts}")

    # ── rooms ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _slack(self, body: Body) -> Decimal:
        """Office area that the organ may still have."""
        return body.entitled - body.area.get("OFFICE", Decimal(0))

    def _up(self, area: Decimal) -> Decimal:
        return area.quantize(TENTH, ROUND_UP)

    def _person(self, plant: str, body: Body, who: Who, area: Decimal) -> bool:
        facts = {"organ_tier": organ_facts(body)["organ_tier"], "rank": who.rank, "usable_area": area}
        topic = "offices.person_area"
        return self._found(plant, "offices.person_space", topic, body, who.name, facts, key=f"{who.id}:{body.id}")

    def _enlarge(self, plant: str, body: Body, office: Office) -> bool:
        """An office grows by a third, if the organ as a whole can take it."""
        people = office.people
        area = self._up(people[0].allowed * len(people) * self.rng.randint(115, 150) / 100)
        if area - office.area > self._slack(body):
            return False
        self.spaces.resize(body, office.id, area)
        return all(self._person(plant, body, who, area / len(people)) for who in people)

    def _person_over(self, body: Body) -> bool:
        single = [office for office in body.offices if len(office.people) == 1 and office.people[0].allowed >= 12]
        return bool(single) and self._enlarge("person_over", body, self.rng.choice(single))

    def _shared_over(self, body: Body) -> bool:
        shared = [office for office in body.offices if len(office.people) > 1]
        return bool(shared) and self._enlarge("shared_over", body, self.rng.choice(shared))

    def _two_buildings(self, body: Body) -> bool:
        """A second office in another building of the same place."""
        single = [office for office in body.offices if len(office.people) == 1 and office.people[0].allowed >= 12]
        others = [
            house.id
            for house in self.spaces.houses.values()
            if house.id != body.building and house.manager.region == body.region
        ]
        if not single or not others:
            return False
        office, building = self.rng.choice(single), self.rng.choice(others)
        who = office.people[0]
        area = self._up(who.allowed - office.area + who.allowed * self.rng.randint(20, 50) / 100)
        if area > self._slack(body):
            return False
        room = self.spaces.another(body, "OFFICE", area, building=building)
        self.spaces.occupy(room, body, who, self.spaces.houses[building].year, history=False)
        return self._person("two_buildings", body, who, office.area + area)

    def _organ(self, plant: str, body: Body, topic: str) -> bool:
        name, facts = body.name, organ_facts(body)
        return self._found(plant, "offices.organ_space", topic, body, name, facts, key=str(body.id), kinds=ACCUSING)

    def _organ_office(self, body: Body) -> bool:
        """Idle offices that were not handed in."""
        if body.tier == "TOWNSHIP" or self._slack(body) > 120:
            return False
        extra = self._slack(body) + body.entitled * self.rng.randint(4, 12) / 100
        for _ in range(count := max(1, int(extra // 20))):
            self.spaces.another(body, "OFFICE", self._up(extra / count), state="IDLE")
        return self._organ("organ_office", body, "offices.organ_office_area")

    def _service_over(self, body: Body) -> bool:
        """Only the formula for cities is verified."""
        limit = self.standards.organ_space(body).get("offices.service_area")
        if body.tier != "CITY" or limit is None:
            return False
        extra = limit - body.area.get("SERVICE_ROOM", Decimal(0)) + self.rng.randint(15, 60)
        self.spaces.another(body, "SERVICE_ROOM", self._up(extra))
        return self._organ("service_over", body, "offices.service_area")

    def _equipment_over(self, body: Body) -> bool:
        limit = self.standards.organ_space(body)["offices.equipment_area"]
        extra = limit - body.area.get("EQUIPMENT_ROOM", Decimal(0)) + self.rng.randint(6, 20)
        self.spaces.another(body, "EQUIPMENT_ROOM", self._up(extra))
        return self._organ("equipment_over", body, "offices.equipment_area")

    def _coefficient(self, body: Body) -> bool:
        """A building with wide halls. The organ that manages it answers."""
        houses = [house for house in self.spaces.houses.values() if house.manager is body]
        if not houses:
            return False
        house = self.rng.choice(houses)
        self.low[house.id] = Decimal(self.rng.randint(520, 580)) / 10
        self._low_bodies[house.id] = body
        return True

    # ── cars ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _cars(self, body: Body, fits: Callable[[int, Wish], bool]) -> list[tuple[int, Wish]]:
        bought = self.fleets.bought.get(body.id, [])
        return [(key, wish) for key, wish in bought if fits(key, wish)]

    def _limit(self, body: Body, wish: Wish, topic: str) -> Decimal:
        limits = self.standards.limits("vehicles.purchase", car_facts(body, wish), body.region, wish.day)
        return limits.get(topic, Decimal(0))

    def _car(self, plant: str, body: Body, key: int, wish: Wish, topic: str, **more: Any) -> bool:
        """Write the changed purchase, and the car as it came."""
        rows = self.books.purchases
        same = {"price": wish.price * 100, "displacement": wish.litres, "energy": wish.energy}
        rows.change(key, approval=wish.approval, **same)
        self.books.vehicles.change(rows.get(key, "vehicle_id"), **same)
        facts, number = car_facts(body, wish), rows.get(key, "number")
        return self._found(plant, "vehicles.purchase", topic, body, number, facts, key=str(key), on=wish.day, **more)

    def _price_over(self, body: Body) -> bool:
        cars = self._cars(body, lambda _, wish: wish.use != Use.SPECIALIST and wish.case != "SPECIAL")
        cars = [(key, wish) for key, wish in cars if self._limit(body, wish, "vehicles.price")]
        if not cars:
            return False
        key, wish = self.rng.choice(cars)
        limit = self._limit(body, wish, "vehicles.price")
        wish.price = int(limit * self.rng.randint(104, 135) / 100 // 100) * 100
        return self._car("price_over", body, key, wish, "vehicles.price")

    def _city_price(self, body: Body) -> bool:
        """16 万元 in the capital, 18 elsewhere."""
        if not body.region.startswith(CAPITAL):
            return False
        cars = self._cars(body, lambda _, wish: self._limit(body, wish, "vehicles.price") == 160_000)
        if not cars:
            return False
        key, wish = self.rng.choice(cars)
        wish.price = self.rng.randint(1650, 1790) * 100
        return self._car("city_price", body, key, wish, "vehicles.price")

    def _displacement_over(self, body: Body) -> bool:
        cars = self._cars(body, lambda _, wish: bool(wish.litres) and wish.case in {"ORDINARY", "NEEDED"})
        cars = [(key, wish) for key, wish in cars if self._limit(body, wish, "vehicles.displacement")]
        if not cars:
            return False
        key, wish = self.rng.choice(cars)
        wish.litres = self._limit(body, wish, "vehicles.displacement") + Decimal("0.2")
        return self._car("displacement_over", body, key, wish, "vehicles.displacement")

    def _approval_missing(self, body: Body) -> bool:
        cars = self._cars(body, lambda _, wish: wish.case == "SPECIAL" and body.kind != "事业单位")
        if not cars:
            return False
        key, wish = self.rng.choice(cars)
        wish.approval = ""
        kinds = (VerdictKind.OVER, VerdictKind.UNDETERMINED)
        return self._car("approval_missing", body, key, wish, "vehicles.special_case_approval", kinds=kinds)

    def _quota_over(self, body: Body) -> bool:
        uses = [use for (organ, use), number in self.fleets.counts.items() if organ == body.id and number > 1]
        if not uses:
            return False
        use = self.rng.choice(uses)
        actual = self.fleets.counts[body.id, use]
        quota = actual - self.rng.randint(1, min(2, actual - 1))
        self.books.quotas.change(self.fleets.quotas[body.id, use], number=quota)
        facts = {
            "organ_tier": organ_facts(body)["organ_tier"],
            "vehicle_use": Use(use).label,
            "quota": Decimal(quota),
            "actual": Decimal(actual),
        }
        subject, key = Use(use).label, f"{body.id}:{use}"
        return self._found("quota_over", "vehicles.fleet", "vehicles.over_quota", body, subject, facts, key=key)

    def _new_energy_share(self, body: Body) -> bool:
        """The only car of a year runs on fuel."""
        years = [wish.day.year for _, wish in self.fleets.bought.get(body.id, [])]
        cars = self._cars(
            body,
            lambda _, wish: (
                wish.day.year >= 2021
                and years.count(wish.day.year) == 1
                and wish.case == "ORDINARY"
                and wish.use in {Use.EMERGENCY, Use.OTHER}
                and wish.body in {"SEDAN", "SMALL"}
            ),
        )
        if not cars:
            return False
        key, wish = self.rng.choice(cars)
        wish.energy, wish.litres = "FUEL", Decimal("1.5")
        wish.price = min(wish.price, int(self._limit(body, wish, "vehicles.price")))
        same = {"price": wish.price * 100, "displacement": wish.litres, "energy": wish.energy}
        self.books.purchases.change(key, **same)
        self.books.vehicles.change(self.books.purchases.get(key, "vehicle_id"), **same)
        return self._share(body, wish.day.year)

    def _share(self, body: Body, year: int) -> bool:
        one, none = Decimal(1), Decimal(0)
        facts = {
            "organ_tier": organ_facts(body)["organ_tier"],
            "purchased": one,
            "purchased_new_energy": none,
            "provisioned": one,
            "provisioned_new_energy": none,
        }
        return self._found(
            *("new_energy_share", "vehicles.purchase_year", "vehicles.new_energy_purchase_share"),
            *(body, f"{year} 年", facts),
            key=f"{body.id}:{year}",
            on=min(TODAY, date(year, 12, 31)),
            kinds=(VerdictKind.WARNING,),
        )

    def _renewal_mileage(self, body: Body) -> bool:
        """Replaced before its 200,000 km."""
        rows = self.books.purchases
        cars = self._cars(body, lambda key, wish: bool(rows.get(key, "replaces_id")) and not wish.approval)
        cars = [(key, wish) for key, wish in cars if wish.day >= date(2021, 7, 1)]
        if not cars:
            return False
        key, wish = self.rng.choice(cars)
        old, mileage = rows.get(key, "replaces_id"), self.rng.randint(90_000, 180_000)
        self.books.vehicles.change(old, mileage=mileage)
        facts = {
            "organ_tier": organ_facts(body)["organ_tier"],
            "vehicle_use": Use(wish.use).label,
            "mileage": Decimal(mileage) / 10_000,
            "approval": None,
        }
        plate = self.books.vehicles.get(old, "plate")
        return self._found(
            *("renewal_mileage", "vehicles.renewal", "vehicles.renewal_mileage", body, plate, facts),
            key=str(key),
            on=wish.day,
            kinds=(VerdictKind.WARNING,),
        )

    # ── things ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _asset_price(self, body: Body) -> bool:
        """A card dearer than its kind may be."""
        cards = [
            (card, limit)
            for card in self.goods.cards.get(body.id, [])
            if (limit := self._thing_limit(body, card)) is not None
        ]
        if not cards:
            return False
        (key, item, who, day), limit = self.rng.choice(cards)
        price = (limit * self.rng.randint(106, 180) / 100).quantize(Decimal(1))
        self.books.assets.change(key, price=int(price) * 100)
        facts = thing_facts(body, item, price, who)
        code = self.books.assets.get(key, "code")
        topic = "assets.unit_price"
        return self._found("asset_price", "assets.purchase", topic, body, code, facts, key=str(key), on=day)

    def _thing_limit(self, body: Body, card: tuple[int, str, Who | None, date]) -> Decimal | None:
        _, item, who, day = card
        facts = thing_facts(body, item, Decimal(1), who)
        return self.standards.limits("assets.purchase", facts, body.region, day).get("assets.unit_price")

    def _things(self, plant: str, body: Body, item: str, columns: tuple[str, ...], topic: str, price: int) -> bool:
        """Add pieces until one too many."""
        counts = self.goods.held[body.id]
        while not self._broken(body, topic):
            self.goods.add(body, item, price, None)
            for column in columns:
                counts[column] += 1
        facts = holding_facts(body, counts)
        return self._found(plant, "assets.holding", topic, body, body.name, facts, key=str(body.id))

    def _broken(self, body: Body, topic: str) -> bool:
        facts = holding_facts(body, self.goods.held[body.id])
        return self.standards.worst("assets.holding", facts, body.region, TODAY, topic) is not None

    def _counted(self, body: Body, most: int) -> bool:
        """Small enough to plant in, and in a tier that the clause counts."""
        return body.tier != "TOWNSHIP" and len(body.people) <= most and not body.classified

    def _desktops_over(self, body: Body) -> bool:
        if not self._counted(body, 24):
            return False
        return self._things("desktops_over", body, "台式计算机", ("desktops",), "assets.desktop_share", 4500)

    def _printers_over(self, body: Body) -> bool:
        if not self._counted(body, 18):
            return False
        return self._things("printers_over", body, "A4打印机(黑白)", ("a4_printers",), "assets.printer_share", 1000)

    def _colour_printer(self, body: Body) -> bool:
        if not self._counted(body, 30):
            return False
        columns = ("a4_printers", "colour_printers")
        return self._things("colour_printer", body, "A4打印机(彩色)", columns, "assets.colour_printer_share", 1800)


def _entry(plant: str, verdict: Verdict, body: Body, subject: str, key: str) -> Planted:
    """The verdict as the list keeps it."""
    return Planted(
        plant,
        verdict.dataset,
        verdict.topic,
        verdict.kind.value,
        key,
        body.name,
        subject,
        verdict.clause,
        verdict.on.isoformat(),
        _text(verdict.measure),
        _text(verdict.limit),
    )


def _text(figure: Decimal | None) -> str:
    """A figure without trailing zeros."""
    return "" if figure is None else f"{round(figure, 4).normalize():f}"
