"""YIWANG_HTTPS: behind a proxy that ends TLS, pages answer and cookies are secure; plain HTTP is sent to HTTPS."""

from __future__ import annotations

import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, override_settings

import yiwang.portal

SETTINGS = str(Path(yiwang.portal.__file__).with_name("settings.py"))


@pytest.fixture
def https(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    monkeypatch.setenv("YIWANG_HTTPS", "1")
    given = {
        key: value
        for key, value in runpy.run_path(SETTINGS).items()
        if key.startswith(("SECURE_", "SESSION_COOKIE_", "CSRF_COOKIE_"))
    }
    with override_settings(**given):
        yield given


@pytest.mark.django_db
def test_behind_the_proxy_a_page_answers(https: dict[str, Any]) -> None:
    page = Client().get("/login", headers={"x-forwarded-proto": "https"})
    assert page.status_code == 200
    assert page.headers["Strict-Transport-Security"].startswith("max-age=")
    assert https["SESSION_COOKIE_SECURE"]
    assert https["CSRF_COOKIE_SECURE"]


@pytest.mark.django_db
def test_plain_http_is_sent_to_https_but_for_the_supervisor(https: dict[str, Any]) -> None:
    page = Client().get("/login")
    assert (page.status_code, page.headers["location"]) == (301, "https://testserver/login")
    assert Client().get("/healthz").status_code == 200
