"""Equipment and furniture of an organ. Quantities and prices stay within what the judge allows."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from random import Random
from typing import Any

from yiwang.core.orgs.models import Tier
from yiwang.kit.pinyin import sort_key
from yiwang.portal.demo.ledgers import Ledgers
from yiwang.portal.demo.names import BRANDS
from yiwang.portal.demo.shapes import TODAY, Body, Who
from yiwang.portal.demo.standards import Standards

#: item, column of assets.holding, topic that limits it, pieces a person, price in yuan where no clause says
EQUIPMENT: tuple[tuple[str, str, str, float, int], ...] = (
    ("台式计算机", "desktops", "assets.desktop_share", 0.34, 5000),
    ("便携式计算机", "laptops", "assets.laptop_share", 0.07, 7000),
    ("A4打印机(黑白)", "a4_printers", "assets.printer_share", 0.09, 1200),
    ("A3打印机(黑白)", "a3_printers", "assets.a3_printer_share", 0.008, 7600),
    ("复印机", "copiers", "assets.copier_count", 0.02, 35_000),
    ("一体机/传真机", "faxes", "assets.fax_share", 0.02, 3000),
    ("扫描仪", "scanners", "assets.scanner_share", 0.01, 4000),
    ("碎纸机", "shredders", "assets.shredder_share", 0.015, 1000),
    ("投影仪", "projectors", "assets.projector_share", 0.012, 10_000),
)
#: item, pieces a person, price in yuan where no clause says
FURNITURE = (
    ("办公桌", 0.06, 2400),
    ("办公椅", 0.06, 700),
    ("文件柜", 0.045, 900),
    ("书柜", 0.03, 1100),
    ("三人沙发", 0.02, 2600),
    ("茶水柜", 0.012, 1200),
    ("更衣柜", 0.012, 900),
)
COLUMNS = (*dict.fromkeys(column for _, column, *_ in EQUIPMENT), "colour_printers")


class Goods:
    """Fills organs with things."""

    def __init__(self, rng: Random, books: Ledgers, standards: Standards) -> None:
        self.rng, self.books, self.standards = rng, books, standards
        self.held: dict[int, dict[str, int]] = {}
        self.cards: dict[int, list[tuple[int, str, Who | None, date]]] = {}

    def start(self) -> None:
        """Before each unit."""
        self.held, self.cards = {}, {}

    def equip(self, body: Body) -> None:
        """Equipment of the organ, furniture in the hands of persons."""
        counts = self._counts(body)
        self.held[body.id] = counts
        self.cards[body.id] = []
        for item, column, _, _, price in EQUIPMENT:
            for _ in range(counts[column]):
                self.add(body, item, price, None)
        for item, share, price in FURNITURE:
            for _ in range(self._round(share * len(body.people))):
                self.add(body, item, price, self.rng.choice(body.people))

    def _round(self, number: float) -> int:
        """Up or down at random, so that small organs have something too."""
        whole = int(number)
        return whole + (self.rng.random() < number - whole)

    def _counts(self, body: Body) -> dict[str, int]:
        """Pieces by column, cut to what the judge allows."""
        heads = len(body.people)
        counts = dict.fromkeys(COLUMNS, 0)
        for _, column, _, share, _ in EQUIPMENT:
            counts[column] = self._round(share * heads * self.rng.uniform(0.8, 1.2))
        while bad := self.too_many(body, counts):
            for column in bad:
                counts[column] = max(counts[column] - 1, 0)
        return counts

    def too_many(self, body: Body, counts: dict[str, int]) -> list[str]:
        """The columns of which there are more than a clause allows."""
        limits = self.standards.verdicts("assets.holding", holding_facts(body, counts), body.region)
        broken = {verdict.topic for verdict in limits if verdict.excess}
        return [column for _, column, topic, *_ in EQUIPMENT if topic in broken and counts[column]]

    def add(self, body: Body, item: str, price: int, who: Who | None, *, cents: int = 0) -> int:
        """A card. `price` where no clause says; `cents` (fen) sets the price whatever the clause."""
        rng = self.rng
        day = max(TODAY - timedelta(days=rng.randint(20, 3200)), body.opened + timedelta(days=1))
        if who and not self.standards.knows(
            "assets.purchase", thing_facts(body, item, Decimal(1), who), body.region, day
        ):
            who = min(body.people, key=lambda one: one.allowed)
        paid = cents or self._price(body, item, price, who, day)
        name = f"{item.partition('(')[0]} {rng.choice(BRANDS)}{rng.choice('ABCEKMT')}{rng.randint(1, 9)}0"
        state, scrapped = ("IN_USE", None) if rng.random() < 0.96 else ("IDLE", None)
        room = "" if who is None or not who.rooms else str(self.books.rooms.get(who.rooms[0], "number"))
        code = f"ZC{day.year}{self.books.assets.count + 1:08}"
        key = self.books.assets.add(
            *body.row,
            *(code, name, sort_key(name, limit=200), item, who and who.id, body.building or None, room),
            *(paid, day, state, scrapped),
        )
        self.cards[body.id].append((key, item, who, day))
        return key

    def _price(self, body: Body, item: str, price: int, who: Who | None, day: date) -> int:
        """In fen, 60 to 99 % of the limit on the day."""
        facts = thing_facts(body, item, Decimal(1), who)
        limits = self.standards.limits("assets.purchase", facts, body.region, day)
        top = limits.get("assets.unit_price", Decimal(price))
        return int((top * self.rng.randint(60, 99) / 1000).to_integral_value(ROUND_DOWN)) * 1000


def thing_facts(body: Body, item: str, price: Decimal, who: Who | None) -> dict[str, Any]:
    """A thing as a record of assets.purchase; price in yuan."""
    return {
        "organ_tier": Tier(body.tier).label,
        "item": item,
        "rank": who and who.rank,
        "unit_price": price,
        "quantity": Decimal(1),
    }


def holding_facts(body: Body, counts: dict[str, int]) -> dict[str, Any]:
    """The organ's equipment as a record of assets.holding."""
    return {
        "organ_tier": Tier(body.tier).label,
        "unit_type": "涉密单位" if body.classified else "非涉密单位",
        "headcount": Decimal(sum(body.ranks.values())),
        **{column: Decimal(number) for column, number in counts.items()},
    }
