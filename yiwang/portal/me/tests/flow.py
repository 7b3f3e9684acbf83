"""A person at the door: an account with a known password, an app on the phone, a browser."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta

from django.test import Client
from django.utils import timezone
from django_otp.oath import TOTP

from yiwang.core.orgs.factories import organ as new_organ
from yiwang.core.orgs.models import Organ
from yiwang.core.rights import second
from yiwang.core.rights.granting import give
from yiwang.core.rights.models import Role, User

PASSWORD = "Kiln-41-harbour-Quince"
NEW = "Vellum_86_osprey_Thaw"


def account(*roles: Role, name: str = "wangmin", organ: Organ | None = None) -> User:
    """A user with this password."""
    user = User.objects.create_user(name, password=PASSWORD, display_name="王敏")
    at = organ or new_organ()
    for role in roles:
        give(actor="system", user=user, organ=at, role=role)
    return user


def log_in(browser: Client, password: str = PASSWORD, name: str = "wangmin", to: str = "", **extra: str) -> int:
    """Through the form; the status of the answer: 302 means in."""
    data = {"username": name, "password": password, "next": to}
    return int(browser.post("/login", data, **extra).status_code)  # type: ignore[arg-type]


def inside(name: str = "wangmin") -> Client:
    """A browser that went through the form."""
    browser = Client()
    assert log_in(browser, name=name) == 302
    return browser


def code(key: str, now: datetime | None = None) -> str:
    """What the app shows."""
    totp = TOTP(base64.b32decode(key.replace(" ", "")))
    totp.time = (now or timezone.now()).timestamp()
    return f"{totp.token():06d}"


def enrolled(user: User) -> str:
    """The key of a second factor in force; put in force two minutes ago, so that the present code is fresh."""
    past = timezone.now() - timedelta(minutes=2)
    key = second.begin(user=user)
    second.confirm(user=user, code=code(key, past), now=past, actor=f"user:{user.pk}")
    return key
