"""The chips of the clocks, and which team is proposed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from yiwang.areas.services.orders import factories
from yiwang.areas.services.orders.clocks import clocks, kept, spoken
from yiwang.areas.services.orders.factories import NOW
from yiwang.areas.services.orders.models import OrderState, TeamMember, WorkOrder
from yiwang.areas.services.orders.teams import suggest
from yiwang.core.orgs import factories as orgs
from yiwang.core.rights.models import Role


@pytest.mark.parametrize(
    ("minutes", "text"),
    [
        (0, "0 分钟"),
        (59, "59 分钟"),
        (60, "1 小时"),
        (185, "3 小时 5 分"),
        (1440, "1 天"),
        (3000, "2 天 2 小时"),
        (-5, "0 分钟"),
    ],
)
def test_a_span_in_words(minutes: int, text: str) -> None:
    assert spoken(timedelta(minutes=minutes)) == text


def order(**more: Any) -> WorkOrder:
    """An order that is not stored: an end promised after an hour."""
    facts: dict[str, Any] = {"reported_at": NOW, "finish_by": NOW + timedelta(hours=1), "state": OrderState.NEW, **more}
    return WorkOrder(**facts)


@pytest.mark.parametrize(
    ("after", "kind", "text"),
    [
        (0, "info", "完成 还有 1 小时"),
        (50, "warning", "完成 还有 10 分钟"),
        (60, "warning", "完成 还有 0 分钟"),
        (75, "over", "完成 已超 15 分钟"),
    ],
)
def test_a_clock_that_goes(after: int, kind: str, text: str) -> None:
    (one,) = clocks(order(), NOW + timedelta(minutes=after))
    assert (one.kind, one.text) == (kind, text)


def test_clocks_that_stand_or_are_over() -> None:
    (one,) = clocks(order(state=OrderState.PAUSED), NOW + timedelta(days=9))
    assert (one.kind, one.text) == ("plain", "完成 计时暂停")
    done = {"state": OrderState.CLOSED, "finished_at": NOW + timedelta(minutes=90)}
    (one,) = clocks(order(**done), NOW + timedelta(days=9))
    assert (one.kind, one.text) == ("over", "完成 晚 30 分钟")
    assert kept(order(**done)) is False
    assert kept(order(**{**done, "finished_at": NOW})) is True
    assert kept(order()) is None
    assert clocks(order(state=OrderState.CANCELLED), NOW) == []


@pytest.mark.django_db
def test_the_fittest_team_first() -> None:
    root = orgs.organ("示例市机关事务管理局")
    organ = orgs.organ("财政局", root)
    item, at = factories.catalogue(root), factories.building(organ)
    who = [factories.user(organ, Role.REPAIRER) for _ in range(3)]
    general = factories.team(organ, who[0], name="综合")
    far = factories.team(root, who[1], name="局里", skills="06")
    near = factories.team(organ, who[2], name="水电", skills="05、06")
    here = factories.team(organ, name="本楼", building=at)
    factories.team(organ, name="保洁", skills="07")
    factories.team(organ, name="停用", skills="06", state="CLOSED")
    factories.team(organ, name="别的楼", building=factories.building(organ))
    factories.team(orgs.organ("外单位"), name="外单位的")
    one = factories.order(organ, item, building=at)
    assert [candidate.team for candidate in suggest(one, NOW)] == [here, near, far, general]
    assert suggest(one, NOW)[1].why == "负责全部楼栋、专做此项、当班 1 人、在办 0 单"
    busy = factories.team(organ, who[0], name="更忙", skills="06")
    factories.order(organ, item, team=busy)
    assert [candidate.team for candidate in suggest(one, NOW)] == [here, near, busy, far, general]
    TeamMember.objects.filter(team=near).update(weekdays="67")
    assert [candidate.team for candidate in suggest(one, NOW)][1] == busy, "who is on duty before who is not"


def test_on_duty_by_local_hours() -> None:
    member = TeamMember(weekdays="12345", hour_from=8, hour_to=18)
    assert member.on_duty(datetime(2026, 11, 24, 8, 0, tzinfo=UTC))
    assert not member.on_duty(datetime(2026, 11, 24, 18, 0, tzinfo=UTC))
    assert not member.on_duty(datetime(2026, 11, 28, 9, 0, tzinfo=UTC))
