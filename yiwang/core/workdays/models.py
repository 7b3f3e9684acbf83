"""The holiday calendar (节假日历): only the days that differ from Monday to Friday are rows."""

from __future__ import annotations

from django.db import models


class Holiday(models.Model):
    """A day off, or a weekend day that is worked (调休上班). `number` is the notice that says so."""

    day = models.DateField("日期", unique=True)
    works = models.BooleanField("上班")
    name = models.CharField("节日", max_length=40)
    number = models.CharField("文号", max_length=60, blank=True)
    verified = models.BooleanField("已核实", default=True)  # False: the notice of that year is not published yet

    class Meta:
        verbose_name = "节假日"
        ordering = ("day",)

    def __str__(self) -> str:
        return f"{self.day} {self.name}{'(上班)' if self.works else ''}"


class CalendarRevision(models.Model):
    """One row. Its token changes with every change of the calendar: who keeps a calendar in memory compares it.

    A token and not a number: the number of a change that was rolled back would come again with other days.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    token = models.CharField("版本", max_length=32)

    class Meta:
        verbose_name = "日历版本"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="workdays_revision_single")]

    def __str__(self) -> str:
        return self.token
