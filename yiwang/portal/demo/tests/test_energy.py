"""The demo's meters: every organ has months, the shared meter is divided, one lacks a month."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.utils import timezone

from yiwang.areas.energy.models import Institution, Meter, UseMonth
from yiwang.core.orgs import factories
from yiwang.portal.demo.energy import load_energy

pytestmark = pytest.mark.django_db
NOW = timezone.make_aware(datetime(2026, 11, 30, 12))


def test_a_county_with_two_years() -> None:
    province = factories.organ("示例省", code="990000")
    organs = [factories.organ(f"某县某局{number}", province, code="990101") for number in range(4)]
    made = load_energy(now=NOW)
    assert made == {"meters": 12, "readings": pytest.approx(12 * 25, abs=3)}
    assert Institution.objects.count() == 4
    assert UseMonth.objects.values("organ").distinct().count() == 4
    first = Meter.objects.order_by("pk").first()
    assert first is not None
    assert set(UseMonth.objects.filter(meter=first).values_list("organ_id", flat=True)) == {organs[0].pk, organs[1].pk}


def test_an_empty_province_has_none() -> None:
    assert load_energy(now=NOW) == {}
