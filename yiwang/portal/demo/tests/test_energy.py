"""The demo's meters: every organ has months, the shared meter is divided, what is planted is found; and what follows."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from yiwang.areas.energy.judge.models import Answer, Sign, Target
from yiwang.areas.energy.judge.picture import draw
from yiwang.areas.energy.judge.progress import progress
from yiwang.areas.energy.models import Institution, Meter, NightMonth, UseMonth
from yiwang.areas.evaluation.models import Assessment, Level, Publication, State
from yiwang.areas.evaluation.publishing import intact, shown
from yiwang.core.orgs import factories
from yiwang.core.orgs.models import Organ, Tier
from yiwang.core.rights.models import Grant, Role, User
from yiwang.core.verdicts.models import Finding
from yiwang.portal.demo import energy
from yiwang.portal.demo.energy import load_energy
from yiwang.portal.demo.energy_watch import load_signs
from yiwang.portal.demo.evaluation import STORIES, load_evaluation

pytestmark = pytest.mark.django_db
NOW = timezone.make_aware(datetime(2026, 11, 30, 12))


def county(units: int) -> list[Organ]:
    """A county under a city and a province, with its units and the accounts that the demo has."""
    province = factories.organ("示例省人民政府", code="990000", tier=Tier.PROVINCE)
    city = factories.organ("某市人民政府", province, code="990100", tier=Tier.CITY)
    head = factories.organ("某县人民政府", city, code="990101", tier=Tier.COUNTY)
    below = [factories.organ(f"某县某局{number:02}", head, code="990101", tier=Tier.COUNTY) for number in range(units)]
    for place, organ in (("province", province), ("city", city), ("county", head)):
        for role in (Role.MANAGER, Role.CLERK):
            user = User.objects.create(username=f"{place}-{role.lower()}", organ=organ)
            Grant.objects.create(user=user, organ=organ, role=role)
    return [head, *below]


def test_a_county_with_three_years() -> None:
    province = factories.organ("示例省", code="990000")
    organs = [factories.organ(f"某县某局{number}", province, code="990101") for number in range(4)]
    made = load_energy(now=NOW)
    assert made == {"meters": 12, "readings": 12 * 37 - 2, "hours": 0}
    assert Institution.objects.count() == 4
    assert UseMonth.objects.values("organ").distinct().count() == 4
    first = Meter.objects.order_by("pk").first()
    assert first is not None
    assert set(UseMonth.objects.filter(meter=first).values_list("organ_id", flat=True)) == {organs[0].pk, organs[1].pk}


def test_an_empty_province_has_none() -> None:
    assert load_energy(now=NOW) == {}
    assert load_signs(now=NOW) == {}
    assert load_evaluation(now=NOW) == {}


def test_what_is_planted_is_found_and_answered() -> None:
    organs = county(9)
    made = load_energy(now=NOW)
    assert made["hours"] > 24 * 28 * energy.HOURLY
    shares = [one.night / one.whole for one in NightMonth.objects.order_by("month")]
    assert len(shares) == energy.HOURLY
    assert shares[-1] == pytest.approx(0.34, abs=0.01)
    assert shares[0] < 0.25
    told = load_signs(now=NOW)
    found = {(one.rule, one.organ_id, one.energy) for one in Sign.objects.all()}
    planted = {"LEAK": energy.LEAK, "DOUBLE": energy.DOUBLE, "UNIT": energy.UNIT, "NIGHT": energy.NIGHT}
    assert {(rule, organs[place].pk, kind) for rule, (place, kind) in planted.items()} <= found
    missing = {one.pk for one in organs[:: energy.MISSING]}
    assert {organ for rule, organ, _ in found if rule == "MISSING"} == missing
    assert told["signs"] == len(found) == 4 + len(missing)
    assert all("svg" in str(draw(one)) for one in Sign.objects.all())
    assert Sign.objects.get(rule="LEAK").answer == Answer.REAL
    assert Finding.objects.filter(dataset="energy.watch").pending().count() == len(found) - 1, "one was a false alarm"


def test_targets_are_handed_down_and_told() -> None:
    county(9)
    load_energy(now=NOW)
    told = load_signs(now=NOW)
    rows = Target.objects.select_related("organ")
    assert told["targets"] == rows.count() == 4 * (3 + 6)
    top = rows.get(organ__depth=1, year=2026, energy="WATER")
    assert top.amount > top.given > 0
    colours = {one.colour for one in progress(list(rows.filter(year=2026)), NOW.date())}
    assert {"红", "绿"} <= colours
    over = [one for one in progress(list(rows.filter(year=2025)), NOW.date()) if one.colour == "红"]
    assert over, "a target of last year was missed"


def test_assessments_stand_at_every_step() -> None:
    organs = county(9)
    load_energy(now=NOW)
    load_signs(now=NOW)
    assert load_evaluation(now=NOW) == {"assessments": len(STORIES), "publications": 1}
    by_state = {state: Assessment.objects.filter(state=state) for state in State}
    assert {state for state, rows in by_state.items() if rows.exists()} == set(State)
    failed = by_state[State.FAILED].get()
    assert (failed.organ, "必须完成项" in failed.note) == (organs[2], True)
    waiting = {one.case.steps.get(state="OPEN").node for one in by_state[State.REVIEWING] if one.case}
    assert waiting == {"first", "second", "last"}
    reached = by_state[State.REACHED].filter(programme="CONSERVING").get()
    levels = set(reached.marks.values_list("given__level", flat=True))
    assert levels == set(Level.values), "every level gave its points"
    one = Publication.objects.get()
    assert (one.quarter, one.year, intact(one)) == (3, 2026, True)
    assert {line["energy"] for line in shown(one)["use"]} == {"电力", "水", "天然气"}


def test_in_january_the_last_quarter_is_that_of_the_year_before() -> None:
    county(3)
    now = timezone.make_aware(datetime(2027, 1, 12, 12))
    load_energy(now=now)
    load_evaluation(now=now)
    one = Publication.objects.get()
    assert (one.year, one.quarter) == (2026, 4)
    assert Decimal(str(shown(one)["use"][0]["quantity"])) > 0
