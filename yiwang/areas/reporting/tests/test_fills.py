"""By query: figures from the registers with their rows, and never more than the reader may see; papers; datasets."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from yiwang.areas.energy import factories as energy
from yiwang.areas.offices import factories as offices
from yiwang.areas.reporting import actions, opening
from yiwang.areas.reporting.factories import NOW, ON, SMALL, Scene
from yiwang.areas.reporting.figures import scheme_of
from yiwang.areas.reporting.fills import as_stored, taken
from yiwang.areas.reporting.models import Return
from yiwang.areas.vehicles import factories as vehicles
from yiwang.areas.vehicles.life.models import Energy
from yiwang.core.orgs import factories as orgs
from yiwang.core.papers import actions as papers
from yiwang.core.papers.checking import Standing, check
from yiwang.core.registers.computed import figures
from yiwang.core.rights.access import access_for
from yiwang.core.rights.models import Grant, Role, User
from yiwang.core.verdicts.sources import source_of
from yiwang.desk.testing import page
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    return Scene()


def yearly(scene: Scene, key: str) -> Return:
    """The school's return of the shipped yearly scheme."""
    revision = opening.adopt(key=key, access=scene.boss, on=ON)
    period = opening.open_period(revision=revision.pk, start=date(2026, 1, 1), access=scene.boss, now=NOW)
    return scene.of(period)


def test_cars_are_counted_from_the_register(scene: Scene) -> None:
    """Taken into the draft, drilled to the register's rows; another figure needs a reason."""
    for organ in (scene.school, scene.school, scene.we.theirs):
        vehicles.vehicle(organ)
    row = yearly(scene, "vehicles")
    figures = taken(row, scheme_of(row.period.revision), scene.clerk)
    counted = {key: value for key, value in as_stored(figures).items() if value != "0"}
    assert [value for key, value in counted.items() if key.endswith("_actual")] == ["2"]
    (key,) = (key for key in counted if key.endswith("_actual"))
    who, own = scene.we.client(Role.CLERK, scene.school), f"/reporting/returns/{row.pk}/"
    assert who.post(own, {"verb": "take"}).status_code == 302
    row.refresh_from_db()
    assert row.draft["values"][key] == "2"
    assert "没有变化" in page(who.post(own, {"verb": "take"}, follow=True))
    text = page(who.get(f"{own}rows/{key}/"))
    assert "共 1 行" in text
    assert scene.school.name in text
    scene.fill(row, None, on=ON, **{key: str(3)})
    said = actions.said_of(Return.objects.get(pk=row.pk), scheme_of(row.period.revision), scene.clerk)
    assert f"fill_{key}" in {one.mark for one in said}
    assert next(one.text for one in said if one.mark == f"fill_{key}").endswith("填的是 3,台账是 2。")


def test_rooms_add_up(scene: Scene) -> None:
    """The areas of the organ's own rooms, as of the last day."""
    at, who = offices.building(scene.school), orgs.person(scene.school)
    offices.occupancy(offices.room(at, area="24.5"), who)
    offices.occupancy(offices.room(offices.building(scene.we.theirs), area="99"), orgs.person(scene.we.theirs))
    row = yearly(scene, "office-space")
    figures = taken(row, scheme_of(row.period.revision), scene.clerk)
    assert as_stored(figures)["office_area"] == "24.5"
    assert as_stored(figures)["heads"] == "1"
    assert all(one.organ_id == scene.school.pk for figure in figures.values() for one in figure.rows)


def test_without_the_right_to_the_register_nothing_is_taken(scene: Scene) -> None:
    """A clerk of reporting alone sees neither figures nor rows; the stranger finds no return."""
    vehicles.vehicle(scene.school)
    row = yearly(scene, "vehicles")
    user = User.objects.create(username="only")
    Grant.objects.create(user=user, organ=scene.school, role=Role.CLERK, area="reporting")
    assert taken(row, scheme_of(row.period.revision), access_for(user)) == {}
    who = scene.we.client(Role.CLERK, scene.school)
    who.force_login(user)
    own = f"/reporting/returns/{row.pk}/"
    assert "从台账取数" not in page(who.get(own))
    assert who.get(f"{own}rows/emergency_actual/").status_code == 403
    assert scene.we.client(Role.MANAGER, scene.we.theirs).get(f"{own}rows/emergency_actual/").status_code == 404
    assert scene.we.client(Role.CLERK, scene.school).get(f"{own}rows/cost_per_car/").status_code == 422


def test_paper_and_data_prove_each_other(scene: Scene) -> None:
    """The signed page agrees until a later version is handed in; nothing handed in, nothing to sign."""
    period = scene.open()
    empty = scene.of(period, scene.we.ours)
    row = scene.handed(period)
    one = papers.issue(kind="reporting.return", pk=row.pk, access=scene.clerk, on=ON, now=NOW)
    assert ["i_power", "用电量(千瓦时)"] in one.labels
    assert "5,000" in one.facts
    assert check(one).standing == Standing.AGREES
    actions.send_back(pk=row.pk, reason="再核", access=scene.county, now=NOW)
    assert check(one).standing == Standing.AGREES
    scene.fill(row, power=4000)
    scene.submit(row)
    found = check(one)
    assert found.standing == Standing.CHANGED
    assert "用电量(千瓦时)" in found.fields
    assert one.full_number in page(scene.we.client(Role.CLERK, scene.school).get(f"/reporting/returns/{row.pk}/"))
    with pytest.raises(Refusal, match="没有这条记录"):
        papers.issue(kind="reporting.return", pk=empty.pk, access=scene.boss, on=ON, now=NOW)


def test_when_it_was_handed_in_is_a_dataset() -> None:
    """A row for each return of a period that has ended, by the words of the clauses; running costs with their figures."""
    scene = Scene(text=SMALL.replace("key: small", "key: running-cost").replace("key: power", "key: total_cost").replace("power", "total_cost"))  # fmt: skip
    period = scene.open()
    scene.fill(scene.of(period), users=10, total_cost=500)
    scene.submit(scene.of(period))
    rows = {row.organ_id: row for row in source_of("reporting.filing")(on=date(2026, 10, 20))}
    mine = rows[scene.school.pk].values
    assert (mine["return_kind"], mine["period_end"], mine["submitted"]) == ("机关运行成本统计", date(2026, 9, 30), ON)
    assert rows[scene.we.theirs.pk].values["submitted"] is None
    assert list(source_of("reporting.filing")(on=date(2026, 9, 30))) == []
    one = scene.of(period)
    due = one.due_date
    mine, *others = figures("reporting.filing", within=one.organ, since=due, until=due + timedelta(days=2))
    assert (mine["organ_id"], mine["submitted"], mine["late"], others) == (one.organ_id, ON, due < ON, [])
    theirs = scene.we.theirs
    (never,) = figures("reporting.filing", within=theirs, since=due, until=due + timedelta(days=2))
    assert (never["submitted"], never["late"]) == (None, True)
    (today,) = figures("reporting.filing", within=theirs, since=due, until=due + timedelta(days=1))
    assert not today["late"], "on the last day it is not late yet"
    assert figures("reporting.filing", within=theirs, since=due + timedelta(days=1), until=date(2030, 1, 1)) == []
    (cost,) = source_of("reporting.running_cost")(on=date(2026, 10, 20), subjects=[str(one.pk), "x"])
    assert (cost.values["total_cost"], cost.values["staff"]) == (500, None)


# ── what is worked out over the period ────────────────────────────────────────────────────────────────────────────────


def test_the_energy_return_is_filled_from_the_meters(scene: Scene) -> None:
    """A quarter's months of the school alone, in the return's units; drilled to the months; another figure needs a reason."""
    energy.months(energy.meter(scene.school), date(2026, 6, 1), 700, 1000, 1100, 900, 800)
    energy.months(energy.meter(scene.school, "COAL"), date(2026, 7, 1), 2500, 0, 0)
    energy.months(energy.meter(scene.we.ours), date(2026, 7, 1), 9000, 9000, 9000)
    energy.tariff(scene.school, "0.5")
    row = quarter(scene)
    who, own = scene.we.client(Role.CLERK, scene.school), f"/reporting/returns/{row.pk}/"
    assert who.post(own, {"verb": "take"}).status_code == 302
    row.refresh_from_db()
    values = row.draft["values"]
    assert (values["electricity"], values["coal"]) == ("3000", "2.5")
    assert "water" not in values
    text = page(who.get(f"{own}rows/electricity/"))
    assert "计入 3 行" in text
    for month in ("2026-07", "2026-08", "2026-09"):
        assert f"{scene.school.name} · {month}" in text
    assert f'href="/energy/organs/{scene.school.pk}/?year=2026"' in text
    for month in ("2026-06", "2026-10"):
        assert month not in text
    assert scene.we.ours.name not in text.partition("台账行")[2]
    scene.fill(row, electricity="3100")
    said = actions.said_of(Return.objects.get(pk=row.pk), scheme_of(row.period.revision), scene.clerk)
    assert "“电力消费量”填的是 3,100,台账是 3,000。" in {one.text for one in said}


def test_the_energy_register_is_not_read_without_the_right(scene: Scene) -> None:
    energy.months(energy.meter(scene.school), date(2026, 7, 1), 1000, 1100, 900)
    row = quarter(scene)
    user = User.objects.create(username="narrow", display_name="专管")
    Grant.objects.create(user=user, organ=scene.school, role=Role.CLERK, area="reporting")
    narrow = access_for(user)
    assert taken(row, scheme_of(row.period.revision), narrow) == {}
    assert taken(row, scheme_of(row.period.revision), scene.clerk)["electricity"].value == 3000


def test_the_yearly_return_of_cars_is_filled_from_the_year(scene: Scene) -> None:
    """What the cars did in the year, beside what the register holds on its last day."""
    vehicles.vehicle(scene.school, energy=Energy.NEW_ENERGY)
    row = yearly(scene, "vehicles")
    found = as_stored(taken(row, scheme_of(row.period.revision), scene.clerk))
    assert (found["new_energy"], found["run_cost"], found["mileage"]) == ("1", "0", "0")
    text = page(scene.we.client(Role.CLERK, scene.school).get(f"/reporting/returns/{row.pk}/rows/new_energy/"))
    assert f"{scene.school.name} · 2026" in text


def quarter(scene: Scene) -> Return:
    """The school's energy return of the third quarter."""
    revision = opening.adopt(key="pi-energy", access=scene.boss, on=ON)
    period = opening.open_period(revision=revision.pk, start=date(2026, 7, 1), access=scene.boss, now=NOW)
    return scene.of(period)
