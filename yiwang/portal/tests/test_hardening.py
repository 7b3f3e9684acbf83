"""What the whole house must keep to, by row of the checklist: headers, cookies, proxies, algorithms, components, logs."""

from __future__ import annotations

import hashlib
import io
import logging
import os
import re
import runpy
import shutil
import sys
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings

import yiwang.portal
from tests import warm
from yiwang.core.ledger.models import Entry
from yiwang.core.orgs.factories import organ as new_organ
from yiwang.core.rights.models import Alarm, Role, User
from yiwang.portal import limits
from yiwang.portal.logs import OneLine
from yiwang.portal.me.tests.flow import PASSWORD, account
from yiwang.portal.proxies import ProxyMiddleware
from yiwang.portal.tests.addresses import addresses
from yiwang.portal.tests.people import client as client_of
from yiwang.portal.tests.people import drained

PORTAL = Path(yiwang.portal.__file__).parent
ROOT = PORTAL.parents[1]
SOURCES = [
    path for path in (ROOT / "yiwang").rglob("*.py") if "tests" not in path.parts and "migrations" not in path.parts
]


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


# ── headers, cookies, requests from elsewhere ──────────────────────────────────────────────────────────────────────


@pytest.fixture
def production(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """The settings of a place behind HTTPS."""
    monkeypatch.setenv("YIWANG_HTTPS", "1")
    prefixes = ("SECURE_", "SESSION_COOKIE_", "CSRF_COOKIE_")
    given = {
        key: value for key, value in runpy.run_path(str(PORTAL / "settings.py")).items() if key.startswith(prefixes)
    }
    with override_settings(**given):
        yield given


HTTPS = {"x-forwarded-proto": "https"}


@pytest.mark.django_db
def test_a08_cookies_are_of_this_host_secure_and_out_of_reach(production: dict[str, Any]) -> None:
    account(Role.CLERK)
    browser = Client()
    browser.post("/login", {"username": "wangmin", "password": PASSWORD}, headers=HTTPS)
    browser.get("/me/password", headers=HTTPS)
    assert {"__Host-session", "__Host-csrf"} <= set(browser.cookies)
    for cookie in browser.cookies.values():
        assert cookie["secure"], cookie.key
        assert cookie["httponly"], cookie.key
        assert cookie["samesite"] in {"Lax", "Strict"}
        assert (cookie["path"], cookie["domain"]) == ("/", "")


@pytest.mark.django_db
def test_d06_plain_http_is_redirected_for_pages_and_refused_for_programs(production: dict[str, Any]) -> None:
    assert Client().get("/login").status_code == 301
    answer = Client().get("/api/v1/organs")
    assert (answer.status_code, answer.json()["code"]) == (403, "api.plain-http")
    assert Client().get("/api/v1/organs", headers=HTTPS).status_code != 403
    forged = Client().get("/login", headers=HTTPS, REMOTE_ADDR="203.0.113.9")
    assert forged.status_code == 301, "who is no listed proxy cannot say that it was HTTPS"


@pytest.mark.django_db
def test_d06_a32_no_password_in_logs_and_entries(caplog: pytest.LogCaptureFixture) -> None:
    account(Role.CLERK)
    planted = "Planted-secret-77-x"
    with caplog.at_level(logging.DEBUG), override_settings(AXES_ENABLED=True, AXES_VERBOSE=True):
        for _ in range(6):
            Client().post("/login", {"username": "wangmin", "password": planted})
        inside_form = {"old": PASSWORD, "new": planted, "again": planted}
        User.objects.filter(username="wangmin").exists()
        browser = Client()
        browser.force_login(User.objects.get(), backend="django.contrib.auth.backends.ModelBackend")
        browser.post("/me/password", inside_form)
    kept = caplog.text + "".join(f"{one.obj}{one.body}" for one in Entry.objects.all())
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM axes_accessattempt")
        kept += str(cursor.fetchall())
    assert planted not in kept
    assert PASSWORD not in kept
    assert "wangmin" in kept, "there was something to look through"


@pytest.mark.django_db
def test_a09_headers_stand_on_every_answer(production: dict[str, Any]) -> None:
    browser = client_of(new_organ(), Role.MANAGER)
    paths = [*addresses(), "/no-such-page", "/static/look.css", "/healthz"]
    for path in paths:
        for who in (browser, Client()):
            answer = drained(who.get(path, headers=HTTPS))
            head = answer.headers
            assert head["Strict-Transport-Security"].startswith("max-age=31536000"), path
            assert head["X-Content-Type-Options"] == "nosniff", path
            assert head["Referrer-Policy"] == "same-origin", path
            policy = head["Content-Security-Policy"]
            assert "frame-ancestors 'none'" in policy, path
            assert "unsafe" not in policy, path


def test_a09_nothing_inline_in_any_template() -> None:
    """The policy allows nothing inline, so that there is no nonce to leak; then nothing inline may be needed."""
    found = []
    for path in (ROOT / "yiwang").rglob("*.html"):
        text = read(path)
        if re.search(r"<script(?![^>]*\bsrc=)[^>]*>|<style\b|\sstyle=|\son[a-z]+=\"|javascript:", text, re.IGNORECASE):
            found.append(str(path.relative_to(ROOT)))
    allowed = {name for name in found if "papers" in name or "report" in name}  # documents, not pages
    assert set(found) - allowed == set()


@pytest.mark.django_db
def test_a10_every_post_without_its_token_is_refused() -> None:
    browser = Client(enforce_csrf_checks=True)
    user = account(Role.MANAGER)
    browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    before = Entry.objects.count()
    assert not Alarm.objects.exists()
    for path in addresses():
        answer = browser.post(path)
        assert answer.status_code in {403, 404, 405}, path
    assert Entry.objects.exclude(act="rights.alarm.raise").count() == before, "but for the alarm that it raises"
    assert browser.post("/organ").status_code == 403
    cookie = browser.get("/me/password").cookies["csrftoken"]["samesite"]
    assert cookie == "Lax"


SPOOFS = ("X-Forwarded-For", "X-Real-IP", "Forwarded", "X-Forwarded-Host", "X-Forwarded-Port", "X-Client-IP")


def _seen(peer: str, **headers: str) -> dict[str, Any]:
    """What the application sees of a request from this peer."""
    request = RequestFactory().get("/", REMOTE_ADDR=peer, headers=headers)
    found: dict[str, Any] = {}

    def answer(one: HttpRequest) -> HttpResponse:
        found.update(one.META, secure=one.is_secure())
        return HttpResponse()

    ProxyMiddleware(answer)(request)
    return found


@pytest.mark.parametrize("header", SPOOFS)
def test_a13_what_a_client_says_of_itself_is_not_believed(header: str) -> None:
    with override_settings(SECURE_PROXIES=(ip_network("10.0.0.2"),)):
        for said in ("10.1.2.3", "for=10.1.2.3", "::1", "evil.example"):
            seen = _seen("203.0.113.9", **{header: said})
            assert seen["REMOTE_ADDR"] == "203.0.113.9"
            assert said not in [
                value for key, value in seen.items() if key.startswith("HTTP_") and key != "HTTP_COOKIE"
            ]


@pytest.mark.parametrize(
    ("chain", "client"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("10.1.2.3, 198.51.100.7", "198.51.100.7"),  # the left one the client wrote himself
        ("10.1.2.3, 198.51.100.7, 10.0.0.2", "198.51.100.7"),  # two proxies
        ("2001:db8::1", "2001:db8::1"),
        ("nonsense", "10.0.0.2"),
        ("10.0.0.2", "10.0.0.2"),
        ("", "10.0.0.2"),
    ],
)
def test_a13_a_listed_proxy_is_believed_for_the_last_step(chain: str, client: str) -> None:
    with override_settings(
        SECURE_PROXIES=(ip_network("10.0.0.2"),), SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https")
    ):
        seen = _seen("10.0.0.2", **{"X-Forwarded-For": chain, "X-Forwarded-Proto": "https"})
        assert (seen["REMOTE_ADDR"], seen["secure"]) == (client, True)
        assert not _seen("203.0.113.9", **{"X-Forwarded-Proto": "https"})["secure"]


@pytest.mark.django_db
def test_a28_pages_are_not_kept_and_nothing_is_stored_in_the_browser() -> None:
    browser = client_of(new_organ(), Role.MANAGER)
    for path in addresses():
        if path == "/vehicles/map/roads.json":  # the lines of public roads
            continue
        answer = drained(browser.get(path))
        assert "no-store" in answer.headers["Cache-Control"], path
    scripts = [path for path in (ROOT / "yiwang").rglob("static/**/*.js") if "vendor" not in path.parts]
    assert scripts
    # The grid of returns keeps what was typed without the network until it is sent, and nothing else (decision 0075).
    assert [
        path.name
        for path in scripts
        if re.search(r"localStorage|sessionStorage|indexedDB|document\.cookie", read(path))
    ] == ["reporting-grid.js"]
    for template in (ROOT / "yiwang").rglob("*.html"):
        for form in re.findall(r"<form\b.*?</form>", read(template), re.DOTALL):
            if 'type="password"' in form or 'name="code"' in form:
                assert 'method="post"' in form, f"{template}: a secret in an address"


# ── closed by default ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.slow
def test_a27_the_deployment_check_is_clean(tmp_path: Path) -> None:
    given = {"YIWANG_HOME": str(tmp_path), "YIWANG_HTTPS": "1", "DJANGO_SETTINGS_MODULE": "yiwang.portal.settings"}
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("YIWANG_", "DJANGO_"))}
    done = warm.run(["-m", "django", "check", "--deploy", "--fail-level", "WARNING"], kept | given)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "no issues" in done.stdout
    assert (tmp_path / "secret.key").stat().st_mode & 0o077 == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "/metrics",
        "/openapi.json",
        "/.git/config",
        "/.env",
        "/admin/",
        "/debug",
        "/server-status",
        "/docs",
        "/secret.key",
        "/static/../secret.key",
        "/yiwang.sqlite3",
    ],
)
def test_a27_nothing_of_the_works_is_shown(path: str) -> None:
    for browser in (Client(), client_of(new_organ(), Role.MANAGER)):
        assert browser.get(path).status_code in {302, 404}
    assert not settings.DEBUG


# ── bounded, logged, failing closed ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db
def test_a30_a_statement_of_the_web_process_has_an_end() -> None:
    with override_settings(STATEMENT_SECONDS=7):
        limits.bounded(None, connection)
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone()[0] == "7s"
        cursor.execute("RESET statement_timeout")


def test_a30_the_web_process_installs_the_limit() -> None:
    assert "limits.install()" in read(PORTAL / "wsgi.py")
    assert settings.STATEMENT_SECONDS == 60
    assert settings.DATA_UPLOAD_MAX_MEMORY_SIZE <= 10 << 20


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\u2028", "\x85", "\v"])
def test_a32_a_typed_name_cannot_begin_a_line_of_the_log(end: str) -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(OneLine("%(levelname)s %(message)s"))
    record = logging.LogRecord(
        "x", logging.WARNING, "f", 1, "login failed: %s", (f"a{end}CRITICAL forged\x1b[2J",), None
    )
    handler.emit(record)
    assert len(stream.getvalue().splitlines()) == 1
    assert "\x1b" not in stream.getvalue()
    formatters = runpy.run_path(str(PORTAL / "settings.py"))["LOGGING"]["formatters"]
    assert formatters["line"]["()"] == "yiwang.portal.logs.OneLine"


def test_a32_a_trace_is_told_in_lines_that_are_no_records() -> None:
    try:
        raise ValueError("x\nCRITICAL forged")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "f", 1, "failed", (), sys.exc_info())
    first, *rest = OneLine("%(levelname)s %(message)s").format(record).split("\n")
    assert first == "ERROR failed"
    assert all(line.startswith("  ") for line in rest)
    assert record.exc_info, "others may still want it"


@pytest.mark.django_db
def test_a33_without_a_database_there_is_a_page_and_no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    browser = Client(raise_request_exception=False)
    user = account(Role.CLERK)
    browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")

    def away(*args: Any, **kwargs: Any) -> Any:
        raise OperationalError("connection to 10.0.0.5 refused for role yiwang_app")

    monkeypatch.setattr("yiwang.portal.home.pages.home", away)
    monkeypatch.setattr(connection, "cursor", away)
    for path in ("/", "/orgs/", "/healthz"):
        answer = browser.get(path)
        assert answer.status_code == 500
        assert "yiwang_app" not in answer.content.decode()
        assert "Traceback" not in answer.content.decode()


@pytest.mark.django_db
def test_d33_deleted_rows_are_overwritten() -> None:
    """SQLite: what is deleted is wiped; PostgreSQL leaves it to VACUUM and the file system."""
    from yiwang.portal import env

    assert "secure_delete=ON" in env.database("sqlite:///x.sqlite3")["OPTIONS"]["init_command"]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete")
            assert cursor.fetchone()[0] == 1


@pytest.mark.slow
def test_d28_d33_no_secret_is_readable_in_the_file(tmp_path: Path, sqlite_template: Path | None) -> None:
    """A place of its own with planted secrets, then what `strings` would find in its files."""
    script = (
        "import django; django.setup()\n"
        "from datetime import timedelta\n"
        "from django.core.management import call_command\n"
        "from django.utils import timezone\n"
        "call_command('migrate', verbosity=0)\n"
        "from yiwang.core.orgs.factories import organ\n"
        "from yiwang.core.rights import passwords, second, tokens\n"
        "from yiwang.core.rights.access import access_for\n"
        "from yiwang.core.rights.models import Grant, Role, User, Verb\n"
        "now = timezone.now()\n"
        "user = User.objects.create_user('wangmin', password='Planted-41-harbour-Quince')\n"
        "Grant.objects.create(user=user, organ=organ(), role=Role.CLERK)\n"
        "key = second.begin(user=user)\n"
        "secret = passwords.initial(user=user, actor='system', now=now)\n"
        "passwords.change(user=user, old=secret, new='Planted_86_osprey_Thaw', now=now, actor='system')\n"
        "try:\n"
        "    access = access_for(user, on=timezone.localdate())\n"
        "except TypeError:\n"
        "    access = access_for(user)\n"
        "_, text = tokens.issue(access=access, label='x1', verbs=[Verb.READ], expires_at=now + timedelta(days=1), now=now)\n"
        "print(key, secret, text.rpartition('_')[2])\n"
    )
    given = {"YIWANG_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "yiwang.portal.settings"}
    if sqlite_template:
        shutil.copyfile(sqlite_template, tmp_path / "yiwang.sqlite3")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("YIWANG_", "DJANGO_"))}
    done = warm.run(["-c", script], kept | given)
    assert done.returncode == 0, done.stderr[-3000:]
    planted = [*done.stdout.split(), "Planted-41-harbour-Quince", "Planted_86_osprey_Thaw"]
    assert len(planted) == 5
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any(path.name.startswith("yiwang.sqlite3") for path in files)
    held = b"".join(path.read_bytes() for path in files)
    assert b"wangmin" in held, "looked at the right files"
    assert [text for text in planted if text.encode() in held] == []
    assert hashlib.sha256(b"").hexdigest()
