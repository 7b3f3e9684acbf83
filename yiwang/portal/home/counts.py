"""How many things wait for a user: steps of cases (事项) and findings (问题). The band, 首页 and 我的办事 ask here and agree."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.db import models
from django.db.models import Q

from yiwang.core.flow.models import Task
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Verb
from yiwang.core.verdicts.models import Finding, State

#: Each kind is counted up to this; the number in the band may be so many seconds old.
CAP = 99


@dataclass(frozen=True)
class Counts:
    """Both kinds, each up to CAP + 1."""

    tasks: int = 0
    findings: int = 0

    @property
    def total(self) -> int:
        """Of both."""
        return self.tasks + self.findings

    @property
    def badge(self) -> str:
        """The number for the band: "" for none, 99+ beyond."""
        return "" if not self.total else capped(self.total)

    @property
    def words(self) -> str:
        """事项 3、问题 9: what the number is made of."""
        named = (("事项", self.tasks), ("问题", self.findings))
        return "、".join(f"{label} {capped(number)}" for label, number in named if number)


def capped(number: int) -> str:
    """99+ beyond the cap."""
    return f"{CAP}+" if number > CAP else str(number)


def findings(access: Access) -> models.QuerySet[Finding]:
    """The findings that wait for the user at the organ worked for."""
    asked = Q(pk__in=[])
    if access.can_write:
        asked |= Q(handler=access.user.pk, state__in=[State.ASSIGNED, State.RECTIFYING]) | Q(state=State.OPEN)
    if access.can_approve:
        asked |= Q(state__in=[State.REVIEWING, State.APPEALED])
    return access.scope(Finding.objects.filter(asked), Verb.WRITE)


def tasks(access: Access) -> int:
    """How many steps of cases wait."""
    return Task.objects.waiting_for(access).select_related(None).order_by().values("pk")[: CAP + 1].count()


def now(access: Access) -> Counts:
    """Counted now."""
    found = findings(access).order_by().values("pk")[: CAP + 1].count() if access.can_write else 0
    return Counts(tasks(access), found)


def lately(access: Access) -> Counts:
    """Counted within the last seconds."""
    if access.organ is None:
        return Counts()
    key = f"waiting:{access.user.pk}:{access.organ.pk}"
    found: tuple[int, int] | None = cache.get(key)
    if found is None:
        fresh = now(access)
        found = (fresh.tasks, fresh.findings)
        cache.set(key, found, settings.BADGE_SECONDS)
    return Counts(*found)
