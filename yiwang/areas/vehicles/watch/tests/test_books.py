"""The rules over bills and papers: worked cases; judged again; what came later withdraws."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.areas.vehicles import factories
from yiwang.areas.vehicles.costs.models import Cost
from yiwang.areas.vehicles.life.models import Insurance, Maintenance, Vehicle
from yiwang.areas.vehicles.tracks.models import DayTrack, Point
from yiwang.areas.vehicles.watch.bills import scores
from yiwang.areas.vehicles.watch.engine import judge_books
from yiwang.areas.vehicles.watch.models import Sign
from yiwang.areas.vehicles.watch.rules import RULES, Basis
from yiwang.areas.vehicles.watch.tests import drawn
from yiwang.core.orgs.models import Organ, Scoped
from yiwang.desk.testing import world

CASES = yaml.safe_load((Path(__file__).parent / "books.yaml").read_text(encoding="utf-8"))
DAY = date(2026, 11, 26)
NOW = timezone.make_aware(datetime(2026, 11, 27, 3))


def moment(text: str) -> datetime:
    return timezone.make_aware(datetime.fromisoformat(text))


def saved(row: Scoped) -> Scoped:
    row.place()
    row.save()
    return row


def build(case: dict[str, Any], organ: Organ) -> dict[str, Vehicle]:
    """The rows of a case."""
    cars = {one["plate"]: factories.vehicle(organ, model="示例牌 A 型", **one) for one in case["cars"]}
    for one in case.get("costs", []):
        car = cars[one["car"]]
        lon, lat = (None, None) if "place" not in one else (round(x, 6) for x in drawn.degrees(*one["place"]))
        saved(
            Cost(
                organ=organ, vehicle=car, kind=one["kind"], number=one["number"], merchant=one.get("merchant", "某站"),
                at=moment(one["at"]), day=moment(one["at"]).date(), amount=one.get("amount", 100) * 100,
                quantity=one.get("quantity"), longitude=lon, latitude=lat,
            )
        )  # fmt: skip
    for one in case.get("points", []):
        lon, lat = drawn.degrees(*one["place"])
        Point.objects.create(vehicle=cars[one["car"]].pk, at=moment(one["at"]), terminal=1, longitude=lon, latitude=lat)
    for plate, km in case.get("driven", {}).items():
        at = moment("2026-11-05 09:00")
        facts = {"points": 2, "moving": 3600, "top_speed": 60, "first_at": at, "last_at": at, "line": b""}
        DayTrack.objects.create(vehicle=cars[plate], day=date(2026, 11, 5), metres=km * 1000, **facts)
    for one in case.get("repairs", []):
        row = Maintenance(organ=organ, vehicle=cars[one["car"]], kind="REPAIR", number=one["number"], on_date=one["on"])
        row.items = one["items"]
        saved(row)
    for one in case.get("policies", []):
        dates = {"starts_date": one["from"], "ends_date": one["to"]}
        saved(
            Insurance(
                organ=organ,
                vehicle=cars[one["car"]],
                kind="COMPULSORY",
                number=one["number"],
                insurer="某公司",
                **dates,
            )
        )
    return cars


def judge() -> None:
    judge_books(DAY, now=NOW, on=DAY)


@pytest.mark.django_db
@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_worked(case: dict[str, Any]) -> None:
    build(case, world().ours)
    judge()
    found = {sign.rule: float(sign.measure) for sign in Sign.objects.filter(withdrawn_at=None)}
    assert found == pytest.approx(case["signs"], rel=0.01)


def test_every_rule_over_bills_and_papers_has_a_case() -> None:
    fired = {rule for case in CASES for rule in case["signs"]}
    assert fired == {key for key, rule in RULES.items() if rule.basis is not Basis.POINTS}


@pytest.mark.django_db
def test_a_bill_taken_back_withdraws_the_sign_and_other_months_stay() -> None:
    case = next(case for case in CASES if case["name"] == "一次加注超过油箱")
    build(case, world().ours)
    judge()
    judge_books(DAY + timedelta(days=20), now=NOW, on=DAY + timedelta(days=20))
    sign = Sign.objects.get()
    assert sign.withdrawn_at is None
    Cost.objects.all().delete()
    judge()
    sign.refresh_from_db()
    assert sign.withdrawn_at == NOW


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(1, 100), min_size=1, max_size=12), st.floats(0.1, 10), st.floats(0, 50))
def test_scores_do_not_depend_on_scale_and_origin(rates: list[float], scale: float, shift: float) -> None:
    """Litres or gallons, with a can in the boot or without: who stands out is the same."""
    plain = {car: score for car, _, score, _ in scores(list(enumerate(rates)))}
    moved = {car: score for car, _, score, _ in scores([(car, rate * scale + shift) for car, rate in enumerate(rates)])}
    if min((abs(a - b) for a in rates for b in rates if a != b), default=1) > 1e-3:
        assert moved.keys() == plain.keys()
        assert moved == pytest.approx(plain, rel=1e-3, abs=1e-3)


def test_the_median_s_neighbours_are_never_found() -> None:
    found = list(scores([(n, 8 + n / 10) for n in range(9)]))
    assert max(score for _, _, score, _ in found) < 3.5
    assert list(scores([(n, 8.0) for n in range(9)])) == []
