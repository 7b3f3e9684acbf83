"""A province with a city, a county and a unit, the people who fill and review, and registers that can prove."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from yiwang.areas.evaluation import actions
from yiwang.areas.evaluation.models import Assessment, State
from yiwang.areas.evaluation.tables import in_force
from yiwang.core.flow import definitions
from yiwang.core.orgs import factories
from yiwang.core.orgs.models import Organ, Tier
from yiwang.core.registers import computed
from yiwang.core.rights.access import Access, access_for
from yiwang.core.rights.models import Grant, Role, User
from yiwang.core.verdicts import sources
from yiwang.core.verdicts.sources import SourceRow

ON = date(2026, 11, 30)
NOW: datetime = timezone.make_aware(datetime(2026, 11, 30, 9))


@dataclass
class Scene:
    """Organs from above: province, city, county, unit; beside them another unit."""

    organs: list[Organ]
    other: Organ
    rows: dict[str, list[tuple[Organ, Mapping[str, Any]]]] = field(default_factory=dict)

    @property
    def unit(self) -> Organ:
        """Who applies."""
        return self.organs[-1]

    def user(self, role: str, at: Organ) -> User:
        """A user with a role."""
        user, _ = User.objects.get_or_create(username=f"{role.lower()}{at.pk}")
        Grant.objects.get_or_create(user=user, organ=at, role=role)
        return user

    def access(self, role: str = Role.CLERK, at: Organ | None = None) -> Access:
        """His access."""
        return access_for(self.user(role, at or self.unit))

    def begin(self, key: str = "DEMONSTRATION") -> Assessment:
        """An assessment of the unit for 2025."""
        return actions.begin(key=key, organ=self.unit, year=2025, access=self.access(), on=ON, now=NOW)

    def fill_all(self, one: Assessment) -> None:
        """Full points for all that is not proved."""
        for mark in one.marks.exclude(source="PROVED"):
            item = one.table.item(mark.item)
            measure = Decimal("0.8") if item.bands else None
            actions.fill(
                mark=mark.pk, points=None if measure else (item.full or Decimal(1)), measure=measure, said="见附件",
                left_out=False, access=self.access(), now=NOW,
            )  # fmt: skip

    def review(self, one: Assessment, at: Organ, verdict: Any = "approve", **points: Decimal) -> None:
        """A manager gives points; `m3=Decimal(2)` to mark 3."""
        given = {int(name[1:]): value for name, value in points.items()}
        actions.review(
            assessment=one.pk, verdict=verdict, points=given, opinion="核对无误", access=self.access(Role.MANAGER, at),
            on=ON, now=NOW,
        )  # fmt: skip

    def reached(self, organ: Organ, key: str, on: date = ON) -> Assessment:
        """One that was recognised, for those who only look at the outcome."""
        table = in_force(key, on, organ.tier)
        one = Assessment(
            organ=organ, programme=key, year=on.year, document=table.document, digest=table.digest, on_date=on,
            state=State.REACHED, decided_on=on, score=90,
        )  # fmt: skip
        one.place()
        one.save()
        return one


def _source(scene: Scene, dataset: str) -> Any:
    def rows(*, on: date, subjects: Any = None) -> Iterator[SourceRow]:
        for number, (organ, values) in enumerate(scene.rows.get(dataset, [])):
            yield SourceRow(
                subject=str(number), label="", organ_id=organ.pk, region=organ.region_id, on=on, values=dict(values)
            )

    return rows


def _figures(scene: Scene, dataset: str) -> Any:
    def rows(*, within: Organ, since: date, until: date) -> Iterator[dict[str, Any]]:
        for organ, values in scene.rows.get(dataset, []):
            if since <= date.fromisoformat(values["due"]) < until:
                yield {**values, "organ_id": organ.pk, "region": organ.region_id}

    return rows


@pytest.fixture
def scene(db: None, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """Everybody in place; the registers are empty."""
    province = factories.organ("示例省机关事务管理局", tier=Tier.PROVINCE, code="990000")
    city = factories.organ("示例市机关事务管理局", province, tier=Tier.CITY, code="990100")
    county = factories.organ("青河县机关事务局", city, tier=Tier.COUNTY, code="990101")
    unit = factories.organ("青河县财政局", county, tier=Tier.COUNTY, code="990101")
    made = Scene([province, city, county, unit], factories.organ("云岭县水利局", province, code="990102"))
    for dataset in ("reporting.filing", "energy.water_balance"):
        monkeypatch.setitem(computed._figures, dataset, _figures(made, dataset))
    for dataset in ("energy.organ_year", "energy.target_year", "energy.consumption_month"):
        monkeypatch.setitem(sources._sources, dataset, _source(made, dataset))
    for organ in (province, city, county):
        made.user(Role.MANAGER, organ)
    definitions.install(actions.PROCESS, NOW)
    return made
