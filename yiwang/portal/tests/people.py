"""Users with roles, and clients logged in as them."""

from __future__ import annotations

from itertools import count
from typing import Any

from django.test import Client

from yiwang.core.orgs.models import Organ
from yiwang.core.rights.models import Grant, Role, User

_numbers = count(1)


def user(organ: Organ | None, *roles: Role, name: str = "王敏") -> User:
    """A user with these roles on the organ."""
    row = User.objects.create(username=f"u{next(_numbers)}", display_name=name)
    for role in roles:
        assert organ is not None
        Grant.objects.create(user=row, organ=organ, role=role)
    return row


def client(organ: Organ | None, *roles: Role) -> Client:
    """A browser logged in as such a user."""
    browser = Client()
    browser.force_login(user(organ, *roles), backend="django.contrib.auth.backends.ModelBackend")
    return browser


def drained(answer: Any) -> Any:
    """The answer, read to its end: a file that goes out in pieces stays open otherwise. (`close` would end the connection.)"""
    if answer.streaming:
        for _ in answer:
            pass
    return answer
