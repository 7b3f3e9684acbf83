"""The pages of the accounts: each by the administrator it belongs to, refused to the others and to strangers."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.test import Client

from yiwang.core.ledger.models import Entry
from yiwang.core.orgs import factories
from yiwang.core.rights.models import Grant, OwnRole, Role, User
from yiwang.core.rights.tests.world import World, user, world
from yiwang.desk.testing import page

pytestmark = pytest.mark.django_db


@pytest.fixture
def we() -> World:
    return world()


def client(who: Any) -> Client:
    browser = Client()
    browser.force_login(getattr(who, "user", who), backend="django.contrib.auth.backends.ModelBackend")
    return browser


def test_the_list_is_that_of_the_subtree(we: World) -> None:
    ours, theirs = user(we.ours, Role.CLERK, name="甲"), user(we.theirs, Role.CLERK, name="乙")
    html = page(client(we.system).get("/accounts/"))
    assert ours.username in html
    assert theirs.username in html
    html = page(client(user(we.ours, Role.SECURITY_ADMIN)).get("/accounts/"))
    assert ours.username in html
    assert f">{theirs.username}<" not in html
    assert "开户" not in html
    for other in (ours, user(we.ours), user(we.ours, Role.MANAGER)):
        assert client(other).get("/accounts/").status_code == 403
    assert client(we.audit).get("/accounts/").headers["Location"] == "/accounts/audit/"


def test_the_list_is_searched_and_paged(we: World) -> None:
    off = user(we.ours, name="停用的人")
    User.objects.filter(pk=off.pk).update(is_active=False)
    html = page(client(we.system).get("/accounts/?state=off"))
    assert "停用的人" in html
    assert "安全管理员" not in html
    assert "停用的人" in page(client(we.system).get("/accounts/?q=停用&organ=青河"))
    assert "没有符合条件" in page(client(we.system).get("/accounts/?q=停用&organ=云岭"))
    User.objects.bulk_create([User(username=f"many{number:03}", organ=we.ours) for number in range(60)])
    first = page(client(we.system).get("/accounts/?q=many"))
    after = re.search(r'href="(\?[^"]*after=[^"]*)"', first)
    assert after
    rest = page(client(we.system).get("/accounts/" + after[1].replace("&amp;", "&")))
    assert (first.count(">many"), rest.count(">many")) == (50, 10)


def test_opening_an_account_shows_the_secret_once(we: World) -> None:
    given = {"username": "li.qiang", "name": "李强", "organ": "青河县财政局"}
    answer = client(we.system).post("/accounts/new/", given)
    html = page(answer)
    assert answer.headers["Cache-Control"] == "no-store"
    secret = re.search(r'class="v code">([^<]+)<', html)
    made = User.objects.get(username="li.qiang")
    assert secret
    assert authenticate(username="li.qiang", password=secret[1]) == made
    assert secret[1] not in page(client(we.system).get(f"/accounts/{made.pk}/"))
    again = client(we.system).post("/accounts/new/", given)
    assert "已有人使用" in page(again, 422)
    for other in (we.security, we.audit, user(we.ours, Role.MANAGER)):
        assert client(other).post("/accounts/new/", given | {"username": "x"}).status_code == 403


def test_a31_no_field_is_taken_that_the_form_has_not(we: World) -> None:
    given = {"username": "li", "name": "李", "organ": "青河县财政局", "is_superuser": "1", "is_staff": "on", "pk": "1"}
    more = {"is_active": "", "password": "x", "role": "MANAGER", "organ_id": str(we.theirs.pk), "grants": "1"}
    page(client(we.system).post("/accounts/new/", given | more))
    made = User.objects.get(username="li")
    assert (made.is_superuser, made.is_staff, made.is_active, made.organ) == (False, False, True, we.ours)
    assert not made.grants.exists()
    assert not authenticate(username="li", password="x")
    who = user(we.ours)
    answer = client(we.security).post(
        f"/accounts/{who.pk}/",
        {
            "verb": "grant",
            "organ": "青河县财政局",
            "role": "READER",
            "user": we.audit.user.pk,
            "own": "1",
            "organ_id": "1",
        },
    )
    assert answer.status_code == 302
    grant = Grant.objects.get(user=who)
    assert (grant.role, grant.organ, grant.own) == ("READER", we.ours, None)


def test_the_system_administrator_keeps_accounts_and_grants_nothing(we: World) -> None:
    who = user(we.ours, Role.CLERK)
    url, browser = f"/accounts/{who.pk}/", client(we.system)
    assert "停用原因" in page(browser.get(url))
    assert browser.post(url, {"verb": "disable", "reason": "调离"}).status_code == 302
    assert "已停用" in page(browser.get(url))
    assert browser.post(url, {"verb": "enable", "reason": "调回"}).status_code == 302
    assert browser.post(url, {"verb": "end", "valid_to": "2099-01-01"}).status_code == 302
    person = factories.person(we.ours, "王敏")
    assert browser.post(url, {"verb": "link", "staff_number": person.staff_number}).status_code == 302
    assert "任职" in page(browser.get(url)), "the post shows among what he may do"
    assert "初始口令" in page(browser.post(url, {"verb": "reset"}))
    for given in ({"verb": "grant", "organ": "青河县财政局", "role": "MANAGER"}, {"verb": "revoke", "grant": "1"}):
        assert browser.post(url, given).status_code == 422
    assert [grant.role for grant in who.grants.all()] == ["CLERK"]
    assert "没有这种办理" in page(browser.post(url, {"verb": "explode"}), 422)
    assert "日期" in page(browser.post(url, {"verb": "end", "valid_to": "soon"}), 422)


def test_the_security_administrator_grants_and_keeps_no_accounts(we: World) -> None:
    who = user(we.ours)
    url, browser = f"/accounts/{who.pk}/", client(we.security)
    given = {"verb": "grant", "organ": "青河县财政局", "role": "CLERK", "area": "vehicles"}
    assert browser.post(url, given).status_code == 302
    html = page(browser.get(url))
    assert "公务用车" in html
    assert "停用原因" not in html
    grant = Grant.objects.get(user=who)
    assert browser.post(url, {"verb": "revoke", "grant": grant.pk}).status_code == 302
    assert not who.grants.exists()
    for verb in ("disable", "enable", "end", "link", "reset"):
        assert browser.post(url, {"verb": verb, "reason": "x"}).status_code == 422, verb
    assert "请选择" in page(browser.post(url, given | {"role": "GOD"}), 422)
    assert "没有" in page(browser.post(url, given | {"organ": "没有这个单位"}), 422)


def test_foreign_accounts_are_not_there(we: World) -> None:
    county = user(we.ours, Role.SECURITY_ADMIN)
    stranger = user(we.theirs, Role.CLERK)
    url = f"/accounts/{stranger.pk}/"
    assert client(county).get(url).status_code == 404
    assert client(county).post(url, {"verb": "grant", "organ": "青河县财政局", "role": "READER"}).status_code == 404
    assert client(user(we.ours, Role.MANAGER)).get(url).status_code == 403
    hers = user(we.ours)
    assert "没有" in page(
        client(county).post(f"/accounts/{hers.pk}/", {"verb": "revoke", "grant": Grant.objects.get(user=stranger).pk}),
        422,
    )


def test_own_roles_are_ticked(we: World) -> None:
    browser = client(we.security)
    given = {"name": "车队记录员", "pair": ["vehicles:read", "vehicles:write"]}
    assert browser.post("/accounts/roles/", given).status_code == 302
    role = OwnRole.objects.get()
    assert role.pairs.split() == ["vehicles:read", "vehicles:write"]
    assert "车队记录员" in page(browser.get("/accounts/roles/"))
    assert "checked" in page(browser.get(f"/accounts/roles/{role.pk}/"))
    who = user(we.ours)
    granting = {"verb": "grant", "organ": "青河县财政局", "role": f"own-{role.pk}"}
    assert browser.post(f"/accounts/{who.pk}/", granting).status_code == 302
    assert "车队记录员" in page(browser.get(f"/accounts/{who.pk}/"))
    assert "请先收回" in page(browser.post(f"/accounts/roles/{role.pk}/", {"verb": "close"}), 422)
    assert browser.post(f"/accounts/roles/{role.pk}/", {"verb": "change", "pair": "*:read"}).status_code == 302
    assert "没有" in page(browser.post("/accounts/roles/", {"name": "乙", "pair": ["vehicles:fly"]}), 422)
    system = client(we.system)
    page(system.get("/accounts/roles/"))
    assert system.post("/accounts/roles/", given).status_code == 422
    assert client(user(we.ours, Role.MANAGER)).get("/accounts/roles/").status_code == 403


def test_suggestions_are_within_the_subtree(we: World) -> None:
    html = client(we.system).get("/accounts/organs/?organ=县").content.decode()
    assert "青河县财政局" in html
    assert "云岭县水利局" in html
    html = client(user(we.ours, Role.SYSTEM_ADMIN)).get("/accounts/organs/?organ=县").content.decode()
    assert "云岭县水利局" not in html
    assert client(user(we.ours, Role.CLERK)).get("/accounts/organs/?organ=县").status_code == 403


def test_the_audit_administrator_sees_grants_as_they_were(we: World) -> None:
    who = user(we.ours, Role.CLERK, name="赵审计对象")
    html = page(client(we.audit).get("/accounts/audit/"))
    assert "赵审计对象" in html
    assert "授权" in html
    assert "不符" not in html
    assert "赵审计对象" not in page(client(we.audit).get("/accounts/audit/?on=2020-01-01"))
    assert "日期" in page(client(we.audit).get("/accounts/audit/?on=gestern"))
    Grant.objects.filter(user=who).update(role=Role.MANAGER)
    assert "不符" in page(client(we.audit).get("/accounts/audit/"))
    for other in (we.system, we.security, user(we.province, Role.AUDITOR)):
        assert client(other).get("/accounts/audit/").status_code == 403


def test_looking_leaves_no_trace(we: World) -> None:
    before = Entry.objects.count()
    for path in ("/accounts/", f"/accounts/{we.audit.user.pk}/", "/accounts/roles/"):
        page(client(we.system).get(path))
    assert Entry.objects.count() == before
