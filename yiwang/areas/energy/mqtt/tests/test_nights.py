"""The share of the night: which hours count, weighed over meters, run again without change."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from yiwang.areas.energy import factories
from yiwang.areas.energy.models import HourValue, Meter, NightMonth
from yiwang.areas.energy.mqtt import nights
from yiwang.areas.energy.mqtt.settling import midnight
from yiwang.core.orgs import factories as orgs
from yiwang.core.verdicts.sources import source_of

pytestmark = pytest.mark.django_db
MARCH = date(2026, 3, 1)


def hours(meter: Meter, dark: int, light: int, *, days: int = 31, month: date = MARCH) -> None:
    """A dial that runs so fast at night and by day, from the hour before the month on."""
    first, value, rows = midnight(month), 1000, []
    for hour in range(first - 1, first + 24 * days):
        clock = (hour - first) % 24
        value += dark if clock in (23, 0, 1, 2, 3, 4, 5) else light
        rows.append(HourValue(meter=meter, hour=hour, at=hour * 3600, value=value))
    HourValue.objects.bulk_create(rows)


def test_the_share_of_a_month() -> None:
    meter = factories.meter(orgs.organ("某局"))
    hours(meter, 10, 20)
    assert nights.count(MARCH) == 1
    one = NightMonth.objects.get()
    assert (one.night, one.whole, one.hours) == (31 * 70, 31 * (70 + 340), 31 * 24)
    assert nights.count(MARCH) == 1
    assert NightMonth.objects.get() == one, "run again, it is the same row"


def test_gaps_and_steps_back_do_not_count() -> None:
    meter = factories.meter(orgs.organ("某局"))
    hours(meter, 10, 10)
    first = midnight(MARCH)
    HourValue.objects.filter(meter=meter, hour=first + 12).delete()  # two differences are gone with it
    HourValue.objects.filter(meter=meter, hour__gte=first + 36).update(value=50_000)  # a new dial; then it stands still
    nights.count(MARCH)
    one = NightMonth.objects.get()
    assert one.hours == 31 * 24 - 2
    HourValue.objects.filter(meter=meter, hour=first + 40).update(value=1)
    nights.count(MARCH)
    assert NightMonth.objects.get().hours == 31 * 24 - 3, "back to 1 is no use; on from 1 is"


def test_too_few_hours_say_nothing() -> None:
    hours(factories.meter(orgs.organ("某局")), 10, 10, days=9)
    assert nights.count(MARCH) == 0
    assert nights.count(date(2026, 4, 1)) == 0


def test_meters_of_an_organ_are_weighed_and_told_by_the_dataset() -> None:
    organ, other = orgs.organ("某局"), orgs.organ("某委")
    hours(factories.meter(organ), 10, 10)
    hours(factories.meter(organ, multiplier=Decimal(10)), 0, 10)
    hours(factories.meter(organ, counts=False), 100, 0)
    hours(factories.meter(other, "WATER"), 0, 10)
    nights.count(MARCH, list(Meter.objects.values_list("pk", flat=True)))
    rows = {row.organ_id: row.values for row in source_of("energy.night_month")(on=date(2026, 4, 2))}
    assert rows[organ.pk]["night_share"] == round(Decimal(100 * 70) / (240 + 1700), 2)
    assert (rows[other.pk]["night_share"], rows[other.pk]["energy_kind"]) == (0, "WATER")
    (one,) = source_of("energy.night_month")(on=date(2026, 4, 2), subjects=[f"{organ.pk}:2026-03:ELECTRICITY"])
    assert (one.organ_id, one.values["month"]) == (organ.pk, "2026-03")
    assert list(source_of("energy.night_month")(on=MARCH)) == []
