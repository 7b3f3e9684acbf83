"""The verbs: the whole way of a finding, every wrong state and every wrong person refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from yiwang.core.ledger.models import Entry
from yiwang.core.rights.access import Access, nobody
from yiwang.core.rights.models import Role
from yiwang.core.verdicts import actions
from yiwang.core.verdicts.models import Finding, FindingEvent, Outcome, State, Verb
from yiwang.core.verdicts.sync import sync
from yiwang.core.verdicts.tests.helpers import DATASET, ON, Register, World
from yiwang.kit.refusal import Refusal

DUE = date(2026, 6, 9)


@pytest.fixture
def finding(register: Register, world: World) -> Finding:
    register.hold("1:1", world.ours, 30)
    sync(dataset=DATASET, on=ON, actor="system")
    return Finding.objects.get()


def refusal(act: Callable[[], Any]) -> str:
    with pytest.raises(Refusal) as caught:
        act()
    return caught.value.code


class Desk:
    """The verbs in short."""

    def __init__(self, finding: Finding, world: World) -> None:
        self.key = finding.pk
        self.world = world
        self.manager = world.access(Role.MANAGER)
        self.clerk = world.access()

    def assign(self, access: Access | None = None, due: date = DUE, name: str = "") -> Finding:
        handler = self.world.user(name=name)
        return actions.assign(finding=self.key, handler=handler, due=due, access=access or self.manager, on=ON)

    def rectify(self, access: Access | None = None, note: str = "已调整到 18 平方米") -> Finding:
        return actions.rectify(finding=self.key, note=note, attachment="示财〔2026〕3号", access=access or self.clerk)

    def review(self, access: Access | None = None, *, accept: bool = True, **more: str) -> Finding:
        return actions.review(finding=self.key, accept=accept, access=access or self.manager, on=ON, **more)

    def appeal(self, access: Access | None = None) -> Finding:
        return actions.appeal(finding=self.key, note="此间为会议室", access=access or self.clerk)


@pytest.fixture
def desk(finding: Finding, world: World) -> Desk:
    return Desk(finding, world)


def test_assigned_rectified_reviewed_and_closed(desk: Desk, register: Register) -> None:
    assert desk.assign().state == State.ASSIGNED
    assert actions.start(finding=desk.key, access=desk.clerk).state == State.RECTIFYING
    register.set("1:1", usable_area=Decimal(18))
    assert desk.rectify().state == State.REVIEWING
    closed = desk.review(note="现场看过")
    assert (closed.state, closed.outcome, closed.closed_date) == (State.CLOSED, Outcome.RECTIFIED, ON)
    assert not closed.closed_by_register
    verbs = [event.verb for event in closed.events.order_by("pk")]
    assert verbs == [Verb.OPEN, Verb.ASSIGN, Verb.START, Verb.RECTIFY, Verb.CLOSE]


def test_each_verb_posts_one_entry_on_its_clause(desk: Desk) -> None:
    before = Entry.objects.count()
    desk.assign()
    entry = Entry.objects.latest("pk")
    assert Entry.objects.count() == before + 1
    assert (entry.act, entry.obj) == ("verdicts.finding.assign", f"verdicts.finding:{desk.key}")
    assert entry.clause == Finding.objects.get().clause
    assert entry.actor == desk.manager.actor
    assert json.loads(entry.body)["due"] == "2026-06-09"


def test_what_the_register_still_breaks_is_not_closed(desk: Desk) -> None:
    desk.rectify()
    with pytest.raises(Refusal) as caught:
        desk.review()
    assert caught.value.code == "finding.still"
    assert caught.value.clause == Finding.objects.get().clause
    assert Finding.objects.get().state == State.REVIEWING


def test_an_approved_exception_closes_it_and_stays_closed(desk: Desk, register: Register) -> None:
    desk.rectify()
    assert desk.review(approval="示机管〔2026〕5号").outcome == Outcome.EXCUSED
    assert sync(dataset=DATASET, on=ON, actor="system").opened == 0


def test_sent_back_and_submitted_again(desk: Desk) -> None:
    desk.rectify()
    assert refusal(lambda: desk.review(accept=False)) == "finding.text"
    assert desk.review(accept=False, note="没有附图").state == State.RECTIFYING
    assert desk.rectify().state == State.REVIEWING


def test_an_appeal_upheld_or_rejected(desk: Desk) -> None:
    assert desk.appeal().state == State.APPEALED
    assert desk.review(accept=False, note="是办公室").state == State.RECTIFYING
    desk.appeal()
    assert desk.review(note="确是会议室").outcome == Outcome.APPEAL


def test_withdrawn_before_it_is_decided(desk: Desk) -> None:
    desk.appeal()
    assert actions.withdraw(finding=desk.key, access=desk.clerk).state == State.RECTIFYING
    desk.rectify()
    assert refusal(lambda: actions.withdraw(finding=desk.key, access=desk.manager)) == "finding.handler"
    assert actions.withdraw(finding=desk.key, access=desk.clerk).state == State.RECTIFYING


def test_nobody_reviews_his_own_submission(desk: Desk) -> None:
    desk.rectify(desk.manager)
    assert refusal(lambda: desk.review(approval="x")) == "finding.own-review"
    other = desk.world.access(Role.MANAGER, desk.world.province)
    assert desk.review(other, approval="示机管〔2026〕5号").state == State.CLOSED


def test_whoever_starts_one_that_was_given_to_nobody_has_it(desk: Desk) -> None:
    assert actions.start(finding=desk.key, access=desk.clerk).handler == desk.clerk.user


def test_a_colleague_does_not_work_on_what_was_given_to_another(desk: Desk) -> None:
    desk.assign()
    colleague = desk.world.access(name="colleague")
    for act in (
        lambda: desk.rectify(colleague),
        lambda: desk.appeal(colleague),
        lambda: actions.start(finding=desk.key, access=colleague),
    ):
        assert refusal(act) == "finding.handler"
    assert desk.rectify(desk.manager).state == State.REVIEWING


def test_a_stranger_finds_nothing(desk: Desk) -> None:
    clerk = desk.world.access(at=desk.world.theirs)
    manager = desk.world.access(Role.MANAGER, desk.world.theirs)
    assert refusal(lambda: desk.rectify(clerk)) == "rights.denied"
    assert refusal(lambda: desk.assign(manager)) == "rights.denied"
    assert refusal(lambda: desk.review(manager)) == "rights.denied"


@pytest.mark.parametrize("role", [Role.READER, Role.AUDITOR])
def test_readers_and_auditors_change_nothing(role: Role, desk: Desk) -> None:
    access = desk.world.access(role)
    due = date(2026, 7, 1)
    for act in (
        lambda: desk.assign(access),
        lambda: actions.start(finding=desk.key, access=access),
        lambda: desk.rectify(access),
        lambda: desk.appeal(access),
        lambda: actions.withdraw(finding=desk.key, access=access),
        lambda: desk.review(access),
        lambda: actions.extend_deadline(finding=desk.key, due=due, note="x", access=access, on=ON),
    ):
        assert refusal(act) == "rights.denied"
    assert refusal(lambda: desk.rectify(nobody())) == "rights.denied"


def test_a_clerk_does_not_assign_review_or_extend(desk: Desk) -> None:
    assert refusal(lambda: desk.assign(desk.clerk)) == "rights.denied"
    desk.rectify()
    assert refusal(lambda: desk.review(desk.clerk)) == "rights.denied"


def test_a_manager_above_may_assign_and_a_handler_must_have_rights_there(desk: Desk) -> None:
    above = desk.world.access(Role.MANAGER, desk.world.province)
    assert desk.assign(above).state == State.ASSIGNED
    for handler in (desk.world.user(at=desk.world.theirs), desk.world.user(Role.READER)):
        act = lambda handler=handler: actions.assign(  # noqa: E731
            finding=desk.key, handler=handler, due=DUE, access=above, on=ON
        )
        assert refusal(act) == "finding.handler"


def test_deadlines_go_forward(desk: Desk) -> None:
    assert refusal(lambda: desk.assign(due=date(2026, 5, 8))) == "finding.day"
    desk.assign()

    def extend(due: date, note: str = "等待配件") -> Finding:
        return actions.extend_deadline(finding=desk.key, due=due, note=note, access=desk.manager, on=ON)

    assert refusal(lambda: extend(DUE)) == "finding.day"
    assert refusal(lambda: extend(date(2026, 7, 1), " ")) == "finding.text"
    assert extend(date(2026, 7, 1)).due_date == date(2026, 7, 1)


def test_texts_are_required(desk: Desk) -> None:
    assert refusal(lambda: desk.rectify(note=" ")) == "finding.text"
    assert refusal(lambda: actions.appeal(finding=desk.key, note="", access=desk.clerk)) == "finding.text"


def submitted(desk: Desk) -> None:
    """As if the clerk had submitted last."""
    event = {"verb": Verb.RECTIFY, "state": State.REVIEWING, "at": "2026-05-09T08:00:00+08:00"}
    FindingEvent.objects.create(finding_id=desk.key, actor=desk.clerk.actor, **event)


def attempts(desk: Desk) -> dict[str, Callable[[], Any]]:
    later = date(2026, 8, 1)
    return {
        "assign": desk.assign,
        "start": lambda: actions.start(finding=desk.key, access=desk.clerk),
        "rectify": desk.rectify,
        "appeal": desk.appeal,
        "withdraw": lambda: actions.withdraw(finding=desk.key, access=desk.clerk),
        "review": lambda: desk.review(approval="x"),
        "extend": lambda: actions.extend_deadline(finding=desk.key, due=later, note="x", access=desk.manager, on=ON),
    }


@pytest.mark.parametrize(
    ("state", "allowed"),
    [
        (State.OPEN, {"assign", "start", "rectify", "appeal"}),
        (State.ASSIGNED, {"assign", "start", "rectify", "appeal", "extend"}),
        (State.RECTIFYING, {"assign", "rectify", "appeal", "extend"}),
        (State.REVIEWING, {"withdraw", "review"}),
        (State.APPEALED, {"withdraw", "review"}),
        (State.CLOSED, set()),
    ],
)
def test_every_verb_in_every_state(state: State, allowed: set[str], desk: Desk) -> None:
    closed = {"outcome": Outcome.RECTIFIED, "closed_date": ON} if state == State.CLOSED else {}
    for name, act in attempts(desk).items():
        Finding.objects.update(**{"state": state, "outcome": "", "closed_date": None, "handler": None, **closed})
        submitted(desk)
        if name in allowed:
            assert act().state != "", name
        else:
            assert refusal(act) == "finding.state", name


def test_those_who_may_handle_are_offered(desk: Desk) -> None:
    clerk, above = desk.world.user(), desk.world.user(Role.MANAGER, desk.world.province)
    desk.world.user(Role.READER)
    desk.world.user(at=desk.world.theirs)
    assert actions.handlers(Finding.objects.get()) == [desk.manager.user, clerk, above]


def test_a_finding_closed_by_its_register_meanwhile_is_not_reviewed(desk: Desk, register: Register) -> None:
    desk.rectify()
    register.set("1:1", usable_area=Decimal(18))
    sync(dataset=DATASET, on=ON, actor="system")
    assert refusal(desk.review) == "finding.state"
    assert Finding.objects.get().closed_by_register
