"""Targets: the balance down the tree, progress with forecast and colours, the page, the dataset."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yiwang.areas.energy.judge import targets
from yiwang.areas.energy.judge.models import Plan, Target
from yiwang.areas.energy.judge.progress import Progress, progress, rows
from yiwang.areas.energy.judge.tests.books import ON, SEASON, Books, books  # noqa: F401
from yiwang.core.ledger.models import Entry
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.models import Role
from yiwang.desk.testing import World, page, world
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db
ELECTRICITY: dict[str, Any] = {"energy": "ELECTRICITY", "year": 2026}


@pytest.fixture
def we(books: Books) -> World:  # noqa: F811
    made = world()
    for organ in (made.ours, made.theirs):
        books.series(organ, months=46)
    return made


def planned(we: World, whole: str = "30000") -> Plan:
    """A free plan of the province for 2026 with a whole."""
    access = we.access(Role.MANAGER, we.province)
    one = targets.plan(
        name="节能规划", kind="FREE", years=(2025, 2026, 2030), ground="示机管〔2026〕1号", access=access
    )
    targets.set_whole(plan=one.pk, amount=Decimal(whole), access=access, **ELECTRICITY)
    return one


def give(we: World, one: Plan, organ: Organ, amount: str, **more: Any) -> Target:
    access = more.pop("access", None) or we.access(Role.MANAGER, we.province)
    return targets.give(plan=one.pk, organ=organ, amount=Decimal(amount), access=access, **{**ELECTRICITY, **more})


def refused(code: str, verb: Callable[..., Any], *args: Any, **given: Any) -> str:
    with pytest.raises(Refusal) as caught:
        verb(*args, **given)
    assert caught.value.code == code
    return str(caught.value.message)


def test_parts_add_up_and_never_exceed_the_whole(we: World) -> None:
    one = planned(we)
    give(we, one, we.ours, "18000")
    give(we, one, we.theirs, "12000")
    assert "只剩 12,000" in refused("target.balance", give, we, one, we.theirs, "12000.01")
    give(we, one, we.ours, "15000")
    give(we, one, we.theirs, "15000")
    whole = Target.objects.get(organ=we.province)
    assert (whole.given, whole.amount) == (Decimal(30000), Decimal(30000))
    assert Entry.objects.filter(act="energy.target.give").count() == 5
    access = we.access(Role.MANAGER, we.province)
    refused("target.given", targets.set_whole, plan=one.pk, amount=Decimal(29999), access=access, **ELECTRICITY)


def test_the_database_refuses_a_sum_beyond_the_whole(we: World) -> None:
    planned(we)
    with pytest.raises(IntegrityError), transaction.atomic():
        Target.objects.update(given=30001)


def test_down_one_level_at_a_time_by_who_may(we: World) -> None:
    one = planned(we)
    refused("target.below", give, we, one, we.province, "1")
    refused("target.below", give, we, one, we.theirs, "1", access=we.access(Role.MANAGER))
    refused("rights.denied", give, we, one, we.ours, "1", access=we.access(Role.CLERK, we.province))
    refused("target.year", give, we, one, we.ours, "1", year=2025)
    refused("target.none", give, we, one, we.ours, "1", energy="GAS")
    refused("target.amount", give, we, one, we.ours, "-1")
    manager = we.access(Role.MANAGER)
    refused("rights.denied", targets.set_whole, plan=one.pk, amount=Decimal(1), access=manager, **ELECTRICITY)
    stranger = targets.plan(
        name="本局规划", kind="P14", years=None, ground="示", access=we.access(Role.MANAGER, we.theirs)
    )
    refused("target.plan", give, we, stranger, we.ours, "1", access=manager)


def test_a_plan_needs_years_and_a_document(we: World) -> None:
    access = we.access(Role.MANAGER, we.province)
    make: dict[str, Any] = {"name": "x", "kind": "FREE", "access": access}
    refused("target.years", targets.plan, years=(2026, 2026, 2030), ground="示", **make)
    refused("target.years", targets.plan, years=None, ground="示", **make)
    refused("target.ground", targets.plan, years=(2025, 2026, 2030), ground=" ", **make)
    refused("target.plan", targets.plan, name="x", kind="X", years=None, ground="示", access=access)
    national = targets.plan(name="", kind="P14", years=None, ground="国管节能〔2021〕195号", access=access)
    assert (national.name, national.base_year, national.first_year, national.last_year) == ("十四五", 2020, 2021, 2025)
    refused("target.plan", targets.plan, name="", kind="P14", years=None, ground="示", access=access)
    figures, clause, verified = targets.national("P14")
    assert (dict(figures)["人均综合能耗(%)"], clause, verified) == (Decimal(-6), "EN-P14-T", True)
    assert targets.national("P13")[2] is False
    assert targets.national("FREE") == ([], "", True)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 20_000)), max_size=8))
def test_whatever_is_asked_the_balance_holds(we: World, asked: list[tuple[bool, int]]) -> None:
    """Law: given is the sum of the parts, and never more than the whole."""
    with transaction.atomic():
        one = planned(we)
        for mine, amount in asked:
            try:
                give(we, one, we.ours if mine else we.theirs, str(amount))
            except Refusal as refusal:
                assert refusal.code == "target.balance"
        whole = Target.objects.get(organ=we.province)
        parts = Target.objects.exclude(organ=we.province).values_list("amount", flat=True)
        assert whole.given == sum(parts) <= whole.amount
        transaction.set_rollback(True)


def test_progress_is_told_to_the_years_end_in_three_colours(we: World) -> None:
    """A year of the series is about 12,000 (the season's sum × 1,000); ten months are over."""
    one = planned(we)
    year = 1000 * sum(SEASON)
    for amount, colour in ((year * 1.2, "绿"), (year * 0.95, "红")):
        give(we, one, we.ours, f"{amount:.0f}")
        (mine,) = progress(list(Target.objects.filter(organ=we.ours)), ON)
        assert (mine.months, mine.colour) == (10, colour)
        assert mine.total == pytest.approx(year, rel=0.03)
        assert mine.read == pytest.approx(1000 * sum(SEASON[:10]), rel=0.03)
    (whole,) = progress(list(Target.objects.filter(organ=we.province)), ON)
    assert whole.total == pytest.approx(2 * year, rel=0.03)
    assert whole.left == pytest.approx((30000 - (whole.read or 0)) / 2)


def test_yellow_lies_between() -> None:
    target = Target(amount=Decimal(100))
    assert Progress(target, 6, read=50, total=99, high=101).colour == "黄"
    assert Progress(target, 6, read=50, total=99, high=100).colour == "绿"
    assert Progress(target, 6, read=101, total=101, high=101).chip == "over"
    assert Progress(target, 6).chip == "undetermined"
    assert Progress(target, 12, read=50, total=50, high=50).left is None


def test_what_was_not_read_or_has_not_begun_is_undetermined(we: World) -> None:
    access = we.access(Role.MANAGER, we.province)
    one = planned(we)
    targets.set_whole(plan=one.pk, energy="GAS", year=2026, amount=Decimal(5), access=access)
    targets.set_whole(plan=one.pk, energy="GAS", year=2027, amount=Decimal(5), access=access)
    assert [each.colour for each in progress(list(Target.objects.filter(energy="GAS", year=2026)), ON)] == [""]
    assert [each.months for each in progress(list(Target.objects.filter(year=2027)), ON)] == [0]
    assert progress([], ON) == []


def test_a_year_that_is_over_says_whether_it_was_met(we: World) -> None:
    one = planned(we)
    give(we, one, we.ours, "15000")
    give(we, one, we.theirs, "100")
    assert list(rows(on=ON)) == []
    found = {row.organ_id: row.values for row in rows(on=date(2027, 1, 2))}
    assert (found[we.ours.pk]["met"], found[we.theirs.pk]["met"]) == (True, False)
    assert found[we.ours.pk]["year"] == 2026


def test_the_page_plans_gives_and_shows(we: World) -> None:
    client, address = we.client(Role.MANAGER, we.province), reverse("energy_judge:targets")
    assert '<option value="FREE" selected>' in client.get(address).content.decode(), "the known plans are over"
    assert "还没有规划" in page(client.get(address))
    years = {"base_year": "2025", "first_year": "2026", "last_year": "2030"}
    assert "依据文件" in page(client.post(address, {"verb": "plan", "kind": "FREE", **years}), 422)
    given = {"verb": "plan", "kind": "FREE", "name": "示例规划", "ground": "示", **years}
    assert client.post(address, given).status_code == 302
    one = {"plan": str(Plan.objects.get().pk), "year": "2026", "energy": "ELECTRICITY"}
    assert client.post(address, {"verb": "whole", "amount": "26000", **one}).status_code == 302
    part = {"verb": "give", "organ": str(we.ours.pk), **one}
    assert "只剩" in page(client.post(address, {"amount": "27000", **part}), 422)
    assert client.post(address, {"amount": "13000", **part}).status_code == 302
    text = page(client.get(address))
    for word in ("示例规划", "13,000", we.ours.name):
        assert word in text


def test_an_organ_sees_its_own_target_and_a_stranger_does_not(we: World) -> None:
    one = planned(we)
    give(we, one, we.ours, "12345")
    address = reverse("energy_judge:targets")
    text = page(we.client(Role.READER).get(address))
    assert "12,345" in text
    assert "分给下级" not in text
    assert "12,345" not in page(we.client(Role.READER, we.theirs).get(address))
    assert we.client(Role.READER).post(address, {"verb": "plan", "kind": "P14", "ground": "示"}).status_code == 403
    assert we.client(Role.STAFF).get(address).status_code == 403
