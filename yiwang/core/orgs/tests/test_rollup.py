"""Sums over subtrees, today and on a past day."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.db.models import Count, Sum
from django.test.utils import CaptureQueriesContext

from yiwang.core.orgs import actions, factories
from yiwang.core.orgs.models import TREE_DEPTH, Organ, Person, Post
from yiwang.core.orgs.rollup import by_child, by_child_as_of, by_node, total, total_as_of

pytestmark = pytest.mark.django_db
TODAY = date(2026, 5, 9)
ON = date(2020, 6, 1)
EVE = date(2020, 5, 31)


@pytest.fixture
def organs() -> list[Organ]:
    """root – (a – (c, d), b): one person at root, two at a, three at c, four at d, five at b."""
    root = factories.organ("根")
    a, b = factories.organ("甲", root), factories.organ("乙", root)
    c, d = factories.organ("丙", a), factories.organ("丁", a)
    for number, organ in enumerate((root, a, c, d, b), start=1):
        for _ in range(number):
            factories.person(organ)
    return [root, a, b, c, d]


def test_total(organs: list[Organ]) -> None:
    root, a, b, *_ = organs
    assert [total(Person.objects.all(), organ, n=Count("pk"))["n"] for organ in (root, a, b)] == [15, 9, 5]


def test_by_child(organs: list[Organ]) -> None:
    root, a, b, c, d = organs
    assert by_child(Person.objects.all(), root, n=Count("pk")) == {root.pk: {"n": 1}, a.pk: {"n": 9}, b.pk: {"n": 5}}
    assert by_child(Person.objects.all(), c, n=Count("pk")) == {c.pk: {"n": 3}}
    assert d.pk in by_child(Person.objects.all(), a, n=Count("pk"))


def test_by_child_at_the_lowest_level() -> None:
    organ = factories.organ("一")
    for number in range(TREE_DEPTH - 1):
        organ = factories.organ(f"下{number}", organ)
    assert by_child(Person.objects.all(), organ, n=Count("pk")) == {}
    factories.person(organ)
    assert by_child(Person.objects.all(), organ, n=Count("pk")) == {organ.pk: {"n": 1}}


def test_by_node_agrees_with_the_total_of_each(organs: list[Organ]) -> None:
    with CaptureQueriesContext(connection) as queries:
        found = by_node(Person.objects.all(), organs[0], n=Count("pk"))
    assert len(queries) == TREE_DEPTH
    assert found == {organ.pk: total(Person.objects.all(), organ, n=Count("pk")) for organ in organs}


def test_only_rows_that_were_asked_for(organs: list[Organ]) -> None:
    Person.objects.filter(organ=organs[2]).update(rank="正科级")
    chiefs = Person.objects.filter(rank="正科级")
    assert by_node(chiefs, organs[0], n=Count("pk")) == {organs[0].pk: {"n": 5}, organs[2].pk: {"n": 5}}


def test_several_measures(organs: list[Organ]) -> None:
    for organ in organs[:2]:
        row = Post(organ=organ, rank="科员", authorized_posts=10, actual_headcount=8, valid_from=ON)
        row.place()
        row.save()
    found = total(Post.objects.all(), organs[0], posts=Sum("authorized_posts"), heads=Sum("actual_headcount"))
    assert found == {"posts": 20, "heads": 16}


def test_on_a_past_day(organs: list[Organ]) -> None:
    """丁 with its four went from 甲 to 乙."""
    root, a, b, _, d = organs
    actions.transfer(actor="", organ=d, superior=b, on=ON, today=TODAY)
    people = Person.objects.all()
    assert [total_as_of(people, organ, EVE, n=Count("pk"))["n"] for organ in (a, b)] == [9, 5]
    assert [total_as_of(people, organ, ON, n=Count("pk"))["n"] for organ in (a, b)] == [5, 9]
    before = {key: figures["n"] for key, figures in by_child_as_of(people, root, EVE, n=Count("pk")).items()}
    after = {key: figures["n"] for key, figures in by_child_as_of(people, root, ON, n=Count("pk")).items()}
    assert (before, after) == ({root.pk: 1, a.pk: 9, b.pk: 5}, {root.pk: 1, a.pk: 5, b.pk: 9})


def test_a_past_day_costs_as_many_queries_for_any_tree(organs: list[Organ]) -> None:
    for number in range(10):
        factories.person(factories.organ(f"第{number}", organs[1]))
    with CaptureQueriesContext(connection) as queries:
        by_child_as_of(Person.objects.all(), organs[0], ON, n=Count("pk"))
    assert len(queries) == 2
