"""Persons, appointments and posts of an organ: leaders, middle ranks, staff, by the organ's tier and size."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from random import Random

from yiwang.core.orgs.models import Tier
from yiwang.kit.pinyin import sort_key
from yiwang.portal.demo.ledgers import Ledgers
from yiwang.portal.demo.names import person_name
from yiwang.portal.demo.shapes import TODAY, Body, Who
from yiwang.portal.demo.standards import RANK_COLUMNS, Standards

#: (leaders by rank, shares of the others by rank); what is left is 科员. The head is the government itself.
_Staff = tuple[tuple[tuple[str, int], ...], tuple[tuple[str, float], ...]]
_STAFF: dict[tuple[str, bool], _Staff] = {
    (Tier.PROVINCE, True): ((("正部级", 1), ("副部级", 6), ("正厅级", 4)), (("正处级", 0.1), ("副处级", 0.15))),
    (Tier.PROVINCE, False): (
        (("正厅级", 1), ("副厅级", 4)),
        (("正处级", 0.14), ("副处级", 0.16), ("正科级", 0.25), ("副科级", 0.15)),
    ),
    (Tier.CITY, True): ((("正厅级", 1), ("副厅级", 6)), (("正处级", 0.06), ("副处级", 0.1), ("正科级", 0.3))),
    (Tier.CITY, False): ((("正处级", 1), ("副处级", 3)), (("正科级", 0.3), ("副科级", 0.2))),
    (Tier.COUNTY, True): ((("正处级", 1), ("副处级", 6)), (("正科级", 0.08), ("副科级", 0.12))),
    (Tier.COUNTY, False): ((("正科级", 1), ("副科级", 3)), ()),
    (Tier.TOWNSHIP, False): ((("正科级", 2), ("副科级", 5)), ()),
}
_SECOND: dict[str, _Staff] = {
    Tier.PROVINCE: ((("正处级", 1), ("副处级", 2)), (("正科级", 0.2), ("副科级", 0.2))),
    Tier.CITY: ((("正科级", 1), ("副科级", 2)), ()),
    Tier.COUNTY: ((("副科级", 1),), ()),
}
_SIZES = {
    (Tier.PROVINCE, "head"): (60, 70),
    (Tier.PROVINCE, "bureau"): (70, 150),
    (Tier.CITY, "head"): (30, 45),
    (Tier.CITY, "bureau"): (24, 50),
    (Tier.COUNTY, "head"): (16, 26),
    (Tier.COUNTY, "bureau"): (12, 23),
    (Tier.TOWNSHIP, "town"): (18, 30),
}
_CHIEFS = {
    (Tier.PROVINCE, "head"): ("省长", "副省长"),
    (Tier.CITY, "head"): ("市长", "副市长"),
    (Tier.COUNTY, "head"): ("县长", "副县长"),
    (Tier.TOWNSHIP, "town"): ("镇长", "副镇长"),
}
_ENDS = {"厅": "厅长", "局": "局长", "部": "部长", "检察院": "检察长", "法院": "院长", "党校": "校长", "总工会": "主席"}
_MIDDLE = {
    "正厅级": "秘书长",
    "副厅级": "副厅长",
    "正处级": "处长",
    "副处级": "副处长",
    "正科级": "科长",
    "副科级": "副科长",
}
_DEPUTIES = 6


def _chiefs(name: str) -> tuple[str, str]:
    """The titles of the first and of the deputies, by the end of the organ's name."""
    chief = next((title for end, title in _ENDS.items() if name.endswith(end)), "主任")
    return chief, f"副{chief}"


class Staffing:
    """Fills organs with persons."""

    def __init__(self, rng: Random, books: Ledgers, standards: Standards, *, small: bool = False) -> None:
        self.rng, self.books, self.standards, self.small = rng, books, standards, small

    def staff(self, body: Body) -> None:
        """Leaders and staff; some came from elsewhere, some have retired, a few posts are vacant."""
        leaders, shares = (
            _SECOND[body.tier] if body.profile == "second" else _STAFF[(body.tier, body.profile == "head")]
        )
        size = self._size(body)
        ranks = [rank for rank, number in leaders for _ in range(number)]
        others = max(size - len(ranks), 2)
        for rank, share in shares:
            ranks += [rank] * round(others * share)
        ranks += ["科员"] * max(size - len(ranks), 2)
        for place, rank in enumerate(ranks):
            self._person(body, rank, self._title(body, rank, place))
        self._posts(body)
        if self.rng.random() < 0.35:
            self._retired(body)

    def _size(self, body: Body) -> int:
        if body.profile == "second":
            return self.rng.randint(8, 24)
        if self.small:
            return self.rng.randint(9, 16)
        low, high = _SIZES[(body.tier, body.profile if body.profile in {"head", "town"} else "bureau")]
        size = self.rng.randint(low, high)
        return size * 2 if body.profile == "police" else size

    def _title(self, body: Body, rank: str, place: int) -> str:
        """局长、副局长 for the leaders, then by rank."""
        chief, deputy = _CHIEFS.get((body.tier, body.profile)) or _chiefs(body.name)
        if place == 0:
            return chief
        if place <= _DEPUTIES and rank == body.people[min(1, len(body.people) - 1)].rank:
            return deputy
        return _MIDDLE.get(rank, "工作人员")

    def _person(self, body: Body, rank: str, title: str) -> Who:
        rng, books = self.rng, self.books
        since = max(TODAY - timedelta(days=rng.randint(40, 5200)), body.opened)
        name = person_name(rng)
        key = books.people.add(*body.row, name, sort_key(name), f"P{books.people.count + 1:08}", rank, None)
        if rng.random() < 0.12:
            self._earlier(body, key, since)
        books.appointments.add(*body.row, key, rank, title, True, since, None)
        who = Who(key, name, rank, self.standards.room(body, rank), since)
        body.people.append(who)
        body.ranks[rank] = body.ranks.get(rank, 0) + 1
        return who

    def _earlier(self, body: Body, person: int, until: date) -> None:
        """A lower appointment in the same organ before the present one."""
        since = max(until - timedelta(days=self.rng.randint(400, 2500)), body.opened)
        if since < until:
            self.books.appointments.add(*body.row, person, "科员", "工作人员", True, since, until)

    def _retired(self, body: Body) -> None:
        """Somebody who has left: the row stays, the appointment has ended."""
        rng, books = self.rng, self.books
        until = TODAY - timedelta(days=rng.randint(10, 1500))
        since = max(until - timedelta(days=rng.randint(800, 6000)), body.opened)
        if since >= until:
            return
        name = person_name(rng)
        number = f"P{books.people.count + 1:08}"
        key = books.people.add(*body.row, name, sort_key(name), number, "科员", until)
        books.appointments.add(*body.row, key, "科员", "工作人员", True, since, until)

    def _posts(self, body: Body) -> None:
        """编制 not below 实有; one row a rank."""
        ladder = list(RANK_COLUMNS)
        for rank in sorted(body.ranks, key=ladder.index):
            actual = body.ranks[rank]
            authorized = actual + (self.rng.randint(0, 1 + actual // 10) if rank == "科员" else 0)
            body.authorized += authorized
            self.books.posts.add(*body.row, rank, authorized, actual, body.opened, None)


def part_time(rng: Random, books: Ledgers, bodies: list[Body]) -> Counter[str]:
    """兼任: a few leaders hold a second post in another organ, without a room there."""
    done: Counter[str] = Counter()
    for body in bodies:
        if body.profile == "head" or not body.people or rng.random() > 0.04:
            continue
        who, other = body.people[0], rng.choice(bodies)
        since = max(who.since, other.opened)
        if other.id != body.id:
            books.appointments.add(*other.row, who.id, who.rank, "兼任委员", False, since, None)
            done["part_time"] += 1
    return done
