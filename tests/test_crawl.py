"""Every page can be reached by links from the first page, answers, is whole, writes nothing, and asks for few queries.

`query_counts.json` is the committed baseline of queries by address: an N+1 shows as a change of one number. After a
deliberate change: `YIWANG_UPDATE_COUNTS=1 pytest tests/test_crawl.py`, and look at the difference. The registers below
`/r/` have a baseline of their own, kind by kind (`yiwang/desk/tests/query_counts.json`).
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter, deque
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from tests.browser import world
from yiwang.core.rights.models import User
from yiwang.portal.tests.addresses import templates

#: So many pages of one address are fetched: one of each kind is enough to see that it is linked and whole.
EACH = 2
#: Addresses that answer to a form, to htmx or to a machine, not to a link on a page.
UNLINKED = re.compile(
    "^/("
    + "|".join(
        (
            r"login|logout|recover.*|healthz|organ|api/.*|files/.*|p/.*",
            r"me/confirm|me/second/.*|security/locks|accounts/organs/",
            r"jobs/<int:pk>/(bar|again)/|notices/(read|failures|failures/.*|.*open|settings/robots/.*)/|papers/(issue|.*void)/",
            r"r/.*(preview|suggest|delete|json|approvals).*|r/(services|vehicles|energy)/?",
            r"orgs/<int:pk>/below|ledger/verify/<.*|findings/.*/file/.*|intake/.*(state|confirm|marked)/",
            r"desk/(batch|.*(people|preview|file))/",
            r"vehicles/map/(live.json|roads.json|<int:pk>/)|vehicles/board/(fits.json|put/|plan/|plans/<int:pk>/|pools/<int:pk>/)",
            r"services/venues/(door/.*|bookings/.*/move/)",
            r"vehicles/trips/<int:pk>/(drive|correct)/|reporting/(worker.js|returns/<int:pk>/cells/)",
            # of a driver, of who asks for a track, and of rows that this world has none of
            r"vehicles/(trips/tasks|tracks/ask|board/trips/.*|costs/<int:pk>|watch/signs/.*)/",
            r"services/(catalogue/load|labels/.*/make|report/<.*|s/<str:token>/)",
        )
    )
    + ")$"
)
TEXT = {"text/html"}
COUNTS = Path(__file__).parent / "query_counts.json"
WRITES = re.compile(
    r"^\s*(INSERT|UPDATE|DELETE|REPLACE)\b(?!.*\b(?:django_session|ledger_\w+|rights_tally)\b)", re.IGNORECASE
)
#: What is counted by the minute asks for more at the first time in each.
MINUTES = re.compile(r"\brights_tally\b|^(RELEASE )?SAVEPOINT\b")
#: Makes the marked workbook when it is first asked for, and keeps it.
MAY_WRITE = {"/intake/<int:pk>/marked/"}


class Links(HTMLParser):
    """The addresses that a page leads to, and what is wrong with its markup."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.ids: Counter[str] = Counter()
        self.tables = self.captions = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a" and given.get("href"):
            self.found.append(str(given["href"]))
        if tag == "form" and given.get("method", "get") == "get" and given.get("action"):
            self.found.append(str(given["action"]))
        if given.get("id"):
            self.ids[str(given["id"])] += 1
        self.tables += tag == "table"
        self.captions += tag == "caption"


def _pattern(path: str) -> str:
    """The address as the URLconf declares it."""
    return "/" + resolve(path).route


@dataclass
class Crawl:
    """What was met on the way: addresses with their most queries, and what was wrong."""

    client: Client
    queries: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    met: Counter[str] = field(default_factory=Counter)

    def run(self) -> None:
        """Follow the links from the first page on."""
        waiting, seen = deque(["/"]), {"/"}
        while waiting:
            url = waiting.popleft()
            pattern = _pattern(urlsplit(url).path)
            self.met[pattern] += 1
            if self.met[pattern] > EACH:
                continue
            for link in self.fetch(url, pattern):
                target = urljoin(url, link).partition("#")[0]
                if target.startswith("/") and not target.startswith("/static/") and target not in seen:
                    seen.add(target)
                    waiting.append(target)

    def fetch(self, url: str, pattern: str) -> list[str]:
        """One page: its links."""
        with CaptureQueriesContext(connection) as queries:
            answer = self.client.get(url, follow=True)
            page = Links()
            if answer.headers.get("Content-Type", "").partition(";")[0] in TEXT:
                page.feed(answer.content.decode())
            else:
                for _ in answer:  # to the end, or the file stays open
                    pass
        asked = sum(not MINUTES.search(one["sql"]) for one in queries)
        self.queries[pattern] = max(self.queries.get(pattern, 0), asked)
        written = [one["sql"] for one in queries if WRITES.match(one["sql"])]
        if written and pattern not in MAY_WRITE:
            self.problems.append(f"{url} writes: {written[0][:200]}")
        if answer.status_code != 200:
            self.problems.append(f"{url}: {answer.status_code}")
        self.problems += [f"{url}: id {name} twice" for name, times in page.ids.items() if times > 1]
        if page.tables != page.captions:
            self.problems.append(f"{url}: a table without caption")
        return page.found


@pytest.mark.slow
@pytest.mark.django_db
def test_every_page_is_linked_whole_and_cheap() -> None:
    world.build()
    cache.clear()
    counts: dict[str, int] = {}
    for name in ("manager", "auditor", "sysadmin", "secadmin", "auditadmin"):
        client = Client()
        client.force_login(User.objects.get(username=name), backend="django.contrib.auth.backends.ModelBackend")
        crawl = Crawl(client)
        crawl.run()
        assert crawl.problems == []
        counts |= {pattern: max(number, counts.get(pattern, 0)) for pattern, number in crawl.queries.items()}
    assert sorted(one for one in templates() if one not in counts and not UNLINKED.match(one)) == []
    _compare({pattern: number for pattern, number in counts.items() if not pattern.startswith("/r/")})


def _compare(counts: dict[str, int]) -> None:
    """With the baseline: none may ask for more."""
    if os.environ.get("YIWANG_UPDATE_COUNTS"):
        COUNTS.write_text(json.dumps(counts, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    baseline: dict[str, int] = json.loads(COUNTS.read_text(encoding="utf-8"))
    more = {
        pattern: (baseline.get(pattern, 0), number)
        for pattern, number in counts.items()
        if number > baseline.get(pattern, 0)
    }
    assert more == {}, "address: (baseline, now)"
    assert set(baseline) - set(templates()) == set(), "an address went away: links to it in printed papers are dead"


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize(
    "url", ["/r/offices/room/", "/r/vehicles/vehicle/?sort=-plate", "/findings/", "/findings/?kind=over"]
)
def test_what_htmx_gets_is_what_the_page_has(client: Client, url: str) -> None:
    world.build()
    client.force_login(User.objects.get(username="manager"), backend="django.contrib.auth.backends.ModelBackend")
    part = " ".join(client.get(url, headers={"HX-Request": "true", "HX-Target": "list"}).content.decode().split())
    assert part.startswith("<section")
    assert part in " ".join(client.get(url).content.decode().split())
