"""A server of its own (`yiwang serve`, as a user starts it) and Chromium, both once for each worker."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    ViewportSize,
    expect,
    sync_playwright,
)

from tests import warm
from tests.browser.world import PASSWORD

ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]  # fmt: skip
#: The ids of the small world.
IDS = "ids.json"
#: Seconds in which the server must answer, on a machine that is busy with other tests.
PATIENCE = 900
DESK: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
expect.set_options(timeout=15_000)


def chromium_path() -> str | None:
    """Where Chromium is, or None."""
    return os.environ.get("YIWANG_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test of this folder has the mark; without Chromium it is left out."""
    here = Path(__file__).parent
    missing = chromium_path() is None
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if missing:
                item.add_marker(pytest.mark.skip(reason="no Chromium"))


@dataclass
class Portal:
    """The server under test."""

    address: str
    home: Path
    ids: dict[str, int] = field(default_factory=dict)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            with urlopen(f"{address}/healthz", timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"the server did not start:\n{log.read_text(encoding='utf-8')}")


def _yiwang(*arguments: str) -> list[str]:
    return [sys.executable, "-c", "from yiwang.cli import main; main()", *arguments]


def _environment(home: Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("YIWANG_", "DJANGO_"))}
    kept |= {"YIWANG_HOME": str(home), "DJANGO_SETTINGS_MODULE": "yiwang.portal.settings"}
    return kept | {"YIWANG_SECOND_FACTOR": "0", "YIWANG_SESSIONS": "0"}  # one account stands for several persons here


def _built(shared: Path) -> Path:
    """A home with the small world in it, made by whichever worker comes first."""
    home = shared / "built"
    with (shared / "built.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / IDS).exists():
            shutil.rmtree(home, ignore_errors=True)  # of another worker that failed
            home.mkdir()
            done = warm.run(["-m", "tests.browser.world"], _environment(home), seconds=PATIENCE)
            assert done.returncode == 0, done.stderr
            (home / IDS).write_text(done.stdout.splitlines()[-1], encoding="utf-8")
    return home


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """The portal on a database of its own, with the small world in it."""
    base = tmp_path_factory.getbasetemp()
    home = base / "portal"
    shutil.copytree(_built(base.parent if "PYTEST_XDIST_WORKER" in os.environ else base), home)
    environment = _environment(home)
    port, log = _free_port(), home / "serve.log"
    with log.open("wb") as output:
        process = subprocess.Popen(_yiwang("serve", "--port", str(port)), env=environment, stdout=output, stderr=output)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(address, process, log)
        yield Portal(address, home, json.loads((home / IDS).read_text(encoding="utf-8")))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Watch:
    """What went wrong in a page while nobody looked."""

    origin: str
    elsewhere: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def heard(self, message: ConsoleMessage) -> None:
        """Note errors of scripts and policies; failed answers are noted by `answered`."""
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.errors.append(message.text)

    def answered(self, response: Response) -> None:
        """Note faults of the server, and what a page needs and does not get; refusals of a page itself are no fault."""
        own = response.request.resource_type in ("document", "xhr", "fetch")
        if response.status >= 500 or (response.status >= 400 and not own):
            self.errors.append(f"{response.status} {response.url}")

    def asked(self, request: Request) -> None:
        """Note requests to anybody but the portal; Chromium knows no other machine."""
        if not request.url.startswith((self.origin, "data:", "blob:")):
            self.elsewhere.append(request.url)

    def verify(self) -> None:
        """Fail if there was anything; begin anew."""
        elsewhere, errors, self.elsewhere, self.errors = self.elsewhere, self.errors, [], []
        assert elsewhere == []
        assert errors == []


@dataclass
class Browsers:
    """Opens browsers of users; a user logs in once a session, unless `fresh` (for what changes the session)."""

    chromium: Browser
    portal: Portal
    states: dict[str, Any]
    pages: dict[str | None, tuple[Page, Watch]]
    stack: ExitStack
    watches: list[Watch] = field(default_factory=list)

    def kept(self, user: str | None) -> Page:
        """A page that stays open for other tests of this session, and so has in its cache what all pages need."""
        if user not in self.pages:
            with ExitStack() as closing:
                own = replace(self, stack=closing, watches=[])
                self.pages[user] = own(user, first=False), own.watches[-1]
                closing.pop_all()  # closed with Chromium
        page, watch = self.pages[user]
        self.watches.append(watch)
        return page

    def __call__(self, user: str | None, *, phone: bool = False, fresh: bool = False, first: bool = True) -> Page:
        """A page of a new browser in which the user has logged in, on his first page; 390 px wide with `phone`.

        Without `first` it may be blank: the caller goes elsewhere at once.
        """
        kept = None if fresh or user is None else self.states.get(user)
        context = self._context(PHONE if phone else DESK, kept)
        page = context.new_page()
        if kept and first:
            page.goto("/")
        elif user is not None and not kept:
            log_in(page, user)
            if not fresh:
                self.states[user] = context.storage_state()
        return page

    def _context(self, size: ViewportSize, state: Any) -> BrowserContext:
        context = self.chromium.new_context(
            viewport=size, locale="zh-CN", base_url=self.portal.address, accept_downloads=True, storage_state=state
        )
        self.stack.callback(context.close)
        watch = Watch(self.portal.address)
        self.watches.append(watch)
        context.on("request", watch.asked)
        context.on("console", watch.heard)
        context.on("response", watch.answered)
        context.on("weberror", lambda error: watch.errors.append(str(error.error)))
        context.set_default_timeout(30_000)
        return context


@pytest.fixture(scope="session")
def logged_in() -> dict[str, Any]:
    """The cookies of those who have logged in, by user."""
    return {}


@pytest.fixture(scope="session")
def kept_open() -> dict[str | None, tuple[Page, Watch]]:
    """The pages that stay open, by user."""
    return {}


@pytest.fixture
def browse(
    chromium: Browser, portal: Portal, logged_in: dict[str, Any], kept_open: dict[str | None, tuple[Page, Watch]]
) -> Iterator[Browsers]:
    """`browse("clerk")`: a page of a browser in which this user has logged in.

    At the end the test fails if anything was asked of another machine or a script, policy or server error was seen.
    """
    with ExitStack() as stack:
        browsers = Browsers(chromium, portal, logged_in, kept_open, stack)
        yield browsers
        for watch in browsers.watches:
            watch.verify()


def log_in(page: Page, user: str) -> None:
    """Log in by the form."""
    page.goto("/login")
    page.get_by_label("账号").fill(user)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(lambda url: "/login" not in url)
