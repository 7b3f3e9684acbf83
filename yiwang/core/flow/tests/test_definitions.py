"""Versions: draft, in force from a day, by region; a running case keeps its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from yiwang.core.flow import definitions
from yiwang.core.flow.bpmn import BpmnRefusal
from yiwang.core.flow.models import Definition, Task
from yiwang.core.flow.tests.files import node, process, ways
from yiwang.core.flow.tests.worlds import DAY, NOW, Office, office, registered
from yiwang.core.ledger.models import Entry
from yiwang.core.orgs.factories import organ
from yiwang.core.rights.access import access_for
from yiwang.core.rights.models import Role
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db
LATER = DAY + timedelta(days=10)


def _file(*names: str, role: str = "MANAGER", key: str = "t.test") -> bytes:
    tasks = [node("task", one, role=role) for one in names]
    return process(key, [node("start", "s"), *tasks, node("end", "e"), *ways(" > ".join(("s", *names, "e")))])


@pytest.fixture
def world() -> Iterator[Office]:
    with registered(_file("a")):
        yield office()


def _upload(world: Office, data: bytes, region: str = "990101") -> Definition:
    return definitions.upload(xml=data, access=world.access("主管"), now=NOW, region=region)


def test_a_new_version_comes_into_force_on_its_day_and_running_cases_keep_theirs(world: Office) -> None:
    running = world.open("t.test")
    draft = _upload(world, _file("a", "b"))
    assert (draft.version, draft.state) == (2, "DRAFT")
    definitions.publish(definition=draft.pk, on_from=LATER, access=world.access("主管"), on=DAY)
    assert world.open("t.test").definition.version == 1
    assert world.open("t.test", on=LATER).definition_id == draft.pk
    running.refresh_from_db()
    assert running.definition.version == 1
    assert world.act(running, "主管").state == "DONE"
    acts = Entry.objects.filter(act__startswith="flow.definition").values_list("act", flat=True)
    assert list(acts) == ["flow.definition.install", "flow.definition.upload", "flow.definition.publish"]


def test_the_next_version_ends_the_one_before(world: Office) -> None:
    for number, day in ((2, DAY), (3, LATER)):
        draft = _upload(world, _file(*"abc"[:number]))
        definitions.publish(definition=draft.pk, on_from=day, access=world.access("主管"), on=DAY)
    second, third = Definition.objects.filter(region="990101").order_by("version")
    assert (second.valid_from, second.valid_to, third.valid_from, third.valid_to) == (DAY, LATER, LATER, None)
    find = Definition.objects.in_force
    assert find("t.test", DAY, "990101") == second
    assert find("t.test", LATER, "990101") == third
    assert find("t.test", LATER, "990102").version == 1, "another county has the nation's"  # type: ignore[union-attr]


def test_what_lacks_something_is_a_draft_that_cannot_be_put_in_force(world: Office) -> None:
    draft = _upload(world, _file("a", "b", role=""))
    assert len(draft.points) == 2
    with pytest.raises(Refusal) as refused:
        definitions.publish(definition=draft.pk, on_from=LATER, access=world.access("主管"), on=DAY)
    assert refused.value.code == "flow.points"


@pytest.mark.parametrize(
    ("name", "data", "region", "code"),
    [
        ("领导", _file("a", "b"), "990101", "rights.denied"),
        ("主管", _file("a", key="t.ghost"), "990101", "flow.process"),
        ("主管", _file("a", "a"), "990101", "bpmn.id"),
    ],
)
def test_refused(world: Office, name: str, data: bytes, region: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        definitions.upload(xml=data, access=world.access(name), now=NOW, region=region)
    assert refused.value.code == code
    assert not Definition.objects.filter(state="DRAFT").exists()


def test_a_county_changes_its_own_process_only(world: Office) -> None:
    below = organ("下属科", world.organ, code="990101")
    access = access_for(world.person("科长", Role.MANAGER, organ=below), below.pk)
    for region in ("CN", "990102"):
        with pytest.raises(Refusal) as refused:
            definitions.upload(xml=_file("a", "b"), access=access, now=NOW, region=region)
        assert refused.value.code == "flow.region"
    assert definitions.upload(xml=_file("a", "b"), access=access, now=NOW, region="990101").state == "DRAFT"


def test_a_refusal_carries_every_problem(world: Office) -> None:
    data = _file("a", "b").replace(b"<userTask", b"<scriptTask")
    with pytest.raises(BpmnRefusal) as refused:
        _upload(world, data)
    assert [problem.code for problem in refused.value.problems] == ["bpmn.element"] * 2


def test_the_same_file_again_and_a_day_that_is_over(world: Office) -> None:
    draft = _upload(world, _file("a", "b"))
    with pytest.raises(Refusal) as refused:
        _upload(world, _file("a", "b"))
    assert refused.value.code == "flow.same"
    with pytest.raises(Refusal) as refused:
        definitions.publish(definition=draft.pk, on_from=DAY - timedelta(days=1), access=world.access("主管"), on=DAY)
    assert refused.value.code == "flow.day"


def test_retired_ones_and_the_last_of_the_nation(world: Office) -> None:
    draft = _upload(world, _file("a", "b"))
    definitions.retire(definition=draft.pk, access=world.access("主管"), on=DAY)
    with pytest.raises(Refusal) as refused:
        definitions.publish(definition=draft.pk, on_from=DAY, access=world.access("主管"), on=DAY)
    assert refused.value.code == "flow.state"
    shipped = world.open("t.test").definition
    with pytest.raises(Refusal) as refused:
        definitions.retire(definition=shipped.pk, access=world.access("主管"), on=DAY)
    assert refused.value.code == "flow.last"
    assert Task.objects.count() == 1
