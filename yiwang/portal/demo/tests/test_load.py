"""The province in the database: exactly what was planted is found, the trees are sound, the accounts work."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from yiwang.areas.offices.models import Occupancy, Room
from yiwang.core.flow.models import Case, Step, Task, TaskState
from yiwang.core.flow.processes.standard import STANDARD
from yiwang.core.ledger.models import Entry
from yiwang.core.orgs.ancestors import misplaced
from yiwang.core.orgs.models import Organ, OrganEdge, OrganName, Person, Post, Region, Tree
from yiwang.core.orgs.people import headcount_as_of, posts_as_of
from yiwang.core.orgs.tree import ancestors_as_of, name_as_of, organs_as_of, roots_as_of, subtree_ids
from yiwang.core.places.models import Building
from yiwang.core.rights.access import access_for
from yiwang.core.rights.models import Role, User
from yiwang.core.rights.verify import faults
from yiwang.core.verdicts.models import Finding, State
from yiwang.kit.refusal import Refusal
from yiwang.portal.demo import accounts
from yiwang.portal.demo.load import Loaded, load
from yiwang.portal.demo.shapes import TODAY
from yiwang.portal.demo.tests.audit import expected, found

#: Of tracks and meters that are made for the demo on days before today, not of the planted rows.
WATCH, METERS = "vehicles.watch", "energy.watch"

pytestmark = pytest.mark.django_db
PASSWORD = "示例-口令-2026"


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: Any) -> Iterator[Loaded]:
    """Loaded once, in a transaction that is rolled back after the last test of the module."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield load(scale=0.01, password=PASSWORD)
        transaction.set_rollback(True)


def test_exactly_the_planted_are_found(loaded: Loaded) -> None:
    assert found() == expected(loaded.planted)
    assert len(expected(loaded.planted)) == len(loaded.planted)


def test_figures_are_those_of_the_list(loaded: Loaded) -> None:
    """Measured from the tables what the generator said of its own."""
    listed = {(one.dataset, one.topic, one.key): one for one in loaded.planted}
    for row in Finding.objects.exclude(dataset__in=(WATCH, METERS)):
        one = listed[row.dataset, row.topic, row.subject]
        assert (row.clause, row.organ.name) == (one.clause, one.organ)
        if one.measure:
            assert (float(row.measure or 0), float(row.limit or 0)) == (float(one.measure), float(one.limit))


def test_counts(loaded: Loaded) -> None:
    assert loaded.counts["orgs.organ"] == Organ.objects.count()
    assert loaded.counts["offices.room"] == Room.objects.count()
    assert Region.objects.filter(code__startswith="99").count() == 5


def test_ancestor_columns(loaded: Loaded) -> None:
    assert misplaced() == {}
    for organ in Organ.objects.filter(closed_date=None).order_by("?")[:10]:
        chain = [node.id for node in ancestors_as_of(organ.pk, TODAY)]
        assert chain == [level for level in (organ.l1, organ.l2, organ.l3, organ.l4, organ.l5) if level]
        assert organ.depth == len(chain)


def test_whole_tree(loaded: Loaded) -> None:
    (root,) = roots_as_of(TODAY)
    assert root.name == "示例省人民政府"
    assert subtree_ids(root.id, TODAY) == set(Organ.objects.open().values_list("pk", flat=True))


@pytest.mark.parametrize("day", [date(2012, 1, 1), date(2017, 1, 1), date(2019, 1, 15), date(2023, 11, 1), TODAY])
def test_each_day_is_sound(loaded: Loaded, day: date) -> None:
    alive = set(organs_as_of(day).values_list("pk", flat=True))
    held = {"valid_from__lte": day}
    names = OrganName.objects.filter(**held).exclude(valid_to__lte=day).values_list("organ_id", flat=True)
    assert sorted(names) == sorted(alive), "one name each"
    for tree in Tree.values:
        edges = OrganEdge.objects.filter(tree=tree, **held).exclude(valid_to__lte=day)
        pairs = dict(edges.values_list("organ_id", "superior_id"))
        assert len(pairs) == edges.count(), "one superior each"
        assert set(pairs) | set(pairs.values()) <= alive
        for organ in pairs:
            seen = [organ]
            while seen[-1] in pairs:
                seen.append(pairs[seen[-1]])
                assert len(seen) <= 5, "a ring, or too deep"


def test_history(loaded: Loaded) -> None:
    merged = Organ.objects.get(name="青澜市文化和旅游局")
    (act,) = merged.parts.values_list("reorganization__act", flat=True)
    olds = Organ.objects.filter(name__startswith="青澜市", closed_date=date(2019, 1, 15))
    assert (act, sorted(old.name for old in olds)) == ("MERGE", ["青澜市文化局", "青澜市旅游局"])
    safety = Organ.objects.get(name="青澜市应急管理局")
    assert name_as_of(safety.pk, date(2018, 1, 1)) == "青澜市安全生产监督管理局"
    district = Organ.objects.get(region="990101", superior__tier="CITY")
    assert name_as_of(district.pk, date(2016, 6, 7)) == district.name.replace("区", "县")


def test_posts_and_persons_agree(loaded: Loaded) -> None:
    root = Organ.objects.get(superior=None)
    heads = {rank: actual for rank, (_, actual) in posts_as_of(root, TODAY, subtree=True).items()}
    assert headcount_as_of(root, TODAY, subtree=True) == heads
    assert Person.objects.filter(retired_date=None).count() == sum(heads.values())
    assert all(row.authorized_posts >= row.actual_headcount for row in Post.objects.all())


def test_rooms_fit_their_buildings(loaded: Loaded) -> None:
    for building in Building.objects.prefetch_related("rooms"):
        assert sum(room.usable_area for room in building.rooms.all()) <= building.usable_area
    shared = Occupancy.objects.filter(valid_to=None).values("room").annotate(n=Count("pk")).filter(n__gt=1)
    assert shared.count() > 20


def test_one_ledger_entry_with_a_root(loaded: Loaded) -> None:
    entry = Entry.objects.get(pk=loaded.entry)
    body = json.loads(entry.body)
    assert entry.act == "demo.load"
    assert len(body["root"]) == 64
    assert body["rows"] == loaded.counts
    assert Entry.objects.filter(act="demo.load").count() == 1


def test_accounts(loaded: Loaded) -> None:
    assert len(loaded.accounts) == 12 + 18 + 3 + 1
    assert faults() == [], "every grant has its entry"
    assert not User.objects.exclude(is_superuser=False, is_staff=False).exists()
    for one in loaded.accounts:
        user = User.objects.get(username=one.username)
        access = access_for(user)
        assert access.roles
        assert access.organ is not None
        assert access.organ.name == one.organ
    assert one.password == PASSWORD
    clerk = authenticate(None, username="county-clerk", password=PASSWORD)
    assert isinstance(clerk, User)
    assert access_for(clerk).roles == {Role.CLERK}
    assert PASSWORD in accounts.lines()[0]
    assert len(accounts.lines()) == 35
    staff = User.objects.get(username="county-staff")
    assert staff.person is not None
    assert staff.person.organ == access_for(staff).organ
    assert access_for(User.objects.get(username="sysadmin")).roles == {Role.SYSTEM_ADMIN}


def test_the_county_has_something_to_do(loaded: Loaded) -> None:
    access = access_for(User.objects.get(username="county-clerk"))
    assert access.scope(Finding.objects.all()).count() >= 2


def test_findings_are_on_their_way(loaded: Loaded) -> None:
    assert Finding.objects.exclude(dataset__in=(WATCH, METERS)).count() == len(loaded.planted)
    assert Finding.objects.filter(dataset=WATCH).exists(), "cars that left their yard at night"
    assert Finding.objects.filter(dataset=METERS).exists(), "what the meters show"
    states = set(Finding.objects.values_list("state", flat=True))
    assert {State.OPEN, State.ASSIGNED, State.RECTIFYING} <= states


def test_only_into_an_empty_database(loaded: Loaded) -> None:
    with pytest.raises(Refusal) as refused:
        load()
    assert refused.value.code == "demo.not-empty"


@pytest.mark.parametrize("scale", [0, -1, 26])
def test_scale(scale: float) -> None:
    with pytest.raises(Refusal) as refused:
        load(scale=scale)
    assert refused.value.code == "demo.scale"


def test_requests_are_open_in_various_states(loaded: Loaded) -> None:
    """Of every standard process, some done with, most under way; each open one lies with somebody."""
    standard = {key for key, *_ in STANDARD}
    cases = Case.objects.filter(process__in=standard, parent_step=None)
    assert cases.count() >= 52
    assert set(cases.values_list("process", flat=True)) == standard
    states = dict(cases.values_list("state").annotate(number=Count("pk")))
    assert {"OPEN", "REFUSED", "WITHDRAWN"} <= states.keys()
    assert states["OPEN"] >= 40
    held = set(Task.objects.filter(state=TaskState.OPEN).values_list("case", flat=True))
    assert set(cases.filter(state="OPEN").values_list("pk", flat=True)) <= held
    assert cases.exclude(paused_at=None).exists()
    assert Step.objects.filter(name="提出申请", state="OPEN").exists(), "one was sent back"
    assert not cases.filter(opened_at__gt=timezone.now()).exists()
