"""D08. Closed by default: without log-in every address leads to the log-in page, except those on this list."""

from __future__ import annotations

import pytest
from django.test import Client

from yiwang.portal.tests.addresses import addresses

OPEN = {"/login", "/healthz", "/recover"}
#: Open by its own code: that of no paper, of no link is answered 404 to anybody.
BY_CODE = {"/p/x", "/recover/x"}
#: Log-out answers only to POST and shows nothing.
REFUSES_GET = {"/logout"}


def test_d08_the_crawl_finds_the_pages() -> None:
    assert {"/", "/law/", "/orgs/", "/ledger/", "/search", "/law/at"} <= set(addresses())


@pytest.mark.django_db
@pytest.mark.parametrize("path", [path for path in addresses() if path not in OPEN | BY_CODE | REFUSES_GET])
def test_d08_a_stranger_is_sent_to_the_log_in(client: Client, path: str) -> None:
    for answer in (client.get(path), client.post(path)):
        if path.startswith("/api/"):  # programs are told, not led to a form
            assert answer.status_code in (401, 405), path
            continue
        assert answer.status_code == 302, path
        assert answer.headers["Location"].startswith("/login?next=")


@pytest.mark.django_db
@pytest.mark.parametrize("path", sorted(OPEN))
def test_d08_what_is_open_says_so(client: Client, path: str) -> None:
    assert client.get(path).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("path", sorted(BY_CODE))
def test_d08_what_is_open_by_code_gives_nothing_without_it(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404
    assert client.post(path).status_code in (404, 405)
