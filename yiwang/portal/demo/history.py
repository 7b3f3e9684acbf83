"""Reorganizations of the demo province: mergers, new names, a transfer, a spin-off, a county that became a district.

Rows are made as the acts of `core/orgs/actions.py` would have made them: half-open, each day sound.
"""

from __future__ import annotations

from datetime import date

from yiwang.core.orgs.models import Act, Side, Tree
from yiwang.portal.demo.ledgers import Ledgers
from yiwang.portal.demo.province import MERGED, REFORM, Builder
from yiwang.portal.demo.shapes import Body, Unit

MARKET = date(2018, 12, 20)
ENERGY = date(2020, 7, 1)
DATA = date(2023, 11, 1)
DISTRICT = date(2016, 6, 8)
POLICE_SINCE = date(2010, 1, 1)
GROUND = "示例省机构改革方案(演示)"
_RENAMED = {
    "应急管理": ("安全生产监督管理", REFORM),
    "市场监督管理": ("工商行政管理", MARKET),
    "自然资源": ("国土资源", REFORM),
    "住房和城乡建设": ("建设", date(2008, 10, 1)),
}


class History:
    """What happened to the organs of a unit before today."""

    def __init__(self, builder: Builder) -> None:
        self.builder = builder
        self.books: Ledgers = builder.books
        self.police: dict[str, int] = {}  # place → organ, for the vertical tree
        self.ecology: dict[str, int] = {}

    def write(self, unit: Unit) -> None:
        """Before anybody works there."""
        for body in list(unit.bodies):
            if MERGED in body.name and body.profile == "bureau" and (body.tier != "COUNTY" or body.id % 2):
                self._merger(unit, body)
        for body in unit.bodies:
            if body.tier in {"COUNTY", "TOWNSHIP"} and body.region.endswith("01"):
                self._district(body)
        for body in unit.open:
            self._past(unit, body)
        self._verticals(unit)
        self._budget(unit)

    def _past(self, unit: Unit, body: Body) -> None:
        """What the name of the organ tells of its past."""
        names = self.books.organ_names
        for now, (before, on) in _RENAMED.items():
            since = names.get(body.name_row, "valid_from")
            if now in body.name and body.profile == "bureau" and since < on:
                past = body.name.replace(now, before).replace("和规划局", "局")
                self.rename(body, past, on, act=True)
        if body.name.endswith("省能源局"):
            self._transfer(unit, body)
        if body.name.endswith("省数据局"):
            self._spin_off(unit, body)

    def rename(self, body: Body, past: str, on: date, *, act: bool) -> None:
        """The organ bore another name until `on`; the row of the present name begins there."""
        names = self.books.organ_names
        until = names.get(body.name_row, "valid_to")
        names.change(body.name_row, name=past, valid_to=on)
        body.name_row = names.add(body.id, body.name, on, until)
        if act:
            self._act(Act.RENAME, on, [body.id], [body.id])

    def _merger(self, unit: Unit, body: Body) -> None:
        """Two organs closed, this one came out of them."""
        olds = [self._closed(unit, body, name) for name in ("文化局", "旅游局")]
        self._act(Act.MERGE, REFORM, [old.id for old in olds], [body.id])

    def _closed(self, unit: Unit, heir: Body, name: str) -> Body:
        """An organ that stood beside its heir and is no more."""
        head = next(body for body in unit.bodies if body.id == heir.superior)
        place = heir.name[: heir.name.index(MERGED)]
        old = self.builder.organ(
            unit, place + name, heir.tier, heir.region, head, "bureau", opened=max(head.opened, date(1996, 5, 1))
        )
        old.closed = REFORM
        self.books.organs.change(old.id, closed_date=REFORM)
        self.books.organ_names.change(old.name_row, valid_to=REFORM)
        self.books.edges.change(old.edge_row, valid_to=REFORM)
        return old

    def _transfer(self, unit: Unit, body: Body) -> None:
        """Below the reform commission until 2020, beside it since."""
        planning = next(one for one in unit.bodies if one.name.endswith("发展和改革委员会"))
        edges = self.books.edges
        since = edges.get(body.edge_row, "valid_from")
        edges.change(body.edge_row, superior_id=planning.id, valid_from=max(since, planning.opened), valid_to=ENERGY)
        if since < planning.opened:
            self.books.organs.change(body.id, opened_date=planning.opened)
            self.books.organ_names.change(body.name_row, valid_from=planning.opened)
            body.opened = planning.opened
        assert body.superior is not None
        body.edge_row = edges.add(body.id, body.superior, Tree.ADMINISTRATIVE, ENERGY, None)
        self._act(Act.TRANSFER, ENERGY, [body.id], [body.id])

    def _spin_off(self, unit: Unit, body: Body) -> None:
        """The data bureau came out of the government office, which goes on."""
        office = next(one for one in unit.bodies if one.name.endswith("政府办公厅"))
        self._act(Act.SPLIT, DATA, [office.id], [office.id, body.id])

    def _district(self, body: Body) -> None:
        """The first 区 of a city was a 县 until 2016: its organs bore that name."""
        if body.opened < DISTRICT:
            self.rename(body, body.name.replace("区", "县", 1), DISTRICT, act=body.profile == "head")

    def _verticals(self, unit: Unit) -> None:
        """公安 and 生态环境 are also led from above."""
        for word, above in (("公安", self.police), ("生态环境", self.ecology)):
            found = [body for body in unit.open if word in body.name and body.profile != "second"]
            for body in sorted(found, key=lambda one: one.depth):
                upper = above.get(body.region[:4] + "00") or above.get("990000")
                above.setdefault(body.region, body.id)
                if upper and upper != body.id:
                    self.books.edges.add(body.id, upper, Tree.VERTICAL, max(POLICE_SINCE, body.opened), None)

    def _budget(self, unit: Unit) -> None:
        """Units below a department take their budget from it, departments from the treasury of their place."""
        treasuries = {(body.region, body.tier): body for body in unit.open if body.name.endswith(("财政厅", "财政局"))}
        by_id = {body.id: body for body in unit.open}
        for body in unit.open:
            treasury = treasuries.get((body.region, body.tier))
            upper = by_id.get(body.superior or 0) if body.profile == "second" else treasury
            if body.profile not in {"head", "town"} and upper and upper.id != body.id:
                since = max(body.opened, upper.opened)
                self.books.edges.add(body.id, upper.id, Tree.BUDGET, since, None)

    def _act(self, act: Act, on: date, olds: list[int], news: list[int]) -> None:
        """The reorganization and its parts."""
        key = self.books.reorganizations.add(str(act), on, GROUND)
        for organ in olds:
            self.books.parts.add(key, organ, str(Side.FROM))
        for organ in news:
            self.books.parts.add(key, organ, str(Side.TO))
