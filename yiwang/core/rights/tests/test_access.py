"""Rights are a queryset filter, closed by default."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from yiwang.core.orgs import factories
from yiwang.core.orgs.models import Organ, Person
from yiwang.core.rights.access import Access, access_for, granted_organs, nobody, switchable
from yiwang.core.rights.middleware import SESSION_KEY, AccessMiddleware, choose_organ
from yiwang.core.rights.models import Grant, Role, User
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def organs() -> list[Organ]:
    """province – (a – a1, b)"""
    root = factories.organ("示例省人民政府")
    a, b = factories.organ("甲市人民政府", root), factories.organ("乙市人民政府", root)
    return [root, a, b, factories.organ("甲市财政局", a)]


def user(**grants: Organ) -> User:
    row = User.objects.create(username=f"u{User.objects.count()}")
    for role, organ in grants.items():
        Grant.objects.create(user=row, organ=organ, role=role)
    return row


def test_nothing_without_a_grant(organs: list[Organ]) -> None:
    factories.person(organs[0])
    access = access_for(user())
    assert (access.organ, access.roles, access.can_read) == (None, frozenset(), False)
    assert not access.scope(Person.objects.all()).exists()
    assert not switchable(access.user).exists()


@pytest.mark.parametrize(
    ("role", "may"),
    [
        ("READER", (True, False, False, False)),
        ("CLERK", (True, True, False, False)),
        ("MANAGER", (True, True, True, False)),
        ("AUDITOR", (True, False, False, True)),
    ],
)
def test_roles(organs: list[Organ], role: str, may: tuple[bool, ...]) -> None:
    access = access_for(user(**{role: organs[1]}))
    assert (access.can_read, access.can_write, access.can_approve, access.can_audit) == may


def test_scope_is_the_subtree(organs: list[Organ]) -> None:
    people = [factories.person(organ) for organ in organs]
    access = access_for(user(READER=organs[1]))
    assert set(access.scope(Person.objects.all())) == {people[1], people[3]}
    assert set(access.scope(Organ.objects.all())) == {organs[1], organs[3]}
    assert [access.holds(person) for person in people] == [False, True, False, True]


def test_roles_add_up_downwards(organs: list[Organ]) -> None:
    who = user(READER=organs[0], CLERK=organs[1])
    assert access_for(who).roles == {Role.READER}
    assert access_for(who, organs[3].pk).roles == {Role.READER, Role.CLERK}
    assert access_for(who, organs[2].pk).roles == {Role.READER}


def test_an_organ_that_is_not_his(organs: list[Organ]) -> None:
    access = access_for(user(CLERK=organs[1]), organs[2].pk)
    assert access.organ == organs[1], "falls back to what was granted"
    assert access_for(user(CLERK=organs[1]), 10**9).organ == organs[1]


def test_the_highest_open_organ_first(organs: list[Organ]) -> None:
    who = user(READER=organs[3], CLERK=organs[2])
    assert access_for(who).organ == organs[2]
    assert granted_organs(who) == [organs[2], organs[3]]
    Organ.objects.filter(pk=organs[2].pk).update(closed_date="2020-01-01")
    assert access_for(who).organ == organs[3]
    assert set(switchable(who)) == {organs[2], organs[3]}


def test_disabled_and_anonymous(organs: list[Organ]) -> None:
    who = user(MANAGER=organs[0])
    User.objects.update(is_active=False)
    who.refresh_from_db()
    assert not access_for(who).can_read
    assert not access_for(AnonymousUser()).can_read
    assert nobody().actor == "anonymous"
    assert not nobody().holds(organs[0])


def test_rights_follow_a_reorganization(organs: list[Organ]) -> None:
    """The next request obeys: the office left the city, the city's clerk no longer sees it."""
    from datetime import date

    from yiwang.core.orgs import actions

    who = user(CLERK=organs[1])
    person = factories.person(organs[3])
    assert access_for(who).scope(Person.objects.all()).exists()
    actions.transfer(actor="", organ=organs[3], superior=organs[2], on=date(2020, 1, 1), today=date(2026, 1, 1))
    person.refresh_from_db()
    assert not access_for(who).scope(Person.objects.all()).exists()
    assert not access_for(who, organs[3].pk).holds(person)


def test_need(organs: list[Organ]) -> None:
    access = access_for(user(READER=organs[1]))
    access.need(access.can_read, "查看")
    with pytest.raises(Refusal, match=r"甲市人民政府.*登记") as refused:
        access.need(access.can_write, "登记")
    assert refused.value.code == "rights.denied"
    assert access.actor == f"user:{access.user.pk}"


def _request(who: User | AnonymousUser, **session: Any) -> HttpRequest:
    request = RequestFactory().get("/")
    request.user = who
    request.session = SessionStore()
    request.session.update(session)
    return request


def test_middleware_is_lazy(organs: list[Organ]) -> None:
    request = _request(user(CLERK=organs[1]), **{SESSION_KEY: organs[3].pk})
    with CaptureQueriesContext(connection) as queries:
        AccessMiddleware(lambda _: HttpResponse())(request)
        assert len(queries) == 0
        access: Access = request.access  # type: ignore[attr-defined]
        assert access.organ == organs[3]
        assert access.can_write
    assert len(queries) == 2, "the grants and the organ, once"


def test_switching(organs: list[Organ]) -> None:
    request = _request(user(CLERK=organs[1]))
    assert choose_organ(request, organs[3].pk).organ == organs[3]
    assert request.session[SESSION_KEY] == organs[3].pk
    with pytest.raises(Refusal) as refused:
        choose_organ(request, organs[2].pk)
    assert refused.value.code == "rights.not-yours"
    assert request.session[SESSION_KEY] == organs[3].pk
    with pytest.raises(Refusal):
        choose_organ(_request(user()), organs[2].pk)
