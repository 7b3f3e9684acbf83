"""The night: what a register changed past the verbs shows, hours become readings, run again it writes nothing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from yiwang.areas.energy import factories
from yiwang.areas.energy.models import HourValue, NightMonth, Reading, UseMonth
from yiwang.areas.energy.mqtt.settling import midnight
from yiwang.areas.energy.use.nightly import Done, nightly
from yiwang.core.ledger.models import Entry
from yiwang.core.orgs import factories as orgs

pytestmark = pytest.mark.django_db
ON = date(2026, 4, 6)


def test_a_price_that_changed_shows_in_the_morning_and_only_that_meter_is_written() -> None:
    organ, other = orgs.organ("某局"), orgs.organ("某委")
    for one in (organ, other):
        factories.months(factories.meter(one), date(2026, 1, 1), 100, 200)
    before = set(UseMonth.objects.filter(organ=other).values_list("pk", flat=True))
    assert UseMonth.objects.filter(organ=organ, fen=0).count() == 2
    assert nightly(on=ON) == Done(0, 0, 0)
    factories.tariff(organ, "0.5")
    assert nightly(on=ON) == Done(0, 2, 0)
    assert list(UseMonth.objects.filter(organ=organ).order_by("month").values_list("fen", flat=True)) == [5000, 10000]
    assert set(UseMonth.objects.filter(organ=other).values_list("pk", flat=True)) == before
    assert nightly(on=ON) == Done(0, 0, 0)


def test_readings_that_are_gone_leave_no_month() -> None:
    meter = factories.meter(orgs.organ("某局"))
    factories.months(meter, date(2026, 1, 1), 100)
    Reading.objects.filter(meter=meter).delete()
    assert nightly(on=ON) == Done(0, 0, 0)
    assert not UseMonth.objects.exists()


def test_hours_become_readings_months_and_nights() -> None:
    meter = factories.meter(orgs.organ("某局"))
    first, last = midnight(date(2026, 3, 1)) - 1, midnight(ON)
    HourValue.objects.bulk_create(
        HourValue(meter=meter, hour=hour, at=hour * 3600, value=(hour - first) * 1000) for hour in range(first, last)
    )
    done = nightly(on=ON)
    assert done.readings == 4
    assert list(Reading.objects.order_by("day").values_list("day", flat=True)) == [
        ON - timedelta(days=number) for number in (3, 2, 1, 0)
    ]
    assert done.nights == NightMonth.objects.count() == 1
    assert UseMonth.objects.get(month=date(2026, 4, 1)).quantity == 72_000
    entries = Entry.objects.count()
    assert nightly(on=ON) == Done(0, 0, 1)
    assert Entry.objects.count() == entries, "nothing was done, nothing is said"
    assert nightly(on=date(2026, 4, 22)).nights == 0, "the month before has come in by then"
