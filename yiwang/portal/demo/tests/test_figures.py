"""一张图 of the demo province: filled on the day it is loaded, with figures that are those of the registers."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from yiwang.areas.energy.models import InstitutionYear
from yiwang.core.orgs import factories
from yiwang.insight.models import Edition
from yiwang.portal.demo.energy import load_energy
from yiwang.portal.demo.figures import load_figures

pytestmark = pytest.mark.django_db
NOW = timezone.make_aware(datetime(2026, 11, 30, 12))


def test_this_year_and_the_last_are_there(settings: Settings, tmp_path: Path) -> None:
    settings.HOME = tmp_path
    province = factories.organ("示例省", code="990000")
    for number in range(3):
        factories.organ(f"某县某局{number}", province, code="990101")
    load_energy(now=NOW)
    assert load_figures(now=NOW) == 2
    assert sorted(Edition.objects.values_list("year", flat=True)) == [2025, 2026]
    assert InstitutionYear.objects.filter(year=2025).exists()
    assert load_figures(now=NOW) == 2, "again on the same day: no harm"


def test_a_province_without_meters_has_none(settings: Settings, tmp_path: Path) -> None:
    settings.HOME = tmp_path
    assert load_figures(now=NOW) == 0
