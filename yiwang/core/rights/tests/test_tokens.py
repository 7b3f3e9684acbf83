"""Tokens: hashed, narrowed, ended; never more than the owner (row A19)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest
from django.db import connection
from django.test import RequestFactory, override_settings

from yiwang.core.ledger.models import Entry
from yiwang.core.orgs.factories import organ as new_organ
from yiwang.core.orgs.models import Organ
from yiwang.core.rights import passwords, tokens
from yiwang.core.rights.access import access_for
from yiwang.core.rights.models import VERBS, Grant, Role, Token, User, Verb
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 29, 1, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=90)


@pytest.fixture
def organ() -> Organ:
    return new_organ()


@pytest.fixture
def owner(organ: Organ) -> User:
    user = User.objects.create_user("wangmin")
    Grant.objects.create(user=user, organ=organ, role=Role.CLERK)
    return user


def issued(owner: User, *verbs: Verb, areas: tuple[str, ...] = ()) -> tuple[Token, str]:
    return tokens.issue(access=access_for(owner), label="大屏", verbs=verbs, areas=areas, expires_at=LATER, now=NOW)


def code(text: str, now: datetime = NOW) -> str:
    with pytest.raises(Refusal) as caught:
        tokens.access_by_token(text, now)
    return caught.value.code


def test_it_acts_for_its_owner_within_its_verbs(owner: User) -> None:
    row, text = issued(owner, Verb.READ)
    access, scope = tokens.access_by_token(text, NOW)
    assert (access.user, access.organ, access.can_read, access.can_write) == (owner, row.organ, True, False)
    assert (scope.verbs, scope.areas, scope.read_only) == (frozenset({Verb.READ}), frozenset(), True)
    assert tokens.access_by_token(issued(owner, Verb.READ, Verb.WRITE)[1], NOW)[0].can_write


def test_it_is_shown_once_and_kept_as_digest(owner: User) -> None:
    row, text = issued(owner, Verb.READ)
    assert text.startswith(f"yw_{row.prefix}_")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM rights_token")
        stored = str(cursor.fetchall()) + "".join(Entry.objects.values_list("body", flat=True))
    assert text.rpartition("_")[2] not in stored
    assert row.prefix in stored


def test_areas_cut_the_roles(owner: User) -> None:
    access, _ = tokens.access_by_token(issued(owner, Verb.READ, areas=("vehicles",))[1], NOW)
    assert access.may(Verb.READ, "vehicles")
    assert not access.may(Verb.READ, "offices")


def test_never_more_than_the_owner_whatever_happens_to_him(owner: User, organ: Organ) -> None:
    """Every role of the owner × every token: what the token may, the owner may."""
    Grant.objects.create(user=owner, organ=organ, role=Role.MANAGER)
    verbs = [verb for verb in tokens.GIVEN if verb != Verb.AUDIT]
    texts = [issued(owner, *some, areas=areas)[1] for some in combinations(verbs, 2) for areas in ((),)]
    texts.append(issued(owner, *verbs, areas=("vehicles",))[1])
    for role in [one for one in Role if one != Role.OWN]:
        Grant.objects.filter(user=owner).delete()
        area = "offices" if role == Role.CLERK else ""
        Grant.objects.create(user=owner, organ=organ, role=role, area=area)
        own = access_for(owner)
        for text in texts:
            access, scope = tokens.access_by_token(text, NOW)
            for verb in Verb:
                for where in ("offices", "vehicles"):
                    assert not access.may(verb, where) or own.may(verb, where)
                    assert not access.may(verb, where) or verb in scope.verbs
    assert VERBS[Role.MANAGER] >= set(verbs), "the tokens were worth having"


@pytest.mark.parametrize(
    ("label", "verbs", "expires", "code"),
    [
        ("", {Verb.READ}, LATER, "token.label"),
        ("大屏", set(), LATER, "token.verbs"),
        ("大屏", {Verb.APPROVE}, LATER, "token.verbs"),
        ("大屏", {Verb.READ}, NOW, "token.expiry"),
        ("大屏", {Verb.READ}, NOW + timedelta(days=400), "token.expiry"),
    ],
)
def test_what_cannot_be_issued(owner: User, label: str, verbs: set[Verb], expires: datetime, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        tokens.issue(access=access_for(owner), label=label, verbs=verbs, expires_at=expires, now=NOW)
    assert caught.value.code == code


def test_not_endlessly_many(owner: User) -> None:
    for _ in range(tokens.MOST):
        issued(owner, Verb.READ)
    with pytest.raises(Refusal) as caught:
        issued(owner, Verb.READ)
    assert caught.value.code == "token.many"


def test_nobody_without_an_organ_gets_one() -> None:
    with pytest.raises(Refusal) as caught:
        issued(User.objects.create_user("nobody"), Verb.READ)
    assert caught.value.code == "rights.denied"


def test_one_answer_for_everything_that_is_wrong(owner: User) -> None:
    row, text = issued(owner, Verb.READ)
    head, _, secret = text.rpartition("_")
    for wrong in (
        "",
        "yw_",
        "x",
        text[:-1],
        f"{head}_{secret[::-1]}",
        f"yw_aaaaaaaa_{secret}",
        f"YW_{row.prefix}_{secret}",
    ):
        assert code(wrong) == "token.invalid"
    assert code(text, LATER) == "token.invalid"
    User.objects.update(is_active=False)
    assert code(text) == "token.invalid"
    User.objects.update(is_active=True)
    assert tokens.access_by_token(text, NOW)
    Grant.objects.all().delete()
    assert code(text) == "token.invalid", "no organ any more"


def test_revoked_by_its_owner_only(owner: User, organ: Organ) -> None:
    row, text = issued(owner, Verb.READ)
    other = User.objects.create_user("other")
    Grant.objects.create(user=other, organ=organ, role=Role.MANAGER)
    with pytest.raises(Refusal) as caught:
        tokens.revoke(token=row.pk, access=access_for(other), now=NOW)
    assert caught.value.code == "token.unknown"
    tokens.revoke(token=row.pk, access=access_for(owner), now=NOW)
    assert code(text) == "token.invalid"
    assert list(Entry.objects.order_by("pk").values_list("act", flat=True)) == [
        "rights.token.issue",
        "rights.token.revoke",
    ]


def test_a19_a_token_knows_the_second_factor_and_the_one_time_secret(owner: User, organ: Organ) -> None:
    _, text = issued(owner, Verb.READ)
    Grant.objects.create(user=owner, organ=organ, role=Role.MANAGER)
    with override_settings(SECOND_FACTOR=True):
        assert code(text) == "token.invalid"
    passwords.initial(user=owner, actor="user:9", now=NOW)
    assert code(text) == "token.invalid"


@override_settings(AXES_ENABLED=True)
def test_d04_wrong_tokens_lock_their_owner_out_at_that_address_only(owner: User) -> None:
    _, text = issued(owner, Verb.READ)
    there, elsewhere = (RequestFactory().get("/api", REMOTE_ADDR=address) for address in ("10.9.9.9", "10.1.1.1"))
    for _ in range(5):
        with pytest.raises(Refusal):
            tokens.access_by_token(text + "x", NOW, request=there)
    with pytest.raises(Refusal):
        tokens.access_by_token(text, NOW, request=there)
    assert tokens.access_by_token(text, NOW, request=elsewhere)
    assert Entry.objects.filter(act="rights.session.fail").count() == 5
    assert Entry.objects.filter(act="rights.session.lock").count() == 1


def test_use_is_noted_at_most_once_a_minute(owner: User) -> None:
    row, text = issued(owner, Verb.READ)
    for seconds in (0, 30, 90):
        tokens.access_by_token(text, NOW + timedelta(seconds=seconds))
    row.refresh_from_db()
    assert row.last_used_at == NOW + timedelta(seconds=90)
