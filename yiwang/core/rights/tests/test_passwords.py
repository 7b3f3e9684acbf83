"""Passwords: what is refused, what must not come back, one-time secrets, the SM3 hasher (rows D02, D03, A17, A18, A20, C01)."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.test import override_settings
from django.utils import timezone

from yiwang.core.ledger.models import Entry
from yiwang.core.orgs.factories import organ as new_organ
from yiwang.core.rights import passwords, policy
from yiwang.core.rights.hashers import PBKDF2SM3PasswordHasher
from yiwang.core.rights.models import Grant, Role, User
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 29, 1, 0, tzinfo=UTC)
GOOD = "Kiln-41-harbour-Quince"
BETTER = "Vellum_86_osprey_Thaw"


@pytest.fixture
def clerk() -> User:
    user = User.objects.create_user("wangmin", password=GOOD, display_name="王敏")
    organ = new_organ("示例县机关事务服务中心")
    Grant.objects.create(user=user, organ=organ, role=Role.CLERK)
    return user


def code(text: str, user: User | None = None) -> str:
    """The code of the refusal, "" for none."""
    try:
        policy.check(text, user)
    except Refusal as refusal:
        return refusal.code
    return ""


WEAK = [
    "", "short-1A", "aaaaaaaaaaaaA1", "1234567890", "20261129202611", "Password123!", "P@ssw0rd2026", "Qwertyuiop1!",
    "alllowercaseletters", "ALLUPPERCASE12345", "1qaz@WSX3edc", "Admin@123456", "Wangmin@2026", "wangmin123456!A", "王敏王敏2026aA!",
    "ShiliXian@2026", "slxjgswfwzx@2026A", "Jiguanshiwu@2026", "机关事务Aa2026!!", "川A12345川A12345", "Yiwang@2026!!", "Zhangwei@1990",
]  # fmt: skip


@override_settings(PASSWORD_PROFILE="dengbao3")
@pytest.mark.parametrize("weak", WEAK)
def test_d02_weak_passwords_are_refused(weak: str, clerk: User) -> None:
    assert code(weak, clerk).startswith("password.")


@override_settings(PASSWORD_PROFILE="dengbao3")
@pytest.mark.parametrize(
    "good", [GOOD, BETTER, "铜镜 7 盏 Larch 渡口", "四更天的渡船载着三百只木箱沿着旧运河往南走,船头挂一盏绿灯"]
)
def test_good_ones_are_not(good: str, clerk: User) -> None:
    assert code(good, clerk) == ""


def test_d02_the_profile_is_the_strict_one_unless_told() -> None:
    assert policy.profile().name == "dengbao3"


def test_d02_a_fresh_install_has_no_account() -> None:
    assert not User.objects.exists()


def test_a17_the_list_is_long_and_so_are_its_uses(clerk: User) -> None:
    words = policy.common_words()
    assert len(words) >= 3000
    with override_settings(PASSWORD_PROFILE="asvs5"):
        long = [word for word in sorted(words) if len(word) >= 12]
        assert long
        assert {code(word) for word in long} <= {"password.common", "password.simple"}
        assert code("jiguanshiwuju-1", clerk) in {"password.common", "password.context"}


@pytest.mark.parametrize("profile", sorted(policy.PROFILES))
def test_a18_64_han_characters_as_typed(profile: str, clerk: User) -> None:
    han = "落霞与孤鹜齐飞秋水共长天一色渔舟唱晚响穷彭蠡之滨雁阵惊寒声断衡阳浦遥襟甫畅逸兴遄发爽籁而清风生纤歌凝白云遏睢园绿竹气凌彭泽"
    han = (han + "樽邺照临川笔四美具二难并")[:64]
    with override_settings(PASSWORD_PROFILE=profile):
        passwords.change(user=clerk, old=GOOD, new=han, now=NOW, actor="user:1")
    clerk.refresh_from_db()
    assert clerk.check_password(han)
    assert not clerk.check_password(han[:-1]), "the last character counts: nothing is cut"
    assert not clerk.check_password(han[:24]), "nor at 72 bytes"


def test_a18_blanks_stay(clerk: User) -> None:
    passwords.change(user=clerk, old=GOOD, new=f" {BETTER} ", now=NOW, actor="user:1")
    assert not clerk.check_password(BETTER)


def test_what_is_too_long_is_refused_not_cut() -> None:
    assert code("Ab1-" * 251) == "password.long"


def test_d03_the_last_ones_do_not_come_back(clerk: User) -> None:
    given = [GOOD, *(f"Vellum_8{n}_osprey_Thaw" for n in range(6))]
    for old, new in pairwise(given):
        passwords.change(user=clerk, old=old, new=new, now=NOW, actor="user:1")
    last = given[-1]
    for used in given[-5:]:
        with pytest.raises(Refusal, match="最近 5 次") as caught:
            passwords.change(user=clerk, old=last, new=used, now=NOW, actor="user:1")
        assert caught.value.code == "password.used"
    passwords.change(user=clerk, old=last, new=GOOD, now=NOW, actor="user:1")  # seven ago


def test_the_old_one_must_be_right_and_the_act_is_recorded(clerk: User) -> None:
    with pytest.raises(Refusal) as caught:
        passwords.change(user=clerk, old="wrong", new=BETTER, now=NOW, actor="user:1")
    assert caught.value.code == "password.wrong"
    passwords.change(user=clerk, old=GOOD, new=BETTER, now=NOW, actor="user:1")
    entry = Entry.objects.get()
    assert (entry.act, entry.obj, entry.body) == ("rights.password.change", f"rights.user:{clerk.pk}", "")


def test_d03_due_after_90_days(clerk: User) -> None:
    passwords.change(user=clerk, old=GOOD, new=BETTER, now=NOW, actor="user:1")
    assert passwords.due(clerk) == date(2027, 2, 27)
    with override_settings(PASSWORD_PROFILE="asvs5"):
        assert passwords.due(clerk) is None


def test_a20_a_one_time_secret_is_random_and_short_lived(clerk: User) -> None:
    first = passwords.initial(user=clerk, actor="user:9", now=NOW)
    second = passwords.initial(user=clerk, actor="user:9", now=NOW)
    assert first != second
    assert len(second.replace("-", "")) * 4.95 > 70, "bits"
    assert clerk.check_password(second)
    assert not clerk.check_password(first)
    assert passwords.due(clerk) == date.min
    assert not passwords.spent(clerk, NOW + timedelta(days=2))
    assert passwords.spent(clerk, NOW + timedelta(days=4))
    entry = Entry.objects.latest("pk")
    assert entry.act == "rights.password.reset"
    assert second not in "".join(Entry.objects.values_list("body", flat=True))
    passwords.change(user=clerk, old=second, new=BETTER, now=NOW, actor="user:1")
    assert not passwords.spent(clerk, NOW + timedelta(days=4))


def test_djangos_own_commands_ask_the_same() -> None:
    with pytest.raises(ValidationError, match="太短"):
        passwords.Validator().validate("abc")


def test_a_password_that_was_set_elsewhere_has_its_age_from_the_account(clerk: User) -> None:
    assert passwords.latest(clerk) is None
    assert passwords.due(clerk) == timezone.localdate(clerk.date_joined) + timedelta(days=90)


def _sm3(data: bytes = b"") -> Any:
    return hashlib.new("sm3", data)


def test_who_has_no_password_has_none_to_change() -> None:
    assert passwords.due(User.objects.create_user("sso")) is None


def by_hand(password: bytes, salt: bytes, rounds: int) -> bytes:
    """PBKDF2 (RFC 8018) with HMAC over SM3, first block."""
    last = hmac.new(password, salt + b"\0\0\0\1", _sm3).digest()
    mixed = int.from_bytes(last, "big")
    for _ in range(rounds - 1):
        last = hmac.new(password, last, _sm3).digest()
        mixed ^= int.from_bytes(last, "big")
    return mixed.to_bytes(32, "big")


def test_c01_sm3_known_answers() -> None:
    assert hashlib.new("sm3", b"abc").hexdigest() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert (
        hashlib.new("sm3", b"abcd" * 16).hexdigest()
        == "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"
    )


def test_c01_the_verifier_is_salted_and_slow_and_agrees_with_the_definition() -> None:
    hasher = PBKDF2SM3PasswordHasher()
    kept = hasher.encode("密码 as typed", "saltsaltsaltsaltsaltsa", 3)
    assert kept.split("$")[:2] == ["pbkdf2_sm3", "3"]
    assert base64.b64decode(kept.split("$")[3]) == by_hand("密码 as typed".encode(), b"saltsaltsaltsaltsaltsa", 3)
    assert PBKDF2SM3PasswordHasher.iterations >= 1_000_000
    with override_settings(PASSWORD_HASHERS=["yiwang.core.rights.hashers.PBKDF2SM3PasswordHasher"]):
        assert check_password("密码 as typed", kept)
        assert not check_password("密码 as type", kept)
