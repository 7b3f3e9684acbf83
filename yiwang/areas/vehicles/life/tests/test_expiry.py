"""Until when the papers of a car hold, and the warnings that are told once each."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from yiwang.areas.vehicles import factories
from yiwang.areas.vehicles.life.expiry import Due, due_of, expired, soon, warn_expiring
from yiwang.areas.vehicles.life.models import (
    ExpiryNotice,
    Inspection,
    Insurance,
    Vehicle,
    VehicleDocument,
    VehicleState,
)
from yiwang.core.notices.models import Notice
from yiwang.core.orgs.models import Scoped
from yiwang.core.rights.models import Role
from yiwang.desk.testing import World, world

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 1)
NOW = datetime(2026, 3, 1, 2, tzinfo=UTC)


@pytest.fixture
def we() -> World:
    found = world()
    found.user(Role.CLERK)
    return found


def kept(row: Scoped) -> None:
    row.place()
    row.save()


def inspected(car: Vehicle, until: date, result: str = "PASSED") -> None:
    kept(Inspection(vehicle=car, organ=car.organ, on_date=until - timedelta(days=364), valid_to=until, result=result))


def insured(car: Vehicle, ends: date, kind: str = "COMPULSORY") -> None:
    first = ends - timedelta(days=365)
    number = f"PD{Insurance.objects.count()}"
    kept(
        Insurance(
            vehicle=car, organ=car.organ, kind=kind, number=number, insurer="示例", starts_date=first, ends_date=ends
        )
    )


def test_the_newest_paper_of_a_kind_counts(we: World) -> None:
    """A policy is over on the day it ends; a failed inspection renews nothing; what holds for ever never runs out."""
    car = factories.vehicle(we.ours)
    inspected(car, date(2026, 3, 20))
    inspected(car, date(2027, 3, 20), "FAILED")
    insured(car, date(2025, 6, 1))
    insured(car, date(2026, 6, 1))
    kept(VehicleDocument(vehicle=car, organ=we.ours, kind="TITLE", number="1"))
    assert due_of([car.pk]) == {
        car.pk: [Due(date(2026, 3, 20), car.pk, "年检"), Due(date(2026, 5, 31), car.pk, "交强险")]
    }


@pytest.mark.parametrize(
    ("days", "step", "words"),
    [(31, None, "还有 31 天"), (30, 30, "还有 30 天"), (8, 30, "还有 8 天"), (7, 7, "还有 7 天"), (1, 7, "还有 1 天"), (0, 0, "今天到期"), (-3, 0, "已过期 3 天")],
)  # fmt: skip
def test_steps(days: int, step: int | None, words: str) -> None:
    """Thirty, seven and no days ahead."""
    one = Due(TODAY + timedelta(days=days), 1, "年检")
    assert (one.step(TODAY), one.words(TODAY)) == (step, words)


def test_each_step_is_told_once(we: World) -> None:
    """Night after night; a renewed paper is told anew; a car that is gone is not."""
    car = factories.vehicle(we.ours, plate="示A10001")
    inspected(car, TODAY + timedelta(days=30))
    gone = factories.vehicle(we.ours, state=VehicleState.RETIRED, retired_date=TODAY)
    inspected(gone, TODAY)
    told = [warn_expiring(on=TODAY + timedelta(days=night), now=NOW) for night in (0, 0, 1, 23, 24, 30, 31)]
    assert told == [1, 0, 0, 1, 0, 1, 0]
    notices = list(Notice.objects.order_by("pk").values_list("text", flat=True))
    assert notices[0] == "示A10001 的年检到 2026-03-31 止,还有 30 天。"
    assert "今天到期" in notices[2]
    inspected(car, TODAY + timedelta(days=31 + 364))
    assert warn_expiring(on=TODAY + timedelta(days=32), now=NOW) == 0
    assert ExpiryNotice.objects.count() == 3


def test_what_keeps_a_car_off_the_road(we: World) -> None:
    """Inspection and compulsory insurance, if they run out before the trip is over; nothing else."""
    car = factories.vehicle(we.ours)
    inspected(car, TODAY)
    insured(car, TODAY + timedelta(days=3))
    insured(car, TODAY, "COMMERCIAL")
    assert [one.what for one in expired([car.pk], TODAY, TODAY)] == []
    assert [one.what for one in expired([car.pk], TODAY, TODAY + timedelta(days=1))] == ["年检"]
    assert [one.what for one in expired([car.pk], TODAY, TODAY + timedelta(days=3))] == ["年检", "交强险"]
    assert len(soon([car.pk], TODAY)) == 3
