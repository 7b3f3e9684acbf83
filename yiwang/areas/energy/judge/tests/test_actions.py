"""Judging from the register of use: signs, findings, feedback that moves a threshold, one click to a rectification."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from yiwang.areas.energy.judge import actions, jobs, limits
from yiwang.areas.energy.judge.actions import Kept
from yiwang.areas.energy.judge.figures import DEFAULTS
from yiwang.areas.energy.judge.learning import HIGH, LOW, factor
from yiwang.areas.energy.judge.limits import by_law
from yiwang.areas.energy.judge.loading import load, month_before, shifted
from yiwang.areas.energy.judge.models import Answer, Sign, Threshold
from yiwang.areas.energy.judge.rules import DEVIATIONS, RULES
from yiwang.areas.energy.judge.tests.books import ON, THROUGH, Books, books  # noqa: F401
from yiwang.core.ledger.models import Entry
from yiwang.core.orgs import factories
from yiwang.core.rights.models import Role
from yiwang.core.verdicts import actions as findings
from yiwang.core.verdicts.models import Finding, Outcome, State
from yiwang.desk.testing import World, world
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db
NOW = timezone.make_aware(datetime(2026, 11, 12, 3))
LEAKY = [shifted(THROUGH, number) for number in (-4, -3, -2, -1, 0)]


def judge() -> Kept:
    return actions.judge(through=THROUGH, now=NOW, on=ON)


@pytest.fixture
def we(books: Books) -> World:  # noqa: F811
    """Our organ has a leak in its water and a thousandfold in its electricity; theirs is quiet."""
    made = world()
    for organ in (made.ours, made.theirs):
        books.series(organ)
        books.series(organ, "WATER", level=300)
    for month in LEAKY:
        books.use[made.ours.pk, "WATER", month] += 250
    books.use[made.ours.pk, "ELECTRICITY", date(2026, 6, 1)] *= 1000
    return made


def sign(rule: str) -> Sign:
    return Sign.objects.get(rule=rule)


def test_signs_become_findings_with_their_clause(we: World) -> None:
    assert judge() == Kept(fresh=2)
    leak, unit = sign("LEAK"), sign("UNIT")
    assert (leak.organ, leak.energy, leak.month, leak.until) == (we.ours, "WATER", LEAKY[0], shifted(THROUGH, 1))
    assert (unit.organ, unit.energy, unit.month) == (we.ours, "ELECTRICITY", date(2026, 6, 1))
    assert unit.measure == pytest.approx(Decimal(1000), rel=Decimal("0.2"))
    assert "相差约" in unit.note
    found = Finding.objects.get(subject=leak.subject)
    assert (found.clause, found.kind, found.organ) == ("YW-ENERGY-WATCH/leak", "warning", we.ours)
    assert (found.measure, found.limit) == (leak.measure, Decimal(15))


def test_judged_twice_nothing_changes_and_a_corrected_reading_closes_its_finding(we: World, books: Books) -> None:  # noqa: F811
    judge()
    entries = Entry.objects.count()
    assert judge() == Kept(same=2)
    assert Entry.objects.count() == entries
    books.use[we.ours.pk, "ELECTRICITY", date(2026, 6, 1)] /= 1000
    assert judge().withdrawn == 1
    found = Finding.objects.get(subject=sign("UNIT").subject)
    assert (found.state, found.outcome) == (State.CLOSED, Outcome.REGISTER)


def test_a_missing_month_a_night_and_a_price(we: World, books: Books) -> None:  # noqa: F811
    ours = we.ours.pk
    del books.use[ours, "ELECTRICITY", date(2026, 3, 1)]
    for number in range(36):
        month = shifted(THROUGH, -number)
        books.night[ours, "ELECTRICITY", month] = 34.0 if number < 3 else 20.0
        books.price[ours, "WATER", month] = 5.0 if number < 6 else 4.0
    judge()
    assert sign("MISSING").month == date(2026, 3, 1)
    assert (sign("NIGHT").month, sign("NIGHT").measure) == (shifted(THROUGH, -2), Decimal(14))
    assert sign("TARIFF").measure == pytest.approx(Decimal(25), abs=Decimal("0.2"))


def test_what_is_older_than_a_year_is_left_alone(we: World, books: Books) -> None:  # noqa: F811
    books.use[we.theirs.pk, "ELECTRICITY", date(2025, 3, 1)] *= 1000
    assert judge().fresh == 2


def test_a_series_that_ended_is_not_missing_for_ever(books: Books) -> None:  # noqa: F811
    organ = factories.organ("某局")
    books.series(organ)
    for number in range(14):
        del books.use[organ.pk, "ELECTRICITY", shifted(THROUGH, -number)]
    assert judge() == Kept()
    books.series(organ)
    del books.use[organ.pk, "ELECTRICITY", THROUGH]
    assert judge().fresh == 1


def test_a_false_alarm_is_withdrawn_and_not_found_again(we: World) -> None:
    judge()
    one, access = sign("LEAK"), we.access(Role.CLERK)
    with pytest.raises(Refusal, match="写明核实情况"):
        actions.answer(sign=one.pk, real=False, note=" ", access=access, now=NOW, on=ON)
    actions.answer(sign=one.pk, real=False, note="新增食堂", access=access, now=NOW, on=ON)
    one.refresh_from_db()
    assert (one.answer, one.withdrawn_at, one.answered_by) == (Answer.FALSE, NOW, access.user)
    assert Finding.objects.get(subject=one.subject).state == State.CLOSED
    judge()
    one.refresh_from_db()
    assert one.withdrawn_at == NOW
    entry = Entry.objects.filter(act="energy.sign.answer").get()
    assert entry.clause == "YW-ENERGY-WATCH/leak"


def test_an_answer_may_be_changed(we: World) -> None:
    judge()
    one, access = sign("LEAK"), we.access(Role.CLERK)
    actions.answer(sign=one.pk, real=False, note="新增食堂", access=access, now=NOW, on=ON)
    actions.answer(sign=one.pk, real=True, note="", access=access, now=NOW, on=ON)
    one.refresh_from_db()
    assert (one.answer, one.withdrawn_at) == (Answer.REAL, None)


def test_strangers_and_readers_answer_nothing(we: World) -> None:
    judge()
    for access in (we.access(Role.CLERK, we.theirs), we.access(Role.READER)):
        for verb in (
            lambda access=access: actions.answer(
                sign=sign("LEAK").pk, real=True, note="", access=access, now=NOW, on=ON
            ),
            lambda access=access: actions.rectify(sign=sign("LEAK").pk, access=access, on=ON, now=NOW),
        ):
            with pytest.raises(Refusal) as refused:
                verb()
            assert refused.value.code == "rights.denied"
    assert not Sign.objects.exclude(answer="").exists()


def test_one_click_gives_it_to_a_clerk(we: World) -> None:
    judge()
    clerk = we.user(Role.CLERK)
    found = actions.rectify(sign=sign("LEAK").pk, access=we.access(Role.MANAGER), on=ON, now=NOW)
    assert (found.state, found.due_date) == (State.ASSIGNED, ON + timedelta(days=15))
    assert found.handler in (clerk, we.user(Role.MANAGER))
    assert sign("LEAK").answer == Answer.REAL
    own = actions.rectify(sign=sign("UNIT").pk, access=we.access(Role.CLERK), on=ON, now=NOW)
    assert own.state == State.RECTIFYING
    assert actions.rectify(sign=sign("UNIT").pk, access=we.access(Role.CLERK), on=ON, now=NOW).pk == own.pk


def test_the_end_of_a_finding_is_an_answer(we: World) -> None:
    judge()
    leak, unit = (Finding.objects.get(subject=sign(rule).subject) for rule in ("LEAK", "UNIT"))
    findings.rectify(finding=leak.pk, note="已换阀门", access=we.access(Role.CLERK))
    findings.review(finding=leak.pk, accept=True, access=we.access(Role.MANAGER), on=ON)
    findings.appeal(finding=unit.pk, note="大型活动", access=we.access(Role.CLERK))
    findings.review(finding=unit.pk, accept=True, access=we.access(Role.MANAGER), on=ON)
    assert (sign("LEAK").answer, sign("UNIT").answer) == (Answer.REAL, Answer.FALSE)


def test_feedback_moves_the_threshold_of_that_rule_for_that_kind(we: World) -> None:
    judge()
    one = sign("LEAK")
    before = limits.Figures([we.ours.pk], ON)
    base = before.of(we.ours.pk, "LEAK", DEVIATIONS, "WATER")
    Sign.objects.bulk_create(
        Sign(**{name: getattr(one, name) for name in ("rule", "organ_id", "l1", "l2", "energy", "word", "month", "until",
             "measure", "threshold", "found_at")}, subject=f"x{number}", answer=Answer.FALSE, answered_at=NOW)
        for number in range(20)
    )  # fmt: skip
    after = limits.Figures([we.ours.pk], ON)
    assert after.of(we.ours.pk, "LEAK", DEVIATIONS, "WATER") == pytest.approx(base * factor(0, 20))
    assert after.of(we.ours.pk, "LEAK", DEVIATIONS, "ELECTRICITY") == base
    assert after.of(we.ours.pk, "LEAK", "上限", "WATER") == 15
    assert after.of(we.ours.pk, "DOUBLE", DEVIATIONS, "WATER") == DEFAULTS["DOUBLE", DEVIATIONS]


@given(st.integers(0, 500), st.integers(0, 500))
def test_learning_keeps_within_its_bounds_and_more_false_alarms_never_sharpen(real: int, false: int) -> None:
    """Laws: bounded; monotone in each count; silent without answers."""
    assert LOW <= factor(real, false) <= HIGH
    assert factor(real, false + 1) >= factor(real, false) >= factor(real + 1, false)
    assert factor(0, 0) == 1


def test_a_figure_set_for_an_organ_and_one_kind_goes_before_the_lawbook(we: World) -> None:
    for organ, energy, value in ((we.province, "", 30), (we.ours, "WATER", 400)):
        row = Threshold(organ=organ, rule="LEAK", name="上限", energy=energy, value=value, valid_from=date(2026, 1, 1))
        row.place()
        row.save()
    known = limits.Figures([we.ours.pk, we.theirs.pk], ON)
    assert known.of(we.ours.pk, "LEAK", "上限", "WATER") == 400
    assert known.of(we.ours.pk, "LEAK", "上限", "ELECTRICITY") == 30
    assert known.of(we.theirs.pk, "LEAK", "上限", "WATER") == 30
    assert limits.Figures([we.ours.pk], date(2025, 12, 31)).of(we.ours.pk, "LEAK", "上限", "WATER") == 15
    judge()
    assert not Sign.objects.filter(rule="LEAK").exists()


def test_the_defaults_are_the_lawbooks() -> None:
    law = {key: float(value) for key, value in by_law("990101", ON).items()}
    assert law == DEFAULTS
    assert {(rule, name) for rule, one in RULES.items() for name, _ in one.figures} == set(DEFAULTS)
    assert by_law("990101", date(2015, 12, 31)) == {}


def test_the_night_judges_thrice_a_month_where_there_is_something(we: World) -> None:
    assert jobs.nightly(on=date(2026, 11, 12), now=NOW) is None
    started = jobs.nightly(on=date(2026, 11, 11), now=NOW)
    assert started is not None
    assert jobs.nightly(on=date(2026, 11, 11), now=NOW) == started
    with pytest.raises(Refusal):
        jobs.ask(access=we.access(Role.READER), on=ON, now=NOW)


def test_months() -> None:
    assert month_before(date(2026, 1, 31)) == date(2025, 12, 1)
    assert shifted(date(2026, 1, 1), -13) == date(2024, 12, 1)


def test_a_place_without_meters_has_no_series(we: World, books: Books, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    assert len(load(THROUGH, on=ON, organs=[we.ours.pk]).series) == 2
    books.use.clear()
    assert load(THROUGH, on=ON).series == []
    assert judge() == Kept()
