"""Grants and own roles: by the security administrator only; three administrators in three hands, on every path."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from yiwang.core.ledger.models import Entry
from yiwang.core.orgs import factories
from yiwang.core.orgs.models import Person
from yiwang.core.rights import granting, verify
from yiwang.core.rights.access import access_for
from yiwang.core.rights.holders import able, holders
from yiwang.core.rights.models import ADMINISTRATORS, Grant, Role, User, Verb
from yiwang.core.rights.tests.world import TODAY, World, access, user, world
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db
BUSINESS = sorted(set(Role) - ADMINISTRATORS - {Role.OWN})


@pytest.fixture
def we() -> World:
    return world()


def code(act: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as refused:
        act()
    return refused.value.code


def test_granted_and_revoked_at_once(we: World) -> None:
    who = user(we.ours)
    made = granting.grant(access=we.security, user=who, organ=we.ours, role=Role.CLERK, area="vehicles")
    now = access_for(who, on=TODAY)
    assert (now.may(Verb.WRITE, "vehicles"), now.may(Verb.WRITE, "offices")) == (True, False)
    again = lambda: granting.grant(access=we.security, user=who, organ=we.ours, role=Role.CLERK, area="vehicles")  # noqa: E731
    assert code(again) == "grant.twice"
    granting.revoke(access=we.security, grant=made)
    assert not access_for(who, on=TODAY).held
    assert code(lambda: granting.revoke(access=we.security, grant=made)) == "grant.unknown"
    key = Entry.objects.filter(act="rights.grant.give").order_by("-pk").values_list("obj", flat=True)[0]
    acts = Entry.objects.filter(obj=key).order_by("pk").values_list("act", flat=True)
    assert list(acts) == ["rights.grant.give", "rights.grant.revoke"]


def test_only_the_security_administrator_in_his_subtree_and_not_himself(we: World) -> None:
    who = user(we.ours)
    for other in (we.system, we.audit, access(we.province, Role.MANAGER)):
        act = lambda other=other: granting.grant(access=other, user=who, organ=we.ours, role=Role.READER)  # noqa: E731
        assert code(act) == "rights.denied"
    county = access(we.ours, Role.SECURITY_ADMIN)
    assert code(lambda: granting.grant(access=county, user=who, organ=we.theirs, role=Role.READER)) == "grant.organ"
    stranger = user(we.theirs)
    assert (
        code(lambda: granting.grant(access=county, user=stranger, organ=we.ours, role=Role.READER)) == "account.unknown"
    )
    me = we.security.user
    assert isinstance(me, User)
    assert code(lambda: granting.grant(access=we.security, user=me, organ=we.ours, role=Role.READER)) == "grant.oneself"
    above = Grant.objects.get(user=we.security.user.pk or 0)
    assert code(lambda: granting.revoke(access=county, grant=above)) == "grant.unknown"
    assert code(lambda: granting.revoke(access=we.security, grant=above)) == "grant.oneself"


def test_what_cannot_be_granted(we: World) -> None:
    who = user(we.ours)
    give = lambda **more: granting.grant(access=we.security, user=who, organ=we.ours, **more)  # noqa: E731
    assert code(lambda: give(role=Role.OWN)) == "grant.role"
    assert code(lambda: give(role=Role.READER, area="nonsense")) == "grant.area"
    assert code(lambda: give(role=Role.SYSTEM_ADMIN, area="vehicles")) == "grant.area"
    User.objects.filter(pk=who.pk).update(is_active=False)
    assert code(lambda: give(role=Role.READER)) == "account.state"


@pytest.mark.parametrize(("held", "asked"), list(itertools.permutations(sorted(ADMINISTRATORS), 2)))
def test_d10_no_two_administrators_in_one_hand(we: World, held: Role, asked: Role) -> None:
    who = user(we.ours, Role(held))
    act = lambda: granting.grant(access=we.security, user=who, organ=we.theirs, role=Role(asked))  # noqa: E731
    assert code(act) == "grant.administrators"
    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.create(user=who, organ=we.theirs, role=asked)
    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.bulk_create([Grant(user=who, organ=we.ours, role=asked)])


@pytest.mark.parametrize("admin", sorted(ADMINISTRATORS))
@pytest.mark.parametrize("role", BUSINESS)
def test_d10_no_administrator_works_in_business(we: World, admin: Role, role: Role) -> None:
    one, two = user(we.ours, Role(admin)), user(we.ours, role)
    assert (
        code(lambda: granting.grant(access=we.security, user=one, organ=we.ours, role=role)) == "grant.administrators"
    )
    act = lambda: granting.grant(access=we.security, user=two, organ=we.ours, role=Role(admin))  # noqa: E731
    assert code(act) == "grant.administrators"
    for who, asked in ((one, role), (two, admin)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Grant.objects.create(user=who, organ=we.theirs, role=asked)
    other = user(we.ours, role)
    with pytest.raises(IntegrityError), transaction.atomic():  # an update is an insertion too
        Grant.objects.filter(user=other).update(user=one)


def test_d10_there_is_no_superuser(we: World) -> None:
    assert code(lambda: User.objects.create_superuser("root", password="x")) == "account.superuser"
    for flag in ("is_superuser", "is_staff"):
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.create(username=flag, **{flag: True})
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.filter(pk=we.system.user.pk or 0).update(**{flag: True})


def test_an_administrator_with_a_post_is_no_member_of_staff(we: World) -> None:
    person = factories.person(we.ours)
    admin = we.system.user
    assert isinstance(admin, User)
    admin.person = person
    admin.save()
    assert access_for(admin, on=TODAY).roles == {Role.SYSTEM_ADMIN}
    assert access_for(admin, we.ours.pk, on=TODAY).roles == {Role.SYSTEM_ADMIN}


def test_administrators_read_nothing(we: World) -> None:
    factories.person(we.ours)
    for admin in (we.system, we.security, we.audit):
        assert not admin.scope(Person.objects.all()).exists()
        assert {verb for verb in Verb if admin.may(verb)} <= {Verb.AUDIT}
        assert set(admin.organs()) == {we.province, we.ours, we.theirs}
    assert (we.audit.can_audit, we.system.can_audit, we.security.can_audit) == (True, False, False)


def test_an_own_role_is_in_force_at_once(we: World) -> None:
    pairs = [("vehicles", Verb.READ), ("vehicles", Verb.WRITE), ("", Verb.APPLY)]
    role = granting.define_role(access=we.security, name="车队记录员", pairs=pairs)
    who = user(we.ours)
    granting.grant(access=we.security, user=who, organ=we.ours, role=Role.OWN, own=role)
    now = access_for(who, on=TODAY)
    assert (now.may(Verb.WRITE, "vehicles"), now.may(Verb.WRITE, "offices"), now.may(Verb.APPLY, "services")) == (
        True, False, True,
    )  # fmt: skip
    assert now.words == "车队记录员"
    assert able(Verb.WRITE, we.ours, "vehicles", on=TODAY) == [who]
    assert able(Verb.WRITE, we.ours, "offices", on=TODAY) == []
    assert holders(role, we.ours) == [who]
    granting.change_role(access=we.security, role=role, pairs=[("offices", Verb.READ)])
    assert not access_for(who, on=TODAY).may(Verb.READ, "vehicles")
    assert able(Verb.WRITE, we.ours, "vehicles", on=TODAY) == []
    assert code(lambda: granting.close_role(access=we.security, role=role)) == "role.in-use"
    granting.revoke(access=we.security, grant=Grant.objects.get(user=who))
    assert granting.close_role(access=we.security, role=role).closed
    act = lambda: granting.grant(access=we.security, user=who, organ=we.ours, role=Role.OWN, own=role)  # noqa: E731
    role.refresh_from_db()
    assert code(act) == "grant.role"


def test_own_roles_are_defined_with_care(we: World) -> None:
    define = lambda name, pairs: granting.define_role(access=we.security, name=name, pairs=pairs)  # noqa: E731
    define("甲", [("", Verb.READ)])
    assert code(lambda: define("甲", [("", Verb.READ)])) == "role.taken"
    assert code(lambda: define("系统管理员", [("", Verb.READ)])) == "role.taken"
    assert code(lambda: define(" ", [("", Verb.READ)])) == "role.name"
    assert code(lambda: define("乙", [])) == "role.empty"
    assert code(lambda: define("乙", [("moon", Verb.READ)])) == "role.area"
    for other in (we.system, we.audit):
        act = lambda other=other: granting.define_role(access=other, name="丙", pairs=[("", Verb.READ)])  # noqa: E731
        assert code(act) == "rights.denied"


def test_d26_a_grant_changed_by_sql_is_named(we: World) -> None:
    who = user(we.ours, Role.READER)
    gone = user(we.ours, Role.CLERK)
    role = granting.define_role(access=we.security, name="甲", pairs=[("vehicles", Verb.READ)])
    assert verify.faults() == []
    mine = Grant.objects.get(user=who)
    Grant.objects.filter(pk=mine.pk).update(role=Role.MANAGER)
    Grant.objects.filter(user=gone).delete()
    planted = Grant.objects.create(user=who, organ=we.theirs, role=Role.READER)
    type(role).objects.filter(pk=role.pk).update(pairs=" *:write ")
    found = {fault.obj: fault.what for fault in verify.faults()}
    assert "当时为" in found[f"rights.grant:{mine.pk}"]
    assert "没有授权的存证" in found[f"rights.grant:{planted.pk}"]
    assert "自定义角色" in found[f"rights.role:{role.pk}"]
    assert len(found) == 4
    Grant.objects.filter(pk=mine.pk).update(role=Role.READER)
    assert verify.adopt(actor="system") == 1, "the planted one is taken over by name, in the ledger"
    assert len(verify.faults()) == 2


def test_the_grants_as_they_were(we: World) -> None:
    who = user(we.ours, Role.READER)
    key = f"rights.grant:{Grant.objects.get(user=who).pk}"
    assert verify.as_of(datetime.now(UTC) + timedelta(minutes=1))[key]["role"] == "READER"
    assert key not in verify.as_of(date(2020, 1, 1))
