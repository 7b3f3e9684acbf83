"""Loading the demo province: everything in one transaction, one ledger entry with a Merkle root."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from django.db import transaction
from django.utils import timezone

from yiwang.core.ledger.post import post
from yiwang.core.orgs.models import Organ
from yiwang.core.orgs.regions import load_regions
from yiwang.core.verdicts.sources import sourced
from yiwang.core.verdicts.sync import sync
from yiwang.kit.digest import merkle_root
from yiwang.kit.refusal import Refusal
from yiwang.portal.demo.accounts import Account, open_accounts
from yiwang.portal.demo.board import load_board
from yiwang.portal.demo.canteen import furnish
from yiwang.portal.demo.cases import open_cases
from yiwang.portal.demo.casework import work_on_findings
from yiwang.portal.demo.costs import load_costs
from yiwang.portal.demo.energy import load_energy
from yiwang.portal.demo.energy_watch import load_signs
from yiwang.portal.demo.evaluation import load_evaluation
from yiwang.portal.demo.figures import load_figures
from yiwang.portal.demo.fleet import Fleets
from yiwang.portal.demo.goods import Goods
from yiwang.portal.demo.history import History
from yiwang.portal.demo.ledgers import Ledgers
from yiwang.portal.demo.life import load_life
from yiwang.portal.demo.people import Staffing, part_time
from yiwang.portal.demo.plants import CAPITAL_ONLY, Planted, Planter, numbers
from yiwang.portal.demo.province import Builder, Plan
from yiwang.portal.demo.returns import load_returns
from yiwang.portal.demo.services import ORDERS, load_services
from yiwang.portal.demo.shapes import TODAY, Unit
from yiwang.portal.demo.space import Spaces
from yiwang.portal.demo.standards import Standards
from yiwang.portal.demo.stats import load_stats
from yiwang.portal.demo.tracks import load_tracks
from yiwang.portal.demo.trips import load_trips
from yiwang.portal.demo.venues import load_venues
from yiwang.portal.demo.watch import load_watch

SEED = 20260630
LARGEST = 25
Progress = Callable[[str, int, int], None]


@dataclass
class Loaded:
    """What was loaded: rows by model, what was planted, what found no place, and the accounts."""

    counts: dict[str, int] = field(default_factory=dict)
    planted: list[Planted] = field(default_factory=list)
    unplaced: dict[str, int] = field(default_factory=dict)
    accounts: list[Account] = field(default_factory=list)
    entry: int = 0


class Generator:
    """Makes the province unit by unit; `write` decides what becomes of the rows."""

    def __init__(self, scale: float, seed: int, rooms: int | None = None) -> None:
        rng = Random(seed)  # noqa: S311 (made-up data, not secrets)
        self.rng, self.scale = rng, scale
        self.plan = Plan.at(scale)
        self.books, self.standards = Ledgers(), Standards()
        self.builder = Builder(rng, self.books, self.plan)
        self.history = History(self.builder)
        self.staffing = Staffing(rng, self.books, self.standards, small=self.plan.small)
        self.spaces = Spaces(rng, self.books, self.standards, extra=_extra(self.plan, rooms))
        self.fleets = Fleets(rng, self.books, self.standards)
        self.goods = Goods(rng, self.books, self.standards)
        self.planter = Planter(rng, self.standards, self.spaces, self.fleets, self.goods)

    def run(self, write: Callable[[Unit, int, int], None]) -> None:
        """Each unit: organs, history, people, space, cars, things, plants."""
        total = self.plan.cities + 1
        for number, unit in enumerate(self.builder.units()):
            self._fill(unit)
            self.planter.plant(unit, _share(numbers(self.scale), number, total))
            self.spaces.finish(self.planter.low)
            self.planter.after()
            write(unit, number + 1, total)

    def _fill(self, unit: Unit) -> None:
        self.history.write(unit)
        for body in unit.open:
            self.staffing.staff(body)
        part_time(self.rng, self.books, unit.open)
        self.spaces.build(unit)
        self.fleets.start()
        self.goods.start()
        for body in unit.open:
            self.fleets.equip(body)
            self.goods.equip(body)


def load(
    *,
    scale: float = 1.0,
    seed: int = SEED,
    rooms: int | None = None,
    password: str | None = None,
    progress: Progress | None = None,
    judge: bool = True,
) -> Loaded:
    """Load the province into an empty database. Refusals `demo.not-empty`, `demo.scale`.

    `scale` 1 is about 2,500 organs; `rooms` raises their number to about so many; `progress(name, done, total)`.
    `judge`: judge all registers afterwards, so that there are findings, let some of them be worked on, and open requests.
    """
    if not 0 < scale <= LARGEST:
        raise Refusal("demo.scale", f"规模应大于 0、不超过 {LARGEST}。")
    if Organ.objects.exists():
        raise Refusal("demo.not-empty", "数据库里已有单位,示例省只能装入空库。")
    generator = Generator(scale, seed, rooms)
    roots: list[tuple[str, int, str]] = []

    def write(unit: Unit, done: int, total: int) -> None:
        roots.extend(generator.books.flush())
        if progress:
            progress(unit.name, done, total)

    with transaction.atomic():
        load_regions()
        generator.run(write)
        generator.books.finish()
        accounts = open_accounts(password)
        counts = {table.model._meta.label_lower: table.count for table in generator.books.tables()}
        counts |= load_services(now=timezone.now(), orders=max(200, int(ORDERS * min(scale, 1.0))))
        entry = _post(scale, seed, counts, roots)
    furnish(TODAY)
    if judge:
        _judge(progress)
        with transaction.atomic():
            open_cases(timezone.now())
    _business(timezone.now())
    planter = generator.planter
    return Loaded(counts, planter.planted, planter.waiting, accounts, entry)


def _business(now: datetime) -> None:
    """What the areas did in the last months, each by its own verbs; later ones read what earlier ones left."""
    with transaction.atomic():
        load_venues(now=now)
        load_life(now=now)
        load_trips(now=now)
        load_tracks(now=now)
    load_watch(now=now)
    with transaction.atomic():
        load_board(now=now)
    load_costs(now=now)
    load_stats(now=now)
    load_returns(now=now)
    with transaction.atomic():
        load_energy(now=now)
        load_signs(now=now)
        load_evaluation(now=now)
    load_figures(now=now)


def _judge(progress: Progress | None) -> None:
    """Findings, dataset by dataset."""
    datasets = sourced()
    for done, dataset in enumerate(datasets, start=1):
        sync(dataset=dataset, on=TODAY, actor="system")
        if progress:
            progress(f"判定 {dataset}", done, len(datasets))
    work_on_findings(TODAY)


def _post(scale: float, seed: int, counts: dict[str, int], roots: list[tuple[str, int, str]]) -> int:
    """The entry: counts by model and one root over the roots of all tables, in the order in which they were written."""
    leaves = (f"{label}\x1f{rows}\x1f{root}".encode() for label, rows, root in roots)
    body = {"scale": str(scale), "seed": seed, "rows": counts, "root": merkle_root(leaves)}
    return post(actor="system", act="demo.load", obj="demo.province:990000", body=body)


def _share(wanted: dict[str, int], unit: int, units: int) -> dict[str, int]:
    """What falls to a unit: the plants go round, each kind beginning with another unit; some need the capital."""
    return {
        plant: count * (unit == 1)
        if plant in CAPITAL_ONLY
        else sum((first + number) % units == unit for number in range(count))
        for first, (plant, count) in enumerate(wanted.items())
    }


def _extra(plan: Plan, rooms: int | None) -> float:
    """Rooms to add to each organ so that there are about so many in all."""
    return max(0.0, ((rooms or 0) - plan.rooms) / plan.organs)
