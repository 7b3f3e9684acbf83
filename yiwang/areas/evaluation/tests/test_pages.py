"""The pages: owner, colleague and stranger; shares and tiles; 公示 with its versions."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from yiwang.areas.evaluation import actions, picture, publishing, shares
from yiwang.areas.evaluation.facts import gather
from yiwang.areas.evaluation.models import Assessment, Publication, State
from yiwang.areas.evaluation.tests.scene import NOW, ON, Scene, scene  # noqa: F401
from yiwang.areas.evaluation.tests.test_actions import submitted
from yiwang.core.rights.models import Role, User
from yiwang.desk.testing import page
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db


def client(user: User) -> Client:
    found = Client()
    found.force_login(user)
    return found


def test_a_clerk_begins_fills_and_submits_on_the_pages(scene: Scene) -> None:  # noqa: F811
    one_client, index = client(scene.user(Role.CLERK, scene.unit)), reverse("evaluation:index")
    assert "还没有申报" in page(one_client.get(index))
    answer = one_client.post(index, {"verb": "begin", "programme": "DEMONSTRATION", "year": "2026"})
    one = Assessment.objects.get()
    address = reverse("evaluation:assessment", args=[one.pk])
    assert answer["Location"] == address
    assert "项没有自评" in page(one_client.post(address, {"verb": "submit"}), 422)
    mark = next(each for each in one.marks.all() if one.table.item(each.item).title == "节约用水")
    assert "0 到 9" in page(one_client.post(address, {"verb": "fill", "mark": mark.pk, "points": "12"}), 422)
    assert (
        one_client.post(address, {"verb": "fill", "mark": mark.pk, "points": "8", "said": "改造合同"}).status_code
        == 302
    )
    text = page(one_client.get(address))
    for word in ("改造合同", "合格线 85", "待核", "重新取数", "评价标准"):
        assert word in text
    scene.fill_all(one)
    assert one_client.post(address, {"verb": "submit"}).status_code == 302
    assert "评审过程" in page(one_client.get(address))


def test_the_reviewer_gives_points_on_the_page(scene: Scene) -> None:  # noqa: F811
    one = submitted(scene)
    address = reverse("evaluation:assessment", args=[one.pk])
    county = client(scene.user(Role.MANAGER, scene.organs[2]))
    assert "初审评分" in page(county.get(address))
    mark = one.marks.all()[0]
    assert "请填写意见" in page(county.post(address, {"verb": "reject"}), 422)
    answer = county.post(address, {"verb": "approve", f"points-{mark.pk}": "6", "opinion": "复核单据"})
    assert answer.status_code == 302
    assert actions.points_of(one)[mark.item][1] == 6
    assert "初审评分" not in page(county.get(address))
    assert "审定评分" not in page(client(scene.user(Role.MANAGER, scene.organs[0])).get(address))


def test_colleagues_read_and_strangers_see_nothing(scene: Scene) -> None:  # noqa: F811
    one = submitted(scene)
    address = reverse("evaluation:assessment", args=[one.pk])
    reader = client(scene.user(Role.READER, scene.unit))
    text = page(reader.get(address))
    assert "提交评审" not in text
    assert "不由您评审" in page(reader.post(address, {"verb": "approve"}), 422)
    stranger = client(scene.user(Role.MANAGER, scene.other))
    assert stranger.get(address).status_code == 404
    assert scene.unit.name not in page(stranger.get(reverse("evaluation:index")))
    assert stranger.get(f"{reverse('evaluation:shares')}?organ={scene.unit.pk}").status_code == 404
    staff = client(scene.user(Role.STAFF, scene.unit))
    for name in ("index", "shares", "publications"):
        assert staff.get(reverse(f"evaluation:{name}")).status_code == 403
    assert Client().get(address).status_code == 302


def test_the_certificate_is_issued_from_the_page(scene: Scene) -> None:  # noqa: F811
    one = submitted(scene)
    for at in reversed(scene.organs[:3]):
        scene.review(one, at)
    address = reverse("evaluation:assessment", args=[one.pk])
    assert "重新开具" not in page(client(scene.user(Role.CLERK, scene.unit)).get(address))
    assert "还没有开具" in page(client(scene.user(Role.READER, scene.unit)).get(address))


def test_the_share_against_the_target_by_place(scene: Scene) -> None:  # noqa: F811
    scene.reached(scene.unit, "CONSERVING", date(2026, 5, 1))
    scene.reached(scene.organs[2], "CONSERVING", date(2026, 6, 1))
    scene.reached(scene.other, "WATER", date(2026, 6, 1))
    access = scene.access(Role.READER, scene.organs[0])
    found = {one.organ: (one.reached, one.organs) for one in shares.places(access, scene.organs[0], "CONSERVING", ON)}
    assert found == {scene.organs[0]: (0, 1), scene.organs[1]: (2, 3), scene.other: (0, 1)}
    early = shares.places(access, scene.organs[0], "CONSERVING", date(2026, 5, 31))
    assert {one.organ: one.reached for one in early}[scene.organs[1]] == 1
    assert (shares.target(date(2022, 12, 31)).value, shares.target(ON).value) == (Decimal(70), Decimal(80))
    drawn = picture.tiles(shares.places(access, scene.organs[0], "CONSERVING", ON), Decimal(70))
    assert "! 66.7%" in drawn
    assert "▲ 0%" in drawn
    text = page(client(scene.user(Role.READER, scene.organs[0])).get(reverse("evaluation:shares")))
    assert "66.7" in text
    assert "<svg" in text


def test_a_certificate_withdrawn_is_not_counted(scene: Scene) -> None:  # noqa: F811
    one = scene.reached(scene.unit, "CONSERVING")
    Assessment.objects.filter(pk=one.pk).update(state=State.FAILED)
    access = scene.access(Role.READER, scene.organs[0])
    assert not sum(each.reached for each in shares.places(access, scene.organs[0], "CONSERVING", ON))


def used(scene: Scene, quantity: float) -> None:  # noqa: F811
    scene.rows["energy.consumption_month"] = [
        (scene.unit, {"organ": "", "month": f"2026-{month:02}", "energy_kind": "WATER", "energy": "水", "quantity": quantity, "unit": "m3"})
        for month in (6, 7, 8, 9)
    ]  # fmt: skip


def publish(scene: Scene, reason: str = "", **more: object) -> Publication:  # noqa: F811
    given: dict[str, object] = {"year": 2026, "quarter": 3, "access": scene.access(Role.MANAGER), "on": ON, "now": NOW}
    return publishing.publish(reason=reason, **{**given, **more})  # type: ignore[arg-type]


def test_a_publication_is_fixed_and_corrected_by_a_new_version(scene: Scene) -> None:  # noqa: F811
    used(scene, 100)
    first = publish(scene)
    assert publishing.shown(first)["use"] == [{"energy": "水", "months": 3, "quantity": 300, "unit": "m3"}]
    assert gather(scene.unit, 2026, ON)["publications"].met is False
    used(scene, 110)
    assert publishing.shown(first)["use"][0]["quantity"] == 300
    for reason, code in (("", "publication.reason"), ("更正水表读数", "")):
        if code:
            with pytest.raises(Refusal) as caught:
                publish(scene, reason)
            assert caught.value.code == code
        else:
            second = publish(scene, reason)
    assert (second.version, publishing.shown(second)["use"][0]["quantity"]) == (2, 330)
    with pytest.raises(Refusal, match="与上一版相同"):
        publish(scene, "再来一次")
    for quarter in (1, 2):
        publish(scene, quarter=quarter)
    assert gather(scene.unit, 2026, ON)["publications"].met is True


def test_only_a_quarter_that_is_over_by_who_may(scene: Scene) -> None:  # noqa: F811
    for year, quarter in ((2026, 4), (2027, 1), (2026, 5)):
        with pytest.raises(Refusal) as caught:
            publish(scene, year=year, quarter=quarter)
        assert caught.value.code == "publication.quarter"
    with pytest.raises(Refusal) as caught:
        publish(scene, access=scene.access(Role.CLERK))
    assert caught.value.code == "rights.denied"


def test_a_text_that_was_changed_past_the_verbs_is_seen(scene: Scene) -> None:  # noqa: F811
    used(scene, 100)
    row = publish(scene)
    reader = client(scene.user(Role.READER, scene.unit))
    address = reverse("evaluation:publication", args=[row.pk])
    assert "与公示时一致" in page(reader.get(address))
    Publication.objects.filter(pk=row.pk).update(facts=row.facts.replace("300", "200"))
    assert "与摘要不符" in page(reader.get(address))
    assert client(scene.user(Role.READER, scene.other)).get(address).status_code == 404


def test_publications_are_made_on_the_page(scene: Scene) -> None:  # noqa: F811
    manager, address = client(scene.user(Role.MANAGER, scene.unit)), reverse("evaluation:publications")
    assert "还没有公示" in page(manager.get(address))
    assert manager.post(address, {"verb": "publish", "year": "2025", "quarter": "4"}).status_code == 302
    assert "2025 年第 4 季度" in page(manager.get(address))
    assert "写明原因" in page(manager.post(address, {"verb": "publish", "year": "2025", "quarter": "4"}), 422)


def test_the_page_of_an_assessment_asks_few_questions(scene: Scene) -> None:  # noqa: F811
    one = submitted(scene)
    reader = client(scene.user(Role.READER, scene.unit))
    reader.get(reverse("evaluation:assessment", args=[one.pk]))
    with CaptureQueriesContext(connection) as queries:
        reader.get(reverse("evaluation:assessment", args=[one.pk]))
    assert len(queries) <= 20
