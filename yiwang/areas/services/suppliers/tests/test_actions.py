"""Terms, acceptance, evaluation, warnings."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from yiwang.areas.offices import factories as offices
from yiwang.areas.services.suppliers import actions, factories
from yiwang.areas.services.suppliers.models import Acceptance, Contract, Evaluation, ExpiryWarning
from yiwang.areas.services.suppliers.standard import standard
from yiwang.core.ledger.models import Entry
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.models import Role
from yiwang.core.standards.book import load
from yiwang.desk.testing import World, world
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db
FEB, MARCH, APRIL = date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1)
CONTENTS = ("客户服务", "房屋管理", "公用设施设备", "公共秩序", "保洁", "绿化", "会务服务")
NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def we() -> World:
    return world()


def refused(code: str, verb: object, **given: Any) -> Refusal:
    """The refusal of a verb."""
    assert callable(verb)
    with pytest.raises(Refusal) as caught:
        verb(**given)
    assert caught.value.code == code
    return caught.value


def evaluated(we: World, one: Contract, since: date = FEB, *, points: int = 90, users: int = 80) -> Evaluation:
    """A month evaluated with the same points everywhere."""
    return actions.evaluate(
        contract=one.pk,
        frequency="MONTHLY",
        valid_from=since,
        valid_to=since + timedelta(days=28),
        points=dict.fromkeys(CONTENTS, Decimal(points)),
        users=Decimal(users),
        access=we.access(),
        on=MARCH,
    )


def accepted(we: World, one: Contract, amount: int = 1_000, since: date = FEB, **more: Any) -> Acceptance:
    """A month accepted."""
    given: dict[str, Any] = {"valid_from": since, "valid_to": since + timedelta(days=28), "result": "PASSED"} | more
    return actions.accept(contract=one.pk, amount=amount, access=we.access(), on=MARCH, **given)


def test_terms_are_replaced_as_a_whole(we: World) -> None:
    """Scope, plan, steps downwards, weights; one entry; a stage of the same name stays the same row."""
    one, house = factories.contract(we.ours, 1_000_000), offices.building(we.ours)
    given: dict[str, Any] = {
        "contract": one.pk,
        "scope": [("保洁", house.pk, "每日两次"), ("绿化", None, "")],
        "stages": [("一季度", APRIL, 400_000), ("二季度", date(2026, 7, 1), 600_000)],
        "deductions": [(80, 95), (90, 100)],
        "weights": {"保洁": 60, "绿化": 40, "会务服务": 0},
        "access": we.access(),
    }
    actions.set_terms(**given)
    one.refresh_from_db()
    assert one.deductions == [[90, 100], [80, 95]]
    assert one.weights == {"保洁": 60, "绿化": 40}
    first = one.stages.get(name="一季度").pk
    actions.set_terms(**given | {"stages": [("一季度", APRIL, 1_000_000)]})
    assert list(one.stages.values_list("pk", "amount")) == [(first, 1_000_000)]
    assert one.scope.count() == 2
    assert Entry.objects.filter(act="services.contract.terms", obj=f"services.contract:{one.pk}").count() == 2


@pytest.mark.parametrize(
    ("code", "terms"),
    [
        ("contract.stages", {"stages": [("一", APRIL, 600_000), ("二", APRIL, 500_000)]}),
        ("contract.stages", {"stages": [("一", APRIL, 1), ("一", APRIL, 2)]}),
        ("contract.stages", {"stages": [("一", APRIL, 0)]}),
        ("contract.deductions", {"deductions": [(90, 80), (80, 95)]}),
        ("contract.deductions", {"deductions": [(90, 100), (90, 90)]}),
        ("contract.deductions", {"deductions": [(101, 100)]}),
        ("contract.weights", {"weights": {"保洁": 60}}),
    ],
)
def test_terms_that_do_not_add_up(we: World, code: str, terms: dict[str, Any]) -> None:
    """Refused, and what was said before stays."""
    one = factories.contract(we.ours, 1_000_000)
    whole = {"scope": [], "stages": [], "deductions": [], "weights": {}} | terms
    refused(code, actions.set_terms, contract=one.pk, access=we.access(), **whole)
    one.refresh_from_db()
    assert one.deductions == factories.STEPS


def test_a_building_of_others_is_no_scope(we: World) -> None:
    """Only what the user may point to."""
    one, house = factories.contract(we.ours), offices.building(we.theirs)
    given: dict[str, Any] = {"stages": [], "deductions": [], "weights": {}, "scope": [("保洁", house.pk, "")]}
    refused("contract.building", actions.set_terms, contract=one.pk, access=we.access(), **given)


def test_acceptance_adds_up_and_never_above_the_price(we: World) -> None:
    """Half-open months side by side; the sum is kept on the contract."""
    one = factories.contract(we.ours, 2_500)
    accepted(we, one, 1_000)
    accepted(we, one, 1_500, date(2026, 1, 4))
    one.refresh_from_db()
    assert (one.accepted, one.paid, one.payable, one.balance) == (2_500, 0, 2_500, 2_500)
    said = refused("acceptance.price", accepted, we=we, one=one, amount=1, since=MARCH)
    assert "还可验收 0.00 元" in said.message
    assert Acceptance.objects.count() == 2


@pytest.mark.parametrize(
    ("code", "facts"),
    [
        ("acceptance.overlap", {"since": date(2026, 2, 28)}),
        ("acceptance.period", {"since": date(2025, 12, 31)}),
        ("acceptance.period", {"since": date(2026, 12, 20)}),
        ("acceptance.period", {"since": APRIL}),
        ("acceptance.amount", {"since": MARCH, "amount": 0}),
        ("acceptance.amount", {"since": MARCH, "result": "FAILED"}),
        ("acceptance.defects", {"since": MARCH, "result": "CORRECTED"}),
        ("acceptance.result", {"since": MARCH, "result": "X"}),
    ],
)
def test_what_is_no_acceptance(we: World, code: str, facts: dict[str, Any]) -> None:
    """Each with its reason."""
    one = factories.contract(we.ours)
    accepted(we, one)
    refused(code, accepted, we=we, one=one, **facts)


def test_who_may(we: World) -> None:
    """A reader may not; a stranger's contract is not there; staff and keepers have no business here."""
    one = factories.contract(we.ours)
    given: dict[str, Any] = {
        "contract": one.pk,
        "valid_from": FEB,
        "valid_to": MARCH,
        "result": "PASSED",
        "amount": 1,
        "on": MARCH,
    }
    for access in (
        we.access(Role.READER),
        we.access(Role.CLERK, we.theirs),
        we.access(Role.KEEPER),
        we.access(Role.STAFF),
    ):
        refused("rights.denied", actions.accept, access=access, **given)
    assert Contract.objects.visible(we.access(Role.STAFF)).count() == 0
    assert Contract.objects.visible(we.access(Role.KEEPER)).count() == 0
    assert Contract.objects.visible(we.access(Role.FINANCE)).count() == 1
    assert actions.accept(access=we.access(), **given).by == we.user()


def test_the_score_is_the_clauses(we: World) -> None:
    """0.8 × department + 0.2 × users and the grades come out of the lawbook; versions and clause stay with the score."""
    one = factories.contract(we.ours)
    made = evaluated(we, one, points=90, users=80)
    assert (made.department, made.score, made.grade, made.ground) == (Decimal(90), Decimal("88.00"), "良好", "均分")
    assert made.clauses == {key: load().versions[key] for key in ("SV-43542-2", "SV-43542-4")}
    assert Entry.objects.get(act="services.contract.evaluate").clause == "SV-43542-4"
    refused("score.twice", evaluated, we=we, one=one)


def test_the_contracts_weights_stand_in_where_the_clause_has_none(we: World) -> None:
    """Only what is weighed needs points."""
    one = factories.contract(we.ours, weights={"保洁": 75, "绿化": 25})
    given: dict[str, Any] = {
        "contract": one.pk,
        "frequency": "MONTHLY",
        "valid_from": FEB,
        "valid_to": MARCH,
        "on": MARCH,
    }
    given |= {"users": Decimal(100), "access": we.access()}
    said = refused("score.missing", actions.evaluate, points={"保洁": Decimal(80)}, **given)
    assert (said.clause, "绿化" in said.message) == ("SV-43542-2", True)
    refused("score.range", actions.evaluate, points={"保洁": Decimal(80), "绿化": Decimal(101)}, **given)
    made = actions.evaluate(points={"保洁": Decimal(80), "绿化": Decimal(100)}, **given)
    assert (made.department, made.score, made.ground) == (Decimal("85.00"), Decimal("88.00"), "合同")


def test_before_the_standard_there_is_no_score() -> None:
    """In force since 2024-04-01; the day before is refused."""
    assert list(standard(date(2024, 4, 1)).contents) == list(CONTENTS)
    refused("score.no-clause", standard, on=date(2024, 3, 31))


@pytest.mark.parametrize(
    ("score", "grade"),
    [
        ("100", "优秀"),
        ("90", "优秀"),
        ("89.99", "良好"),
        ("80", "良好"),
        ("79.99", "合格"),
        ("70", "合格"),
        ("69.99", "不合格"),
        ("0", "不合格"),
    ],
)
def test_grades_at_their_edges(score: str, grade: str) -> None:
    """As the clause's rows say."""
    assert standard(MARCH).grade(Decimal(score)) == grade


def test_warnings_come_once_for_each_step(we: World) -> None:
    """90, 30, 7 days; a missed night is made up for; a new end is warned of anew; what has ended is silent."""
    one = factories.contract(we.ours, end_date=date(2026, 6, 30))

    def warned(day: date) -> int:
        return actions.warn_expiring(on=day, now=NOW)

    assert warned(date(2026, 3, 31)) == 0  # 91 days
    assert (warned(date(2026, 4, 1)), warned(date(2026, 4, 1)), warned(date(2026, 4, 20))) == (1, 0, 0)
    assert warned(date(2026, 6, 5)) == 1
    assert (warned(date(2026, 6, 25)), warned(date(2026, 6, 29)), warned(date(2026, 6, 30))) == (1, 0, 0)
    assert list(ExpiryWarning.objects.order_by("pk").values_list("days", flat=True)) == [90, 30, 7]
    Contract.objects.filter(pk=one.pk).update(end_date=date(2026, 7, 10))
    assert warned(date(2026, 6, 29)) == 1
    assert Entry.objects.filter(act="services.contract.warn", actor="system").count() == 4


def test_an_early_end(we: World) -> None:
    """Only a manager, with a reason, not before what was accepted."""
    one = factories.contract(we.ours)
    accepted(we, one)
    given: dict[str, Any] = {"contract": one.pk, "end_date": APRIL, "reason": "连续两期不合格"}
    refused("rights.denied", actions.terminate, access=we.access(), **given)
    boss = we.access(Role.MANAGER)
    refused("contract.reason", actions.terminate, access=boss, **given | {"reason": " "})
    refused("contract.end", actions.terminate, access=boss, **given | {"end_date": FEB})
    refused("contract.end", actions.terminate, access=boss, **given | {"end_date": one.end_date})
    assert actions.terminate(access=boss, **given).end_date == APRIL


def test_which_supplier_serves_where(we: World) -> None:
    """The organ's own contract before that of the bureau above; this building before everywhere; running ones only."""
    house = offices.building(we.ours)

    def covered(organ: Organ, building: int | None, **facts: Any) -> Contract:
        one = factories.contract(organ, **facts)
        one.scope.create(service="保洁", building_id=building)
        return one

    above, mine = covered(we.province, None), covered(we.ours, None)
    special = covered(we.ours, house.pk)
    covered(we.ours, house.pk, end_date=FEB)
    covered(we.theirs, None)

    def found(building: int | None, on: date = MARCH, service: str = "保洁") -> object:
        return actions.supplier_for(service, building, on, we.ours)

    assert found(house.pk) == special.supplier
    assert found(None) == mine.supplier
    Contract.objects.filter(pk__in=[mine.pk, special.pk]).update(end_date=FEB)
    assert found(house.pk) == above.supplier
    assert (found(None, date(2028, 1, 1)), found(None, service="绿化")) == (None, None)
