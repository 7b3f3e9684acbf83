"""The second factor: once each, not endlessly, recovery, reset by somebody else (rows D07, A21, D28)."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import override_settings
from django_otp.oath import TOTP

from yiwang.core.ledger.models import Entry
from yiwang.core.orgs.factories import organ as new_organ
from yiwang.core.rights import second
from yiwang.core.rights.access import access_for
from yiwang.core.rights.models import Grant, RecoveryCode, Role, SecondFactor, User
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 29, 1, 0, tzinfo=UTC)


def code_of(key: str, now: datetime) -> str:
    """What the app shows."""
    totp = TOTP(base64.b32decode(key))
    totp.time = now.timestamp()
    return f"{totp.token():06d}"


@pytest.fixture
def user() -> User:
    return User.objects.create_user("wangmin")


def enrol(user: User, now: datetime = NOW) -> tuple[str, list[str]]:
    """A factor in force: its key and the recovery codes."""
    key = second.begin(user=user)
    return key, second.confirm(user=user, code=code_of(key, now), now=now, actor="user:1")


def test_rfc6238_known_answer() -> None:
    key = base64.b32encode(b"12345678901234567890").decode()
    assert code_of(key, datetime.fromtimestamp(1111111109, UTC)) == "081804"


def test_a21_a_code_counts_once(user: User) -> None:
    key, _ = enrol(user)
    assert not second.verify(user=user, code=code_of(key, NOW), now=NOW), "used to enrol"
    later = NOW + timedelta(minutes=5)
    assert second.verify(user=user, code=code_of(key, later), now=later)
    assert not second.verify(user=user, code=code_of(key, later), now=later)
    assert not second.verify(user=user, code=code_of(key, later - timedelta(minutes=2)), now=later), "an old one"


def test_a21_ten_wrong_codes_lock_and_the_right_one_too(user: User) -> None:
    key, _ = enrol(user)
    later = NOW + timedelta(minutes=5)
    right = code_of(key, later)
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    for _ in range(10):
        assert not second.verify(user=user, code=wrong, now=later)
    with pytest.raises(Refusal) as caught:
        second.verify(user=user, code=right, now=later)
    assert caught.value.code == "second.locked"
    assert Entry.objects.filter(act="rights.second.lock").count() == 1
    much = later + timedelta(minutes=31)
    assert second.verify(user=user, code=code_of(key, much), now=much), "not for ever"


def test_recovery_codes_work_once_each(user: User) -> None:
    _, codes = enrol(user)
    assert len(set(codes)) == 10
    assert second.verify(user=user, code=codes[3].upper(), now=NOW)
    assert not second.verify(user=user, code=codes[3], now=NOW)
    assert second.codes_left(user) == 9
    other = User.objects.create_user("other")
    enrol(other)
    assert not second.verify(user=other, code=codes[4], now=NOW), "another's"
    fresh = second.renew_codes(user=user, actor="user:1")
    assert not second.verify(user=user, code=codes[5], now=NOW)
    assert second.verify(user=user, code=fresh[0], now=NOW)


@pytest.mark.parametrize("code", ["", "abcdef", "12345", "1234567", "１２３４５６", "-12345", "0x1234"])
def test_what_is_no_code_is_wrong(user: User, code: str) -> None:
    enrol(user)
    assert second.verify(user=user, code=code, now=NOW) is False


def test_d28_key_and_codes_are_not_in_the_database(user: User) -> None:
    key, codes = enrol(user)
    with connection.cursor() as cursor:
        stored = ""
        for model in (SecondFactor, RecoveryCode, Entry):
            cursor.execute(f"SELECT * FROM {model._meta.db_table}")
            stored += str(cursor.fetchall())
    assert base64.b32decode(key).hex() not in stored
    assert key not in stored
    assert not [code for code in codes if code in stored]


def test_a_sealed_key_opens_for_its_owner_only(user: User) -> None:
    enrol(user)
    other = User.objects.create_user("other")
    SecondFactor.objects.filter(user=user).update(user=other)
    with pytest.raises(Refusal) as caught:
        second.verify(user=other, code="123456", now=NOW)
    assert caught.value.code == "sealing.broken"


@override_settings(SECOND_FACTOR=True)
def test_who_must_have_one(user: User) -> None:
    organ = new_organ()
    assert not second.needed(user)
    for role in [one for one in Role if one != Role.OWN]:
        Grant.objects.all().delete()
        Grant.objects.create(user=user, organ=organ, role=role)
        approves = role in {Role.MANAGER, Role.LEADER, Role.FINANCE}
        assert second.needed(user) is (approves or role.value.endswith("_ADMIN")), role
    enrol(user)
    with pytest.raises(Refusal) as caught:
        second.drop(user=user, actor="user:1")
    assert caught.value.code == "second.needed"


def test_reset_takes_another_person_and_leaves_an_entry(user: User) -> None:
    organ = new_organ()
    enrol(user)
    keeper, stranger = User.objects.create_user("keeper"), User.objects.create_user("stranger")
    Grant.objects.create(user=keeper, organ=organ, role=Role.SECURITY_ADMIN)
    Grant.objects.create(user=stranger, organ=organ, role=Role.MANAGER)
    Grant.objects.create(user=user, organ=organ, role=Role.SECURITY_ADMIN)
    for who, reason, code in (
        (stranger, "当面申请换手机", "rights.denied"),
        (user, "当面申请换手机", "second.own"),
        (keeper, "  ", "second.reason"),
    ):
        with pytest.raises(Refusal) as caught:
            second.reset(user=user, access=access_for(who), reason=reason, now=NOW)
        assert caught.value.code == code
    second.reset(user=user, access=access_for(keeper), reason="当面申请换手机", now=NOW)
    assert not second.enrolled(user)
    entry = Entry.objects.get(act="rights.second.reset")
    assert (entry.actor, "当面申请换手机" in entry.body) == (f"user:{keeper.pk}", True)
    with pytest.raises(Refusal) as caught:
        second.reset(user=user, access=access_for(keeper), reason="当面申请换手机", now=NOW)
    assert caught.value.code == "second.none"


def test_enrolling_twice_or_out_of_order(user: User) -> None:
    with pytest.raises(Refusal) as caught:
        second.confirm(user=user, code="123456", now=NOW, actor="user:1")
    assert caught.value.code == "second.none"
    second.begin(user=user)
    with pytest.raises(Refusal) as caught:
        second.confirm(user=user, code="abc", now=NOW, actor="user:1")
    assert caught.value.code == "second.code"
    enrol(user)
    with pytest.raises(Refusal) as caught:
        second.begin(user=user)
    assert caught.value.code == "second.enrolled"
