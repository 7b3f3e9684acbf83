"""配备更新 from the plan to the card, and 处置: places are held, taken over and freed in the transaction of the case."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from yiwang.areas.vehicles import factories
from yiwang.areas.vehicles.life import actions, disposing, leaving, planning, purchasing
from yiwang.areas.vehicles.life.balance import Balance, of_use
from yiwang.areas.vehicles.life.card import facts as card_facts
from yiwang.areas.vehicles.life.models import (
    Disposal,
    DisposalState,
    LineState,
    Marking,
    PlanLine,
    PlanState,
    ProvisionPlan,
    Use,
    Vehicle,
    VehiclePurchase,
    VehicleState,
)
from yiwang.areas.vehicles.life.tests.scene import NOW, TODAY, approve, people, reject
from yiwang.core.flow import actions as flow
from yiwang.core.flow.models import Case, CaseState, Step
from yiwang.core.rights.models import Role
from yiwang.desk.testing import World
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db
CAR = {"use": Use.EMERGENCY, "body": "SEDAN", "energy": "NEW_ENERGY", "situation": "ORDINARY", "price": 15_000_000}


@pytest.fixture
def we() -> World:
    return people()


def drafted(we: World, *lines: dict[str, Any], **more: Any) -> ProvisionPlan:
    clerk = we.access(Role.CLERK)
    plan = planning.draft(organ=we.ours, year=2026, reason="", access=clerk, on=TODAY, **more)
    for line in lines:
        planning.add_line(
            plan=plan.pk, access=clerk, on=TODAY, **{**CAR, "displacement": None, "reason": "旧车到期", **line}
        )
    return plan


def submitted(we: World, plan: ProvisionPlan) -> Case:
    return planning.submit(plan=plan.pk, access=we.access(Role.CLERK), on=TODAY, now=NOW)


def balance(we: World) -> Balance:
    return of_use(we.ours, Use.EMERGENCY)


def test_from_the_plan_to_the_card(we: World) -> None:
    """One new car and one that replaces another: places are held from the approval of the plan, and never twice."""
    factories.quota(we.ours, 2)
    old = factories.vehicle(we.ours, registered_date=date(2016, 1, 1), mileage=230_000)
    plan = drafted(we, {"replaces": old.pk}, {})
    case = submitted(we, plan)
    assert balance(we) == Balance(2, 1, 0)
    assert approve(case).state == CaseState.DONE
    plan.refresh_from_db()
    assert (plan.state, balance(we)) == (PlanState.APPROVED, Balance(2, 1, 1))
    judged = Step.objects.get(case=case, node="check").verdicts
    assert {one["clause"] for one in judged} >= {
        "ZBF-2017-71/nev-price",
        "ZBF-2017-71/renew",
        "DEMO-990000-GL/nev-share",
    }
    line = PlanLine.objects.get(replaces=old)
    asked = purchasing.ask(line=line.pk, access=we.access(Role.CLERK), on=TODAY, now=NOW)
    assert asked.facts["kind"] == "更新"
    done = approve(asked, bought_date="2026-03-01", paid="149800")
    line.refresh_from_db()
    bought = VehiclePurchase.objects.get()
    assert (done.state, line.state, line.purchase, bought.price) == (
        CaseState.DONE,
        LineState.BOUGHT,
        bought,
        14_980_000,
    )
    assert (bought.number, bought.replaces, balance(we)) == (done.number, old, Balance(2, 1, 1))
    facts = {"registered_date": TODAY, "vin": "LTEST000000000001", "seats": 5}
    car = purchasing.register(line=line.pk, plate="示A80001", access=we.access(Role.CLERK), on=TODAY, **facts)
    assert (car.price, car.vin, balance(we)) == (14_980_000, "LTEST000000000001", Balance(2, 1, 1))
    actions.mark_vehicle(actor="user:1", vehicle=car, marking=Marking.DONE, on=TODAY)
    printed = card_facts(car.pk)
    assert (printed["plate"], printed["marking"], printed["price"]) == ("示A80001", "已喷涂", "149,800.00 元")
    with pytest.raises(Refusal, match="已登记"):
        purchasing.register(line=line.pk, plate="示A80002", access=we.access(Role.CLERK), on=TODAY)


def test_a_plan_takes_all_its_places_or_none(we: World) -> None:
    """The last approval is refused with the clause; the plan stays where it is, and no line holds a place."""
    factories.quota(we.ours, 1)
    plan = drafted(we, {}, {})
    case = approve(submitted(we, plan), until="authority")
    with pytest.raises(Refusal) as refused:
        approve(case)
    assert (refused.value.code, refused.value.clause) == ("quota.none-free", "GWY-621-2012/car-ban")
    assert (Case.objects.get(pk=case.pk).state, balance(we)) == (CaseState.OPEN, Balance(1, 0, 0))


def test_over_the_standard_is_stopped_at_the_gate(we: World) -> None:
    """With figure and article; a document that approved it lets it pass."""
    factories.quota(we.ours, 1)
    case = approve(submitted(we, drafted(we, {"price": 18_500_000})), until="check")
    with pytest.raises(Refusal, match=r"185,?000") as refused:
        approve(case)
    assert (refused.value.code, refused.value.clause) == ("verdict.over", "ZBF-2017-71/nev-price")
    assert approve(case, approval="示机管〔2026〕9号").state == CaseState.DONE


def test_local_rules_are_joined(we: World) -> None:
    """In 演示省会市 a fuel car above its own limit is stopped though the nation would let it pass."""
    from yiwang.core.orgs.models import Organ

    Organ.objects.filter(pk=we.ours.pk).update(region="990100")
    factories.quota(we.ours, 1)
    line = {"energy": "FUEL", "price": 17_000_000, "displacement": "1.8"}
    case = approve(submitted(we, drafted(we, line)), until="check")
    with pytest.raises(Refusal) as refused:
        approve(case)
    assert refused.value.clause == "DEMO-990100-GL/price"


def test_plans_that_come_to_nothing(we: World) -> None:
    """Refused: the cars are released. Withdrawn: a draft again. Cancelled later: the place is free."""
    factories.quota(we.ours, 1)
    refused = drafted(we, {})
    assert reject(submitted(we, refused)).state == CaseState.REFUSED
    assert list(PlanLine.objects.values_list("state", flat=True)) == [LineState.RELEASED]
    again = drafted(we, {})
    assert (again.part, str(again)) == (2, "青河县财政局 2026 年配备更新计划(补充 1)")
    flow.withdraw(case=submitted(we, again).pk, access=we.access(Role.CLERK), on=TODAY, now=NOW)
    again.refresh_from_db()
    assert again.state == PlanState.DRAFT
    approve(submitted(we, again))
    assert balance(we) == Balance(1, 0, 1)
    (line,) = PlanLine.objects.filter(state=LineState.PLANNED)
    purchasing.release(line=line.pk, access=we.access(Role.CLERK))
    assert balance(we).free == 1
    with pytest.raises(Refusal, match="不能再改"):
        planning.drop_line(plan=again.pk, line=line.pk, access=we.access(Role.CLERK))


def test_refusals_of_plans(we: World) -> None:
    """Before anything is written."""
    clerk, old = we.access(Role.CLERK), factories.vehicle(we.theirs)
    plan = drafted(we)
    for code, doing in (
        ("plan.empty", lambda: submitted(we, plan)),
        ("plan.old-car", lambda: drafted(we, {"replaces": old.pk})),
        ("plan.reason", lambda: drafted(we, {"reason": " "})),
        ("check.plan_line_price", lambda: drafted(we, {"price": 0})),
        ("plan.exempt", lambda: drafted(we, exempt=True)),
        ("plan.year", lambda: planning.draft(organ=we.ours, year=2030, reason="", access=clerk, on=TODAY)),
        ("rights.denied", lambda: planning.draft(organ=we.theirs, year=2026, reason="", access=clerk, on=TODAY)),
        (
            "plan.state",
            lambda: planning.submit(plan=plan.pk, access=we.access(Role.CLERK, we.theirs), on=TODAY, now=NOW),
        ),
    ):
        with pytest.raises(Refusal) as refused:
            doing()
        assert refused.value.code == code


FORM = {
    "kind": "购置", "reason": "新设机构", "vehicle_use": "应急保障用车", "body": "轿车", "case": "一般", "price": "150000",
    "energy": "纯电动", "bought_date": "2026-03-01", "paid": "150000",
}  # fmt: skip


def opened(we: World, **more: str) -> Case:
    """A purchase asked for from the desk, without a plan."""
    first = {key: value for key, value in {**FORM, **more}.items() if key not in ("bought_date", "paid")}
    return flow.open_case(
        process="vehicles.purchase",
        title="购车",
        organ=we.ours,
        access=we.access(Role.CLERK),
        facts=first,
        on=TODAY,
        now=NOW,
    )


def test_outside_a_plan_the_place_is_held_from_the_asking_on(we: World) -> None:
    """Without a free place it is refused at once; not approved, the place is free again."""
    with pytest.raises(Refusal, match="没有空编"):
        opened(we)
    assert not Case.objects.exists()
    factories.quota(we.ours, 1)
    case = opened(we)
    assert (balance(we), PlanLine.objects.get().energy) == (Balance(1, 0, 1), "NEW_ENERGY")
    with pytest.raises(Refusal, match="没有空编"):
        opened(we)
    reject(case)
    assert balance(we).free == 1
    for code, more in (
        ("plan.old-car", {"kind": "更新", "vehicle": "示A99999"}),
        ("check.plan_line_price", {"price": "0"}),
        ("plan.word", {"energy": "混合动力"}),
    ):
        with pytest.raises(Refusal) as refused:
            opened(we, **more)
        assert refused.value.code == code
    done = approve(opened(we), bought_date="2026-03-01", paid="150000")
    assert (done.state, PlanLine.objects.latest("pk").state, balance(we)) == (
        CaseState.DONE,
        LineState.BOUGHT,
        Balance(1, 0, 1),
    )


# ---------------------------------------------------------------- disposal


def asked(we: World, car: Vehicle, method: str = "SCRAP", **more: Any) -> Case:
    given = {
        "reason": "车况差",
        "original_value": 12_000_000,
        "access": we.access(Role.CLERK),
        "on": TODAY,
        "now": NOW,
        **more,
    }
    return disposing.ask(vehicle=car.pk, method=method, **given)


def old_car(we: World, **more: Any) -> Vehicle:
    return factories.vehicle(we.ours, registered_date=date(2015, 1, 1), mileage=260_000, **more)


def test_scrapped_its_place_is_free_with_the_last_word(we: World) -> None:
    """Judged by the register's own figures; the car goes in the transaction of the case."""
    factories.quota(we.ours, 1)
    car = old_car(we)
    case = asked(we, car)
    with pytest.raises(Refusal, match="正在报批处置"):
        asked(we, car)
    waiting = approve(case, until="finance", disposed_date="2026-03-01", income="3500")
    car.refresh_from_db()
    assert (waiting.state, car.state, balance(we).free) == (CaseState.OPEN, VehicleState.IN_USE, 0)
    (inspected,) = (
        one for one in Step.objects.get(case=case, node="inspect").verdicts if one["clause"] == "ZBF-2017-71/renew"
    )
    assert inspected["measure"] == 11.2
    approve(case)
    car.refresh_from_db()
    row = Disposal.objects.get()
    assert (car.state, car.retired_date, balance(we).free) == (VehicleState.RETIRED, date(2026, 3, 1), 1)
    assert (row.state, row.income) == (DisposalState.DONE, 350_000)


def test_transferred_it_takes_a_place_there(we: World) -> None:
    """No place at the other organ: the last word is refused, nothing moves."""
    factories.quota(we.ours, 1)
    car = old_car(we)
    case = asked(we, car, "TRANSFER", target=we.theirs)
    approve(case, until="dispose")
    with pytest.raises(Refusal, match=r"云岭县水利局.*没有空编"):
        approve(case, disposed_date="2026-03-01", income="0")
    factories.quota(we.theirs, 1)
    approve(case, disposed_date="2026-03-01", income="0")
    car.refresh_from_db()
    assert (car.organ, car.state) == (we.theirs, VehicleState.IN_USE)
    assert (balance(we).free, of_use(we.theirs, Use.EMERGENCY)) == (1, Balance(1, 1, 0))


def test_not_approved_it_stays(we: World) -> None:
    """And may be asked about again."""
    car = old_car(we)
    reject(asked(we, car))
    assert Disposal.objects.get().state == DisposalState.REFUSED
    assert asked(we, car).state == CaseState.OPEN


def test_asked_for_from_the_desk(we: World) -> None:
    """The form names the car; what the register knows is judged, not what the form says."""
    facts = {
        "vehicle": "示A70001",
        "vehicle_use": "应急保障用车",
        "method": "报废",
        "years_used": "20",
        "mileage": "90",
        "reason": "老旧",
        "original_value": "100000",
    }
    given: dict[str, Any] = {
        "process": "vehicles.disposal",
        "title": "报废",
        "organ": we.ours,
        "access": we.access(Role.CLERK),
        "on": TODAY,
        "now": NOW,
    }
    with pytest.raises(Refusal, match="没有号牌"):
        flow.open_case(facts=facts, **given)
    car = factories.vehicle(we.ours, plate="示A70001", registered_date=date(2024, 1, 1))
    case = flow.open_case(facts=facts, **given)
    assert Disposal.objects.get(case=case.pk).vehicle == car
    approve(case, until="asset")
    (said,) = (
        one for one in Step.objects.get(case=case, node="inspect").verdicts if one["clause"] == "ZBF-2017-71/renew"
    )
    assert (said["measure"], said["kind"]) == (2.2, "unverified")
    with pytest.raises(Refusal, match="找不到唯一"):
        flow.open_case(facts={**facts, "method": "调拨", "target": "没有的局"}, **given)


def test_refusals_of_disposals(we: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A topic that still needs the car may hold it."""
    car, stranger = old_car(we), factories.vehicle(we.theirs)
    unknown = factories.vehicle(we.ours, registered_date=None)
    for code, doing in (
        ("disposal.vehicle", lambda: asked(we, stranger)),
        ("disposal.method", lambda: asked(we, car, "GIFT")),
        ("disposal.reason", lambda: asked(we, car, reason=" ")),
        ("disposal.target", lambda: asked(we, car, "TRANSFER")),
        ("disposal.target", lambda: asked(we, car, "TRANSFER", target=we.ours)),
        ("disposal.registered", lambda: asked(we, unknown)),
    ):
        with pytest.raises(Refusal) as refused:
            doing()
        assert refused.value.code == code
    monkeypatch.setattr(leaving, "_checks", [])
    leaving.before_leaving(lambda car, on: Refusal("trip.open", f"{car} 还有没收车的任务。"))
    with pytest.raises(Refusal, match="还有没收车"):
        asked(we, car)
    with pytest.raises(Refusal, match="还有没收车"):
        actions.retire_vehicle(actor="user:1", vehicle=car, on=TODAY)


def test_marking_needs_a_reason_to_be_left_out(we: World) -> None:
    """And neither more nor less than two answers."""
    car = old_car(we)
    for marking, reason in ((Marking.EXEMPT, " "), (Marking.NONE, "")):
        with pytest.raises(Refusal, match="免喷涂"):
            actions.mark_vehicle(actor="user:1", vehicle=car, marking=marking, on=TODAY, reason=reason)
    left_out = actions.mark_vehicle(actor="user:1", vehicle=car, marking=Marking.EXEMPT, on=TODAY, reason="涉密")
    assert (left_out.marking, left_out.marked_date, left_out.marking_reason) == (Marking.EXEMPT, None, "涉密")
