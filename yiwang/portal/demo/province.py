"""The organs of the demo province, unit by unit: the province itself, then each city with its counties.

A unit is built, planted and written before the next begins, so that memory does not grow with the province.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from random import Random

from yiwang.core.orgs.models import TREE_DEPTH, Tier
from yiwang.kit.credit_code import generate
from yiwang.kit.pinyin import sort_key
from yiwang.portal.demo import names
from yiwang.portal.demo.ledgers import Ledgers
from yiwang.portal.demo.shapes import Body, Unit

FOUNDED = (date(1983, 3, 1), date(1994, 6, 1), date(2000, 1, 1), date(2004, 9, 1), date(2009, 12, 1))
NEWER = {
    "数据局": date(2023, 11, 1),
    "退役军人事务厅": date(2018, 11, 1),
    "医疗保障局": date(2018, 11, 1),
    "文化和旅游厅": date(2019, 1, 15),
    "文化和旅游局": date(2019, 1, 15),
}
REFORM = date(2019, 1, 15)  # 机构改革: mergers and new names, see history.py
MERGED = "文化和旅游"
TINY = 0.05
NEEDED = ("政府办公", "发展和改革", "公安", "财政", "文化和旅游", "应急", "机关事务", "数据局", "能源局", "市场监督")
ROOT = "990000"
UNITS_BELOW = (0.30, 0.12, 0.03)  # share of departments with a unit below: province, city, county


@dataclass(frozen=True)
class Plan:
    """How large the province is to be."""

    cities: int
    counties: int  # in all
    towns: int = 3  # a county
    small: bool = False  # for tests: fewer departments, fewer people

    @classmethod
    def at(cls, scale: float) -> Plan:
        """Scale 1 has 12 cities and 100 counties; the number of organs grows in proportion."""
        counties = max(2, round(100 * scale))
        cities = max(2, min(98, round(12 * scale**0.5), counties // 2 if scale < 1 else 98))
        return cls(cities, max(counties, cities), small=scale < TINY)

    @property
    def organs(self) -> int:
        """About how many organs there will be."""
        province, city = (1 + len(self.pick(some)) * 1.2 for some in (names.PROVINCE, names.CITY))
        return round(province + self.cities * city + self.counties * (len(names.COUNTY) + 1.6 + self.towns))

    @property
    def rooms(self) -> int:
        """About how many rooms they will have: larger organs stand higher up."""
        return round(9.5 * self.organs) if self.small else 4300 + 900 * self.cities + 257 * self.counties

    def pick(self, departments: tuple[str, ...]) -> list[str]:
        """The departments to build; a small province has those that the history and the plants need."""
        return [name for name in departments if not self.small or any(word in name for word in NEEDED)]

    def counties_of(self, city: int) -> int:
        """Counties of the city (from 0), spread evenly."""
        return self.counties // self.cities + (city < self.counties % self.cities)


@dataclass
class Builder:
    """Adds organs to the tables, with their first names and edges."""

    rng: Random
    books: Ledgers
    plan: Plan
    numbers: int = 0
    province: Body | None = None
    county_names: Iterator[str] = field(default_factory=names.county_names)
    city_names: Iterator[str] = field(default_factory=names.city_names)

    def units(self) -> Iterator[Unit]:
        """The province, then city after city."""
        yield self._province()
        for number in range(self.plan.cities):
            yield self._city(number)

    def _province(self) -> Unit:
        unit = Unit("示例省", ROOT)
        self.province = head = self.organ(unit, "示例省人民政府", Tier.PROVINCE, ROOT, None, "head")
        for name in self.plan.pick(names.PROVINCE):
            self._department(unit, "示例省", name, Tier.PROVINCE, ROOT, head)
        return unit

    def _city(self, number: int) -> Unit:
        code, place = f"99{number + 1:02}00", next(self.city_names)
        self.books.region(code, f"{place}市", 2, ROOT)
        unit = Unit(f"{place}市", code)
        assert self.province is not None
        head = self.organ(unit, f"{place}市人民政府", Tier.CITY, code, self.province, "head")
        for name in self.plan.pick(names.CITY):
            self._department(unit, f"{place}市", name, Tier.CITY, code, head)
        for county in range(self.plan.counties_of(number)):
            self._county(unit, head, f"{code[:4]}{county + 1:02}", county)
        return unit

    def _county(self, unit: Unit, city: Body, code: str, number: int) -> None:
        place = next(self.county_names)
        whole = place + ("区" if number < 2 else "市" if number == 2 else "县")
        self.books.region(code, whole, 3, f"{code[:4]}00")
        head = self.organ(unit, f"{whole}人民政府", Tier.COUNTY, code, city, "head")
        for name in names.COUNTY:
            self._department(unit, whole, name, Tier.COUNTY, code, head)
        for town in names.town_names(self.rng, self.plan.towns):
            self.organ(unit, f"{whole}{town}人民政府", Tier.TOWNSHIP, code, head, "town")

    def _department(self, unit: Unit, place: str, name: str, tier: Tier, code: str, head: Body) -> None:
        organ = self.organ(unit, place + name, tier, code, head, _profile(name))
        share = UNITS_BELOW[("PROVINCE", "CITY", "COUNTY").index(tier)]
        if organ.profile == "bureau" and self.rng.random() < share:
            self.organ(unit, organ.name + self.rng.choice(names.SECOND), tier, code, organ, "second")

    def _founded(self, name: str) -> date:
        """Some kinds of organ are younger than others."""
        return next((day for end, day in NEWER.items() if name.endswith(end)), self.rng.choice(FOUNDED))

    def organ(
        self,
        unit: Unit,
        name: str,
        tier: Tier,
        code: str,
        above: Body | None,
        profile: str,
        *,
        opened: date | None = None,
    ) -> Body:
        """An organ with its first name and edge."""
        self.numbers += 1
        kind, since, classified = _kind(name, profile), opened or self._founded(name), self.rng.random() < 0.04
        if above is not None:
            since = max(since, above.opened)
        depth = above.depth + 1 if above else 1
        upper = above.columns[: depth - 1] if above else ()
        department = "12" if kind == "事业单位" else "11"
        key = self.books.organs.add(
            name,
            sort_key(name),
            generate(code, 20_000_000 + self.numbers * 7919 % 900_000_000, department=department),
            str(tier),
            kind,
            classified,
            code,
            above.id if above else None,
            depth,
            *(*upper, self.books.organs.count + 1, *[None] * (TREE_DEPTH - depth)),
            since,
            None,
        )
        columns = (*upper, key, *[None] * (TREE_DEPTH - depth))
        body = Body(key, name, tier, kind, code, profile, depth, columns, since, classified)
        body.name_row = self.books.organ_names.add(key, name, since, None)
        if above is not None:
            body.superior = above.id
            body.edge_row = self.books.edges.add(key, above.id, "ADMINISTRATIVE", since, None)
        unit.bodies.append(body)
        return body


def _kind(name: str, profile: str) -> str:
    """性质 by the name: what is below a department serves it, the authority's centre is run like an organ."""
    if profile == "second":
        return "事业单位"
    if name.endswith("中心"):
        return "参公事业单位"
    party = any(f"{place}委" in name for place in "省市县区") and not name.endswith("委员会")
    return "党的机关" if party else "行政机关"


def _profile(name: str) -> str:
    """What decides staff and cars."""
    if name.startswith("公安"):
        return "police"
    return "services" if name.startswith("机关事务") else "bureau"
