"""Log-in and log-out."""

from __future__ import annotations

import pytest
from django.test import Client

from yiwang.core.rights.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def somebody() -> User:
    return User.objects.create_user("wangmin", password="right-horse-1")


def test_the_right_password_lets_in(client: Client, somebody: User) -> None:
    answer = client.post("/login", {"username": "wangmin", "password": "right-horse-1", "next": "/law/"})
    assert answer.headers["Location"] == "/law/"


def test_a_wrong_one_says_so_and_keeps_the_name(client: Client, somebody: User) -> None:
    html = client.post("/login", {"username": "wangmin", "password": "wrong"}).content.decode()
    assert 'role="alert"' in html
    assert 'value="wangmin"' in html


def test_log_out_is_a_post(client: Client, somebody: User) -> None:
    client.force_login(somebody, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/logout").status_code == 405
    assert client.post("/logout").headers["Location"] == "/login"
    assert client.get("/").status_code == 302
