"""Indicators: worked figures, what is missing is never 0, groups by the tree of a day; the pages and the datasets."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from yiwang.areas.energy import factories
from yiwang.areas.energy.book.users import clause_of, users
from yiwang.areas.energy.indicators import figures as module
from yiwang.areas.energy.indicators.figures import GroupFigures, OrganFigures, figures, grouped
from yiwang.areas.energy.indicators.grouping import keys
from yiwang.areas.energy.indicators.quotas import above, quotas
from yiwang.areas.energy.models import DataCentre, InstitutionYear
from yiwang.core.orgs import actions as orgs
from yiwang.core.orgs.models import Organ
from yiwang.core.registers.computed import figures as computed
from yiwang.core.rights.models import Role
from yiwang.core.verdicts.sources import source_of
from yiwang.desk.testing import World, page, world

pytestmark = pytest.mark.django_db
SINCE, UNTIL = date(2026, 1, 1), date(2027, 1, 1)


@pytest.fixture
def we() -> World:
    return world()


def one(we: World, organ: Organ | None = None) -> OrganFigures:
    (found,) = figures(Organ.objects.filter(pk=(organ or we.ours).pk), SINCE, UNTIL, within=we.province)
    return found


def used(organ: Organ, kind: str, quantity: str) -> None:
    factories.months(factories.meter(organ, kind), date(2026, 3, 1), quantity)


def test_per_head_and_per_area_of_an_organ(we: World) -> None:
    """10,000 kWh, 100 m³ gas, 500 m³ water; 100 persons on 2,000 m²."""
    factories.institution(we.ours)
    factories.year(we.ours)
    for kind, quantity in (("ELECTRICITY", "10000"), ("GAS", "100"), ("WATER", "500")):
        used(we.ours, kind, quantity)
    found = one(we)
    assert found.total.kgce == Decimal("1229") + Decimal("133")
    assert (found.per_head, found.per_area) == (Decimal("13.62"), Decimal("0.681"))
    assert (found.water_per_head, found.power_per_area, found.months) == (Decimal(5), Decimal(5), 1)
    assert found.total.unverified >= {"EN-PICOEF-1"}


def test_what_is_missing_is_none_and_not_zero(we: World) -> None:
    used(we.ours, "ELECTRICITY", "10")
    found = one(we)
    assert (found.per_head, found.per_area, found.kind) == (None, None, "")
    assert GroupFigures("", "", (found,)).per_head is None
    assert GroupFigures("", "", (found,)).without == 1


def test_vehicle_fuel_is_taken_out_but_never_more_than_was_counted(we: World, monkeypatch: pytest.MonkeyPatch) -> None:
    factories.institution(we.ours)
    factories.year(we.ours)
    used(we.ours, "PETROL", "1000")
    fuel: dict[tuple[int, str], Decimal] = {(we.ours.pk, "PETROL"): Decimal(400), (we.ours.pk, "DIESEL"): Decimal(90)}
    monkeypatch.setattr(module, "vehicle_fuel", lambda *_: fuel)
    found = one(we)
    assert found.fuel == Decimal("429.64")
    assert found.per_area == (Decimal("1074.1") - Decimal("429.64")) / 2000
    fuel[we.ours.pk, "PETROL"] = Decimal(9999)
    assert one(we).per_area == 0


def test_groups_follow_the_tree_of_the_day(we: World) -> None:
    """The bureau moved from one county to the other in June."""
    county = factories_organ("甲县", we.province)
    other = factories_organ("乙县", we.province)
    bureau = factories_organ("某局", county)
    used(bureau, "ELECTRICITY", "1000")
    orgs.transfer(actor="system", organ=bureau, superior=other, on=date(2026, 6, 1), today=date(2026, 6, 2))
    rows = figures(Organ.objects.within(we.province), SINCE, UNTIL)
    for day, name in ((date(2026, 5, 1), "甲县"), (date(2026, 6, 1), "乙县")):
        (group,) = grouped(rows, keys("below", rows, we.province, day))
        assert (group.label, group.kgce) == (name, Decimal("122.9"))
    assert keys("kind", rows, we.province, SINCE)[bureau.pk] == ("", "不在名录库")
    assert keys("region", rows, we.province, SINCE)[bureau.pk][0] == "990101"


def factories_organ(name: str, above: Organ) -> Organ:
    from yiwang.core.orgs import factories as organs

    return organs.organ(name, above, code="990101")


@pytest.mark.parametrize(
    ("kind", "facts", "wanted"),
    [
        ("01", {"regular": 800, "long_term": 235, "support": 80, "visitor_days": 900}, "1117.5"),
        ("021", {"regular": 100, "students": 1000, "student_days": 200, "days": 365}, "647.9"),
        ("024", {"regular": 300, "visitor_days": 36500, "inpatient_days": 73000}, "600.0"),
        ("01", {"regular": 10, "students": 500, "student_days": 300, "inpatient_days": 4000}, "10.0"),
    ],
)
def test_users_by_the_rule_of_the_kind(kind: str, facts: dict[str, int], wanted: str) -> None:
    assert users(kind, InstitutionYear(**facts)) == Decimal(wanted)
    assert clause_of(kind).startswith("EN-40498-A")


def test_quotas_stand_beside_with_their_clause() -> None:
    found = quotas("power_per_area", "A", "MILD", "530000", date(2026, 1, 1))
    assert [(one.grade, one.value, one.verified) for one in found] == [
        ("约束值", Decimal(50), False),
        ("引导值", Decimal(40), False),
    ]
    assert above(Decimal(45), found) == found[1]
    assert above(Decimal(55), found) == found[0]
    assert (above(Decimal(40), found), above(None, found)) == (None, None)
    assert quotas("power_per_area", "", "MILD", "530000", date(2026, 1, 1)) == ()


def test_the_datasets(we: World) -> None:
    factories.institution(we.ours)
    factories.year(we.ours)
    factories.tariff(we.province, "0.5")
    used(we.ours, "ELECTRICITY", "1000")
    used(we.theirs, "WATER", "30")
    rows = list(computed("energy.consumption_month", within=we.ours, since=SINCE, until=UNTIL))
    assert [(row["month"], row["energy_kind"], row["quantity"], row["fen"], row["kgce"]) for row in rows] == [
        ("2026-03", "ELECTRICITY", Decimal(1000), 50_000, Decimal("122.9"))
    ]
    assert (rows[0]["organ_id"], rows[0]["unverified"]) == (we.ours.pk, True)
    years = {
        row["organ_id"]: row for row in computed("energy.organ_year", within=we.province, since=SINCE, until=UNTIL)
    }
    assert years[we.ours.pk]["energy_per_capita_kgce"] == Decimal("1.229")
    assert years[we.theirs.pk]["water_m3"] == 30
    subjects = [row.subject for row in source_of("energy.consumption_month")(on=date(2026, 12, 1))]
    assert subjects == [f"{we.ours.pk}:2026-03:ELECTRICITY", f"{we.theirs.pk}:2026-03:WATER"]
    some = source_of("energy.organ_year")(on=date(2026, 12, 1), subjects=[f"{we.ours.pk}:2026"])
    assert [row.subject for row in some] == [f"{we.ours.pk}:2025", f"{we.ours.pk}:2026"]
    assert [row.values["energy_user_count"] for row in source_of("energy.users")(on=date(2026, 12, 1))] == [100]


def test_a_data_centre_is_judged_by_its_year(we: World) -> None:
    row = DataCentre(organ=we.ours, name="云", year=2026, total_kwh=Decimal(1350), machine_kwh=Decimal(1000))
    row.place()
    row.save()
    (found,) = source_of("energy.data_centre")(on=date(2026, 12, 1))
    assert (found.values["pue"], found.on) == (Decimal("1.35"), date(2026, 12, 1))


@pytest.mark.parametrize(("name", "most"), [("mine", 22), ("board", 26)])
def test_pages_by_reader_stranger_and_nobody(we: World, name: str, most: int) -> None:
    year = timezone.localdate().year
    factories.institution(we.ours)
    factories.year(we.ours, year)
    meter = factories.meter(we.ours)
    factories.months(meter, date(year - 1, 1, 1), *["100"] * 14)
    url = reverse(f"energy:{name}")
    client = we.client(Role.READER)
    text = page(client.get(url))
    assert "待核" in text
    assert we.ours.name in text
    assert meter.name not in page(we.client(Role.READER, we.theirs).get(url))
    with CaptureQueriesContext(connection) as queries:
        client.get(url)
    assert len(queries) <= most
    for other in range(12):
        factories.months(factories.meter(we.ours), date(year, 1, 1), f"{other}")
    with CaptureQueriesContext(connection) as more:
        client.get(url)
    assert len(more) == len(queries)


def test_the_board_by_every_grouping_and_the_way_down(we: World) -> None:
    year = timezone.localdate().year
    factories.institution(we.ours)
    meter = factories.meter(we.ours)
    factories.months(meter, date(year - 1, 1, 1), *["100"] * 12)
    client = we.client(Role.READER, we.province)
    asked: list[dict[str, Any]] = [{"by": "kind"}, {"by": "region"}, {"kind": "01"}, {"basis": "equivalent"}]
    for more in asked:
        page(client.get(reverse("energy:board"), {"year": str(year - 1), **more}))
    for wrong in ({"year": "去年"}, {"on": "2026-13-01"}):
        assert client.get(reverse("energy:board"), wrong).status_code == 422
    down = reverse("energy:organ", args=[we.ours.pk])
    assert reverse("energy:meter", args=[meter.pk]) in page(client.get(down, {"year": str(year - 1)}))
    assert we.client(Role.READER, we.theirs).get(down).status_code == 404


def test_an_organ_without_meters_is_told_how_to_begin(we: World) -> None:
    text = page(we.client(Role.CLERK).get(reverse("energy:mine")))
    assert "还没有计量器具" in text
    assert "不在名录库" in text
    page(we.client(Role.READER, we.province).get(reverse("energy:board")))
