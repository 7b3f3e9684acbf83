"""Accounts for trying out: four roles at the province, a city and a county, those of the services at province and county,
and the three administrators at the province.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import make_password

from yiwang.core.orgs.models import Organ, Person
from yiwang.core.rights.granting import give
from yiwang.core.rights.models import Grant, Role, User
from yiwang.portal.demo.watch import SUPERVISOR, supervise

_PLACES = (("province", "990000", "PROVINCE"), ("city", "990100", "CITY"), ("county", "990101", "COUNTY"))
_WORDS = {Role.CLERK: "经办", Role.MANAGER: "主管", Role.AUDITOR: "审计", Role.READER: "查阅"}
#: Who works in the services, at the province and the county.
_SERVICE = {
    Role.STAFF: "干部",
    Role.LEADER: "领导",
    Role.DISPATCHER: "调度",
    Role.REPAIRER: "维修",
    Role.KEEPER: "保管",
    Role.CANTEEN: "食堂",
    Role.RECEPTION: "前台",
    Role.FINANCE: "财务",
    Role.DRIVER: "驾驶员",
}
_ADMINISTRATORS = {"sysadmin": Role.SYSTEM_ADMIN, "secadmin": Role.SECURITY_ADMIN, "auditadmin": Role.AUDIT_ADMIN}
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True)
class Account:
    """A demo account. The password is the same for all of them."""

    username: str
    name: str
    organ: str
    role: str
    password: str


def _path() -> Path:
    """Where the password is kept: beside the data, readable by the owner only."""
    return Path(settings.HOME) / "demo-password"


def _new_password() -> str:
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(3))


def _keep(password: str) -> None:
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(password, encoding="utf-8")


def open_accounts(password: str | None = None) -> list[Account]:
    """The users with one password, which is kept to be shown at each start. Inside a transaction."""
    password = password or _new_password()
    secret = make_password(password)
    for place, region, tier in _PLACES:
        head = Organ.objects.filter(region_id=region, tier=tier, superior__tier__in=_above(tier)).first()
        head = head or Organ.objects.get(region_id=region, tier=tier, superior=None)
        for role, word in _roles(place).items():
            user = _user(f"{place}-{role.value.lower()}", f"{head.region.name}{word}", head, secret)
            if role is Role.STAFF:
                user.person = Person.objects.filter(organ=head, retired_date=None).order_by("pk").first()
                user.save()
            give(actor="system", user=user, organ=head, role=role)
        if tier == "PROVINCE":
            supervise(head, secret)
            for name, role in _ADMINISTRATORS.items():
                give(actor="system", user=_user(name, str(role.label), head, secret), organ=head, role=role)
    _keep(password)
    return accounts()


def _roles(place: str) -> dict[Role, str]:
    return _WORDS if place == "city" else {**_WORDS, **_SERVICE}


def _user(username: str, name: str, organ: Organ, secret: str) -> User:
    return User.objects.create(username=username, display_name=name, organ=organ, password=secret)


def _above(tier: str) -> list[str]:
    """The tier right above."""
    return {"PROVINCE": [], "CITY": ["PROVINCE"], "COUNTY": ["CITY"]}[tier]


def accounts() -> list[Account]:
    """The demo accounts that are there, with the password that was kept."""
    path = _path()
    password = path.read_text(encoding="utf-8").strip() if path.exists() else ""
    grants = (
        Grant.objects.filter(own=None, user__username__in=usernames()).select_related("user", "organ").order_by("pk")
    )
    return [
        Account(grant.user.username, grant.user.display_name, grant.organ.name, Role(grant.role).label, password)
        for grant in grants
    ]


def lines() -> list[str]:
    """The accounts for the terminal: the password once, then a line an account."""
    found = accounts()
    if not found:
        return []
    kept = found[0].password or "(口令文件已不在,请由管理员重设)"
    return [f"演示账号(口令都是 {kept}):", *(f"  {one.username:<17} {one.role} · {one.organ}" for one in found)]


def usernames() -> list[str]:
    """The names of the demo accounts."""
    places = (place for place, *_ in _PLACES)
    return [f"{place}-{role.value.lower()}" for place in places for role in _roles(place)] + [
        SUPERVISOR,
        *_ADMINISTRATORS,
    ]
