"""The page of an organ: formula and clause at each figure, the weather taken out, quotas, local ones that nobody has seen."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from yiwang.areas.energy import factories
from yiwang.areas.energy.indicators.beside import Line, lines, pue, weathered
from yiwang.areas.energy.indicators.figures import figures
from yiwang.areas.energy.indicators.models import WeatherMonth
from yiwang.areas.energy.indicators.quotas import unseen
from yiwang.areas.energy.indicators.tests.test_weather import COOLING, DAYS, HEATING
from yiwang.areas.energy.models import DataCentre
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.models import Role
from yiwang.desk.testing import World, page, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def we() -> World:
    return world()


def cold(organ: Organ, times: float, year: int) -> list[str]:
    """Degree days of a year, so many times those of a mild one; what is then used: 8 kWh a day of heating."""
    uses = []
    for number in range(12):
        heating, cooling = round(Decimal(HEATING[number] * times), 1), Decimal(COOLING[number])
        row = WeatherMonth(organ=organ, month=date(year, number + 1, 1), heating=heating, cooling=cooling)
        row.place()
        row.save()
        uses.append(str(100 * DAYS[number] + 8 * heating))
    return uses


def found(organ: Organ, year: int) -> dict[str, Line]:
    since, until = date(year, 1, 1), date(year + 1, 1, 1)
    now = figures(Organ.objects.filter(pk=organ.pk), since, until, within=organ)[0]
    return {one.label: one for one in lines(organ, now, since, until)}


def test_a_cold_year_is_told_from_one_that_wastes(we: World) -> None:
    """Two years of equal habits: normalised they are the same, raw they are not. The degree days are the province's."""
    uses = cold(we.province, 1.0, 2024) + cold(we.province, 1.4, 2025)
    factories.institution(we.ours)
    factories.year(we.ours, 2024)
    factories.months(factories.meter(we.ours), date(2024, 1, 1), *uses)
    mild, harsh = found(we.ours, 2024)["单位建筑面积能耗"], found(we.ours, 2025)["单位建筑面积能耗"]
    assert mild.value is not None
    assert harsh.value is not None
    assert harsh.value / mild.value > Decimal("1.07")
    assert mild.normal is not None
    assert harsh.normal is not None
    assert mild.value < mild.normal < harsh.normal * Decimal("1.01") < harsh.value
    assert harsh.normal / mild.normal == pytest.approx(Decimal(1), abs=Decimal("0.01"))


def test_no_weather_no_figure(we: World) -> None:
    factories.institution(we.ours)
    factories.months(factories.meter(we.ours), date(2025, 1, 1), *["100"] * 12)
    assert weathered(we.ours, date(2025, 1, 1), date(2026, 1, 1)) is None
    cold(we.ours, 1.0, 2024)
    assert weathered(we.ours, date(2025, 1, 1), date(2026, 1, 1)) is None, "not of this year"


def test_quota_and_year_beside_the_power(we: World) -> None:
    factories.institution(we.ours)
    factories.year(we.ours, 2025)
    factories.months(factories.meter(we.ours), date(2025, 1, 1), *["30000"] * 6)
    one = found(we.ours, 2025)["单位建筑面积电耗"]
    assert [one.value, one.yearly] == [90, 180]
    assert {grade.grade for grade in one.grades} >= {"约束值", "引导值"}
    assert one.above is not None
    assert all(grade.clause for grade in one.grades)


def test_pue_is_that_of_all_together(we: World) -> None:
    assert pue(Organ.objects.all(), 2025) is None
    for name, whole, own in (("甲", 1300, 1000), ("乙", 6000, 3000)):
        row = DataCentre(organ=we.ours, name=name, year=2025, total_kwh=Decimal(whole), machine_kwh=Decimal(own))
        row.place()
        row.save()
    assert pue(Organ.objects.filter(pk=we.ours.pk), 2025) == Decimal(7300) / 4000
    assert pue(Organ.objects.filter(pk=we.theirs.pk), 2025) is None


def test_local_quotas_without_figures_are_named() -> None:
    assert [key for key, _ in unseen("530100")] == ["EN-DB53-1045-IND"]
    assert unseen("990101") == ()


def test_the_page_shows_them_and_a_stranger_sees_nothing(we: World) -> None:
    year = timezone.localdate().year - 1
    factories.institution(we.ours)
    factories.year(we.ours, year)
    factories.months(factories.meter(we.ours), date(year, 1, 1), *["30000"] * 12)
    url = reverse("energy:organ", args=[we.ours.pk])
    text = page(we.client(Role.READER).get(url, {"year": year}))
    for word in ("用水量 ÷ 用能人数", "EN-IND-2", "约束值", "气候校正"):
        assert word in text
    assert we.client(Role.READER, we.theirs).get(url).status_code == 404
