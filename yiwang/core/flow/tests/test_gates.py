"""Standards at the gates: what the approver sees, a hard "over" that stops, an approval that lets pass."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from yiwang.core.flow import definitions, gates, reading
from yiwang.core.flow.models import Case
from yiwang.core.flow.processes import Gate
from yiwang.core.flow.tests.files import fact, flow, node, process, ways
from yiwang.core.flow.tests.worlds import DAY, Office, office, registered
from yiwang.core.ledger.models import Entry
from yiwang.core.standards.book import load
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db
GATED = process(
    "t.test",
    [
        node("start", "s"),
        node("task", "apply", role="applicant", asks="price"),
        node("task", "check", role="KEEPER", gate="price", asks="price"),
        node("xor", "x", default="x-m"),
        node("task", "leader", role="LEADER", gate="price"),
        node("task", "m", role="MANAGER", gate="price"),
        node("end", "e"),
        *ways("s > apply > check > x", "leader > e", "m > e"),
        flow("x", "leader", "verdict = 'over'"),
        flow("x", "m"),
    ],
    [
        fact("vehicle_use", "车辆用途"),
        fact("body", "车型"),
        fact("case", "配备情形"),
        fact("price", "购置价格", "number", unit="元"),
        fact("displacement", "排气量", "number"),
        fact("energy", "能源类型"),
    ],
)
CAR = {"vehicle_use": "应急保障用车", "body": "轿车", "case": "一般", "energy": "燃油", "displacement": "1.5"}


@pytest.fixture(scope="module", autouse=True)
def book() -> None:
    load()


@pytest.fixture
def world() -> Iterator[Office]:
    with registered(GATED, gates={"price": Gate("vehicles.purchase")}):
        yield office()


def _hard(case: Case) -> list[dict[str, Any]]:
    return [one for one in case.steps.get(state="OPEN").verdicts if one["kind"] == "over"]


def test_the_approver_sees_figure_and_article(world: Office) -> None:
    case = world.open("t.test", facts={**CAR, "price": 250_000})
    (over,) = [one for one in _hard(case) if one["measure"] == 250_000]
    assert over["limit"] < over["measure"]
    assert over["excess"] == over["measure"] - over["limit"]
    assert over["article"]
    assert over["clause"] in over["message"] or over["document"] in over["message"]
    assert len(over["version"]) >= 12


def test_over_stops_the_approval_and_nothing_is_done(world: Office) -> None:
    case = world.open("t.test", facts={**CAR, "price": 250_000})
    with pytest.raises(Refusal) as refused:
        world.act(case, "保管", facts={"price": 260_000})
    assert refused.value.code == "verdict.over"
    assert refused.value.clause
    case.refresh_from_db()
    assert case.facts["price"] == "250000"
    assert world.task(case, "保管").state == "OPEN"


def test_only_who_may_approve_attaches_the_document(world: Office) -> None:
    case = world.open("t.test", facts={**CAR, "price": 250_000})
    with pytest.raises(Refusal) as refused:
        world.act(case, "保管", approval="示政〔2026〕3号")
    assert refused.value.code == "verdict.approval-right"


def test_an_approval_is_kept_and_good_for_as_much(world: Office) -> None:
    case = world.open("t.test", facts={**CAR, "price": 150_000})
    world.act(case, "保管")
    assert case.steps.get(state="OPEN").node == "m"
    Case.objects.filter(pk=case.pk).update(facts={**CAR, "price": "250000"})
    with pytest.raises(Refusal):
        world.act(case, "主管")
    document = world.file(case)
    world.act(case, "主管", approval="示政〔2026〕3号", attachments=[document])
    case.refresh_from_db()
    (kept,) = {one["number"] for one in case.approvals}
    assert kept == "示政〔2026〕3号"
    assert case.approvals[0]["attachments"] == [document]
    assert Entry.objects.get(act="flow.case.approve", clause__gt="").clause == case.approvals[0]["clause"]
    verdicts = gates.judge(reading.graph_of(case.definition).nodes["m"], reading.graph_of(case.definition), case, DAY)
    assert gates.stop_when_over(case, verdicts, approval="", attachments=[], access=world.access("保管")) == []
    case.facts["price"] = "300000"
    more = gates.judge(reading.graph_of(case.definition).nodes["m"], reading.graph_of(case.definition), case, DAY)
    with pytest.raises(Refusal):
        gates.stop_when_over(case, more, approval="", attachments=[], access=world.access("保管"))


def test_refusing_needs_no_approval(world: Office) -> None:
    case = world.open("t.test", facts={**CAR, "price": 250_000})
    assert world.act(case, "保管", "reject").state == "REFUSED"


def test_what_cannot_be_judged_stops_nobody(world: Office) -> None:
    case = world.open("t.test", facts=CAR)
    kinds = {one["kind"] for one in case.steps.get(state="OPEN").verdicts}
    assert "undetermined" in kinds
    assert "over" not in kinds
    assert world.act(case, "保管", facts={"price": 1}).state == "OPEN"


def test_preview_before_anything_is_written(world: Office) -> None:
    definition = definitions.in_force("t.test", DAY, world.organ)
    found = reading.preview(definition=definition, facts={**CAR, "price": 250_000}, organ=world.organ, on=DAY)
    assert {one["node"] for one in found} == {"check", "leader", "m"}
    assert any(one["kind"] == "over" for one in found)
    assert not Case.objects.exists()


def test_rows_of_an_area(world: Office) -> None:
    """An area may say which rows a case makes."""
    with registered(
        GATED.replace(b"t.test", b"t.rows"),
        "t.rows",
        gates={
            "price": Gate("vehicles.purchase", lambda case, facts, on: [{**facts, "price": 1}, {**facts, "price": 9e5}])
        },
    ):
        case = world.open("t.rows", facts=CAR)
        assert len(_hard(case)) >= 1
