"""委托: what is lent, to whom, how long; never more than the lender has, never what was lent to him."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest

from yiwang.core.ledger.models import Entry
from yiwang.core.orgs import factories
from yiwang.core.orgs.models import Appointment, Person
from yiwang.core.rights import granting
from yiwang.core.rights.access import Access, access_for, granted_organs, switchable
from yiwang.core.rights.actions import set_end
from yiwang.core.rights.delegation import Lending, delegate, end_delegation
from yiwang.core.rights.holders import able, holders
from yiwang.core.rights.models import Delegation, Grant, Lender, Role, User, Verb
from yiwang.core.rights.tests.world import NOW, TODAY, World, access, user, world
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def we() -> World:
    return world()


def code(act: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as refused:
        act()
    return refused.value.code


def lend(who: Access, to: User, **more: Any) -> Delegation:
    given: dict[str, Any] = {"organ": who.organ, "since": TODAY, "until": TODAY + 3 * DAY, "reason": "出差", **more}
    return delegate(access=who, new=Lending(delegate=to, **given), on=TODAY, now=NOW)


def test_the_delegate_acts_for_the_lender_in_the_period(we: World) -> None:
    boss, other = access(we.ours, Role.MANAGER, name="周正"), user(we.ours, Role.READER)
    assert not access_for(other, on=TODAY).approves()
    lend(boss, other)
    other.refresh_from_db()
    now = access_for(other, on=TODAY)
    assert now.approves("offices")
    assert now.behalf(Verb.APPROVE) == Lender(boss.user.pk or 0, "周正")
    assert now.behalf(Verb.READ) is None, "what he may himself he does himself"
    assert now.facts(Verb.APPROVE, "offices", note="x") == {"note": "x", "behalf": f"user:{boss.user.pk}"}
    assert now.facts(Verb.READ, note="x") == {"note": "x"}
    assert "主管(代周正)" in now.words
    assert access_for(other, on=TODAY + 2 * DAY).approves()
    assert not access_for(other, on=TODAY + 3 * DAY).approves(), "half-open"
    assert not access_for(other).approves(), "without a day no delegation counts"
    body = json.loads(Entry.objects.get(act="rights.delegation.lend").body)
    assert (body["lender"], body["delegate"], body["reason"]) == (boss.user.pk, other.pk, "出差")


def test_one_role_at_a_lower_organ_only(we: World) -> None:
    boss = access(we.province, Role.MANAGER, Role.AUDITOR)
    other = user(we.ours, Role.READER)
    lend(boss, other, organ=we.ours, role=Role.AUDITOR)
    other.refresh_from_db()
    now = access_for(other, on=TODAY)
    assert (now.organ, now.can_audit, now.can_write) == (we.ours, True, False)
    assert access_for(other, we.theirs.pk, on=TODAY).organ == we.ours, "not his"
    assert granted_organs(other, on=TODAY) == [we.ours]
    assert not set(switchable(other, on=TODAY)) - {we.ours}


def test_an_area_stays_an_area(we: World) -> None:
    boss = access(we.ours, Role.CLERK, area="vehicles")
    other = user(we.ours, Role.STAFF)
    lend(boss, other)
    other.refresh_from_db()
    now = access_for(other, on=TODAY)
    assert (now.may(Verb.WRITE, "vehicles"), now.may(Verb.WRITE, "offices")) == (True, False)


def test_it_ends_with_what_it_rests_on(we: World) -> None:
    boss, other = access(we.ours, Role.MANAGER), user(we.ours, Role.READER)
    lend(boss, other)
    other.refresh_from_db()
    assert access_for(other, on=TODAY).approves()
    grant = Grant.objects.get(user=boss.user.pk)
    granting.revoke(access=we.security, grant=grant)
    assert not access_for(other, on=TODAY).approves(), "the lender lost the role"
    granting.grant(access=we.security, user=grant.user, organ=we.ours, role=Role.MANAGER)
    assert access_for(other, on=TODAY).approves()
    set_end(access=we.system, user=grant.user, valid_to=TODAY + DAY, on=TODAY)
    assert not access_for(other, on=TODAY + DAY).approves(), "the lender's account ended"
    User.objects.filter(pk=grant.user_id).update(is_active=False)
    assert not access_for(other, on=TODAY).approves()


@pytest.mark.parametrize("who", ["lender", "delegate", "security"])
def test_taken_back_given_back_or_ended(we: World, who: str) -> None:
    boss, other = access(we.ours, Role.MANAGER), user(we.ours, Role.READER)
    row = lend(boss, other)
    other.refresh_from_db()
    one = {"lender": boss, "delegate": access_for(other, on=TODAY), "security": we.security}[who]
    for stranger in (we.system, we.audit, access(we.ours, Role.MANAGER)):
        act = lambda stranger=stranger: end_delegation(access=stranger, delegation=row, now=NOW)  # noqa: E731
        assert code(act) == "delegation.unknown"
    end_delegation(access=one, delegation=row, now=NOW)
    assert not access_for(other, on=TODAY).approves()
    assert code(lambda: end_delegation(access=one, delegation=row, now=NOW)) == "delegation.ended"


def test_never_more_than_one_has_and_no_chains(we: World) -> None:
    clerk, boss = access(we.ours, Role.CLERK), access(we.ours, Role.MANAGER)
    other, third = user(we.ours, Role.READER), user(we.ours, Role.STAFF)
    assert code(lambda: lend(clerk, other, role=Role.MANAGER)) == "delegation.not-held"
    assert code(lambda: lend(clerk, other, organ=we.theirs)) == "delegation.delegate"
    assert code(lambda: lend(clerk, user(we.theirs, Role.READER), organ=we.theirs)) == "delegation.not-held"
    lend(boss, other)
    other.refresh_from_db()
    chained = access_for(other, on=TODAY)
    assert code(lambda: lend(chained, third, role=Role.MANAGER)) == "delegation.not-held"
    lend(chained, third)  # all that he has himself: to read
    third.refresh_from_db()
    assert access_for(third, on=TODAY).can_read
    assert not access_for(third, on=TODAY).can_write


def test_administrators_neither_lend_nor_borrow(we: World) -> None:
    boss, other = access(we.ours, Role.MANAGER), user(we.ours, Role.READER)
    for admin in (we.system, we.security, we.audit):
        assert code(partial(lend, admin, other, organ=we.ours)) == "rights.denied"
        user_ = admin.user
        assert isinstance(user_, User)
        assert code(partial(lend, boss, user_)) == "delegation.delegate"
    lend(boss, other)
    Grant.objects.filter(user=other).delete()
    granting.grant(access=we.security, user=other, organ=we.ours, role=Role.AUDIT_ADMIN)
    other.refresh_from_db()
    assert access_for(other, on=TODAY).roles == {Role.AUDIT_ADMIN}, "who becomes an administrator deputizes no more"


def test_periods_reasons_and_persons_that_are_refused(we: World) -> None:
    boss, other = access(we.ours, Role.MANAGER), user(we.ours, Role.READER)
    me = boss.user
    assert isinstance(me, User)
    for since, until in ((TODAY - DAY, TODAY + DAY), (TODAY, TODAY), (TODAY, TODAY + 400 * DAY)):
        act = lambda since=since, until=until: lend(boss, other, since=since, until=until)  # noqa: E731
        assert code(act) == "delegation.period"
    assert code(lambda: lend(boss, other, reason=" ")) == "delegation.reason"
    assert code(lambda: lend(boss, me)) == "delegation.delegate"
    gone = user(we.ours, Role.READER)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    assert code(lambda: lend(boss, gone)) == "delegation.delegate"
    lend(boss, other)
    assert code(lambda: lend(boss, other, since=TODAY + DAY, until=TODAY + 9 * DAY)) == "delegation.twice"
    lend(boss, other, since=TODAY + 3 * DAY, until=TODAY + 9 * DAY)


def test_holders_know_the_delegates(we: World) -> None:
    boss, other = access(we.ours, Role.MANAGER, name="周正"), user(we.ours, Role.READER, name="代理")
    lend(boss, other)
    assert holders(Role.MANAGER, we.ours) == [boss.user]
    found = holders(Role.MANAGER, we.ours, "offices", on=TODAY)
    assert [(one.label, one.behalf and one.behalf.name) for one in found] == [("代理", "周正"), ("周正", None)]
    assert other in able(Verb.APPROVE, we.ours, "offices", on=TODAY)
    assert other not in holders(Role.MANAGER, we.ours, on=TODAY + 3 * DAY)
    assert other not in holders(Role.READER, we.province, on=TODAY)


def test_posts_in_several_organs(we: World) -> None:
    """A person with posts in two organs is a member of both staffs, and may switch between them."""
    person = factories.person(we.ours)
    who = user(None)
    who.person = person
    who.save()
    assert [one.pk for one in granted_organs(who, on=TODAY)] == [we.ours.pk]
    second = Appointment(person=person, organ=we.theirs, rank=person.rank, main=False, valid_from=date(2026, 1, 1))
    second.place()
    second.save()
    assert set(granted_organs(who, on=TODAY)) == {we.ours, we.theirs}
    now = access_for(who, we.theirs.pk, on=TODAY)
    assert now.organ == we.theirs
    assert now.roles == {Role.STAFF}
    assert not now.scope(Person.objects.all()).exists(), "a post reads nothing"
    Appointment.objects.filter(pk=second.pk).update(valid_to=TODAY)
    assert granted_organs(who, on=TODAY) == [we.ours]
    assert access_for(who, we.theirs.pk, on=TODAY).organ == we.ours
    assert not access_for(who).held, "without a day no post counts"
