"""From an opened period to a locked one: every verb, who may, what is refused, and that nothing is lost."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from yiwang.areas.reporting import actions, opening
from yiwang.areas.reporting.actions import Change, Moved
from yiwang.areas.reporting.calendar import containing, start_before, stop_of, year_before
from yiwang.areas.reporting.factories import NOW, ON, SMALL, Scene
from yiwang.areas.reporting.models import (
    PeerFigures,
    Return,
    ReturnState,
    ReturnVersion,
    RevisionState,
    SchemeRevision,
)
from yiwang.core.ledger.models import Entry
from yiwang.core.notices.models import Notice
from yiwang.core.orgs import factories
from yiwang.core.orgs.actions import transfer
from yiwang.core.rights.models import Role
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    return Scene()


def refused(code: str, verb: Any, **given: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        verb(**given)
    assert caught.value.code == code, caught.value
    return caught.value


def entries(act: str) -> int:
    return Entry.objects.filter(act=f"reporting.{act}").count()


@pytest.mark.parametrize(
    ("kind", "start", "stop", "before"),
    [
        ("month", date(2026, 1, 1), date(2026, 2, 1), date(2025, 12, 1)),
        ("quarter", date(2026, 10, 1), date(2027, 1, 1), date(2026, 7, 1)),
        ("year", date(2026, 1, 1), date(2027, 1, 1), date(2025, 1, 1)),
    ],
)
def test_periods_follow_one_another(kind: str, start: date, stop: date, before: date) -> None:
    assert (stop_of(kind, start), start_before(kind, start)) == (stop, before)
    assert stop_of(kind, before) == start
    assert year_before(start) == date(start.year - 1, start.month, 1)
    assert containing(kind, start) == start


@pytest.mark.parametrize(("kind", "start"), [("month", date(2026, 1, 2)), ("quarter", date(2026, 2, 1)), ("year", date(2026, 4, 1))])  # fmt: skip
def test_a_period_begins_where_it_begins(kind: str, start: date) -> None:
    refused("return.period-start", stop_of, kind=kind, start=start)


def test_a_period_goes_down_the_tree_as_it_was(scene: Scene) -> None:
    """Who was below on the last day reports, along the path of that day; later moves change neither path nor reviewers."""
    period = scene.open()
    we = scene.we
    assert set(period.returns.values_list("organ", flat=True)) == {
        o.pk for o in (we.province, we.ours, we.theirs, scene.school)
    }
    row = scene.of(period)
    assert (row.p1, row.p2, row.p3, row.reviewers) == (
        we.province.pk,
        we.ours.pk,
        scene.school.pk,
        [we.ours.pk, we.province.pk],
    )
    assert scene.of(period, we.province).reviewers == [we.province.pk]
    assert (str(period), period.due_date) == ("能耗月报 2026年9月", date(2026, 10, 15))
    transfer(organ=scene.school, superior=we.theirs, on=date(2026, 10, 5), today=ON, actor="system")
    row.refresh_from_db()
    assert (row.p2, row.l2) == (we.ours.pk, we.theirs.pk)
    later = scene.open(date(2026, 10, 1))
    assert scene.of(later).reviewers == [we.theirs.pk, we.province.pk]
    assert entries("period.open") == 2


def test_who_reports_is_a_matter_of_the_scheme() -> None:
    """Only institutions: the school alone; nobody at all is refused."""
    scene = Scene(text=SMALL + "who: {kinds: [事业单位]}\n")
    assert [row.organ for row in scene.open().returns.all()] == [scene.school]
    none = Scene(we=scene.we, text=SMALL.replace("small", "none") + "who: {kinds: [企业]}\n")
    refused("return.nobody", none.open)


def test_schemes_are_adopted_drafted_issued(scene: Scene) -> None:
    one = opening.adopt(key="pi-energy", access=scene.boss, on=ON)
    assert (one.revision, one.state, one.shipped) == ("2025", RevisionState.ISSUED, True)
    assert opening.adopt(key="pi-energy", access=scene.boss, on=ON) == one
    text = SMALL.replace("revision: '1'", "revision: '2'")
    draft = opening.save_scheme(text=text, access=scene.boss)
    changed = opening.save_scheme(text=text.replace("能耗月报", "能耗新月报"), access=scene.boss, revision=draft.pk)
    assert (changed.pk, changed.title) == (draft.pk, "能耗新月报")
    refused(
        "return.scheme-state",
        opening.open_period,
        revision=draft.pk,
        start=date(2026, 9, 1),
        access=scene.boss,
        now=NOW,
    )
    opening.issue_scheme(revision=draft.pk, access=scene.boss)
    refused("return.scheme-state", opening.issue_scheme, revision=draft.pk, access=scene.boss)
    refused("return.scheme-state", opening.save_scheme, text=text, access=scene.boss, revision=draft.pk)
    refused("return.scheme-twice", opening.save_scheme, text=text, access=scene.boss)
    refused("return.scheme", opening.save_scheme, text="key: 1", access=scene.boss)
    refused("rights.denied", opening.save_scheme, text=text, access=scene.clerk)
    refused("rights.denied", opening.issue_scheme, revision=scene.revision.pk, access=scene.county)
    refused("return.period-once", lambda: (scene.open(), scene.open()))
    early = {"revision": scene.revision.pk, "start": date(2019, 1, 1), "access": scene.boss, "now": NOW}
    refused("return.scheme-state", opening.open_period, **early)
    assert SchemeRevision.objects.count() == 3


def test_filled_submitted_reviewed_locked(scene: Scene) -> None:
    """The straight way, each step with its entry and event; the facts hold the derived item."""
    period = scene.open()
    row = scene.handed(period)
    assert (row.state, row.reviewer, row.first_date, row.number) == (ReturnState.SUBMITTED, scene.we.ours, ON, 1)
    assert row.current is not None
    assert row.current.facts == {"users": "100", "power": "5000", "per_user": "50"}
    assert actions.accept(pk=row.pk, access=scene.county, now=NOW).reviewer == scene.we.province
    done = actions.accept(pk=row.pk, access=scene.boss, now=NOW, opinion="属实")
    assert (done.state, done.reviewer, done.accepted) == (ReturnState.ACCEPTED, None, True)
    opening.close_period(period=period.pk, access=scene.boss, now=NOW)
    row.refresh_from_db()
    assert row.state == ReturnState.LOCKED
    assert list(row.events.order_by("pk").values_list("verb", flat=True)) == ["submit", "accept", "accept", "lock"]
    assert [entries(f"return.{act}") for act in ("submit", "accept")] == [1, 2]
    assert entries("period.close") == 1
    refused("return.period-closed", opening.close_period, period=period.pk, access=scene.boss, now=NOW)
    assert Notice.objects.filter(template="reporting.return.submitted").count() == 1


def test_the_gas_is_a_thousand_times_last_years(scene: Scene) -> None:
    """Told, corrected, submitted; a jump needs a reason that is kept with the version."""
    scene.accept(scene.handed(scene.open(date(2025, 9, 1)), gas=12))
    scene.accept(scene.handed(scene.open(date(2026, 8, 1)), power=1000))
    row = scene.of(scene.open())
    scene.fill(row, users=100, power=5000, gas=12_000)
    said = refused("return.checks", scene.submit, row=row)
    assert said.message == "天然气 12,000 是上年 12 的几百倍。"
    scene.fill(row, gas="12.5")
    assert "用电 5,000,上月 1,000" in refused("return.reasons", scene.submit, row=row).message
    actions.save_cells(pk=row.pk, changes=[], reasons={"power_last": "新开办机房"}, access=scene.clerk, on=ON)
    assert scene.submit(row).reasons == {"power_last": "新开办机房"}


def test_floating_rows_must_add_up(scene: Scene) -> None:
    row = scene.of(scene.open())
    scene.fill(row, users=100, power=50)
    row.refresh_from_db()
    one, two = {"number": "A1", "used": "20"}, {"number": "A2", "used": "20.5"}
    given: dict[str, Any] = {"pk": row.pk, "table": "meters", "access": scene.clerk, "on": ON}
    row = actions.save_rows(**given, rows=[one, two, {}], mark=row.mark)
    assert row.draft["rows"] == {"meters": [one, two]}
    assert "电表合计 40.5" in refused("return.checks", scene.submit, row=row).message
    refused("return.moved", actions.save_rows, **given, rows=[one], mark=row.mark - 1)
    refused("return.negative", actions.save_rows, **given, rows=[{"number": "A", "used": "-1"}], mark=row.mark)
    refused("return.item", actions.save_rows, **{**given, "table": "x"}, rows=[], mark=row.mark)
    refused("return.rows", actions.save_rows, **given, rows=[one] * 2001, mark=row.mark)
    actions.save_rows(**given, rows=[one, {"number": "A2", "used": "30"}], mark=row.mark)
    assert scene.submit(row).rows["meters"][1] == {"number": "A2", "used": "30"}


def test_two_clerks_at_once_lose_nothing(scene: Scene) -> None:
    """Different cells both stay; the same cell is not overwritten unseen; what was sent twice counts once."""
    row = scene.of(scene.open())
    other = scene.we.access(Role.CLERK, scene.we.ours)
    given: dict[str, Any] = {"pk": row.pk, "reasons": {}, "on": ON}
    actions.save_cells(changes=[Change("users", "", "100")], access=scene.clerk, **given)
    actions.save_cells(changes=[Change("power", "", "7")], access=other, **given)
    with pytest.raises(Moved) as caught:
        actions.save_cells(changes=[Change("gas", "", "1"), Change("power", "", "9")], access=scene.clerk, **given)
    assert caught.value.cells == {"power": "7"}
    row.refresh_from_db()
    assert row.draft["values"] == {"users": "100", "power": "7"}  # the gas of the refused lot is not in either
    assert actions.save_cells(changes=[Change("power", "", "7.0")], access=scene.clerk, **given).draft == row.draft
    actions.save_cells(changes=[Change("power", "7.00", "")], access=scene.clerk, **given)
    row.refresh_from_db()
    assert row.draft["values"] == {"users": "100"}


def test_the_same_twice_is_one_submission(scene: Scene) -> None:
    row = scene.handed(scene.open())
    assert scene.submit(row).number == 1
    assert ReturnVersion.objects.count() == 1
    assert entries("return.submit") == 1


def test_sent_back_corrected_and_amended(scene: Scene) -> None:
    """Each version stays; after an acceptance a reason is asked, and the return counts as amended."""
    row = scene.handed(scene.open())
    refused("return.reason", actions.send_back, pk=row.pk, reason=" ", access=scene.county, now=NOW)
    back = actions.send_back(pk=row.pk, reason="电量不对", access=scene.county, now=NOW)
    assert (back.state, back.reviewer) == (ReturnState.SENT_BACK, None)
    assert Notice.objects.get(template="reporting.return.sent-back").user == scene.clerk.user
    scene.fill(row, power=4000)
    assert scene.submit(row, on=date(2026, 10, 20)).late
    row = scene.accept(row)
    assert (row.amended, row.first_date) == (False, ON)
    actions.send_back(pk=row.pk, reason="再核", access=scene.boss, now=NOW)
    scene.fill(row, power=4100)
    refused("return.amend-reason", scene.submit, row=row)
    assert scene.submit(row, reason="漏一块表").number == 3
    row.refresh_from_db()
    assert (row.amended, [one.values["power"] for one in row.versions.order_by("number")]) == (
        True,
        ["5000", "4000", "4100"],
    )


def test_taken_back_before_anybody_looked(scene: Scene) -> None:
    row = scene.handed(scene.open())
    assert actions.withdraw(pk=row.pk, access=scene.clerk, now=NOW).state == ReturnState.FILLING
    refused("return.state", actions.withdraw, pk=row.pk, access=scene.clerk, now=NOW)
    scene.submit(row)
    actions.accept(pk=row.pk, access=scene.county, now=NOW)
    refused("return.state", actions.withdraw, pk=row.pk, access=scene.clerk, now=NOW)


def test_who_may_review(scene: Scene) -> None:
    """Not the stranger, not below, not out of turn, not who handed it in; whoever stands higher may for all below."""
    row = scene.handed(scene.open())
    stranger = scene.we.access(Role.MANAGER, scene.we.theirs)
    below = scene.we.access(Role.MANAGER, scene.school)
    refused("rights.denied", actions.accept, pk=row.pk, access=stranger, now=NOW)
    refused("rights.denied", actions.accept, pk=row.pk, access=scene.clerk, now=NOW)
    refused("return.turn", actions.accept, pk=row.pk, access=below, now=NOW)
    assert actions.accept(pk=row.pk, access=scene.boss, now=NOW).state == ReturnState.ACCEPTED
    refused("return.state", actions.accept, pk=row.pk, access=scene.boss, now=NOW)
    refused("return.turn", actions.send_back, pk=row.pk, reason="不对", access=below, now=NOW)
    own = scene.of(row.period, scene.we.ours)
    scene.fill(own, scene.county, users=1, power=1)
    scene.submit(own, access=scene.boss)
    refused("return.own", actions.accept, pk=own.pk, access=scene.boss, now=NOW)


def test_a_locked_period_takes_nothing_but_by_exception(scene: Scene) -> None:
    """Only who opened it may, with reason and day; what comes then is late, and is locked again when accepted."""
    period = scene.open()
    row, missing = scene.accept(scene.handed(period)), scene.of(period, scene.we.theirs)
    excepted: dict[str, Any] = {
        "until": date(2026, 11, 30),
        "reason": "系统故障",
        "access": scene.boss,
        "on": ON,
        "now": NOW,
    }
    refused("return.exception", actions.make_exception, pk=row.pk, **excepted)
    opening.close_period(period=period.pk, access=scene.boss, now=NOW)
    theirs = scene.we.access(Role.CLERK, scene.we.theirs)
    assert "例外开放" in refused("return.locked", scene.fill, row=missing, access=theirs, users=1).message
    refused("return.state", scene.fill, row=row, users=1)
    refused("return.exception", actions.make_exception, pk=row.pk, **{**excepted, "reason": ""})
    refused("return.exception", actions.make_exception, pk=row.pk, **{**excepted, "until": date(2026, 10, 7)})
    refused("rights.denied", actions.make_exception, pk=row.pk, **{**excepted, "access": scene.county})
    actions.make_exception(pk=missing.pk, **excepted)
    late = date(2026, 11, 30)
    scene.fill(missing, theirs, on=late, users=10, power=10)
    assert scene.submit(missing, access=theirs, on=late).late
    assert actions.accept(pk=missing.pk, access=scene.boss, now=NOW).state == ReturnState.LOCKED
    assert actions.make_exception(pk=row.pk, **excepted).state == ReturnState.SENT_BACK
    refused("return.locked", scene.fill, row=row, on=date(2026, 12, 1), users=1)
    assert entries("return.except") == 2


def test_what_is_typed_is_held_to_the_items(scene: Scene) -> None:
    row = scene.of(scene.open())
    said = refused("return.scale", scene.fill, row=row, power="3万")
    assert said.where.column == "用电量"
    refused("return.item", scene.fill, row=row, per_user="3")
    refused("return.item", scene.fill, row=row, nothing="3")
    refused("rights.denied", scene.fill, row=row, access=scene.we.access(Role.READER, scene.school), users=1)
    refused("rights.denied", scene.fill, row=row, access=scene.we.access(Role.CLERK, scene.we.theirs), users=1)
    assert Return.objects.get(pk=row.pk).state == ReturnState.DUE


def test_peers_are_the_medians_of_the_period_before(scene: Scene) -> None:
    """Taken when the period opens; fewer than five say nothing."""
    schools = [factories.organ(f"第{n}小学", scene.we.ours, kind="事业单位") for n in range(2, 6)]
    before = scene.open(date(2026, 8, 1))
    for number, organ in enumerate([scene.school, *schools], 1):
        row = scene.of(before, organ)
        scene.fill(row, scene.county, users=10, power=number * 100)
        scene.submit(row, access=scene.county)
    period = scene.open()
    (peers,) = PeerFigures.objects.filter(period=period)
    assert (peers.kind, peers.units, peers.values) == ("事业单位", 5, {"users": "10", "power": "300", "per_user": "30"})
    assert Decimal(peers.values["power"]) == 300
