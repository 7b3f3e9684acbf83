"""The trees as of a date."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yiwang.core.orgs import actions, factories
from yiwang.core.orgs.models import Act, Organ, Tree
from yiwang.core.orgs.tree import (
    ancestors_as_of,
    children_as_of,
    edges_as_of,
    name_as_of,
    names_as_of,
    node_as_of,
    organs_as_of,
    reorganizations_of,
    roots_as_of,
    subtree,
    subtree_ids,
    tree_as_of,
    within_as_of,
)

pytestmark = pytest.mark.django_db
TODAY = date(2026, 5, 9)
ON = date(2020, 6, 1)
EVE = date(2020, 5, 31)


@pytest.fixture
def organs() -> dict[str, Organ]:
    """A county with two bureaus; 重点项目所 moved from one to the other on ON, and was renamed."""
    root = factories.organ("示例县人民政府")
    a, b = factories.organ("财政局", root), factories.organ("长征办公室", root)
    low = factories.organ("重点项目所", a)
    actions.transfer(actor="user:1", organ=low, superior=b, on=ON, today=TODAY)
    actions.rename(actor="user:1", organ=low, name="项目服务所", on=ON, today=TODAY)
    return {"root": root, "a": a, "b": b, "low": low}


def test_nodes_in_the_order_of_their_names(organs: dict[str, Organ]) -> None:
    """财 (cai) before 长 (chang), with what stood below on the day."""
    rows = [(node.name, node.subordinates) for node in children_as_of(organs["root"].pk, EVE)]
    assert rows == [("财政局", 1), ("长征办公室", 0)]
    rows = [(node.name, node.subordinates) for node in children_as_of(organs["root"].pk, ON)]
    assert rows == [("财政局", 0), ("长征办公室", 1)]


def test_names(organs: dict[str, Organ]) -> None:
    low = organs["low"].pk
    assert name_as_of(low, EVE) == "重点项目所"
    assert names_as_of([low, organs["a"].pk, 0], ON) == {low: "项目服务所", organs["a"].pk: "财政局"}
    assert names_as_of([low], date(2009, 12, 31)) == {}


def test_whole_tree_on_a_day(organs: dict[str, Organ]) -> None:
    before = [(node.name, node.superior_id) for node in tree_as_of(organs["root"].pk, EVE)]
    root, a = organs["root"].pk, organs["a"].pk
    assert before == [("示例县人民政府", None), ("财政局", root), ("重点项目所", a), ("长征办公室", root)]
    after = [node.name for node in tree_as_of(organs["root"].pk, ON)]
    assert after == ["示例县人民政府", "财政局", "长征办公室", "项目服务所"]


def test_tree_of_a_part(organs: dict[str, Organ]) -> None:
    assert [node.id for node in tree_as_of(organs["b"].pk, ON)] == [organs["b"].pk, organs["low"].pk]
    assert tree_as_of(organs["b"].pk, date(2009, 1, 1)) == []


def test_subtree(organs: dict[str, Organ]) -> None:
    a, b, low = organs["a"].pk, organs["b"].pk, organs["low"].pk
    assert (subtree_ids(a, EVE), subtree_ids(b, EVE)) == ({a, low}, {b})
    assert (subtree_ids(a, ON), subtree_ids(b, ON)) == ({a}, {b, low})
    assert subtree(b, ON).filter(name__contains="项目").get().pk == low


def test_rows_follow_the_tree_of_the_day(organs: dict[str, Organ]) -> None:
    person = factories.person(organs["low"])
    people = type(person).objects.all()
    assert not within_as_of(people, organs["b"].pk, EVE).exists()
    assert within_as_of(people, organs["b"].pk, ON).get() == person


def test_roots(organs: dict[str, Organ]) -> None:
    other = factories.organ("安定县人民政府", opened=date(2015, 1, 1))
    root = organs["root"].pk
    assert [node.id for node in roots_as_of(date(2014, 1, 1))] == [root]
    assert [node.id for node in roots_as_of(ON)] == [other.pk, root]


def test_roots_of_another_tree_are_those_with_somebody_below(organs: dict[str, Organ]) -> None:
    assert roots_as_of(ON, Tree.VERTICAL) == []
    head = factories.organ("市税务局")
    actions.transfer(actor="", organ=organs["a"], superior=head, on=ON, today=TODAY, tree=Tree.VERTICAL)
    assert [node.id for node in roots_as_of(ON, Tree.VERTICAL)] == [head.pk]
    assert [node.id for node in ancestors_as_of(organs["a"].pk, ON, Tree.VERTICAL)] == [head.pk, organs["a"].pk]


def test_an_organ_before_it_was_there(organs: dict[str, Organ]) -> None:
    day = date(2009, 12, 31)
    assert node_as_of(organs["low"].pk, day) is None
    assert ancestors_as_of(organs["low"].pk, day) == []
    assert not organs_as_of(day).exists()
    assert not edges_as_of(day).exists()


def test_node(organs: dict[str, Organ]) -> None:
    node = node_as_of(organs["low"].pk, EVE)
    assert node is not None
    assert (node.name, node.superior_id, node.tier) == ("重点项目所", organs["a"].pk, "COUNTY")


def test_a_closed_organ(organs: dict[str, Organ]) -> None:
    actions.close_organ(actor="", organ=organs["a"], on=date(2022, 1, 1), today=TODAY)
    assert organs["a"].pk in subtree_ids(organs["root"].pk, date(2021, 12, 31))
    assert organs["a"].pk not in subtree_ids(organs["root"].pk, date(2022, 1, 1))
    assert subtree_ids(organs["a"].pk, date(2022, 1, 1)) == set()


def test_what_happened(organs: dict[str, Organ]) -> None:
    acts = [(one.act, one.on_date) for one in reorganizations_of(organs["low"].pk)]
    assert acts == [(Act.TRANSFER, ON), (Act.RENAME, ON)]


def test_the_number_of_queries_does_not_grow(organs: dict[str, Organ]) -> None:
    for number in range(20):
        factories.organ(f"第{number}所", organs["b"])
    with CaptureQueriesContext(connection) as queries:
        assert len(tree_as_of(organs["root"].pk, ON)) == 24
    assert len(queries) == 1
