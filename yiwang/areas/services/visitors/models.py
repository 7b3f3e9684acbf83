"""访客: who is expected, who came and left. As little of a person as reception needs, and not longer than it is needed.

The telephone number is sealed (AES-GCM under the site's key); lists show its mask. `purge` takes names, numbers and plates out
after the retention time and leaves the counts.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yiwang.areas.services.reach import serves, within
from yiwang.core.orgs.models import Scoped, ScopedQuerySet
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Role, User


class VisitState(models.TextChoices):
    """How far a visit has come."""

    INVITED = "INVITED", "待到访"
    ARRIVED = "ARRIVED", "在访"
    LEFT = "LEFT", "已离开"
    CANCELLED = "CANCELLED", "已取消"


class VisitQuerySet(ScopedQuerySet["Visit"]):
    """Visits by who may see them."""

    def visible(self, access: Access) -> VisitQuerySet:
        """One's own; those of the organ and below it for reception. A reader of registers has no business with names."""
        seen = Q(host=access.user.pk)
        if serves(access, Role.RECEPTION):
            seen |= within(access)
        return self.filter(seen)


class Visit(Scoped):
    """One visitor on one day. `organ` is the host's. `phone` is sealed under the code; `purged_date`: no person is left."""

    host = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="接待人")
    name = models.CharField("来访人", max_length=40, blank=True)
    from_organ = models.CharField("来访单位", max_length=80, blank=True)
    phone = models.CharField("电话", max_length=200, blank=True)
    phone_mask = models.CharField("电话(遮盖)", max_length=20, blank=True)
    plate = models.CharField("车牌", max_length=12, blank=True)
    reason = models.CharField("事由", max_length=100)
    on_date = models.DateField("来访日期")
    code = models.CharField("来访码", max_length=20, unique=True)
    state = models.CharField("状态", max_length=9, choices=VisitState.choices, default=VisitState.INVITED)
    invited_at = models.DateTimeField("邀请时间")
    arrived_at = models.DateTimeField("到达时间", null=True, blank=True)
    left_at = models.DateTimeField("离开时间", null=True, blank=True)
    purged_date = models.DateField("清除日期", null=True, blank=True)

    objects = VisitQuerySet.as_manager()

    class Meta(Scoped.Meta):
        verbose_name = "来访"
        indexes = [
            *Scoped.Meta.indexes,
            models.Index(fields=["on_date", "id"], name="visit_day"),
            models.Index(fields=["host", "id"], name="visit_host"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=VisitState.values), name="visit_state_known"),
            models.CheckConstraint(
                condition=(Q(state__in=("ARRIVED", "LEFT")) & Q(arrived_at__isnull=False))
                | (~Q(state__in=("ARRIVED", "LEFT")) & Q(arrived_at=None)),
                name="visit_arrived",
            ),
            models.CheckConstraint(
                condition=(Q(state="LEFT") & Q(left_at__isnull=False)) | (~Q(state="LEFT") & Q(left_at=None)),
                name="visit_left",
            ),
            models.CheckConstraint(
                condition=Q(purged_date=None) | Q(name="", phone="", phone_mask="", plate="", from_organ=""),
                name="visit_purged",
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"来访 {self.pk}"
