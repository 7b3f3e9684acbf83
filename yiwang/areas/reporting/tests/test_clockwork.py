"""Reminders by the clock: once a day, never twice; respondents and those who review; what is missing says 未报."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from yiwang.areas.reporting import actions, clockwork, opening
from yiwang.areas.reporting.factories import NOW, Scene
from yiwang.areas.reporting.models import Return
from yiwang.core.ledger.models import Entry
from yiwang.core.notices.models import Notice
from yiwang.core.rights.models import Role
from yiwang.desk.testing import page

pytestmark = pytest.mark.django_db
DUE = date(2026, 10, 15)


@pytest.fixture
def scene() -> Scene:
    return Scene()


def told(template: str, **more: Any) -> list[Notice]:
    return list(Notice.objects.filter(template=f"reporting.{template}", **more).order_by("pk"))


@pytest.mark.parametrize(
    ("after", "speaks"),
    [(-4, False), (-3, True), (0, True), (1, True), (10, True), (11, False), (16, False), (17, True), (24, True)],
)
def test_on_which_days(after: int, speaks: bool) -> None:
    assert clockwork.speaks(DUE, DUE + timedelta(days=after)) is speaks


def test_once_a_day_and_never_twice(scene: Scene) -> None:
    """The school's clerk and the county's reviewer hear of it; the second run of the day finds nothing left."""
    period = scene.open()
    assert clockwork.nightly(on=DUE - timedelta(days=4), now=NOW) == 0
    assert not told("return.clock")
    assert clockwork.nightly(on=DUE, now=NOW) == 4
    assert clockwork.nightly(on=DUE, now=NOW) == 0
    (notice,) = told("return.clock", user=scene.clerk.user)
    assert "今天到期" in notice.text
    assert notice.url == f"/reporting/returns/{scene.of(period).pk}/"
    (above,) = told("period.missing", user=scene.county.user)
    assert "1 个单位" in above.text
    assert Entry.objects.filter(act="reporting.period.remind", actor="system").count() == 1
    assert clockwork.nightly(on=DUE + timedelta(days=1), now=NOW) == 4
    assert "已逾期 1 天" in told("return.clock", user=scene.clerk.user)[1].text
    assert len(told("period.missing", user=scene.county.user)) == 2


def test_who_has_handed_in_hears_nothing_and_who_was_sent_back_does(scene: Scene) -> None:
    row = scene.handed(scene.open())
    assert clockwork.nightly(on=DUE, now=NOW) == 3
    assert not told("return.clock", user=scene.clerk.user)
    actions.send_back(pk=row.pk, reason="再核", access=scene.county, now=NOW)
    assert clockwork.nightly(on=DUE, now=NOW) == 1
    assert "退回后还没有重新报送" in told("return.clock", user=scene.clerk.user)[0].text


def test_a_closed_period_is_quiet(scene: Scene) -> None:
    period = scene.open()
    opening.close_period(period=period.pk, access=scene.boss, now=NOW)
    assert clockwork.nightly(on=DUE + timedelta(days=1), now=NOW) == 0
    assert not told("return.clock")
    assert not told("period.missing")


def test_what_is_missing_says_so(scene: Scene) -> None:
    """After the deadline, to the clerk and to those above; not once it is in, nor before."""
    row = scene.of(scene.open(date(2024, 1, 1)))
    clerk = scene.we.client(Role.CLERK, scene.school)
    for place in ("/reporting/", f"/reporting/returns/{row.pk}/"):
        assert "未报" in page(clerk.get(place)), place
    assert not Return.objects.get(pk=row.pk).missing(row.due_date)
    assert Return.objects.get(pk=row.pk).missing(row.due_date + timedelta(days=1))
    scene.fill(row, users=1, power=1, on=date(2024, 2, 20))
    scene.submit(row, on=date(2024, 2, 20))
    assert not Return.objects.get(pk=row.pk).missing(date(2024, 3, 1))
    assert ">未报<" not in page(clerk.get(f"/reporting/returns/{row.pk}/"))
