"""The pages of early warning: owner, colleague and stranger; the picture; answers; bounded queries."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection, models
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from yiwang.areas.energy.judge import actions, picture
from yiwang.areas.energy.judge.models import Sign, Threshold
from yiwang.areas.energy.judge.tests.books import ON, THROUGH, Books, books  # noqa: F401
from yiwang.areas.energy.judge.tests.test_actions import NOW, we  # noqa: F401
from yiwang.core.jobs.models import Job
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.models import Role
from yiwang.core.verdicts.models import Finding
from yiwang.desk.testing import KindTests, World, page

pytestmark = pytest.mark.django_db


@pytest.fixture
def judged(we: World) -> World:  # noqa: F811
    actions.judge(through=THROUGH, now=NOW, on=ON)
    return we


def leak() -> Sign:
    return Sign.objects.get(rule="LEAK")


def test_the_bureau_sees_signs_with_picture_cause_and_clause(judged: World) -> None:
    client = judged.client(Role.READER, judged.province)
    text = page(client.get(reverse("energy_judge:index")))
    assert judged.ours.name in text
    assert "待核实" in text
    text = page(client.get(reverse("energy_judge:sign", args=[leak().pk])))
    for word in ("<svg", "同期水平", "管网漏水", "公共机构用能预警提示规则"):
        assert word in text
    assert "转整改" not in text
    text = page(client.get(reverse("energy_judge:rule", args=["LEAK"])))
    assert "连续数月高于同期水平" in text
    finding = Finding.objects.get(subject=leak().subject)
    assert "<svg" in page(client.get(reverse("findings:detail", args=[finding.pk])))


def test_strangers_see_nothing(judged: World) -> None:
    client = judged.client(Role.MANAGER, judged.theirs)
    assert judged.ours.name not in page(client.get(reverse("energy_judge:index")))
    assert client.get(reverse("energy_judge:sign", args=[leak().pk])).status_code == 404
    assert client.post(reverse("energy_judge:sign", args=[leak().pk]), {"verb": "real"}).status_code == 404
    assert client.get(f"{reverse('energy_judge:index')}?organ={judged.ours.pk}").status_code == 404
    client.force_login(judged.user(Role.STAFF))
    assert client.get(reverse("energy_judge:index")).status_code == 403
    assert client.get(reverse("energy_judge:rule", args=["LEAK"])).status_code == 403


def test_the_clerk_answers_on_the_page(judged: World) -> None:
    client, address = judged.client(Role.CLERK), reverse("energy_judge:sign", args=[leak().pk])
    assert "转整改" in page(client.get(address))
    assert "写明核实情况" in page(client.post(address, {"verb": "false", "note": ""}), 422)
    assert client.post(address, {"verb": "rectify"}).status_code == 302
    text = page(client.get(address))
    assert "整改中" in text
    assert "属实" in text
    assert client.post(address, {"verb": "false", "note": "已核对单据"}).status_code == 302
    assert "误报" in page(client.get(address))
    assert "没有这个操作" in page(client.post(address, {"verb": "nothing"}), 422)
    assert judged.client(Role.READER).post(address, {"verb": "real"}).status_code == 403
    assert "1.13" in page(client.get(reverse("energy_judge:rule", args=["LEAK"])))


def test_one_judges_on_demand(judged: World) -> None:
    client = judged.client(Role.CLERK)
    assert client.post(reverse("energy_judge:index"), {"verb": "judge"}).status_code == 302
    assert Job.objects.filter(kind="energy.watch").count() == 1
    assert judged.client(Role.READER).post(reverse("energy_judge:index"), {"verb": "judge"}).status_code == 403


def test_an_empty_place_says_what_to_do(judged: World) -> None:
    client = judged.client(Role.READER, judged.theirs)
    assert "现在判定" in page(client.get(f"{reverse('energy_judge:index')}?rule=NIGHT"))
    assert "还没有发现" in page(client.get(reverse("energy_judge:rule", args=["NIGHT"])))
    assert client.get(reverse("energy_judge:rule", args=["NONE"])).status_code == 404


def test_the_list_asks_few_questions(judged: World) -> None:
    client = judged.client(Role.READER, judged.province)
    one = leak()
    for number in range(35):
        one.pk, one.subject = None, f"x{number}"
        one.save()
    client.get(reverse("energy_judge:index"))
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("energy_judge:index"))
    assert len(queries) <= 16


def test_a_picture_of_a_thousandfold_is_cut_so_that_the_rest_is_seen(judged: World) -> None:
    text = picture.draw(Sign.objects.get(rule="UNIT"))
    assert "超出图幅" in text
    assert "超出图幅" not in picture.draw(leak())
    assert picture.draw(Sign(evidence={}, rule="UNIT", month=date(2026, 1, 1), word="电力")) == ""


class TestThreshold(KindTests):
    """预警阈值."""

    key = "energy.threshold"

    def make(self, organ: Organ) -> models.Model:
        return self.another(organ, -1)

    def another(self, organ: Organ, number: int) -> models.Model:
        row = Threshold(
            organ=organ,
            rule="LEAK",
            name="上限",
            energy=f"K{number + 1}",
            value=20 + number,
            valid_from=date(2026, 1, 1),
        )
        row.place()
        row.save()
        return row

    def given(self, organ: Organ) -> dict[str, str]:
        return {
            "organ": organ.name, "rule": "疑似漏损", "name": "上限", "energy": "WATER", "value": "25",
            "valid_from": "2026-03-01",
        }  # fmt: skip
