"""The pages: owner, colleague and stranger; the picture; feedback; a day judged on demand."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from yiwang.areas.vehicles.watch import picture, standing
from yiwang.areas.vehicles.watch.engine import judge_points
from yiwang.areas.vehicles.watch.models import Sign
from yiwang.areas.vehicles.watch.tests import scene
from yiwang.areas.vehicles.watch.tests.scene import DAY, NIGHT, NOW
from yiwang.core.jobs.models import Job
from yiwang.core.rights.models import Role
from yiwang.core.verdicts import actions as findings
from yiwang.core.verdicts.models import Finding
from yiwang.desk.testing import World, page, world

pytestmark = pytest.mark.django_db
ON = DAY + timedelta(days=1)


@pytest.fixture
def we() -> World:
    made = world()
    scene.report(scene.car(made.ours, plate="示A90001"), NIGHT)
    scene.car(made.theirs, plate="示A90002")
    judge_points(DAY, now=NOW, on=ON)
    return made


def test_the_auditor_sees_the_car_that_left_its_yard_at_night(we: World) -> None:
    client = we.client(Role.AUDITOR, we.province)
    text = page(client.get(reverse("vehicles:watch")))
    assert "示A90001" in text
    sign = Sign.objects.get(rule="MOVED")
    text = page(client.get(reverse("vehicles:sign", args=[sign.pk])))
    assert "<svg" in text
    assert "没有派车单" in text
    finding = Finding.objects.get(subject=sign.subject)
    text = page(client.get(reverse("findings:detail", args=[finding.pk])))
    assert "<svg" in text
    assert reverse("vehicles:sign", args=[sign.pk]) in text


def test_strangers_see_nothing(we: World) -> None:
    sign, client = Sign.objects.get(rule="MOVED"), we.client(Role.MANAGER, we.theirs)
    assert "示A90001" not in page(client.get(reverse("vehicles:watch")))
    assert "示A90001" not in page(client.get(reverse("vehicles:watch-rule", args=["MOVED"])))
    assert client.get(reverse("vehicles:sign", args=[sign.pk])).status_code == 404
    assert client.get(f"{reverse('vehicles:watch')}?organ={we.ours.pk}").status_code == 404
    client.force_login(we.user(Role.STAFF))
    assert client.get(reverse("vehicles:watch")).status_code == 403
    assert client.get(reverse("vehicles:sign", args=[sign.pk])).status_code == 403


def test_three_colours(we: World) -> None:
    access = we.access(Role.READER, we.province)
    by_organ = {one.organ: one for one in standing.places(access, we.province, ON)}
    assert by_organ[we.ours].colour is standing.Colour.YELLOW
    assert by_organ[we.theirs].colour is standing.Colour.GREEN
    assert (by_organ[we.ours].yellow, by_organ[we.theirs].green) == (1, 1)
    findings.assign(
        finding=Finding.objects.get(topic="vehicles.watch_moved").pk,
        handler=we.user(Role.CLERK), due=ON, access=we.access(Role.MANAGER), on=ON,
    )  # fmt: skip
    late = {one.organ: one for one in standing.places(access, we.province, ON + timedelta(days=1))}
    assert late[we.ours].colour is standing.Colour.RED


def test_a_rule_says_what_became_of_what_it_caught(we: World) -> None:
    moved = Finding.objects.get(topic="vehicles.watch_moved")
    findings.rectify(finding=moved.pk, note="已处理", access=we.access(Role.CLERK))
    findings.review(finding=moved.pk, accept=True, access=we.access(Role.MANAGER), on=ON)
    hours = Finding.objects.get(topic="vehicles.watch_hours")
    findings.appeal(finding=hours.pk, note="救护任务", access=we.access(Role.CLERK))
    findings.review(finding=hours.pk, accept=True, access=we.access(Role.MANAGER), on=ON)
    found = {one.rule.key: one for one in standing.feedback(we.access(Role.READER))}
    assert (found["MOVED"].caught, found["MOVED"].confirmed, found["MOVED"].precision) == (1, 1, Decimal(100))
    assert (found["HOURS"].caught, found["HOURS"].dismissed, found["HOURS"].precision) == (1, 1, Decimal(0))
    assert found["SPEED"].precision is None
    text = page(we.client(Role.READER).get(reverse("vehicles:watch-rule", args=["MOVED"])))
    assert "属实占已办结的比例" in text
    assert we.client(Role.READER).get(reverse("vehicles:watch-rule", args=["NONE"])).status_code == 404


def test_a_day_is_judged_on_demand_once(we: World) -> None:
    client, day = we.client(Role.CLERK), timezone.localdate() - timedelta(days=1)
    for _ in range(2):
        assert client.post(reverse("vehicles:watch"), {"verb": "judge", "day": day.isoformat()}).status_code == 302
    assert Job.objects.filter(kind="vehicles.watch").count() == 1
    far = client.post(reverse("vehicles:watch"), {"verb": "judge", "day": "2020-01-01"})
    assert "最近 62 天" in page(far, 422)
    assert we.client(Role.READER).post(reverse("vehicles:watch"), {"verb": "judge", "day": str(day)}).status_code == 403


def test_the_picture_says_its_figures_in_words(we: World) -> None:
    drawn = picture.draw(Sign.objects.select_related("organ", "vehicle").get(rule="MOVED"))
    assert "<title" in drawn
    assert "红线是 23:1" in drawn
    assert "车场" in drawn
    assert picture.draw(Sign(organ=we.ours, vehicle=Sign.objects.all()[0].vehicle, rule="TWICE", day=DAY)) == ""
