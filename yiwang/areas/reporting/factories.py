"""Rows for tests: a small scheme, its period opened in a province with two counties. Not for the application."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from yiwang.areas.reporting import actions, opening
from yiwang.areas.reporting.actions import Change
from yiwang.areas.reporting.models import ReportingPeriod, Return, ReturnVersion, SchemeRevision
from yiwang.core.orgs import factories
from yiwang.core.orgs.models import Organ, Tier
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Role
from yiwang.desk.testing import World, world

ON = date(2026, 10, 8)
NOW = datetime(2026, 10, 8, 2, tzinfo=UTC)
SMALL = """key: small
revision: '1'
title: 能耗月报
valid_from: 2020-01-01
period: month
due_days: 15
review: [COUNTY, PROVINCE]
tables:
- key: main
  title: 主表
  items:
  - {key: users, label: 用能人数, unit: 人, type: integer, required: true}
  - {key: power, label: 用电量, unit: 千瓦时, required: true}
  - {key: gas, label: 天然气, unit: 立方米}
  - {key: note, label: 说明, type: text}
  - {key: per_user, label: 人均用电量, unit: 千瓦时/人, derived: power / users, adds: false}
- key: meters
  title: 电表
  rows: floating
  items:
  - {key: number, label: 表号, type: text, required: true}
  - {key: used, label: 用量, unit: 千瓦时}
checks:
- {key: users_positive, that: users > 0, message: '用能人数应大于 0。'}
- {key: gas_thousand, kind: year, when: year_gas > 0, that: gas < 500 * year_gas, message: '天然气 {gas} 是上年 {year_gas} 的几百倍。', items: [gas]}
- {key: power_last, level: soft, kind: last, when: last_power > 0, that: power between 0.5 * last_power and 2 * last_power, message: '用电 {power},上月 {last_power}。', items: [power]}
- {key: meters_add, when: rows_meters > 0, that: power = sum_used, message: '电表合计 {sum_used},用电量 {power}。', items: [power]}
"""


@dataclass
class Scene:
    """The province has opened a month; our county has an organ and a school below it."""

    we: World = field(default_factory=world)
    text: str = SMALL

    def __post_init__(self) -> None:
        self.school = factories.organ("青河县第一中学", self.we.ours, tier=Tier.COUNTY, code="990101", kind="事业单位")
        self.boss = self.we.access(Role.MANAGER, self.we.province)
        self.county = self.we.access(Role.MANAGER, self.we.ours)
        self.clerk = self.we.access(Role.CLERK, self.school)
        self.revision: SchemeRevision = opening.save_scheme(text=self.text, access=self.boss)
        opening.issue_scheme(revision=self.revision.pk, access=self.boss)

    def open(self, start: date = date(2026, 9, 1)) -> ReportingPeriod:
        """A period."""
        return opening.open_period(revision=self.revision.pk, start=start, access=self.boss, now=NOW)

    def of(self, period: ReportingPeriod, organ: Organ | None = None) -> Return:
        """The return of an organ, the school's unless said."""
        return Return.objects.get(period=period, organ=organ or self.school)

    def fill(self, row: Return, access: Access | None = None, *, on: date = ON, **cells: Any) -> Return:
        """Type these cells over what stands there."""
        values = Return.objects.get(pk=row.pk).draft.get("values", {})
        changes = [Change(key, values.get(key, ""), str(value)) for key, value in cells.items()]
        return actions.save_cells(pk=row.pk, changes=changes, reasons={}, access=access or self.clerk, on=on)

    def submit(self, row: Return, *, on: date = ON, **more: Any) -> ReturnVersion:
        """Hand it in."""
        given: dict[str, Any] = {"pk": row.pk, "access": self.clerk, "on": on, "now": NOW}
        return actions.submit(**given | more)

    def handed(self, period: ReportingPeriod, **cells: Any) -> Return:
        """The school's return, filled and handed in."""
        row = self.of(period)
        self.fill(row, **{"users": 100, "power": 5000, **cells})
        self.submit(row)
        row.refresh_from_db()
        return row

    def accept(self, row: Return) -> Return:
        """Both reviewers agree."""
        actions.accept(pk=row.pk, access=self.county, now=NOW)
        return actions.accept(pk=row.pk, access=self.boss, now=NOW)
