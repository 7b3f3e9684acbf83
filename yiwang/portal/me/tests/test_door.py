"""Log-in, lock-out, sessions, and the gate behind (rows D03–D05, D07, D32, A08, A12, A19, A20, A22, A23)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from unittest import mock

import pytest
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.test import Client, override_settings
from django.utils import timezone

from yiwang.core.ledger.models import Entry
from yiwang.core.orgs.factories import organ as new_organ
from yiwang.core.rights import lockout, passwords, second
from yiwang.core.rights.access import access_for
from yiwang.core.rights.models import Alarm, Grant, LoginSession, PasswordSet, Role, SecondFactor, Token, User, Verb
from yiwang.core.rights.tokens import issue
from yiwang.core.rights.verify import faults, shut_out
from yiwang.kit.refusal import Refusal
from yiwang.portal import gate
from yiwang.portal.me.sessions import browser_of
from yiwang.portal.me.tests.flow import NEW, PASSWORD, account, code, enrolled, inside, log_in
from yiwang.portal.tests.addresses import addresses

pytestmark = pytest.mark.django_db


@contextmanager
def later(**by: int) -> Iterator[None]:
    """The clock, later: Django's and the one that axes has taken for itself."""
    there = timezone.now() + timedelta(**by)
    with (
        mock.patch("django.utils.timezone.now", return_value=there),
        mock.patch("axes.handlers.proxy.now", return_value=there),
    ):
        yield


# ── passwords ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_d03_after_91_days_only_the_change_page() -> None:
    user = account(Role.CLERK)
    PasswordSet.objects.create(user=user, hash=user.password, set_at=timezone.now() - timedelta(days=91))
    browser = inside()
    for path in ("/", "/orgs/", "/me/", "/search?q=a"):
        assert browser.get(path).headers["Location"].startswith("/me/password?next="), path
    page = browser.get("/me/password").content.decode()
    assert "密码已满 90 天" in page
    assert "示例局" not in page, "no band: no data"
    form = {"old": PASSWORD, "new": PASSWORD, "again": PASSWORD}
    assert "最近 5 次" in browser.post("/me/password", form).content.decode()
    form |= {"new": NEW, "again": NEW, "next": "/orgs/"}
    assert browser.post("/me/password", form).headers["Location"] == "/orgs/"
    assert browser.get("/orgs/").status_code == 200


def test_a20_a_one_time_secret_leads_to_the_change_and_expires() -> None:
    user = account(Role.CLERK)
    secret = passwords.initial(user=user, actor="user:9", now=timezone.now())
    browser = Client()
    assert log_in(browser, secret) == 302
    assert browser.get("/").headers["Location"].startswith("/me/password")
    assert "一次性密码" in browser.get("/me/password").content.decode()
    PasswordSet.objects.filter(initial=True).update(until=timezone.now() - timedelta(seconds=1))
    answer = Client().post("/login", {"username": "wangmin", "password": secret})
    assert "已经过期" in answer.content.decode()
    assert "_auth_user_id" not in Client().session


@override_settings(SECOND_FACTOR=True)
def test_a20_a_reset_does_not_skip_the_second_factor() -> None:
    user = account(Role.MANAGER)
    enrolled(user)
    secret = passwords.initial(user=user, actor="user:9", now=timezone.now())
    browser = Client()
    assert log_in(browser, secret) == 302
    assert browser.get("/me/password").headers["Location"].startswith("/me/second/check")


def test_the_change_page_speaks_of_each_fault() -> None:
    account(Role.CLERK)
    browser = inside()
    for form, words in (
        ({"old": "x", "new": NEW, "again": NEW}, "原密码不对"),
        ({"old": PASSWORD, "new": NEW, "again": "x"}, "不一样"),
        ({"old": PASSWORD, "new": "short", "again": "short"}, "太短"),
    ):
        answer = browser.post("/me/password", form)
        assert (answer.status_code, words in answer.content.decode()) == (422, True)


# ── lock-out ───────────────────────────────────────────────────────────────────────────────────────────────────────


@override_settings(AXES_ENABLED=True)
def test_d04_five_failures_lock_this_address_and_no_other() -> None:
    account(Role.CLERK)
    attacker, victim = {"REMOTE_ADDR": "10.9.9.9"}, {"REMOTE_ADDR": "10.1.1.1"}
    assert [log_in(Client(), "wrong", **attacker) for _ in range(5)] == [200, 200, 200, 200, 429]
    answer = Client().post("/login", {"username": "wangmin", "password": PASSWORD}, **attacker)  # type: ignore[arg-type]
    assert answer.status_code == 429
    assert "半小时" in answer.content.decode()
    assert log_in(Client(), **victim) == 302, "the victim comes in from where he is"
    for _ in range(20):
        log_in(Client(), "wrong", **attacker)
    with later(minutes=25):
        assert log_in(Client(), **attacker) == 429, "20 minutes and more"
    with later(minutes=31):
        assert log_in(Client(), **attacker) == 302, "and failures meanwhile did not prolong it"
    acts = list(Entry.objects.filter(act__startswith="rights.session.").order_by("pk").values_list("act", flat=True))
    assert acts[:6].count("rights.session.fail") == 5
    assert acts.count("rights.session.lock") == 1


@override_settings(AXES_ENABLED=True)
def test_d04_other_spellings_of_the_name_give_no_more_tries() -> None:
    account(Role.CLERK)
    for name in ("wangmin", "WangMin", "WANGMIN", " wangmin", "ｗａｎｇｍｉｎ"):
        log_in(Client(), "wrong", name=name)
    assert log_in(Client()) == 429
    assert log_in(Client(), name="Wangmin") == 429


def test_d09_an_account_past_its_end_stays_out_and_goes_out() -> None:
    user = account(Role.CLERK)
    browser = inside()
    User.objects.filter(pk=user.pk).update(valid_to=timezone.localdate())
    assert browser.get("/orgs/").status_code == 302
    assert log_in(Client()) == 200


@override_settings(AXES_ENABLED=True)
def test_d04_unlock_is_for_the_security_administrator_and_recorded() -> None:
    organ = new_organ()
    user = account(Role.CLERK, organ=organ)
    keeper = account(Role.SECURITY_ADMIN, name="keeper", organ=organ)
    for _ in range(5):
        log_in(Client(), "wrong")
    assert [one.username for one in lockout.locked()] == ["wangmin"]
    for who, reason, wanted in ((user, "本人电话核实", "rights.denied"), (keeper, "", "lock.reason")):
        with pytest.raises(Refusal) as caught:
            lockout.unlock(username="wangmin", access=access_for(who), reason=reason)
        assert caught.value.code == wanted
    lockout.unlock(username="wangmin", access=access_for(keeper), reason="本人电话核实")
    entry = Entry.objects.get(act="rights.session.unlock")
    assert (entry.actor, entry.obj, "本人电话核实" in entry.body) == (
        f"user:{keeper.pk}",
        f"rights.user:{user.pk}",
        True,
    )
    assert log_in(Client()) == 302
    with pytest.raises(Refusal) as caught:
        lockout.unlock(username="wangmin", access=access_for(keeper), reason="本人电话核实")
    assert caught.value.code == "lock.none"


@override_settings(AXES_ENABLED=True)
def test_a19_wrong_codes_and_wrong_confirmations_count_as_wrong_passwords() -> None:
    user = account(Role.MANAGER)
    key = enrolled(user)
    browser = inside()
    for _ in range(5):
        assert browser.post("/me/second/check", {"code": "000000"}).status_code in (422, 429)
    answer = browser.post("/me/second/check", {"code": code(key)})
    assert answer.status_code == 422
    assert "半小时" in answer.content.decode()
    assert log_in(Client()) == 429, "and by the password neither"
    AccessAttempt.objects.all().delete()
    SecondFactor.objects.all().delete()
    browser = inside()
    for _ in range(5):
        browser.post("/me/confirm", {"password": "wrong"})
    assert "半小时" in browser.post("/me/confirm", {"password": PASSWORD}).content.decode()


def test_a20_unknown_names_get_the_same_answer() -> None:
    account(Role.CLERK)
    User.objects.create_user("gone", password=PASSWORD, is_active=False)
    said = set()
    for name in ("wangmin", "nobody", "gone"):
        page = Client().post("/login", {"username": name, "password": "wrong"}).content.decode()
        said.add(page[page.index('role="alert"') : page.index("</div>", page.index('role="alert"'))])
    assert len(said) == 1


# ── sessions ───────────────────────────────────────────────────────────────────────────────────────────────────────


@override_settings(SESSION_IDLE=1800, SESSION_SEEN_EVERY=60)
def test_d05_an_idle_session_ends() -> None:
    account(Role.CLERK)
    browser = inside()
    with later(minutes=29):
        assert browser.get("/orgs/").status_code == 200
    with later(minutes=58):
        assert browser.get("/orgs/").status_code == 200, "use moves the mark"
    with later(minutes=89):
        answer = browser.get("/orgs/")
        assert answer.headers["Location"] == "/login?next=/orgs/"
    assert LoginSession.objects.get().ended_why == "idle"
    assert not Session.objects.exists()


def test_d05_d32_after_log_out_the_old_cookie_opens_nothing() -> None:
    account(Role.CLERK)
    browser = inside()
    old = browser.cookies["sessionid"].value
    answer = browser.post("/logout")
    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert not Session.objects.exists()
    assert LoginSession.objects.get().ended_why == "logout"
    thief = Client()
    thief.cookies["sessionid"] = old
    assert thief.get("/orgs/").status_code == 302


def test_d32_pages_are_not_kept_by_the_browser() -> None:
    account(Role.CLERK)
    assert "no-store" in inside().get("/orgs/").headers["Cache-Control"]


def test_a22_log_in_makes_a_new_session() -> None:
    account(Role.CLERK)
    browser = Client()
    browser.get("/login")
    session = browser.session
    session["planted"] = 1
    session.save()
    browser.cookies["sessionid"] = str(session.session_key)
    log_in(browser)
    assert browser.cookies["sessionid"].value != session.session_key
    assert not Session.objects.filter(pk=session.session_key).exists()


def test_a22_disabled_means_out_at_once() -> None:
    user = account(Role.CLERK)
    browser = inside()
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert browser.get("/orgs/").status_code == 302


def test_a22_a_new_password_ends_the_other_sessions() -> None:
    account(Role.CLERK)
    here, there = inside(), inside()
    here.post("/me/password", {"old": PASSWORD, "new": NEW, "again": NEW})
    assert here.get("/orgs/").status_code == 200
    assert there.get("/orgs/").status_code == 302
    assert LoginSession.objects.get(ended_at=None).key == here.cookies["sessionid"].value


@override_settings(SESSIONS_EACH=2)
def test_as_many_sessions_as_are_set() -> None:
    account(Role.CLERK)
    first, second_one, third = inside(), inside(), inside()
    assert [one.get("/orgs/").status_code for one in (first, second_one, third)] == [302, 200, 200]
    assert LoginSession.objects.get(ended_why="too-many").key


def test_a23_own_sessions_are_listed_and_ended_others_not() -> None:
    account(Role.CLERK)
    account(Role.CLERK, name="other")
    here, there, foreign = inside(), inside(), inside("other")
    assert here.get("/me/").content.decode().count("本次") == 1
    others = LoginSession.objects.get(user__username="other").pk
    here.post("/me/", {"session": str(others)})
    assert foreign.get("/orgs/").status_code == 200
    mine = LoginSession.objects.get(key=there.cookies["sessionid"].value).pk
    here.post("/me/", {"session": str(mine)})
    assert there.get("/orgs/").status_code == 302
    third = inside()
    assert "已结束其他 1 个会话" in here.post("/me/", follow=True).content.decode()
    assert third.get("/orgs/").status_code == 302
    assert "本人结束" in here.get("/me/").content.decode()


# ── second factor ──────────────────────────────────────────────────────────────────────────────────────────────────


@override_settings(SECOND_FACTOR=True)
@pytest.mark.parametrize("role", [Role.MANAGER, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN])
def test_d07_the_password_alone_shows_no_data(role: Role) -> None:
    account(role, organ=new_organ("示例县看不见局"))
    browser = inside()
    shown = set()
    for path in addresses():
        for answer in (browser.get(path), browser.post(path) if path not in gate_open() else None):
            if answer is None or answer.status_code in (302, 405):
                continue
            shown.add(path)
            assert "看不见局" not in answer.content.decode(), path
    assert shown <= {"/healthz", "/login", "/me/confirm", "/me/second/enrol", "/me/second/check"}
    assert not [path for path in addresses() if path.startswith("/me/tokens") and path in shown]


def gate_open() -> set[str]:
    """Addresses that end the session or start the factor."""
    return {"/logout", "/login", "/me/second/enrol", "/healthz"}


@override_settings(SECOND_FACTOR=True)
def test_d07_enrol_then_code_then_in() -> None:
    user = account(Role.MANAGER)
    browser = inside()
    assert browser.get("/").headers["Location"] == "/me/second/enrol?next=%2F"
    assert "生成密钥" in browser.get("/me/second/enrol").content.decode()
    page = browser.post("/me/second/enrol", {"next": "/orgs/"}).content.decode()
    key = second.pending(user) or ""
    assert "data:image/svg+xml" in page
    assert browser.post("/me/second/enrol", {"code": "000000"}).status_code == 422
    codes = browser.post("/me/second/enrol", {"code": code(key), "next": "/orgs/"}).content.decode()
    assert codes.count("<li>") == 10
    assert browser.get("/orgs/").status_code == 200
    assert "已启用" in browser.get("/me/second").content.decode()
    other = inside()
    assert other.get("/orgs/").headers["Location"] == "/me/second/check?next=%2Forgs%2F"
    assert other.post("/me/second/check", {"code": code(key)}).status_code == 422, "used already"
    with later(seconds=60):
        fresh = code(key, timezone.now())
        assert other.post("/me/second/check", {"code": fresh, "next": "/orgs/"}).headers["Location"] == "/orgs/"
        assert other.get("/orgs/").status_code == 200


def test_off_means_that_nobody_must_but_who_has_one_is_asked() -> None:
    user = account(Role.MANAGER)
    assert inside().get("/orgs/").status_code == 200
    enrolled(user)
    assert inside().get("/orgs/").headers["Location"].startswith("/me/second/check")


def test_a23_what_touches_the_log_in_asks_for_the_password() -> None:
    user = account(Role.CLERK)
    browser = inside()
    with later(minutes=11):
        for path, form in (
            ("/me/second/enrol", {}),
            ("/me/tokens", {"label": "大屏", "verbs": "read", "until": "2099-01-01"}),
            ("/me/second", {"act": "drop"}),
        ):
            assert browser.post(path, form).headers["Location"].startswith("/me/confirm?next="), path
        assert not Token.objects.exists()
        assert browser.post("/me/confirm", {"password": "wrong"}).status_code == 422
        answer = browser.post("/me/confirm", {"password": PASSWORD, "next": "/me/second/enrol"})
        assert answer.headers["Location"] == "/me/second/enrol"
        assert browser.post("/me/second/enrol").status_code == 200
    assert second.pending(user)


def test_giving_it_up() -> None:
    user = account(Role.CLERK)
    key = enrolled(user)
    browser = inside()
    browser.post("/me/second/check", {"code": code(key)})
    assert browser.post("/me/second", {"act": "codes"}).content.decode().count("<li>") == 10
    assert browser.post("/me/second", {"act": "drop"}).status_code == 302
    assert not second.enrolled(user)
    assert browser.get("/orgs/").status_code == 200


# ── tokens ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_token_is_issued_seen_once_and_revoked() -> None:
    account(Role.CLERK)
    browser = inside()
    until = (timezone.localdate() + timedelta(days=30)).isoformat()
    page = browser.post("/me/tokens", {"label": "统计大屏", "verbs": ["read"], "areas": ["vehicles"], "until": until})
    row = Token.objects.get()
    assert f"yw_{row.prefix}_" in page.content.decode()
    assert (row.verbs, row.areas, row.read_only) == ("read", "vehicles", True)
    assert f"yw_{row.prefix}_" not in browser.get("/me/tokens").content.decode()
    account(Role.CLERK, name="other")
    stranger = inside("other")
    assert "统计大屏" not in stranger.get("/me/tokens").content.decode()
    assert "没有这个令牌" in stranger.post("/me/tokens", {"token": str(row.pk)}).content.decode()
    browser.post("/me/tokens", {"token": str(row.pk)})
    assert "已吊销" in browser.get("/me/tokens").content.decode()
    assert browser.post("/me/tokens", {"label": "x", "until": "bad"}).status_code == 422


# ── safe next, network of the administrators ───────────────────────────────────────────────────────────────────────

ELSEWHERE = [
    "https://evil.example/", "http://evil.example", "//evil.example", "///evil.example", "////evil.example/a", "\\\\evil.example",
    "/\\evil.example", "\\/evil.example", "https:evil.example", "https:/evil.example", "http:///evil.example", "javascript:alert(1)",
    "JaVaScRiPt:alert(1)", "data:text/html,x", " //evil.example", "\t//evil.example", "/\t/evil.example", "//evil.example%2f@testserver",
    "https://testserver@evil.example/", "https://evil.example\\@testserver", "ftp://testserver/", "https://testserver.evil.example/",
]  # fmt: skip


@pytest.mark.parametrize("target", ELSEWHERE)
def test_a12_next_stays_on_the_site(target: str) -> None:
    assert len(ELSEWHERE) >= 20
    user = account(Role.CLERK)
    browser = Client()
    answer = browser.post("/login", {"username": "wangmin", "password": PASSWORD, "next": target})
    assert answer.headers["Location"] == "/"
    assert browser.post("/me/confirm", {"password": PASSWORD, "next": target}).headers["Location"] == "/me/"
    form = {"old": PASSWORD, "new": NEW, "again": NEW, "next": target}
    assert browser.post("/me/password", form).headers["Location"] == "/me/password"
    key = enrolled(user)
    gate_check = browser.post("/me/second/check", {"code": code(key), "next": target})
    assert gate_check.headers["Location"] == "/"
    assert browser.post("/organ", {"organ": "0", "next": target}).headers["Location"] == "/"


def test_d20_administrators_only_from_their_network() -> None:
    from ipaddress import ip_network

    account(Role.SYSTEM_ADMIN)
    browser = inside()
    with override_settings(ADMIN_NETS=(ip_network("10.1.0.0/16"),)):
        assert browser.get("/", REMOTE_ADDR="10.1.2.3").status_code == 200
        assert browser.get("/", REMOTE_ADDR="10.2.0.1").status_code == 403
        forged = browser.get("/", REMOTE_ADDR="10.2.0.1", headers={"x-forwarded-for": "10.1.2.3"})
        assert forged.status_code == 403
        Grant.objects.update(role=Role.CLERK)
        assert browser.get("/", REMOTE_ADDR="10.2.0.1").status_code == 200


def test_c02_a_grant_changed_by_sql_lets_its_user_in_no_more() -> None:
    """At the log-in at once, whoever looks or not; with an alarm. A colleague gets in; put right, so does he."""
    user, _ = account(Role.CLERK), account(Role.CLERK, name="lifang")
    Grant.objects.filter(user=user).update(role=Role.MANAGER)
    assert log_in(Client()) == 200
    assert "授权与存证不符" in Client().post("/login", {"username": "wangmin", "password": PASSWORD}).content.decode()
    assert Alarm.objects.get().kind == "grants"
    assert log_in(Client(), name="lifang") == 302
    Grant.objects.filter(user=user).update(role=Role.CLERK)
    assert log_in(Client()) == 302


def test_c02_a_grant_put_in_by_sql_lets_nobody_in() -> None:
    user = account(Role.CLERK)
    grant = Grant.objects.get()
    Grant.objects.create(user=user, organ=grant.organ, role=Role.MANAGER)
    assert log_in(Client()) == 200


def test_c02_the_check_that_names_it_ends_what_is_open() -> None:
    """Sessions and tokens of who is named end with the check; those of others go on."""
    user, other, now = account(Role.CLERK), account(Role.CLERK, name="lifang"), timezone.now()
    mine, theirs = inside(), inside("lifang")
    issued = {
        each: issue(
            access=access_for(each), label="报表", verbs=[Verb.READ], expires_at=now + timedelta(days=1), now=now
        )[0]
        for each in (user, other)
    }
    Grant.objects.filter(user=user).update(role=Role.MANAGER)
    assert shut_out(faults(), now=now) == 1
    assert mine.get("/").status_code == 302
    assert theirs.get("/").status_code == 200
    assert {each: bool(Token.objects.get(pk=row.pk).revoked_at) for each, row in issued.items()} == {
        user: True,
        other: False,
    }


def test_log_ins_are_entries() -> None:
    user = account(Role.CLERK)
    inside()
    Client().post("/login", {"username": "no\r\nbody", "password": "x"})
    begun, failed = Entry.objects.filter(act__startswith="rights.session").order_by("pk")
    assert (begun.act, begun.actor, json.loads(begun.body)["ok"]) == ("rights.session.begin", f"user:{user.pk}", True)
    body = json.loads(failed.body)
    assert (failed.act, failed.actor, body["ok"]) == ("rights.session.fail", "anonymous", False)
    assert "\n" not in body["name"]
    assert set(body["via"]) == {"unit", "address", "request"}


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120 Safari/537.36 Edg/120", "Edge · Windows"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/120 MicroMessenger/8", "微信 · 安卓"),
        ("curl/8.1", "curl/8.1"),
        ("", ""),
    ],
)
def test_browsers_are_named(agent: str, said: str) -> None:
    assert browser_of(agent) == said


def test_the_gate_keeps_nothing_secret_in_the_session() -> None:
    account(Role.CLERK)
    browser = inside()
    browser.get("/orgs/")
    assert set(browser.session["gate"]) == {"seen", "due", "enrolled", "proved"}
    assert gate.FRESH <= 900
