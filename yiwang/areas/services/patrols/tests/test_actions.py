"""Rounds made, missed and done; points looked at; faults that become orders; the dataset."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from yiwang.areas.services.orders import factories as orders
from yiwang.areas.services.orders.models import OrderState, Origin, PatrolObject, Team, WorkOrder
from yiwang.areas.services.patrols import actions, factories
from yiwang.areas.services.patrols.models import Look, Makes, PatrolPlan, Round, RoundState
from yiwang.areas.services.patrols.sources import patrols
from yiwang.core.ledger.models import Entry
from yiwang.core.orgs import factories as orgs
from yiwang.core.orgs.models import Organ, Tier
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Role, User
from yiwang.core.verdicts.models import Finding
from yiwang.core.verdicts.sync import sync
from yiwang.desk.testing import page
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db
NOW = orders.NOW
TODAY = NOW.date()


@pytest.fixture
def organ() -> Organ:
    organ = orgs.organ("四川省某厅", tier=Tier.PROVINCE, code="510000")
    orders.catalogue(organ)
    return organ


@pytest.fixture
def patroller(organ: Organ) -> Access:
    return orders.access(organ, Role.REPAIRER, name="刘强")


@pytest.fixture
def team(organ: Organ, patroller: Access) -> Team:
    user = patroller.user
    assert isinstance(user, User)
    return orders.team(organ, user)


@pytest.fixture
def plan(organ: Organ, team: Team) -> PatrolPlan:
    return factories.plan(orders.building(organ, "1号楼"), 4, team=team)


def test_the_night_makes_what_is_due_and_says_what_was_missed(plan: PatrolPlan) -> None:
    assert actions.tick(on=date(2026, 1, 1), now=NOW) == {"made": 1, "missed": 0, "ordered": 0}
    assert actions.tick(on=date(2026, 1, 1), now=NOW) == {"made": 0, "missed": 0, "ordered": 0}
    assert actions.tick(on=date(2026, 4, 1), now=NOW) == {"made": 0, "missed": 0, "ordered": 0}
    assert actions.tick(on=date(2026, 4, 2), now=NOW) == {"made": 1, "missed": 1, "ordered": 0}
    assert list(Round.objects.order_by("start_date").values_list("state", flat=True)) == ["MISSED", "DUE"]


def test_after_a_time_away_it_makes_up_for_it(plan: PatrolPlan) -> None:
    """The same rounds as if it had run every night."""
    actions.tick(on=date(2026, 1, 1), now=NOW)
    actions.tick(on=TODAY, now=NOW)
    late = list(Round.objects.order_by("start_date").values_list("start_date", "due_date", "state"))
    Round.objects.all().delete()
    day = date(2026, 1, 1)
    while day <= TODAY:
        actions.tick(on=day, now=NOW)
        day += timedelta(days=7)
    actions.tick(on=TODAY, now=NOW)
    assert list(Round.objects.order_by("start_date").values_list("start_date", "due_date", "state")) == late
    assert [state for *_, state in late] == ["MISSED"] * 3 + ["DUE"]


def test_a_plan_of_a_later_day_makes_nothing_yet(organ: Organ) -> None:
    factories.plan(orders.building(organ), since=date(2027, 1, 1))
    assert actions.tick(on=TODAY, now=NOW)["made"] == 0
    assert Entry.objects.filter(act="services.patrol.tick").count() == 0, "nothing done, nothing to tell"


def test_a_round_without_points_is_done_in_one(plan: PatrolPlan, patroller: Access, organ: Organ) -> None:
    actions.tick(on=TODAY, now=NOW)
    one = Round.objects.get(state=RoundState.DUE)
    stranger = orders.access(orgs.organ("别的厅"), Role.MANAGER)
    cadre = orders.access(organ, Role.STAFF)
    for who in (stranger, cadre):
        with pytest.raises(Refusal) as refused:
            actions.complete(key=one.pk, note="好", access=who, now=NOW)
        assert refused.value.code == "rights.denied"
    with pytest.raises(Refusal, match="巡检情况"):
        actions.complete(key=one.pk, note=" ", access=patroller, now=NOW)
    done = actions.complete(key=one.pk, note="梁柱完好", access=patroller, now=NOW)
    assert (done.state, done.done_by) == (RoundState.DONE, patroller.user)
    with pytest.raises(Refusal) as refused:
        actions.complete(key=one.pk, note="再来", access=patroller, now=NOW)
    assert refused.value.code == "patrol.state"


def test_the_last_point_closes_the_round_and_a_fault_becomes_an_order(plan: PatrolPlan, patroller: Access) -> None:
    first, second = (
        orders.spot(plan.building, name, patrol_object=PatrolObject.STRUCTURE, checks="梁、柱") for name in "12"
    )
    actions.tick(on=TODAY, now=NOW)
    one = Round.objects.get(state=RoundState.DUE)
    sound = {"梁": "", "柱": ""}
    with pytest.raises(Refusal, match="还有点位"):
        actions.complete(key=one.pk, note="x", access=patroller, now=NOW)
    with pytest.raises(Refusal) as refused:
        actions.look(spot=first, results={"梁": ""}, access=patroller, now=NOW)
    assert refused.value.code == "patrol.checks"
    seen = actions.look(spot=first, results=sound, access=patroller, now=NOW)
    assert (seen.round, seen.order) == (one, None)
    again = actions.look(spot=first, results=sound, access=patroller, now=NOW)
    assert again.round is None, "the point counts once a round"
    one.refresh_from_db()
    assert one.state == RoundState.DUE
    bad = actions.look(spot=second, results={"梁": "裂缝", "柱": ""}, access=patroller, now=NOW)
    one.refresh_from_db()
    assert one.state == RoundState.DONE
    order = WorkOrder.objects.get()
    assert bad.order == order
    assert list(order.looks.all()) == [bad]
    assert (order.origin, order.problem, order.spot) == (Origin.PATROL, "巡检发现 梁:裂缝", second)
    assert order.item.code == "05"


def test_who_may_look_after_a_point(plan: PatrolPlan, patroller: Access, organ: Organ) -> None:
    spot = orders.spot(plan.building, patrol_object=PatrolObject.PUBLIC_AREA)
    assert actions.may_patrol(patroller, spot)
    assert not actions.may_patrol(orders.access(organ, Role.STAFF), spot)
    assert not actions.may_patrol(orders.access(orgs.organ("别的厅"), Role.REPAIRER), spot)
    actions.look(spot=spot, results={"整体": "积水"}, access=patroller, now=NOW)
    assert WorkOrder.objects.get().item.code == "07"


def test_a_plan_may_make_an_order_for_its_team(plan: PatrolPlan, team: Team) -> None:
    PatrolPlan.objects.update(makes=Makes.ORDER)
    assert actions.tick(on=TODAY, now=NOW) == {"made": 4, "missed": 3, "ordered": 1}
    assert actions.tick(on=TODAY, now=NOW)["ordered"] == 0
    one = WorkOrder.objects.get()
    assert (one.state, one.team, one.origin, one.reporter) == (OrderState.ASSIGNED, team, Origin.PLAN, None)
    assert one.rounds.get().state == RoundState.DUE


def _year(plan: PatrolPlan, done: int) -> None:
    """So many rounds of 2025 were done."""
    PatrolPlan.objects.update(valid_from=date(2025, 1, 1))
    actions.tick(on=date(2026, 1, 5), now=NOW)
    for one in Round.objects.filter(start_date__year=2025).order_by("pk")[:done]:
        one.state, one.done_at = RoundState.DONE, datetime(2025, 6, 1, tzinfo=UTC)
        one.save()


def test_the_dataset_counts_the_last_full_year(plan: PatrolPlan, organ: Organ) -> None:
    _year(plan, 3)
    factories.plan(plan.building, 12, since=date(2025, 1, 1), patrol_object=PatrolObject.PUBLIC_AREA)
    factories.plan(plan.building, 24, since=date(2025, 3, 1), patrol_object=PatrolObject.SHARED_PARTS)
    (row,) = patrols(on=date(2026, 5, 1))
    assert (row.subject, row.on) == (f"{plan.building_id}:STRUCTURE", date(2025, 12, 31))
    assert row.values["times"] == 3
    assert [one.subject for one in patrols(on=TODAY, subjects=[row.subject])] == [row.subject]
    assert list(patrols(on=TODAY, subjects=["999999:STRUCTURE"])) == []


def test_too_few_rounds_are_found_by_the_clause(plan: PatrolPlan) -> None:
    _year(plan, 3)
    sync(dataset="services.patrol", on=date(2026, 5, 1), actor="system")
    found = Finding.objects.get()
    assert (found.clause, found.kind) == ("SV-SC-2", "warning")
    assert (found.measure, found.limit) == (Decimal(3), Decimal(4))
    _year(plan, 4)
    sync(dataset="services.patrol", on=date(2026, 5, 1), actor="system")
    found.refresh_from_db()
    assert found.state == "CLOSED"


def test_pages(plan: PatrolPlan, patroller: Access, organ: Organ) -> None:
    """The list, the round, the point; owner, colleague, stranger."""
    from django.test import Client

    spot = orders.spot(plan.building, "大厅", patrol_object=PatrolObject.STRUCTURE, checks="梁")
    actions.tick(on=TODAY, now=NOW)
    one = Round.objects.latest("start_date")
    Round.objects.filter(pk=one.pk).update(due_date=date(2100, 1, 1))

    def client(user: object) -> Client:
        browser = Client()
        browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")  # type: ignore[arg-type]
        return browser

    mine = client(patroller.user)
    reader, cadre = (client(orders.user(organ, role)) for role in (Role.READER, Role.STAFF))
    stranger = client(orders.user(orgs.organ("别的厅"), Role.MANAGER))
    addresses = ("/services/patrols/", f"/services/patrols/{one.pk}/", f"/services/s/{spot.token}/look/")
    codes = {
        name: [browser.get(address).status_code for address in addresses]
        for name, browser in (("mine", mine), ("reader", reader), ("cadre", cadre), ("stranger", stranger))
    }
    assert codes == {
        "mine": [200] * 3,
        "reader": [200, 200, 403],
        "cadre": [403, 404, 403],
        "stranger": [200, 404, 403],
    }
    for address in addresses:
        page(mine.get(address))
    assert f"/services/patrols/{one.pk}/" not in stranger.get("/services/patrols/?state=").content.decode()
    scanned = page(mine.get(f"/services/s/{spot.token}/"))
    assert f"/services/s/{spot.token}/look/" in scanned
    assert cadre.get(f"/services/s/{spot.token}/")["Location"] == f"/services/report/{spot.token}/"
    page(mine.post(addresses[2], {}), 422)
    page(mine.post(addresses[2], {"check1": "fault"}), 422)
    answer = mine.post(addresses[2], {"check1": "fault", "wrong1": "裂缝"})
    assert answer["Location"] == f"/services/patrols/{one.pk}/"
    text = page(mine.get(answer["Location"]))
    assert WorkOrder.objects.get().number in text
    assert "已巡检" in text
    page(mine.get("/services/patrols/?state=MISSED"))
    assert mine.get("/services/patrols/?state=ODD").status_code == 422
    assert Look.objects.count() == 1
