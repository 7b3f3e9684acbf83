"""The life of an order: who may do what, in which state, and what the clock does meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from yiwang.areas.services.catalogue.models import Item, Urgency
from yiwang.areas.services.orders import actions, approvals, factories, repairs
from yiwang.areas.services.orders.factories import NOW
from yiwang.areas.services.orders.machine import MACHINE
from yiwang.areas.services.orders.models import OrderEvent, OrderState, PauseReason, Team, WorkOrder
from yiwang.areas.services.suppliers import factories as contracts
from yiwang.core.flow.actions import act, withdraw
from yiwang.core.flow.models import Case, Task
from yiwang.core.ledger.models import Entry
from yiwang.core.orgs import factories as orgs
from yiwang.core.orgs.models import Organ, Tier
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Role, User
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db


def at(minutes: int) -> datetime:
    """So many minutes after NOW."""
    return NOW + timedelta(minutes=minutes)


@dataclass
class Scene:
    """A bureau with everybody in it, and a stranger elsewhere."""

    organ: Organ
    item: Item
    cadre: Access
    colleague: Access
    dispatcher: Access
    repairer: Access
    other: Access
    manager: Access
    stranger: Access
    team: Team

    def report(self, **more: Any) -> WorkOrder:
        """A lamp is out, at NOW."""
        facts: dict[str, Any] = {"item": "06", "problem": "顶灯不亮", "place": "A座 0612", "now": NOW, **more}
        return actions.report(access=self.cadre, **facts)

    def assigned(self, **more: Any) -> WorkOrder:
        """Given to the team after ten minutes."""
        made = self.report(**more)
        return actions.assign(order=made.pk, team=self.team, now=at(10), access=self.dispatcher)

    def accepted(self, **more: Any) -> WorkOrder:
        """Taken after twenty minutes."""
        return repairs.accept(order=self.assigned(**more).pk, now=at(20), access=self.repairer)

    def arrived(self, **more: Any) -> WorkOrder:
        """There after thirty."""
        return repairs.arrive(order=self.accepted(**more).pk, now=at(30), access=self.repairer)

    def finished(self, **more: Any) -> WorkOrder:
        """Done after an hour."""
        pk = self.arrived(**more).pk
        return repairs.finish(order=pk, solution="换灯管", now=at(60), access=self.repairer)


@pytest.fixture
def scene() -> Scene:
    province = orgs.organ("示例省机关事务管理局", tier=Tier.PROVINCE, code="990000")
    organ = orgs.organ("青河县财政局", province, code="990101")
    elsewhere = orgs.organ("云岭县水利局", province, code="990102")
    item = factories.catalogue(province)
    repairer = factories.access(organ, Role.REPAIRER, name="刘强")
    other = factories.access(organ, Role.REPAIRER, name="赵明")
    users = [one.user for one in (repairer, other)]
    assert all(isinstance(one, User) for one in users)
    return Scene(
        organ=organ,
        item=item,
        cadre=factories.access(organ, Role.STAFF, name="陈立"),
        colleague=factories.access(organ, Role.STAFF, name="孙浩"),
        dispatcher=factories.access(organ, Role.DISPATCHER, name="吴调"),
        repairer=repairer,
        other=other,
        manager=factories.access(organ, Role.MANAGER, name="周正"),
        stranger=factories.access(elsewhere, Role.MANAGER, name="外人"),
        team=factories.team(organ, *users, skills="06"),  # type: ignore[arg-type]
    )


def test_from_the_report_to_the_mark(scene: Scene) -> None:
    done = scene.finished()
    actions.confirm(order=done.pk, score=5, now=at(90), access=scene.cadre)
    one = WorkOrder.objects.get(pk=done.pk)
    assert (one.state, one.score, one.organ, one.reporter) == (OrderState.CLOSED, 5, scene.organ, scene.cadre.user)
    assert one.number == f"GD20261124{one.pk:06}"
    assert (one.responded_at, one.arrived_at, one.finished_at, one.closed_at) == (at(10), at(30), at(60), at(90))
    assert (one.respond_by, one.arrive_by, one.finish_by) == (at(30), None, at(1440))
    verbs = [event.verb for event in OrderEvent.objects.filter(order=one).order_by("pk")]
    assert verbs == ["report", "assign", "accept", "arrive", "finish", "confirm"]
    acts = Entry.objects.filter(obj=f"services.order:{one.pk}").order_by("pk").values_list("act", flat=True)
    assert list(acts) == [f"services.order.{verb}" for verb in verbs]


def refused(code: str, verb: Any, **given: Any) -> None:
    """The verb is refused with this code, and leaves no trace."""
    before = (OrderEvent.objects.count(), Entry.objects.count(), set(WorkOrder.objects.values_list("pk", "state")))
    with pytest.raises(Refusal) as error:
        verb(**given)
    assert error.value.code == code
    after = (OrderEvent.objects.count(), Entry.objects.count(), set(WorkOrder.objects.values_list("pk", "state")))
    assert after == before


def test_a_report_needs_a_fault_a_place_and_an_item(scene: Scene) -> None:
    refused("order.text", scene.report, problem="  ")
    refused("order.place", scene.report, place=" ")
    refused("order.item", scene.report, item="03")  # meetings are booked, not repaired
    refused("order.item", scene.report, item="99")
    refused("order.item", scene.report, urgency="SOON")


def test_the_item_says_who_may_ask(scene: Scene) -> None:
    Item.objects.filter(pk=scene.item.pk).update(roles="LEADER、MANAGER")
    refused("rights.denied", scene.report)
    made = actions.report(access=scene.manager, item="06", problem="灯", place="0612", now=NOW)
    assert made.state == OrderState.NEW


def test_a_form_sent_twice_makes_one_order(scene: Scene) -> None:
    first, second = scene.report(key="k1"), scene.report(key="k1")
    assert first.pk == second.pk
    assert scene.report(key="k2").pk != first.pk
    assert OrderEvent.objects.count() == 2
    mine = actions.report(access=scene.colleague, item="06", problem="x", place="y", key="k1", now=NOW)
    assert mine.pk != first.pk, "a key is its user's own"


def test_a_scanned_place_says_whose_it_is(scene: Scene) -> None:
    elsewhere = scene.stranger.organ
    assert elsewhere is not None
    spot = factories.spot(factories.building(elsewhere, "B座"), "0301")
    made = scene.report(spot=spot, place="靠窗")
    assert (made.organ, made.location, made.building) == (elsewhere, "B座 0301 靠窗", spot.building)
    assert WorkOrder.objects.visible(scene.cadre).filter(pk=made.pk).exists(), "his own, wherever it is"
    assert WorkOrder.objects.visible(scene.stranger).filter(pk=made.pk).exists()
    assert not WorkOrder.objects.visible(scene.dispatcher).filter(pk=made.pk).exists()


def test_owner_colleague_and_stranger_see_what_is_theirs(scene: Scene) -> None:
    made = scene.report()
    see = {
        name
        for name in ("cadre", "colleague", "dispatcher", "repairer", "manager", "stranger")
        if WorkOrder.objects.visible(getattr(scene, name)).filter(pk=made.pk).exists()
    }
    assert see == {"cadre", "dispatcher", "manager"}
    actions.assign(order=made.pk, team=scene.team, now=at(1), access=scene.dispatcher)
    assert WorkOrder.objects.visible(scene.repairer).filter(pk=made.pk).exists()
    assert not WorkOrder.objects.visible(factories.access(scene.organ, Role.SYSTEM_ADMIN)).exists()


def test_only_a_dispatcher_gives_out_work_and_only_to_teams_that_serve(scene: Scene) -> None:
    made = scene.report()
    refused("rights.denied", actions.assign, order=made.pk, team=scene.team, now=at(1), access=scene.cadre)
    refused("rights.denied", actions.assign, order=made.pk, team=scene.team, now=at(1), access=scene.repairer)
    refused("order.unknown", actions.assign, order=made.pk, team=scene.team, now=at(1), access=scene.stranger)
    assert scene.stranger.organ is not None
    foreign = factories.team(scene.stranger.organ)
    refused("order.team", actions.assign, order=made.pk, team=foreign, now=at(1), access=scene.dispatcher)
    who = factories.user(scene.organ, Role.REPAIRER)
    give = {"order": made.pk, "team": scene.team, "now": at(1), "access": scene.dispatcher}
    refused("order.team", actions.assign, repairer=who, **give)


def test_the_team_of_the_superior_may_serve(scene: Scene) -> None:
    superior = scene.organ.superior
    assert superior is not None
    hired = contracts.supplier(superior)
    team = factories.team(superior, supplier=hired)
    one = actions.assign(order=scene.report().pk, team=team, now=at(1), access=scene.dispatcher)
    assert (one.team, one.supplier) == (team, hired)


def test_who_is_not_in_the_team_cannot_take_it(scene: Scene) -> None:
    made = scene.assigned()
    lonely = factories.access(scene.organ, Role.REPAIRER)
    refused("order.unknown", repairs.accept, order=made.pk, now=at(20), access=lonely)
    refused("rights.denied", repairs.accept, order=made.pk, now=at(20), access=scene.cadre)
    refused("order.team", repairs.accept, order=made.pk, now=at(20), access=scene.manager)


def test_the_second_one_is_told_that_it_is_taken(scene: Scene) -> None:
    made = scene.accepted()
    refused("order.state", repairs.accept, order=made.pk, now=at(21), access=scene.other)
    refused("order.repairer", repairs.arrive, order=made.pk, now=at(22), access=scene.other)


def test_declined_goes_back_to_the_dispatcher(scene: Scene) -> None:
    made = scene.accepted()
    refused("order.text", repairs.decline, order=made.pk, note="", now=at(25), access=scene.repairer)
    refused("order.repairer", repairs.decline, order=made.pk, note="x", now=at(25), access=scene.other)
    one = repairs.decline(order=made.pk, note="要电梯维保单位", now=at(25), access=scene.repairer)
    assert (one.state, one.team, one.repairer, one.supplier) == (OrderState.NEW, None, None, None)


def test_handed_over_to_a_colleague_who_accepts(scene: Scene) -> None:
    made = scene.arrived()
    cadre, other = scene.cadre.user, scene.other.user
    assert isinstance(cadre, User)
    assert isinstance(other, User)
    refused("order.team", repairs.hand_over, order=made.pk, to=cadre, now=at(40), access=scene.repairer)
    repairs.hand_over(order=made.pk, to=other, now=at(40), access=scene.repairer)
    refused("order.repairer", repairs.accept, order=made.pk, now=at(41), access=scene.repairer)
    one = repairs.accept(order=made.pk, now=at(42), access=scene.other)
    assert (one.state, one.repairer, one.arrived_at) == (OrderState.ACCEPTED, other, at(30))
    assert repairs.arrive(order=made.pk, now=at(50), access=scene.other).arrived_at == at(30), "somebody had come"


def test_waiting_for_parts_moves_what_is_promised(scene: Scene) -> None:
    made = scene.arrived()
    refused("order.pause", repairs.pause, order=made.pk, reason="LUNCH", now=at(40), access=scene.repairer)
    refused("order.text", repairs.pause, order=made.pk, reason="OTHER", now=at(40), access=scene.repairer)
    paused = repairs.pause(order=made.pk, reason=PauseReason.PARTS, now=at(40), access=scene.repairer)
    assert (paused.state, paused.finish_by) == (OrderState.PAUSED, at(1440))
    refused("order.state", repairs.finish, order=made.pk, solution="x", now=at(50), access=scene.repairer)
    one = repairs.resume(order=made.pk, now=at(640), access=scene.repairer)
    assert (one.state, one.paused_seconds, one.paused_at) == (OrderState.ARRIVED, 36_000, None)
    assert one.finish_by == at(1440 + 600)
    assert one.respond_by == at(30), "that promise was kept and does not move"


def test_parts_add_up_and_absurd_ones_are_refused(scene: Scene) -> None:
    made = scene.arrived()
    give: dict[str, Any] = {"order": made.pk, "now": at(40), "access": scene.repairer}
    repairs.add_part(name="灯管", quantity=2, price=1850, **give)
    one = repairs.add_part(name="整流器", quantity=1, price=3000, **give)
    assert (one.parts_cost, one.state) == (6700, OrderState.ARRIVED)
    for quantity, price in ((0, 1), (1, -1), (1, 10**12), (10**6, 10**6)):
        refused("order.parts", repairs.add_part, name="x", quantity=quantity, price=price, **give)
    refused("order.text", repairs.add_part, name=" ", quantity=1, price=1, **give)


def test_a_big_repair_waits_for_its_approval(scene: Scene) -> None:
    made = scene.arrived()
    give: dict[str, Any] = {"order": made.pk, "access": scene.repairer}
    refused("order.approval", repairs.finish, solution="换主机", labour=600_000, now=at(50), **give)
    refused("order.cost", approvals.ask, amount=0, note="x", now=at(50), **give)
    asked = approvals.ask(amount=600_000, note="主机已坏", now=at(50), **give)
    assert asked.state == OrderState.APPROVING
    case = Case.objects.get(pk=asked.case_id or 0)
    assert (case.process, case.facts["estimate"], case.subject_id) == ("services.repair-cost", "6000", str(made.pk))
    _decide(scene, case, "approve", at(110))
    one = WorkOrder.objects.get(pk=made.pk)
    assert (one.state, one.finish_by, one.approved_cost) == (OrderState.ARRIVED, at(1500), 600_000)
    refused("order.approval", repairs.finish, solution="换主机", labour=600_001, now=at(120), **give)
    assert repairs.finish(solution="换主机", labour=600_000, now=at(120), **give).cost == 600_000


def _decide(scene: Scene, case: Case, verdict: Any, now: datetime) -> None:
    """The manager answers his task."""
    task = Task.objects.get(case=case, state="OPEN", who=scene.manager.user.pk)
    act(task=task.pk, verdict=verdict, opinion="意见", access=scene.manager, on=now.date(), now=now)


def test_not_approved_goes_on_without_the_money(scene: Scene) -> None:
    made = scene.arrived()
    asked = approvals.ask(order=made.pk, amount=600_000, note="x", now=at(50), access=scene.repairer)
    refused("order.state", approvals.ask, order=made.pk, amount=1, note="x", now=at(51), access=scene.repairer)
    _decide(scene, Case.objects.get(pk=asked.case_id or 0), "reject", at(60))
    one = WorkOrder.objects.get(pk=made.pk)
    assert (one.state, one.approved_cost) == (OrderState.ARRIVED, None)
    with pytest.raises(Refusal, match="报批"):
        repairs.finish(order=made.pk, solution="x", labour=600_000, now=at(70), access=scene.repairer)


def test_withdrawn_by_the_repairer_goes_on_too(scene: Scene) -> None:
    made = scene.arrived()
    asked = approvals.ask(order=made.pk, amount=600_000, note="x", now=at(50), access=scene.repairer)
    assert asked.case_id is not None
    withdraw(case=asked.case_id, access=scene.repairer, on=NOW.date(), now=at(55))
    assert WorkOrder.objects.get(pk=made.pk).state == OrderState.ARRIVED


def test_parts_are_needed_so_a_plan_is_promised_instead(scene: Scene) -> None:
    made = scene.arrived()
    give: dict[str, Any] = {"order": made.pk, "access": scene.repairer}
    refused("order.text", repairs.need_parts, note="", now=at(40), **give)
    one = repairs.need_parts(note="要订整流器", now=at(40), **give)
    assert (one.urgency, one.plan_by, one.finish_by) == (Urgency.PARTS, at(2880), None)
    assert one.respond_by == at(30), "kept already"
    refused("order.state", repairs.need_parts, note="x", now=at(41), **give)
    assert repairs.answer(note="后天到货", now=at(60), **give).planned_at == at(60)


def test_marks(scene: Scene) -> None:
    done = scene.finished()
    refused("order.unknown", actions.confirm, order=done.pk, score=5, now=at(70), access=scene.colleague)
    refused("order.score", actions.confirm, order=done.pk, score=6, now=at(70), access=scene.cadre)
    refused("order.text", actions.confirm, order=done.pk, score=2, now=at(70), access=scene.cadre)
    actions.confirm(order=done.pk, now=at(70), access=scene.cadre)
    refused("order.reporter", actions.rate, order=done.pk, score=4, now=at(80), access=scene.dispatcher)
    assert actions.rate(order=done.pk, score=1, reason="又坏了", now=at(80), access=scene.cadre).score == 1
    refused("order.score", actions.rate, order=done.pk, score=5, now=at(81), access=scene.cadre)


def test_not_done_after_all(scene: Scene) -> None:
    done = scene.finished()
    refused("order.reporter", actions.reopen, order=done.pk, note="x", now=at(70), access=scene.repairer)
    refused("order.text", actions.reopen, order=done.pk, note="", now=at(70), access=scene.cadre)
    one = actions.reopen(order=done.pk, note="还是不亮", now=at(70), access=scene.cadre)
    assert (one.state, one.finished_at, one.reopened) == (OrderState.ACCEPTED, None, 1)
    assert one.repairer == scene.repairer.user
    repairs.arrive(order=one.pk, now=at(80), access=scene.repairer)
    repairs.finish(order=one.pk, solution="换了线", now=at(100), access=scene.repairer)
    actions.confirm(order=one.pk, score=4, now=at(110), access=scene.cadre)
    late = at(110) + timedelta(days=7, minutes=1)
    refused("order.state", actions.reopen, order=one.pk, note="x", now=late, access=scene.cadre)


def test_cancelled_only_before_somebody_has_come(scene: Scene) -> None:
    made = scene.assigned()
    refused("order.unknown", actions.cancel, order=made.pk, note="x", now=at(15), access=scene.colleague)
    assert actions.cancel(order=made.pk, note="好了", now=at(15), access=scene.cadre).state == OrderState.CANCELLED
    taken = scene.accepted()
    refused("order.state", actions.cancel, order=taken.pk, note="x", now=at(25), access=scene.cadre)
    actions.cancel(order=taken.pk, note="重复", now=at(25), access=scene.dispatcher)
    refused("order.state", actions.cancel, order=scene.arrived().pk, note="x", now=at(35), access=scene.dispatcher)


def test_overdue_is_escalated_once(scene: Scene) -> None:
    quick, slow = scene.report(urgency=Urgency.EMERGENCY), scene.report()
    assert actions.tick(now=at(15)) == {"escalated": 0, "closed": 0}, "the quarter of an hour is not over"
    assert actions.tick(now=at(16)) == {"escalated": 1, "closed": 0}
    assert actions.tick(now=at(29)) == {"escalated": 0, "closed": 0}
    assert actions.tick(now=at(31)) == {"escalated": 1, "closed": 0}
    marks = WorkOrder.objects.order_by("pk").values_list("pk", "escalated_at")
    assert list(marks) == [(quick.pk, at(16)), (slow.pk, at(31))]


def test_the_clock_of_a_paused_order_stands(scene: Scene) -> None:
    made = scene.arrived()
    repairs.pause(order=made.pk, reason=PauseReason.PARTS, now=at(40), access=scene.repairer)
    assert actions.tick(now=at(5000))["escalated"] == 0
    repairs.resume(order=made.pk, now=at(5000), access=scene.repairer)
    assert actions.tick(now=at(5001))["escalated"] == 0
    assert actions.tick(now=at(6401))["escalated"] == 1


def test_what_nobody_confirms_is_closed_after_three_days(scene: Scene) -> None:
    done = scene.finished()
    assert actions.tick(now=at(60) + timedelta(days=3))["closed"] == 0
    assert actions.tick(now=at(61) + timedelta(days=3))["closed"] == 1
    one = WorkOrder.objects.get(pk=done.pk)
    assert (one.state, one.score) == (OrderState.CLOSED, None)
    assert actions.rate(order=done.pk, score=5, now=at(62) + timedelta(days=3), access=scene.cadre).score == 5


def test_what_is_over_stays_over(scene: Scene) -> None:
    """No verb but rating, reopening and a remark starts from an order that is closed or cancelled."""
    starts = {state: {verb for verb, (_, states, _) in MACHINE.items() if state in states} for state in OrderState}
    assert starts[OrderState.CLOSED] == {"rate", "reopen", "remark"}
    assert starts[OrderState.CANCELLED] == {"remark"}


def test_every_state_can_be_reached_and_left() -> None:
    """From the report every state is reached by verbs, and from every one the end is."""
    ways = {(state, target) for _, states, target in MACHINE.values() for state in states if target}
    ways |= {(state, back) for state in (OrderState.PAUSED, OrderState.APPROVING) for back in (OrderState.ACCEPTED, OrderState.ARRIVED)}  # fmt: skip

    def reached(first: OrderState, edges: set[tuple[OrderState, OrderState]]) -> set[OrderState]:
        found, new = {first}, {first}
        while new:
            new = {b for a, b in edges if a in new} - found
            found |= new
        return found

    assert reached(OrderState.NEW, ways) == set(OrderState)
    assert reached(OrderState.CLOSED, {(b, a) for a, b in ways}) == set(OrderState) - {OrderState.CANCELLED}
