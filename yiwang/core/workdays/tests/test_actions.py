"""Editing the calendar: one entry, clocks told, what was kept in memory thrown away."""

from __future__ import annotations

from datetime import date

import pytest

from yiwang.core.ledger.models import Entry
from yiwang.core.workdays import actions, add_workdays, is_workday
from yiwang.core.workdays import current as module
from yiwang.core.workdays.models import Holiday
from yiwang.core.workdays.shipped import fill
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db
DAY = date(2026, 12, 31)


def _set(**more: object) -> Holiday:
    given = {
        "day": DAY,
        "works": False,
        "name": "调整",
        "number": "示政〔2026〕1号",
        "allowed": True,
        "actor": "user:1",
    }
    return actions.set_day(**{**given, **more})  # type: ignore[arg-type]


def test_the_shipped_days_are_there_after_migrating() -> None:
    assert Holiday.objects.filter(day__year=2026).count() == 39
    assert fill() == 0


def test_a_year_that_somebody_keeps_is_left_alone() -> None:
    Holiday.objects.filter(day__year=2025).exclude(day=date(2025, 1, 1)).delete()
    Holiday.objects.filter(day__year=2024).delete()
    fill()
    assert Holiday.objects.filter(day__year=2025).count() == 1
    assert Holiday.objects.filter(day__year=2024).count() > 30


def test_a_change_is_seen_at_once_and_leaves_one_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[bool] = []
    monkeypatch.setattr(module, "_listeners", [lambda: told.append(is_workday(DAY))])
    assert is_workday(DAY)
    _set()
    assert not is_workday(DAY)
    assert add_workdays(date(2026, 12, 30), 1) == date(2027, 1, 4)
    actions.clear_day(day=DAY, allowed=True, actor="user:1")
    assert is_workday(DAY)
    assert told == [False, True]
    assert list(Entry.objects.filter(obj=f"workdays.holiday:{DAY}").values_list("act", flat=True)) == [
        "workdays.holiday.set",
        "workdays.holiday.clear",
    ]


def test_a_change_that_is_rolled_back_leaves_nothing_in_memory() -> None:
    from django.db import transaction

    with transaction.atomic():
        _set()
        assert not is_workday(DAY)
        transaction.set_rollback(True)
    assert is_workday(DAY)


@pytest.mark.parametrize(
    ("more", "code"),
    [({"allowed": False}, "workdays.denied"), ({"name": " "}, "workdays.name")],
)
def test_refused(more: dict[str, object], code: str) -> None:
    with pytest.raises(Refusal) as refused:
        _set(**more)
    assert refused.value.code == code
    assert not Holiday.objects.filter(day=DAY).exists()


def test_the_same_again_and_an_unknown_day_are_refused() -> None:
    _set()
    with pytest.raises(Refusal) as refused:
        _set()
    assert refused.value.code == "workdays.same"
    with pytest.raises(Refusal) as refused:
        actions.clear_day(day=date(2026, 12, 30), allowed=True, actor="user:1")
    assert refused.value.code == "workdays.unknown"
