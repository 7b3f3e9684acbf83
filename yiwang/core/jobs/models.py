"""后台任务: what a worker does beside the pages, how far it is, and how it ended."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Role, User


class JobState(models.TextChoices):
    """How far a job has come."""

    WAITING = "WAITING", "等待中"
    RUNNING = "RUNNING", "进行中"
    DONE = "DONE", "已完成"
    REFUSED = "REFUSED", "未能办理"  # the work said no, with a sentence: trying again would not help
    PARKED = "PARKED", "已停放"  # failed too often: an administrator looks at it


#: States in which something is still to come.
OPEN = (JobState.WAITING, JobState.RUNNING)


class JobQuerySet(models.QuerySet["Job"]):
    """Jobs by who may see them."""

    def visible(self, access: Access) -> JobQuerySet:
        """One's own, and for a system administrator all those of his place."""
        return self.filter(Q(user=access.user.pk) | _administered(access)) if access.user.pk else self.none()

    def administered(self, access: Access) -> JobQuerySet:
        """Those that the user looks after as system administrator; jobs of nobody belong to the root."""
        return self.filter(_administered(access))


def _administered(access: Access) -> Q:
    organ = access.organ
    if organ is None or not access.has(Role.SYSTEM_ADMIN):
        return Q(pk__in=[])
    here = Q(**{f"organ__l{organ.depth}": organ.pk})
    return here | Q(organ=None) if organ.depth == 1 else here


class Job(models.Model):
    """One piece of work. `arguments` are the work function's, as JSON. `key`: at most one unfinished job has it.

    `attempts` counts the claims and fences them: a worker that was taken for dead and is not cannot write any more.
    `task` is the entry in the queue. `error` (class, message, trace) is for administrators, `message` for the user.
    """

    kind = models.CharField("任务", max_length=60)
    arguments = models.JSONField("参数", default=dict)
    key = models.CharField("标识", max_length=120, blank=True)
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="发起人")
    organ = models.ForeignKey(Organ, models.PROTECT, null=True, related_name="+", verbose_name="单位")
    state = models.CharField("状态", max_length=10, choices=JobState.choices, default=JobState.WAITING)
    done = models.PositiveIntegerField("已做", default=0)
    total = models.PositiveIntegerField("总数", default=0)
    message = models.CharField("说明", max_length=500, blank=True)
    url = models.CharField("结果地址", max_length=250, blank=True)
    error = models.TextField("错误", blank=True)
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    most = models.PositiveSmallIntegerField("最多次数", default=4)
    task = models.CharField("队列编号", max_length=40, blank=True)
    created_at = models.DateTimeField("发起时间")
    next_at = models.DateTimeField("不早于")
    started_at = models.DateTimeField("开始时间", null=True)
    finished_at = models.DateTimeField("结束时间", null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = "后台任务"
        indexes = [
            models.Index(fields=["user", "-id"], name="job_user"),
            models.Index(fields=["state", "next_at"], name="job_state"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=~Q(key="") & Q(state__in=["WAITING", "RUNNING"]), name="job_key_open_once"
            ),
            models.CheckConstraint(condition=Q(state__in=JobState.values), name="job_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"

    @property
    def open(self) -> bool:
        """Whether something is still to come."""
        return self.state in OPEN

    @property
    def retrying(self) -> bool:
        """Whether it failed and waits for another attempt."""
        return self.state == JobState.WAITING and self.attempts > 0

    @property
    def last_error(self) -> str:
        """The line of the trace that says what it was."""
        return self.error.strip().rpartition("\n")[2][:200]
