"""A register in memory, and the people around a finding."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from yiwang.core.orgs import factories
from yiwang.core.orgs.models import Organ, Tier
from yiwang.core.rights.access import Access, access_for
from yiwang.core.rights.models import Grant, Role, User
from yiwang.core.verdicts.sources import SourceRow

DATASET = "offices.person_space"
TOPIC = "offices.person_area"
LIMIT = Decimal(18)  # 正科级 in a county, FGTZ-2014-2674
ON = date(2026, 5, 9)


@dataclass
class Register:
    """Rooms held by persons; a source for DATASET."""

    rows: list[SourceRow] = field(default_factory=list)

    def hold(self, subject: str, organ: Organ, area: int, *, rank: str = "正科级", name: str = "王敏") -> None:
        """One more room."""
        values: dict[str, Any] = {
            "person": name,
            "organ": organ.name,
            "organ_tier": "县级机关",
            "rank": rank,
            "usable_area": Decimal(area),
        }
        self.rows.append(
            SourceRow(
                subject=subject,
                label=f"{name} · {organ.name}",
                organ_id=organ.pk,
                region="990101",
                on=ON,
                values=values,
                url=f"/r/person/{subject}/",
            )
        )

    def set(self, subject: str, **values: Any) -> None:
        """Correct every row of a subject."""
        self.rows = [
            replace(row, values={**row.values, **values}) if row.subject == subject else row for row in self.rows
        ]

    def drop(self, subject: str) -> None:
        """Take a subject out of the register."""
        self.rows = [row for row in self.rows if row.subject != subject]

    def __call__(self, *, on: date, subjects: Collection[str] | None = None) -> Iterable[SourceRow]:
        return [row for row in self.rows if subjects is None or row.subject in subjects]


class World:
    """A province; our county bureau with owner, colleague and manager; a stranger next door."""

    def __init__(self) -> None:
        self.province = factories.organ("示例省机关事务管理局", tier=Tier.PROVINCE, code="990000")
        self.ours = factories.organ("青河县财政局", self.province)
        self.theirs = factories.organ("云岭县水利局", self.province, code="990102")

    def user(self, role: Role = Role.CLERK, at: Organ | None = None, name: str = "") -> User:
        """A user with this role; the same name, the same user."""
        organ = at or self.ours
        user, _ = User.objects.get_or_create(username=f"{role.lower()}{organ.pk}{name}")
        Grant.objects.get_or_create(user=user, organ=organ, role=role)
        return user

    def access(self, role: Role = Role.CLERK, at: Organ | None = None, name: str = "") -> Access:
        """The access of such a user."""
        return access_for(self.user(role, at, name))
