"""Single sign-on against a provider that really signs: who is let in, who is not, and by what rules (rows A19, A26)."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.exceptions import ImproperlyConfigured
from django.test import Client, override_settings
from django.urls import clear_url_caches

from yiwang.core.ledger.models import Entry
from yiwang.core.rights.models import Grant, Role, User
from yiwang.portal import env
from yiwang.portal.me.tests.flow import account, enrolled, log_in
from yiwang.portal.tests import provider as providers
from yiwang.portal.tests.provider import Provider

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def server() -> Iterator[Provider]:
    with providers.running() as found:
        yield found


@pytest.fixture
def provider(server: Provider, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    server.claims, server.info, server.name = {}, {}, "wangmin"
    server.signing_key, server.algorithm, server.broken = None, "RS256", False
    for name, value in {
        "ISSUER": server.url, "CLIENT_ID": providers.CLIENT, "CLIENT_SECRET": providers.SECRET, "KEYS_URL": f"{server.url}/keys",
        "AUTHORIZE_URL": f"{server.url}/authorize", "TOKEN_URL": f"{server.url}/token", "USERINFO_URL": f"{server.url}/me",
    }.items():  # fmt: skip
        monkeypatch.setenv(f"YIWANG_OIDC_{name}", value)
    backends = [
        "axes.backends.AxesStandaloneBackend",
        "django.contrib.auth.backends.ModelBackend",
        "yiwang.portal.oidc.Backend",
    ]
    given: dict[str, Any] = {
        **env.oidc(),
        "OIDC": True,
        "AUTHENTICATION_BACKENDS": backends,
        "ROOT_URLCONF": "yiwang.portal.tests.sso",
    }
    with override_settings(**given):
        clear_url_caches()
        yield server
    clear_url_caches()


def sign_on(provider: Provider, browser: Client, to: str = "/orgs/", **back: str) -> str:
    """There and back: where the browser is led in the end."""
    there = browser.get("/sso/begin", {"next": to})
    return browser.get("/sso/back", provider.authorise(there.headers["Location"]) | back).headers["Location"]


def test_who_has_an_account_comes_in_with_its_rights(provider: Provider) -> None:
    user = account(Role.CLERK)
    browser = Client()
    assert 'href="/sso/begin?next=' in browser.get("/login").content.decode()
    assert sign_on(provider, browser) == "/orgs/"
    assert browser.get("/orgs/").status_code == 200
    assert provider.asked["code_challenge_method"] == "S256"
    body = json.loads(Entry.objects.get(act="rights.session.begin").body)
    assert (body["way"], User.objects.count(), Grant.objects.get().user_id) == ("oidc", 1, user.pk)


@pytest.mark.parametrize("name", ["nobody", "WANGMIN", "wangmin ", "", None, 7, ["wangmin"], {"a": 1}])
def test_nobody_gets_an_account_by_it(provider: Provider, name: Any) -> None:
    account(Role.CLERK)
    provider.info = {"preferred_username": name, "groups": ["admin"], "roles": ["MANAGER"]}
    browser = Client()
    assert sign_on(provider, browser) == "/login?sso=failed"
    assert "没有通过" in browser.get("/login?sso=failed").content.decode()
    assert (User.objects.count(), browser.get("/orgs/").status_code) == (1, 302)


def test_a_disabled_account_stays_out(provider: Provider) -> None:
    account(Role.CLERK)
    User.objects.update(is_active=False)
    assert sign_on(provider, Client()) == "/login?sso=failed"


BAD_CLAIMS = [
    {"exp": 1}, {"exp": None}, {"aud": "another"}, {"aud": None}, {"iss": "https://evil.example"}, {"iss": None},
    {"nonce": "replayed"}, {"nonce": None}, {"iat": 9_999_999_999}, {"sub": "s-2"}, {"nbf": 9_999_999_999},
]  # fmt: skip


@pytest.mark.parametrize("claims", BAD_CLAIMS)
def test_a_token_that_is_not_for_us_now_is_refused(provider: Provider, claims: dict[str, Any]) -> None:
    account(Role.CLERK)
    provider.claims = claims
    assert sign_on(provider, Client()) == "/login?sso=failed"


def test_a_token_signed_by_another_key_or_not_at_all_is_refused(provider: Provider) -> None:
    account(Role.CLERK)
    provider.signing_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    assert sign_on(provider, Client()) == "/login?sso=failed"
    provider.signing_key, provider.algorithm = None, "none"
    assert sign_on(provider, Client()) == "/login?sso=failed"
    provider.signing_key, provider.algorithm = providers.SECRET.ljust(64, "x"), "HS256"
    assert sign_on(provider, Client()) == "/login?sso=failed"


def test_state_of_another_browser_and_a_used_one_are_refused(provider: Provider) -> None:
    account(Role.CLERK)
    mine, other = Client(), Client()
    back = provider.authorise(mine.get("/sso/begin").headers["Location"])
    assert other.get("/sso/back", back).headers["Location"] == "/login?sso=failed"
    assert mine.get("/sso/back", back).headers["Location"] == "/"
    assert mine.get("/sso/back", back).status_code in (302, 400)
    assert mine.get("/sso/back", {"error": "access_denied"}).headers["Location"] == "/login?sso=failed"


def test_a_provider_that_fails_is_no_error_page(provider: Provider) -> None:
    account(Role.CLERK)
    provider.broken = True
    assert sign_on(provider, Client()) == "/login?sso=failed"
    with override_settings(OIDC_OP_TOKEN_ENDPOINT="http://127.0.0.1:9/token"):
        assert sign_on(provider, Client()) == "/login?sso=failed"


def test_next_stays_on_the_site(provider: Provider) -> None:
    account(Role.CLERK)
    assert sign_on(provider, Client(), to="https://evil.example/") == "/"


@override_settings(SECOND_FACTOR=True)
def test_a19_the_second_factor_is_asked_all_the_same(provider: Provider) -> None:
    user = account(Role.MANAGER)
    browser = Client()
    sign_on(provider, browser)
    assert browser.get("/orgs/").headers["Location"].startswith("/me/second/enrol")
    enrolled(user)
    browser = Client()
    sign_on(provider, browser)
    assert browser.get("/orgs/").headers["Location"].startswith("/me/second/check")


@override_settings(AXES_ENABLED=True)
def test_a19_who_is_locked_out_is_locked_out_here_too(provider: Provider) -> None:
    account(Role.CLERK)
    for _ in range(5):
        log_in(Client(), "wrong")
    assert sign_on(provider, Client()) == "/login?sso=failed"


def test_settings_are_whole_or_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert env.oidc() == {}
    monkeypatch.setenv("YIWANG_OIDC_CLIENT_ID", "x")
    with pytest.raises(ImproperlyConfigured, match="YIWANG_OIDC_ISSUER"):
        env.oidc()


def test_the_test_provider_signs_for_now(server: Provider) -> None:
    assert server.keys()["keys"][0]["kty"] == "RSA"
    assert time.time() > 0
