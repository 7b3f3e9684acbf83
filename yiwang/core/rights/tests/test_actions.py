"""Accounts: opened, disabled, ended, linked; each by the system administrator only, each with an entry."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

import pytest
from django.contrib.auth import authenticate
from django.db import IntegrityError, transaction

from yiwang.core.ledger.models import Entry
from yiwang.core.orgs import factories
from yiwang.core.rights import actions
from yiwang.core.rights.access import access_for
from yiwang.core.rights.actions import NewAccount
from yiwang.core.rights.models import Role, User
from yiwang.core.rights.tests.world import NOW, TODAY, World, access, user, world
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def we() -> World:
    return world()


def code(act: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as refused:
        act()
    return refused.value.code


def last() -> Entry:
    return Entry.objects.order_by("-pk")[0]


def test_an_account_is_opened_with_a_secret_and_no_right(we: World) -> None:
    new = NewAccount(username=" li.qiang ", name="李强", organ=we.ours)
    made, secret = actions.open_account(access=we.system, new=new, now=NOW)
    assert (made.username, made.display_name, len(secret) > 15) == ("li.qiang", "李强", True)
    assert authenticate(username="li.qiang", password=secret) == made
    assert not access_for(made, on=TODAY).held
    entries = {one.act: one for one in Entry.objects.filter(obj=f"rights.user:{made.pk}")}
    assert set(entries) == {"rights.user.open", "rights.password.reset"}
    assert secret not in "".join(one.body for one in entries.values())


def test_d01_identity_is_unique_whatever_case_width_or_blanks(we: World) -> None:
    actions.open_account(access=we.system, new=NewAccount(username="WangMin", name="王敏", organ=we.ours), now=NOW)
    for name in ("wangmin", "WANGMIN", "wangmin", "WangMin\u3000", " wang min"):
        new = NewAccount(username=name, name="王敏", organ=we.ours)
        assert code(partial(actions.open_account, access=we.system, new=new, now=NOW)) == "account.taken"
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.create(username=name)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.bulk_create([User(username="wANGMIN")])
    assert User.objects.get_by_natural_key("WangMin ").username == "WangMin"


@pytest.mark.parametrize("name", ["", "  ", "a b<c>", "x" * 151, "王敏\n; DROP"])
def test_names_that_are_none(we: World, name: str) -> None:
    new = NewAccount(username=name, name="王敏", organ=we.ours)
    assert code(lambda: actions.open_account(access=we.system, new=new, now=NOW)) == "account.username"


def test_only_the_system_administrator_and_only_in_his_subtree(we: World) -> None:
    new = NewAccount(username="neu", name="新", organ=we.ours)
    manager = access(we.province, Role.MANAGER)
    for other in (we.security, we.audit, manager):
        assert code(partial(actions.open_account, access=other, new=new, now=NOW)) == "rights.denied"
    county = access(we.ours, Role.SYSTEM_ADMIN)
    elsewhere = NewAccount(username="neu", name="新", organ=we.theirs)
    assert code(lambda: actions.open_account(access=county, new=elsewhere, now=NOW)) == "account.organ"
    nowhere = NewAccount(username="neu", name="新")
    assert code(lambda: actions.open_account(access=county, new=nowhere, now=NOW)) == "account.organ"
    assert actions.open_account(access=we.system, new=nowhere, now=NOW)[0].organ is None
    stranger = user(we.theirs)
    assert code(lambda: actions.disable(access=county, user=stranger, reason="调离")) == "account.unknown"
    above = user(we.province, Role.READER)
    assert above not in actions.accounts(county)


def test_disabled_at_once_and_back_again(we: World) -> None:
    who = user(we.ours, Role.CLERK)
    assert access_for(who, on=TODAY).can_write
    actions.disable(access=we.system, user=who, reason="调离")
    assert json.loads(last().body) == {"reason": "调离"}
    who.refresh_from_db()
    assert not access_for(who, on=TODAY).can_write
    assert code(lambda: actions.disable(access=we.system, user=who, reason="调离")) == "account.state"
    who = actions.enable(access=we.system, user=who, reason="调回", now=NOW)
    assert access_for(who, on=TODAY).can_write
    assert code(lambda: actions.enable(access=we.system, user=who, reason="调回", now=NOW)) == "account.state"
    assert code(lambda: actions.disable(access=we.system, user=who, reason=" ")) == "account.text"
    me = we.system.user
    assert isinstance(me, User)
    assert code(lambda: actions.disable(access=we.system, user=me, reason="x")) == "account.oneself"


def test_the_end_is_the_first_day_without(we: World) -> None:
    who = user(we.ours, Role.CLERK)
    end = TODAY + timedelta(days=1)
    who = actions.set_end(access=we.system, user=who, valid_to=end, on=TODAY)
    assert access_for(who, on=TODAY).can_write
    assert not access_for(who, on=end).can_write
    assert code(lambda: actions.set_end(access=we.system, user=who, valid_to=TODAY, on=TODAY)) == "account.day"
    assert actions.set_end(access=we.system, user=who, valid_to=None, on=TODAY).valid_to is None


def test_one_person_one_account(we: World) -> None:
    person = factories.person(we.ours)
    who, other = user(we.ours), user(we.ours)
    assert actions.link_person(access=we.system, user=who, staff_number=person.staff_number).person == person
    again = lambda: actions.link_person(access=we.system, user=other, staff_number=person.staff_number)  # noqa: E731
    assert code(again) == "account.person"
    assert code(lambda: actions.link_person(access=we.system, user=other, staff_number="nobody")) == "account.person"
    assert actions.link_person(access=we.system, user=who, staff_number="").person is None
    again()


def test_a_lost_secret_is_replaced(we: World) -> None:
    who = user(we.ours)
    secret = actions.reset_secret(access=we.system, user=who, now=NOW)
    assert authenticate(username=who.username, password=secret) == who
    assert code(lambda: actions.reset_secret(access=we.security, user=who, now=NOW)) == "rights.denied"


def test_d09_stale_and_expired_accounts_are_disabled_by_the_job(we: World) -> None:
    old, fresh, never, ended = (user(we.ours, Role.CLERK, name=name) for name in ("久", "新", "从", "止"))
    User.objects.update(date_joined=NOW, last_login=NOW)
    User.objects.filter(pk=old.pk).update(last_login=NOW - timedelta(days=91))
    User.objects.filter(pk=never.pk).update(last_login=None, date_joined=NOW - timedelta(days=91))
    User.objects.filter(pk=fresh.pk).update(last_login=NOW - timedelta(days=89))
    User.objects.filter(pk=ended.pk).update(valid_to=date(2026, 11, 30))
    User.objects.filter(pk=we.system.user.pk or 0).update(last_login=NOW - timedelta(days=400))
    assert [one.pk for one in actions.disable_stale(now=NOW)] == [old.pk, never.pk, ended.pk]
    assert actions.disable_stale(now=NOW) == []
    assert set(User.objects.filter(is_active=False)) == {old, never, ended}
    entries = Entry.objects.filter(act="rights.user.disable").order_by("pk").values_list("actor", "body")
    assert [json.loads(body)["reason"] for _, body in entries] == ["90 天未登录", "90 天未登录", "已过停用日期"]
    assert {actor for actor, _ in entries} == {"system"}
    back = actions.enable(access=we.system, user=old, reason="回来", now=NOW)
    assert actions.disable_stale(now=NOW) == [], back


def test_an_account_past_its_end_is_not_enabled(we: World) -> None:
    who = user(we.ours)
    User.objects.filter(pk=who.pk).update(valid_to=TODAY, is_active=False)
    assert code(lambda: actions.enable(access=we.system, user=who, reason="x", now=NOW)) == "account.expired"
