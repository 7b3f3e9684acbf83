"""The headers stand on every answer, also on refusals and errors."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from yiwang.portal.headers import HeadersMiddleware

WANTED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "status"), [("/login", 200), ("/", 302), ("/no-such-page", 404), ("/healthz", 200)])
def test_every_answer_has_them(client: Client, path: str, status: int) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert {name: answer.headers[name] for name in WANTED} == WANTED
    assert "'unsafe-inline'" not in answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.django_db
def test_a_form_without_token_is_refused_in_words() -> None:
    answer = Client(enforce_csrf_checks=True).post("/login", {"username": "a", "password": "b"})
    assert answer.status_code == 403
    assert "页面停留太久" in answer.content.decode()
    assert "Content-Security-Policy" in answer.headers


def test_what_a_page_says_itself_stays() -> None:
    own = HttpResponse(headers={"Cache-Control": "max-age=60"})
    answer = HeadersMiddleware(lambda _: own)(RequestFactory().get("/x"))
    assert answer.headers["Cache-Control"] == "max-age=60"


def test_static_files_may_be_cached() -> None:
    answer = HeadersMiddleware(lambda _: HttpResponse())(RequestFactory().get("/static/look.css"))
    assert "Cache-Control" not in answer.headers
