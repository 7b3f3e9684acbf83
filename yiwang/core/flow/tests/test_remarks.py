"""抄送、催办、留言、附件; who sees a case; the same key again; many at once; what a page may offer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from yiwang.core.flow import actions, processes, reading
from yiwang.core.flow.models import Case, CaseEvent, Task
from yiwang.core.flow.tests.files import fact, node, process, ways
from yiwang.core.flow.tests.worlds import DAY, Office, office, registered
from yiwang.core.ledger.models import Entry
from yiwang.core.rights.models import Delegation, Role, Verb
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db
LINE = process(
    "t.test",
    [
        node("start", "s"),
        node("task", "apply", role="applicant"),
        node("task", "m", role="MANAGER", batch="true"),
        node("task", "l", role="LEADER"),
        node("end", "e"),
        *ways("s > apply > m > l > e"),
    ],
    [
        fact("amount", "金额", "number", required="true"),
        fact("kind", "类别", choices="甲|乙"),
        fact("day", "日期", "date"),
    ],
)
FACTS = {"amount": 3}


@pytest.fixture
def world() -> Iterator[Office]:
    with registered(LINE):
        yield office()


def _given(world: Office, name: str) -> dict[str, Any]:
    return {"access": world.access(name), "on": DAY, "now": world.at}


def _seen(world: Office, name: str) -> list[int]:
    return list(Case.objects.visible(world.access(name)).values_list("pk", flat=True))


def test_who_sees_a_case(world: Office) -> None:
    """The applicant, who has or had a task, who is copied, and whoever reads the area at the organ. Nobody else."""
    case = world.open("t.test", facts=FACTS)
    world.person("同事", Role.STAFF)
    world.person("查阅", Role.READER)
    world.person("别的业务", Role.READER, area="vehicles")
    for name in ("申请人", "主管", "查阅"):
        assert _seen(world, name) == [case.pk], name
    for name in ("同事", "别的业务", "外人", "保管"):
        assert _seen(world, name) == [], name
    actions.carbon_copy(case=case.pk, to=[world.users["同事"]], note="请知悉", **_given(world, "主管"))
    assert _seen(world, "同事") == [case.pk]
    assert list(Case.objects.copied_to(world.access("同事"))) == [case]
    assert actions.mark_read(case=case.pk, access=world.access("同事"), now=world.at)
    assert not actions.mark_read(case=case.pk, access=world.access("同事"), now=world.at)


def test_boxes_of_my_desk(world: Office) -> None:
    case = world.open("t.test", facts=FACTS)
    assert [task.case_id for task in Task.objects.waiting_for(world.access("主管"))] == [case.pk]
    assert list(Case.objects.opened_by(world.access("申请人"))) == [case]
    assert not Case.objects.handled_by(world.access("申请人")).exists()
    world.act(case, "主管")
    assert list(Case.objects.handled_by(world.access("主管"))) == [case]
    assert not Task.objects.waiting_for(world.access("主管")).exists()


@pytest.mark.parametrize("verb", ["comment", "urge", "attach", "carbon_copy"])
def test_a_stranger_gets_the_answer_of_a_case_that_is_not_there(world: Office, verb: str) -> None:
    case = world.open("t.test", facts=FACTS)
    more: dict[str, dict[str, Any]] = {
        "comment": {"text": "看"},
        "attach": {"attachments": [1]},
        "carbon_copy": {"to": [world.users["外人"]]},
    }
    said = []
    for pk in (case.pk, case.pk + 999):
        with pytest.raises(Refusal) as refused:
            getattr(actions, verb)(case=pk, **more.get(verb, {}), **_given(world, "外人"))
        said.append((refused.value.code, refused.value.message))
    assert said[0] == said[1]
    assert case.events.count() == 1


def test_remarks_leave_one_row_and_one_entry_each(world: Office) -> None:
    case = world.open("t.test", facts=FACTS)
    actions.comment(case=case.pk, text="请尽快", **_given(world, "申请人"))
    actions.urge(case=case.pk, note="急", **_given(world, "申请人"))
    files = [world.file(case), world.file(case)]
    actions.attach(case=case.pk, attachments=files, **_given(world, "申请人"))
    assert list(case.events.order_by("pk").values_list("verb", flat=True)) == ["APPLY", "COMMENT", "URGE", "ATTACH"]
    assert case.events.get(verb="ATTACH").attachments == files
    assert Entry.objects.filter(obj=f"flow.case:{case.pk}").count() == 4
    with pytest.raises(Refusal) as refused:
        actions.urge(case=case.pk, **_given(world, "主管"))
    assert refused.value.code == "flow.urge"


def test_the_same_person_is_urged_again_only_after_a_while(world: Office) -> None:
    """Whoever has the case is reminded once in four hours; a new holder may be reminded at once."""
    case, given = world.open("t.test", facts=FACTS), _given(world, "申请人")
    actions.urge(case=case.pk, **given)
    soon = {**given, "now": world.at + timedelta(hours=3, minutes=59)}
    with pytest.raises(Refusal) as refused:
        actions.urge(case=case.pk, **soon)
    assert refused.value.code == "flow.urged"
    assert case.events.filter(verb="URGE").count() == 1
    later = {**given, "now": world.at + timedelta(hours=4)}
    actions.urge(case=case.pk, **later)
    CaseEvent.objects.filter(case=case, verb="URGE").update(data={"urged": [0]})  # somebody else had it then
    actions.urge(case=case.pk, **later)
    assert case.events.filter(verb="URGE").count() == 3


def test_a24_a_file_of_another_case_is_not_taken(world: Office) -> None:
    case, other = world.open("t.test", facts=FACTS), world.open("t.test", facts=FACTS)
    for files in ([world.file(other)], [world.file(case), 999]):
        with pytest.raises(Refusal) as refused:
            actions.attach(case=case.pk, attachments=files, **_given(world, "申请人"))
        assert refused.value.code == "flow.attachment"
    assert case.events.count() == 1


def test_p07_the_ledger_keeps_no_content_of_the_case(world: Office) -> None:
    case = world.open("t.test", facts={"amount": 987654})
    entry = Entry.objects.get(obj=f"flow.case:{case.pk}")
    assert "987654" not in entry.body
    assert '"facts":"' in entry.body


# ---------------------------------------------------------------- F18: the same request again


def test_f18_retry_gives_the_same_answer_and_one_effect(world: Office) -> None:
    first = world.open("t.test", facts=FACTS, key="k1")
    assert world.open("t.test", facts=FACTS, key="k1") == first
    assert Case.objects.count() == 1
    task = world.task(first, "主管")
    for _ in range(3):
        actions.act(task=task.pk, verdict="approve", opinion="好", key="k2", **_given(world, "主管"))
    assert CaseEvent.objects.filter(verb="APPROVE").count() == 1
    assert Entry.objects.filter(act="flow.case.approve").count() == 1


def test_f18_a_key_is_good_for_one_thing_and_one_person(world: Office) -> None:
    case = world.open("t.test", facts=FACTS, key="k1")
    with pytest.raises(Refusal) as refused:
        world.open("t.test", facts={"amount": 4}, key="k1")
    assert refused.value.code == "flow.key"
    actions.comment(case=case.pk, text="好", key="k1", **_given(world, "主管"))
    assert case.events.count() == 2


def test_f18_what_was_refused_may_be_tried_again_with_its_key(world: Office) -> None:
    with pytest.raises(Refusal):
        world.open("t.test", facts={}, key="k1")
    assert world.open("t.test", facts=FACTS, key="k1").number == "T202600001"


# ---------------------------------------------------------------- forms, batch, delegation, tokens


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({}, "fact.required"),
        ({"amount": "三"}, "fact.value"),
        ({"amount": "1e99"}, "fact.value"),
        ({"amount": True}, "fact.value"),
        ({"amount": 1, "kind": "丙"}, "fact.value"),
        ({"amount": 1, "day": "2026-02-30"}, "fact.value"),
        ({"amount": 1, "state": "DONE"}, "fact.unknown"),
    ],
)
def test_bad_content_is_refused_whole(world: Office, facts: dict[str, Any], code: str) -> None:
    with pytest.raises(Refusal) as refused:
        world.open("t.test", facts=facts)
    assert refused.value.code == code
    assert not Case.objects.exists()


@pytest.mark.parametrize("title", ["", " ", "长" * 201])
def test_bad_title(world: Office, title: str) -> None:
    with pytest.raises(Refusal) as refused:
        world.open("t.test", facts=FACTS, title=title)
    assert refused.value.code == "flow.title"


def test_nobody_applies_for_another_organ(world: Office) -> None:
    with pytest.raises(Refusal) as refused:
        actions.open_case(
            process="t.test", title="试", organ=world.organ, access=_elsewhere(world), facts=FACTS, on=DAY, now=world.at
        )
    assert refused.value.code == "flow.organ"


def _elsewhere(world: Office) -> Any:
    from yiwang.core.rights.access import access_for

    return access_for(world.users["外人"])


def test_batch_answers_one_by_one(world: Office) -> None:
    cases = [world.open("t.test", facts=FACTS) for _ in range(2)]
    tasks = [world.task(case, "主管").pk for case in cases]
    world.act(cases[1], "主管")
    answers = dict(actions.act_many(tasks=[*tasks, 0], opinion="同意", key="b", **_given(world, "主管")))
    assert isinstance(answers[tasks[0]], Case)
    assert [getattr(answers[pk], "code", "") for pk in (tasks[1], 0)] == ["flow.done", "flow.batch"]
    later = world.task(cases[0], "领导").pk
    assert getattr(actions.act_many(tasks=[later], **_given(world, "领导"))[0][1], "code", "") == "flow.batch"


def test_a_delegate_acts_for_the_lender(world: Office) -> None:
    case = world.open("t.test", facts=FACTS)
    world.person("副手", Role.STAFF)
    lender, delegate = world.users["主管"], world.users["副手"]
    until = DAY + timedelta(days=3)
    period = {"valid_from": DAY, "valid_to": until, "created_at": world.at}
    Delegation.objects.create(lender=lender, delegate=delegate, organ=world.organ, **period)
    delegate.deputy_until = until
    delegate.save()
    task = Task.objects.waiting_for(world.access("副手")).get()
    assert "approve" in reading.may(case, task, world.access("副手"))
    actions.act(task=task.pk, verdict="approve", opinion="代", **_given(world, "副手"))
    task.refresh_from_db()
    assert (task.who, task.done_by, task.on_behalf_of) == (lender, delegate, lender)
    assert f'"behalf":"user:{lender.pk}"' in Entry.objects.get(act="flow.case.approve").body
    assert case.events.get(verb="APPROVE").on_behalf_of == lender


def test_a_token_acts_within_its_limit(world: Office) -> None:
    case = world.open("t.test", facts=FACTS)
    task = world.task(case, "主管")
    for narrow in ({"verbs": [Verb.READ]}, {"verbs": [Verb.APPROVE], "areas": ["vehicles"]}):
        access = world.access("主管").narrowed(**narrow)
        with pytest.raises(Refusal) as refused:
            actions.act(task=task.pk, verdict="approve", access=access, on=DAY, now=world.at)
        assert refused.value.code == "rights.denied"


def test_buttons(world: Office) -> None:
    case = world.open("t.test", facts=FACTS)
    mine, other = world.task(case, "主管"), world.access("申请人")
    assert reading.may(case, None, other) == {"comment", "carbon_copy", "attach", "urge", "withdraw"}
    assert {"approve", "reject", "send_back", "transfer", "add_signer", "void", "pause"} <= reading.may(
        case, mine, world.access("主管")
    )
    assert reading.facts_to_fill(mine) == ()
    assert [one.key for one in reading.facts_to_open(case.definition)] == ["amount", "kind", "day"]
    assert reading.current(case) == reading.Position(("s", "apply"), ("m",), ("l", "e"))
    assert processes.known("t.test")
