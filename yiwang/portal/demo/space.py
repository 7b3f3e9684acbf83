"""Sites, buildings, floors, rooms and who sits in them. Areas stay within what the judge allows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from random import Random

from yiwang.core.orgs.models import Tier
from yiwang.kit.pinyin import sort_key
from yiwang.portal.demo.ledgers import Ledgers
from yiwang.portal.demo.shapes import TODAY, Body, Office, Unit, Who
from yiwang.portal.demo.standards import Standards, tightest

TENTH = Decimal("0.1")
CENT = Decimal("0.01")
LARGE = 420  # rooms; beyond, the next building
_STREETS = ("人民路", "建设路", "文昌街", "解放路", "新城大道", "滨河路", "学府路", "政和街")
_COURTS = ("行政中心", "机关大院", "政务中心", "第二办公区")


@dataclass
class House:
    """A building in the making: its organs' rooms come together before floors and numbers are given."""

    id: int
    name: str
    manager: Body
    floors: int
    high: bool
    year: int
    site: int
    top: int = 0  # its highest floor
    specs: list[Spec] = field(default_factory=list)


@dataclass(slots=True)
class Spec:
    """A room to be: its organ, kind, area, who sits in it, and what is done with it."""

    body: Body
    kind: str
    area: Decimal
    people: list[Who]
    state: str = "IN_USE"


class Spaces:
    """Builds the space of a unit. `areas` are square metres by building, kept up to date by the plants."""

    def __init__(self, rng: Random, books: Ledgers, standards: Standards, extra: float = 0) -> None:
        self.rng, self.books, self.standards = rng, books, standards
        self.extra = extra  # rooms that no clause limits, added to each organ for the benches
        self.houses: dict[int, House] = {}
        self.areas: dict[int, Decimal] = {}
        self.spare: dict[int, int] = {}  # building → next number of a room on the top floor

    def build(self, unit: Unit) -> None:
        """All rooms of the unit."""
        self.houses, self.areas, self.spare = {}, {}, {}
        for bodies in self._courts(unit):
            self._court(bodies)
        for house in self.houses.values():
            self._rooms(house)

    # ── where organs sit ───────────────────────────────────────────────────────────────────────────────────────────

    def _courts(self, unit: Unit) -> Iterator[list[Body]]:
        """Organs that share a site: those of one place and tier; towns, the police and some others sit alone."""
        together: dict[tuple[str, str], list[Body]] = defaultdict(list)
        for body in unit.open:
            alone = body.profile in {"town", "police"} or (body.profile == "bureau" and self.rng.random() < 0.12)
            if alone:
                yield [body]
            else:
                together[(body.region, body.tier)].append(body)
        yield from together.values()

    def _court(self, bodies: list[Body]) -> None:
        """A site with as many buildings as its organs need."""
        manager = next((body for body in bodies if body.profile == "services"), bodies[0])
        rng = self.rng
        short = manager.name.removesuffix("人民政府")
        name = f"{short}大院" if len(bodies) == 1 else f"{short[:3]}{rng.choice(_COURTS)}"
        address = f"{rng.choice(_STREETS)}{rng.randint(1, 299)}号"
        site = self.books.sites.add(*manager.row, name, sort_key(name, limit=160), manager.region, address)
        house: House | None = None
        number = 0
        for body in bodies:
            specs = list(self._specs(body))
            if house is None or len(house.specs) + len(specs) > LARGE:
                house = self._house(site, manager, number, len(bodies) > 1)
                number += 1
            house.specs += specs
            body.building = house.id

    def _house(self, site: int, manager: Body, number: int, shared: bool) -> House:
        """A building; its areas follow from its rooms at the end."""
        name = (f"{'ABCDEFGHJK'[number]}座" if number < 10 else f"{number + 1}号楼") if shared else "办公楼"
        high = shared and self.rng.random() < (0.6 if manager.tier == Tier.PROVINCE else 0.25)
        year = self.rng.randint(1986, 2013)
        floors = self.rng.randint(9, 18) if high else self.rng.randint(4, 6) if shared else self.rng.randint(3, 4)
        structure = "HIGH_RISE" if high else "MULTI_STOREY"
        key = self.books.buildings.add(*manager.row, site, name, sort_key(name), floors, year, structure, 0, 0)
        house = House(key, name, manager, floors, high, year, site)
        self.houses[key] = house
        return house

    # ── what rooms an organ has ────────────────────────────────────────────────────────────────────────────────────

    def _specs(self, body: Body) -> Iterator[Spec]:
        """Offices, then service, equipment and other rooms."""
        offices = [Spec(body, "OFFICE", *group) for group in self._groups(body)]
        body.entitled = self._entitled(body)
        used = sum((spec.area for spec in offices), Decimal(0))
        if body.entitled - used > 14 and self.rng.random() < 0.10:
            offices.append(Spec(body, "OFFICE", Decimal(self.rng.randint(90, 130)) / 10, [], "IDLE"))
        yield from offices
        used = sum((spec.area for spec in offices), Decimal(0))
        body.area = {"OFFICE": used}
        yield from self._service(body, used)
        operations = self.rng.randint(4, 8) if body.profile == "police" else 0
        operations += int(self.extra) + (self.rng.random() < self.extra % 1)
        for _ in range(operations):
            yield Spec(body, "OPERATIONS_ROOM", self._tenths(24, 80), [])

    def _groups(self, body: Body) -> Iterator[tuple[Decimal, list[Who]]]:
        """Area of an office and those who share it. Nobody gets more than he may have, the room divided equally."""
        waiting = sorted(body.people, key=lambda who: -who.allowed)
        while waiting:
            first = waiting.pop(0)
            group = [first]
            for _ in range(self._sharers(first) - 1):
                if waiting and waiting[0].allowed == first.allowed:
                    group.append(waiting.pop(0))
            yield self._share(first.allowed) * len(group), group

    def _sharers(self, first: Who) -> int:
        """How many sit together."""
        if first.allowed >= 18:
            return 1
        if first.allowed > 9:
            return self.rng.choice((1, 1, 2))
        return self.rng.choices((1, 2, 3, 4), (10, 44, 28, 18))[0]

    def _share(self, allowed: Decimal) -> Decimal:
        """Between 70 and 99 % of what is allowed, in tenths."""
        return (allowed * self.rng.randint(70, 99) / 100).quantize(TENTH, ROUND_DOWN)

    def _entitled(self, body: Body) -> Decimal:
        """Office area of the organ: the judge's sum, or of the persons where no clause sums it up."""
        own = sum((who.allowed for who in body.people), Decimal(0))
        return tightest(self.standards.organ_space(body), ["offices.organ_office_area"], own)

    def _service(self, body: Body, office: Decimal) -> Iterator[Spec]:
        """Meeting rooms, archives; equipment in proportion to both."""
        allowed = tightest(self.standards.organ_space(body), ["offices.service_area"], office)
        rooms = max(1, len(body.people) // 9)
        service = Decimal(0)
        for _ in range(rooms):
            area = (allowed * self.rng.randint(30, 80) / 100 / rooms).quantize(TENTH, ROUND_DOWN)
            area = min(max(area, Decimal(9)), Decimal(180))
            if service + area <= allowed:
                service += area
                yield Spec(body, "SERVICE_ROOM", area, [])
        body.area["SERVICE_ROOM"] = service
        equipment = ((office + service) * self.rng.randint(20, 80) / 1000).quantize(TENTH, ROUND_DOWN)
        if equipment > 4:
            body.area["EQUIPMENT_ROOM"] = equipment
            yield Spec(body, "EQUIPMENT_ROOM", equipment, [])

    def _tenths(self, low: int, high: int) -> Decimal:
        return Decimal(self.rng.randint(low * 10, high * 10)) / 10

    # ── floors and rows ────────────────────────────────────────────────────────────────────────────────────────────

    def _rooms(self, house: House) -> None:
        """Spread the rooms over the floors."""
        house.floors = max(1, min(house.floors, len(house.specs)))
        if house.floors < 7 and house.high:
            house.high = False
            self.books.buildings.change(house.id, structure="MULTI_STOREY")
        self.books.buildings.change(house.id, floors=house.floors)
        each = -(-len(house.specs) // house.floors)
        self.areas[house.id] = Decimal(0)
        for number in range(house.floors):
            floor = self.books.floors.add(*house.manager.row, house.id, number + 1, f"{number + 1}层")
            house.top = floor
            for place, spec in enumerate(house.specs[number * each : (number + 1) * each], start=1):
                self._room(house, floor, f"{number + 1}{place:02}", spec)
        house.specs = []
        self.spare[house.id] = house.floors * 100 + each + 1

    def _room(self, house: House, floor: int, number: str, spec: Spec) -> int:
        """One room with its users."""
        key = self.books.rooms.add(*spec.body.row, house.id, floor, number, spec.kind, spec.area, spec.state)
        self.areas[house.id] += spec.area
        for who in spec.people:
            self.occupy(key, spec.body, who, house.year)
        if spec.people:
            spec.body.offices.append(Office(key, spec.area, spec.people))
        return key

    def occupy(self, room: int, body: Body, who: Who, year: int, *, history: bool = True) -> None:
        """From the appointment on, or from some day later; then sometimes another office before (`history`)."""
        since = max(who.since, date(year + 1, 1, 1))
        since = min(since + timedelta(days=self.rng.randint(0, 300)), TODAY - timedelta(days=7))
        who.rooms.append(room)
        if history and body.offices and who.since < since and self.rng.random() < 0.2:
            before = self.rng.choice(body.offices).id
            self.books.occupancies.add(*body.row, before, who.id, who.since, since)
        self.books.occupancies.add(*body.row, room, who.id, since, None)

    # ── for the plants ─────────────────────────────────────────────────────────────────────────────────────────────

    def resize(self, body: Body, room: int, area: Decimal) -> None:
        """Another area for a room that is not yet written."""
        rooms = self.books.rooms
        change = area - rooms.get(room, "usable_area")
        rooms.change(room, usable_area=area)
        kind = rooms.get(room, "kind")
        body.area[kind] = body.area.get(kind, Decimal(0)) + change
        self.areas[rooms.get(room, "building_id")] += change

    def another(self, body: Body, kind: str, area: Decimal, *, building: int = 0, state: str = "IN_USE") -> int:
        """One more room of the organ, on the top floor of its building or of another one."""
        house = self.houses[building or body.building]
        number = self.spare[house.id]
        self.spare[house.id] += 1
        body.area[kind] = body.area.get(kind, Decimal(0)) + area
        return self._room(house, house.top, str(number), Spec(body, kind, area, [], state))

    def finish(self, low: dict[int, Decimal]) -> None:
        """Areas and titles of the buildings. `low`: buildings with a planted coefficient, in per cent."""
        for house in self.houses.values():
            usable = (self.areas[house.id] * self.rng.randint(102, 110) / 100).quantize(CENT)
            share = (
                low.get(house.id)
                or Decimal(self.rng.randint(612, 690) if house.high else self.rng.randint(660, 740)) / 10
            )
            gross = (usable * 100 / share).quantize(CENT)
            self.books.buildings.change(house.id, usable_area=usable, gross_floor_area=gross)
            self._title(house, gross)

    def _title(self, house: House, gross: Decimal) -> None:
        """Most are registered."""
        registered = self.rng.random() < 0.86
        state = "REGISTERED" if registered else self.rng.choice(("PENDING", "UNREGISTERED", "UNREGISTERED", "DISPUTED"))
        day = date(max(house.year + 1, 2007), self.rng.randint(1, 12), self.rng.randint(1, 28)) if registered else None
        number = f"示({day.year})不动产权第{house.id:07}号" if day else ""
        self.books.titles.add(*house.manager.row, house.id, number, state, day, gross)
