"""Findings follow the register: opened, refreshed, closed by themselves, in a constant number of queries."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from yiwang.core.ledger.models import Entry
from yiwang.core.verdicts import judging
from yiwang.core.verdicts.models import Finding, FindingEvent, Outcome, State, Verb
from yiwang.core.verdicts.sources import register_source, source_of
from yiwang.core.verdicts.sync import Synced, sync, sync_all
from yiwang.core.verdicts.tests.helpers import DATASET, LIMIT, ON, TOPIC, Register, World


def run(subjects: list[str] | None = None, on: date = ON) -> Synced:
    return sync(dataset=DATASET, subjects=subjects, on=on, actor="system")


def test_what_is_over_opens_a_finding_with_its_clause(register: Register, world: World) -> None:
    register.hold("1:1", world.ours, 30)
    register.hold("2:1", world.ours, 12, name="李强")
    done = run()
    assert (done.opened, done.refreshed, done.closed, done.counts["over"], done.counts["within"]) == (1, 0, 0, 1, 1)
    one = Finding.objects.get()
    assert (one.topic, one.subject, one.kind, one.state) == (TOPIC, "1:1", "over", State.OPEN)
    assert (one.measure, one.limit, one.excess, one.unit) == (Decimal(30), LIMIT, Decimal(12), "平方米")
    assert one.clause.startswith("FGTZ-2014-2674/")
    assert (one.document, len(one.version), one.judged_on) == ("党政机关办公用房建设标准", 64, ON)
    assert one.facts["rank"] == "正科级"
    assert (one.organ, one.l1, one.l2) == (world.ours, world.province.pk, world.ours.pk)
    assert [(event.verb, event.figures["excess"]) for event in one.events.all()] == [("OPEN", "12")]


def test_rooms_of_one_person_are_added_up_and_namesakes_are_kept_apart(register: Register, world: World) -> None:
    register.hold("1:1", world.ours, 10)
    register.hold("1:1", world.ours, 12)
    register.hold("2:1", world.ours, 10)  # another 王敏 of the same organ
    run()
    assert list(Finding.objects.values_list("subject", "measure")) == [("1:1", Decimal(22))]


def test_a_second_run_changes_nothing_and_posts_nothing(register: Register, world: World) -> None:
    register.hold("1:1", world.ours, 30)
    run()
    entries = Entry.objects.count()
    again = run(on=date(2026, 5, 10))
    assert (again.opened, again.refreshed, again.closed, again.entry) == (0, 0, 0, None)
    assert Entry.objects.count() == entries
    assert FindingEvent.objects.count() == 1


def test_a_correction_closes_it_by_itself_and_the_history_stays(register: Register, world: World) -> None:
    register.hold("1:1", world.ours, 30)
    run()
    register.set("1:1", usable_area=Decimal(18))
    assert run().closed == 1
    one = Finding.objects.get()
    assert (one.state, one.outcome, one.closed_by_register, one.closed_date) == (
        State.CLOSED,
        Outcome.REGISTER,
        True,
        ON,
    )
    assert (one.measure, one.excess) == (Decimal(30), Decimal(12))
    assert [event.verb for event in one.events.order_by("pk")] == [Verb.OPEN, Verb.CLOSE]


def test_a_row_that_left_the_register_closes_its_finding(register: Register, world: World) -> None:
    register.hold("1:1", world.ours, 30)
    run()
    register.drop("1:1")
    assert run(["1:1"]).closed == 1


def test_what_breaks_again_is_a_new_finding(register: Register, world: World) -> None:
    register.hold("1:1", world.ours, 30)
    run()
    register.set("1:1", usable_area=Decimal(10))
    run()
    register.set("1:1", usable_area=Decimal(40))
    assert run().opened == 1
    assert list(Finding.objects.order_by("pk").values_list("state", flat=True)) == [State.CLOSED, State.OPEN]


def test_a_change_that_does_not_mend_refreshes_the_figures_and_keeps_the_state(
    register: Register, world: World
) -> None:
    register.hold("1:1", world.ours, 30)
    run()
    Finding.objects.update(state=State.ASSIGNED)
    register.set("1:1", usable_area=Decimal(25))
    assert run().refreshed == 1
    one = Finding.objects.get()
    assert (one.measure, one.excess, one.state) == (Decimal(25), Decimal(7), State.ASSIGNED)
    assert one.events.order_by("pk").last().figures["measure"] == "25"  # type: ignore[union-attr]


def test_a_missing_fact_is_a_finding_too(register: Register, world: World) -> None:
    register.hold("1:1", world.ours, 30, rank="")
    run()
    one = Finding.objects.get()
    assert (one.kind, one.excess) == ("undetermined", None)
    register.set("1:1", rank="正科级")
    run()
    assert list(Finding.objects.values_list("kind", "state")) == [("over", State.OPEN)]


def test_only_the_subjects_named_are_touched(register: Register, world: World) -> None:
    register.hold("1:1", world.ours, 30)
    register.hold("2:1", world.ours, 30)
    run(["1:1"])
    assert list(Finding.objects.values_list("subject", flat=True)) == ["1:1"]
    register.drop("1:1")
    assert run(["2:1"]).closed == 0


@pytest.mark.parametrize("outcome", [Outcome.EXCUSED, Outcome.APPEAL])
def test_what_was_excused_is_not_found_again_until_it_grows(outcome: Outcome, register: Register, world: World) -> None:
    register.hold("1:1", world.ours, 30)
    run()
    Finding.objects.update(state=State.CLOSED, outcome=outcome, closed_date=ON)
    assert run().opened == 0
    register.set("1:1", usable_area=Decimal(28))
    assert run().opened == 0
    register.set("1:1", usable_area=Decimal(31))
    assert run().opened == 1


def test_what_was_excused_is_found_again_under_a_new_version_of_the_clause(register: Register, world: World) -> None:
    register.hold("1:1", world.ours, 30)
    run()
    Finding.objects.update(state=State.CLOSED, outcome=Outcome.EXCUSED, closed_date=ON, version="0" * 64)
    assert run().opened == 1


def test_a_moved_row_takes_its_finding_along(register: Register, world: World) -> None:
    register.hold("1:1", world.ours, 30)
    run()
    row = register.rows.pop()
    register.hold("1:1", world.theirs, 30)
    assert row.organ_id != register.rows[0].organ_id
    run()
    one = Finding.objects.get()
    assert (one.organ, one.l2) == (world.theirs, world.theirs.pk)


def test_the_entry_names_the_only_finding_or_the_dataset(register: Register, world: World) -> None:
    register.hold("1:1", world.ours, 30)
    run()
    entry = Entry.objects.latest("pk")
    one = Finding.objects.get()
    assert (entry.act, entry.obj, entry.clause) == ("verdicts.finding.judge", f"verdicts.finding:{one.pk}", one.clause)
    register.hold("2:1", world.ours, 30)
    register.hold("3:1", world.ours, 30)
    run()
    entry = Entry.objects.latest("pk")
    assert entry.obj == f"verdicts.dataset:{DATASET}"
    body = json.loads(entry.body)
    assert (body["opened"], len(body["root"]), len(body["lawbook"])) == (2, 64, 64)


def test_one_open_finding_for_a_topic_and_subject(register: Register, world: World) -> None:
    register.hold("1:1", world.ours, 30)
    run()
    one = Finding.objects.get()
    one.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        one.save()


def test_a_closed_finding_says_why(register: Register, world: World) -> None:
    register.hold("1:1", world.ours, 30)
    run()
    with pytest.raises(IntegrityError), transaction.atomic():
        Finding.objects.update(state=State.CLOSED)


def queries_of(register: Register, world: World, number: int) -> int:
    for subject in range(len(register.rows), number):
        register.hold(f"{subject}:1", world.ours, 30)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        run()
    return len(captured)


def test_the_number_of_queries_does_not_grow_with_the_rows(register: Register, world: World) -> None:
    few = queries_of(register, world, 5)
    many = queries_of(register, world, 300)
    # SQLite takes 999 parameters a statement, about 25 new findings; PostgreSQL all at once.
    assert many - few <= 300 // 20
    register.rows = []
    with CaptureQueriesContext(connection) as captured:
        assert run().closed == 300
    assert len(captured) <= few + 300 // 20


def test_few_and_many_are_judged_alike(register: Register, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for number, (area, rank) in enumerate([(30, "正科级"), (10, "正科级"), (30, ""), (13, "科员"), (8, "副科级")]):
        register.hold(f"{number}:1", world.ours, area, rank=rank)

    def found() -> list[Any]:
        counts, judged = judging.judge_rows(DATASET, register(on=ON), on=ON)
        return [counts, sorted((one.row.subject, one.verdict.kind, str(one.verdict.excess)) for one in judged)]

    few = found()
    monkeypatch.setattr(judging, "FEW", 0)
    assert found() == few


def test_every_source_is_synchronised(register: Register, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from yiwang.core.verdicts import sources

    monkeypatch.setattr(sources, "_sources", {DATASET: register})
    register.hold("1:1", world.ours, 30)
    assert {key: done.opened for key, done in sync_all(on=ON, actor="system").items()} == {DATASET: 1}


def test_a_dataset_has_one_source(register: Register) -> None:
    with pytest.raises(ValueError, match="two sources"):
        register_source(DATASET, Register())
    with pytest.raises(KeyError):
        source_of("offices.nothing")
