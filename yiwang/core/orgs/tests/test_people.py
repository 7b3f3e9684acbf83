"""Persons, appointments and posts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from yiwang.core.ledger.models import Entry
from yiwang.core.orgs import factories, people
from yiwang.core.orgs.models import Organ, Person, Tier
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db
TODAY = date(2026, 5, 9)
ON = date(2020, 6, 1)
EVE = date(2020, 5, 31)
LATER = date(2023, 1, 1)


def act(verb: Callable[..., Any], **given: Any) -> Any:
    return verb(**({"actor": "user:1", "on": ON, "today": TODAY} | given))


def refused(code: str, verb: Callable[..., Any], **given: Any) -> None:
    with pytest.raises(Refusal) as caught:
        act(verb, **given)
    assert caught.value.code == code


@pytest.fixture
def organ() -> Organ:
    return factories.organ("示例市财政局", tier=Tier.CITY, code="990100")


def hired(organ: Organ, **more: Any) -> Person:
    facts = {"name": "仇和平", "staff_number": "T1", "rank": "副科", "title": "副科长"} | more
    person: Person = act(people.hire, organ=organ, **facts)
    return person


def test_hire(organ: Organ) -> None:
    person = hired(organ)
    assert (person.rank, person.l1, person.organ_id) == ("副科级", organ.pk, organ.pk)
    post = person.appointments.get()
    assert (post.rank, post.title, post.main, post.valid_from, post.valid_to) == ("副科级", "副科长", True, ON, None)
    entry = Entry.objects.get()
    assert entry.act == "orgs.person.hire"
    assert "仇和平" not in entry.body, "the ledger names the number, not the person"


def test_hire_refusals(organ: Organ) -> None:
    hired(organ)
    refused("person.number-taken", people.hire, organ=organ, name="甲", staff_number="T1", rank="科员", title="")
    refused("rank.unknown", people.hire, organ=organ, name="甲", staff_number="T2", rank="大王", title="")
    refused("rank.ambiguous", people.hire, organ=organ, name="甲", staff_number="T2", rank="科级", title="")


@pytest.mark.parametrize(
    ("word", "tier", "rank"),
    [("正局级", "市级机关", "正处级"), ("正局级", "省级机关", "正厅级"), ("办事员", None, "科员")],
)
def test_rank_words(word: str, tier: str | None, rank: str) -> None:
    assert people.canonical_rank(word, tier) == rank


def test_another_main_appointment(organ: Organ) -> None:
    person, other = hired(organ), factories.organ("示例市审计局", tier=Tier.CITY)
    act(people.appoint, person=person, organ=other, rank="正科级", title="科长", on=LATER)
    person.refresh_from_db()
    assert (person.organ_id, person.rank, person.l1) == (other.pk, "正科级", other.pk)
    rows = person.appointments.order_by("valid_from").values_list("organ_id", "valid_from", "valid_to")
    assert list(rows) == [(organ.pk, ON, LATER), (other.pk, LATER, None)]
    assert people.headcount_as_of(organ, EVE) == {}
    assert people.headcount_as_of(organ, ON) == {"副科级": 1}
    assert people.headcount_as_of(other, LATER) == {"正科级": 1}
    assert people.headcount_as_of(organ, LATER) == {}


def test_part_time_stands_beside(organ: Organ) -> None:
    person, other = hired(organ), factories.organ("示例市审计局")
    act(people.appoint, person=person, organ=other, rank="副科级", title="兼", on=LATER, main=False)
    person.refresh_from_db()
    assert person.organ_id == organ.pk
    assert people.appointments_as_of(LATER).filter(person=person).count() == 2
    assert people.headcount_as_of(other, LATER) == {}, "counted at the main appointment"
    refused(
        "person.appointed", people.appoint, person=person, organ=other, rank="副科级", title="", on=LATER, main=False
    )


def test_the_past_is_not_rewritten(organ: Organ) -> None:
    person, other = hired(organ), factories.organ("示例市审计局")
    refused("person.before-last-change", people.appoint, person=person, organ=other, rank="科员", title="")
    refused("person.before-last-change", people.retire, person=person, on=EVE)
    refused("organ.date-future", people.retire, person=person, on=date(2026, 5, 10))


def test_retire(organ: Organ) -> None:
    person = hired(organ)
    act(people.retire, person=person, on=LATER)
    assert not people.appointments_as_of(LATER).exists()
    assert Person.objects.get().retired_date == LATER


def test_posts(organ: Organ) -> None:
    below = factories.organ("示例市会计中心", organ)
    act(people.set_post, organ=organ, rank="正科", authorized=5, actual=4)
    act(people.set_post, organ=organ, rank="正科级", authorized=6, actual=6, on=LATER)
    act(people.set_post, organ=below, rank="正科级", authorized=2, actual=1)
    assert people.posts_as_of(organ, EVE) == {}
    assert people.posts_as_of(organ, ON) == {"正科级": (5, 4)}
    assert people.posts_as_of(organ, LATER) == {"正科级": (6, 6)}
    assert people.posts_as_of(organ, LATER, subtree=True) == {"正科级": (8, 7)}
    refused("post.before-last-change", people.set_post, organ=organ, rank="正科", authorized=5, actual=4)


def test_headcount_of_a_subtree(organ: Organ) -> None:
    below = factories.organ("示例市会计中心", organ)
    factories.person(organ, rank="正科级", since=ON)
    factories.person(below, rank="正科级", since=ON)
    assert people.headcount_as_of(organ, ON, subtree=True) == {"正科级": 2}
