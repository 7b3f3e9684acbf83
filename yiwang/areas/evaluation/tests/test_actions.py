"""From the self-given score to the certificate: proofs, points of each level, vetoes, who may."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from yiwang.areas.evaluation import actions
from yiwang.areas.evaluation.models import Assessment, Given, Level, Mark, Source, State
from yiwang.areas.evaluation.papers import CERTIFICATE
from yiwang.areas.evaluation.sources import assessments
from yiwang.areas.evaluation.tests.scene import NOW, ON, Scene, scene  # noqa: F401
from yiwang.core.ledger.models import Entry
from yiwang.core.orgs import factories
from yiwang.core.orgs.models import Organ
from yiwang.core.papers import actions as papers
from yiwang.core.rights.models import Role
from yiwang.core.verdicts.models import Finding
from yiwang.core.verdicts.sync import sync
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db


def proves(scene: Scene) -> None:  # noqa: F811
    """The year's figures of the unit and of three like it, the targets, the returns."""
    figures = {
        "energy_per_area_kgce": 9,
        "energy_per_capita_kgce": 105,
        "water_per_capita": 30,
        "institution_kind": "01",
    }
    rows: list[tuple[Organ, Mapping[str, Any]]] = [(scene.unit, {"year": 2025, **figures})]
    for number in range(3):
        peer = factories.organ(f"某局{number}", scene.organs[1], code="990100")
        average = {"energy_per_area_kgce": 10, "energy_per_capita_kgce": 100, "water_per_capita": 20}
        rows.append((peer, {"year": 2024, "institution_kind": "01", **average}))
    scene.rows["energy.organ_year"] = rows
    scene.rows["energy.target_year"] = [(scene.unit, {"year": 2025, "met": True})]
    scene.rows["reporting.filing"] = [
        (scene.unit, {"due": "2025-04-15", "submitted": "2025-04-05"}), (scene.unit, {"due": "2025-07-15", "submitted": ""}),
    ]  # fmt: skip


def mark(one: Assessment, title: str) -> Mark:
    return next(each for each in one.marks.all() if one.table.item(each.item).title == title)


def self_points(one: Assessment, title: str) -> Decimal | None:
    return actions.points_of(one)[mark(one, title).item].get(Level.SELF)


def refused(code: str, verb: object, **given: object) -> None:
    with pytest.raises(Refusal) as caught:
        verb(**given)  # type: ignore[operator]
    assert caught.value.code == code


def test_items_fill_themselves_where_a_dataset_proves_them(scene: Scene) -> None:  # noqa: F811
    proves(scene)
    one = scene.begin()
    assert self_points(one, "单位建筑面积能耗得分") == 7
    assert self_points(one, "人均能耗得分") == 5
    assert self_points(one, "人均水耗得分") == 0
    assert self_points(one, "目标完成情况") == 14
    assert self_points(one, "管理制度与实施") is None
    proved = mark(one, "人均能耗得分")
    assert (proved.source, proved.measure) == (Source.PROVED, Decimal("1.05"))
    assert "比值 1.050" in proved.said
    other = scene.begin("CONSERVING")
    assert self_points(other, "管理制度-3-2") == 0
    assert self_points(other, "管理制度-3-4") == 0
    assert self_points(other, "节约能源资源目标管理") == 5


def test_a_water_unit_has_full_points_for_water_whatever_its_ratio(scene: Scene) -> None:  # noqa: F811
    proves(scene)
    scene.reached(scene.unit, "WATER")
    assert self_points(scene.begin(), "人均水耗得分") == 7


@pytest.mark.parametrize(
    ("year", "months", "rate", "points"), [(2025, 12, "95", 8), (2025, 12, "94.9", 0), (2025, 11, "99", None)]
)
def test_water_metered_below_the_mains(scene: Scene, year: int, months: int, rate: str, points: int | None) -> None:  # noqa: F811
    balance = {
        "due": f"{year}-12-31",
        "months": months,
        "main_m3": Decimal(5000),
        "sub_m3": Decimal(4800),
        "sub_rate": rate,
    }
    scene.rows["energy.water_balance"] = [(scene.unit, balance), (scene.other, {**balance, "sub_rate": "1"})]
    one = scene.begin("WATER")
    assert self_points(one, "水计量率") == points
    assert (mark(one, "水计量率").source == Source.PROVED) is (points is not None)


def test_too_few_peers_prove_nothing(scene: Scene) -> None:  # noqa: F811
    proves(scene)
    scene.rows["energy.organ_year"].pop()
    assert self_points(scene.begin(), "人均能耗得分") is None


def test_a_corrected_register_is_read_again(scene: Scene) -> None:  # noqa: F811
    proves(scene)
    one = scene.begin()
    scene.rows["energy.organ_year"][0][1]["energy_per_capita_kgce"] = 80  # type: ignore[index]
    before = Given.objects.count()
    actions.prove(assessment=one.pk, access=scene.access(), on=ON, now=NOW)
    assert self_points(one, "人均能耗得分") == 7
    assert Given.objects.count() == before + 1


def test_what_is_proved_is_not_typed_and_points_have_bounds(scene: Scene) -> None:  # noqa: F811
    proves(scene)
    one, access = scene.begin(), scene.access()
    given = {"measure": None, "said": "", "left_out": False, "access": access, "now": NOW}
    refused("evaluation.proved", actions.fill, mark=mark(one, "目标完成情况").pk, points=Decimal(14), **given)
    for points in (None, Decimal(30), Decimal(-1)):
        refused("evaluation.points", actions.fill, mark=mark(one, "管理制度与实施").pk, points=points, **given)
    given["left_out"] = True
    refused("evaluation.left-out", actions.fill, mark=mark(one, "管理制度与实施").pk, points=None, **given)


def test_once_a_year_and_for_a_year_that_is_near(scene: Scene) -> None:  # noqa: F811
    one = scene.begin()
    begin = {"organ": scene.unit, "access": scene.access(), "on": ON, "now": NOW}
    refused("evaluation.once", actions.begin, key=one.programme, year=2025, **begin)
    refused("evaluation.year", actions.begin, key=one.programme, year=2027, **begin)
    refused("evaluation.programme", actions.begin, key="NONE", year=2025, **begin)
    refused("rights.denied", actions.begin, key=one.programme, year=2025, **{**begin, "organ": scene.other})
    refused(
        "rights.denied", actions.begin, key=one.programme, year=2025, **{**begin, "access": scene.access(Role.READER)}
    )


def test_a_leader_needs_the_programme_below(scene: Scene) -> None:  # noqa: F811
    one = scene.begin("WATER_LEADER")
    scene.fill_all(one)
    submit = {"assessment": one.pk, "access": scene.access(), "on": ON, "now": NOW}
    refused("evaluation.needs", actions.submit, **submit)
    scene.reached(scene.unit, "WATER")
    assert actions.submit(**submit).number.startswith("CJ")  # type: ignore[arg-type]


def submitted(scene: Scene, key: str = "DEMONSTRATION") -> Assessment:  # noqa: F811
    one = scene.begin(key)
    scene.fill_all(one)
    actions.submit(assessment=one.pk, access=scene.access(), on=ON, now=NOW)
    one.refresh_from_db()
    return one


def test_all_levels_give_points_and_all_are_kept(scene: Scene) -> None:  # noqa: F811
    one = submitted(scene)
    assert one.state == State.REVIEWING
    province, city, county = scene.organs[0], scene.organs[1], scene.organs[2]
    system = mark(one, "管理制度与实施")
    scene.review(one, county, **{f"m{system.pk}": Decimal(25)})
    scene.review(one, city)
    scene.review(one, province, **{f"m{system.pk}": Decimal(27)})
    one.refresh_from_db()
    assert actions.points_of(one)[system.item] == {0: 29, 1: 25, 2: 25, 3: 27}
    assert (one.state, one.score, one.decided_on) == (State.REACHED, Decimal(108), ON)
    assert actions.verdict_of(one, Level.FIRST).total == 106
    acts = list(
        Entry.objects.filter(obj=f"evaluation.assessment:{one.pk}").order_by("pk").values_list("act", flat=True)
    )
    assert acts == [f"evaluation.assessment.{act}" for act in ("begin", "submit", "decide")]


def test_only_the_one_whose_turn_it_is_reviews(scene: Scene) -> None:  # noqa: F811
    one = submitted(scene)
    for at in (scene.organs[0], scene.organs[1]):
        with pytest.raises(Refusal, match="不由您评审"):
            scene.review(one, at)
    system = mark(one, "管理制度与实施")
    with pytest.raises(Refusal, match="0 到 29"):
        scene.review(one, scene.organs[2], **{f"m{system.pk}": Decimal(30)})
    assert not Given.objects.filter(level=Level.FIRST).exists()


def test_after_it_is_submitted_nobody_fills(scene: Scene) -> None:  # noqa: F811
    one = submitted(scene)
    refused(
        "evaluation.state", actions.fill, mark=mark(one, "管理制度与实施").pk, points=Decimal(1), measure=None, said="",
        left_out=False, access=scene.access(), now=NOW,
    )  # fmt: skip


def test_an_unfilled_item_is_named(scene: Scene) -> None:  # noqa: F811
    one = scene.begin()
    with pytest.raises(Refusal, match="9 项没有自评") as caught:
        actions.submit(assessment=one.pk, access=scene.access(), on=ON, now=NOW)
    assert caught.value.code == "evaluation.unfilled"


def test_a_total_below_a_verified_pass_mark_is_not_reached(scene: Scene) -> None:  # noqa: F811
    one = submitted(scene)
    low = {f"m{each.pk}": Decimal(1) for each in one.marks.all()}
    scene.review(one, scene.organs[2])
    scene.review(one, scene.organs[1])
    scene.review(one, scene.organs[0], **low)
    one.refresh_from_db()
    assert one.state == State.FAILED
    assert "低于合格线 85" in one.note


def test_a_low_total_below_an_unverified_pass_mark_is_left_to_the_reviewers(scene: Scene) -> None:  # noqa: F811
    """待核 never refuses: the 80 points of the 2020 table were not seen in its text."""
    one = submitted(scene, "CONSERVING")
    low = {f"m{each.pk}": Decimal(1) for each in one.marks.all()}
    for at in (scene.organs[2], scene.organs[1]):
        scene.review(one, at)
    scene.review(one, scene.organs[0], **low)
    one.refresh_from_db()
    assert one.state == State.REACHED
    assert actions.verdict_of(one).reached is None
    sync(dataset="evaluation.assessment", on=ON, actor="system")
    assert not Finding.objects.filter(dataset="evaluation.assessment", kind="over").exists()
    (row,) = assessments(on=ON)
    assert (row.values["score"], row.values["targets_met"]) == (one.score, True)


def test_a_missed_item_that_must_be_met_is_a_veto(scene: Scene) -> None:  # noqa: F811
    one = submitted(scene, "CONSERVING")
    veto = mark(one, "节约能源资源目标管理")
    for at in (scene.organs[2], scene.organs[1]):
        scene.review(one, at)
    scene.review(one, scene.organs[0], **{f"m{veto.pk}": Decimal(0)})
    one.refresh_from_db()
    assert (one.state, "必须完成项" in one.note) == (State.FAILED, True)


def test_a_reviewer_may_refuse(scene: Scene) -> None:  # noqa: F811
    one = submitted(scene)
    scene.review(one, scene.organs[2], "reject")
    one.refresh_from_db()
    assert one.state == State.REFUSED
    assert scene.begin().pk != one.pk


def test_a_certificate_for_what_was_reached_only(scene: Scene) -> None:  # noqa: F811
    one = submitted(scene)
    issue = {"kind": CERTIFICATE, "pk": one.pk, "access": scene.access(), "on": ON, "now": NOW}
    with pytest.raises(Refusal):
        papers.issue(**issue)  # type: ignore[arg-type]
    for at in reversed(scene.organs[:3]):
        scene.review(one, at)
    paper = papers.issue(**issue)  # type: ignore[arg-type]
    assert "创建" in paper.full_number
    assert "节约型公共机构示范单位" in paper.facts
    assert len(paper.code) == 26
    with pytest.raises(Refusal):
        papers.issue(**{**issue, "access": scene.access(Role.CLERK, scene.other)})  # type: ignore[arg-type]
