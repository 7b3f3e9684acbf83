"""`yiwang account …`: the first three, lost secrets, grants under the same rules as on the page."""

from __future__ import annotations

from typing import Any

import pytest
from click.testing import CliRunner, Result
from django.contrib.auth import authenticate

from yiwang.cli.account import command
from yiwang.core.orgs.models import Organ, Region
from yiwang.core.rights.models import Grant, Role, User
from yiwang.kit.credit_code import check_character
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db


def run(*args: str) -> Result:
    return CliRunner().invoke(command, args)


def refused(*args: str) -> str:
    error = run(*args).exception
    assert isinstance(error, Refusal), error
    return error.code


@pytest.fixture
def three() -> dict[str, str]:
    """Made by the command; user name → secret."""
    Region.objects.create(code="990101", name="示例县", level=3)
    body = "11990101000000000"
    result = run(
        "first", "--organ", "示例县人民政府", "--credit-code", body + check_character(body), "--region", "990101"
    )
    assert result.exit_code == 0, result.output
    return dict(line.split()[1:] for line in result.output.splitlines()[:3])


def test_an_empty_installation_gets_three_administrators(three: dict[str, Any]) -> None:
    assert list(three) == ["sysadmin", "secadmin", "auditadmin"]
    assert Organ.objects.get().name == "示例县人民政府"
    grants = {grant.user.username: grant.role for grant in Grant.objects.select_related("user")}
    assert grants == {"sysadmin": "SYSTEM_ADMIN", "secadmin": "SECURITY_ADMIN", "auditadmin": "AUDIT_ADMIN"}
    assert authenticate(username="sysadmin", password=three["sysadmin"]) == User.objects.get(username="sysadmin")
    assert refused("first", "--organ", "示例县人民政府") == "account.first"
    assert run("verify").exit_code == 0


def test_d10_the_command_line_keeps_them_apart_too(three: dict[str, Any]) -> None:
    for role in ("SECURITY_ADMIN", "CLERK"):
        assert refused("grant", "sysadmin", "示例县人民政府", role) == "grant.administrators"
    assert refused("grant", "sysadmin", "示例县人民政府", "ROOT") == "grant.role"
    assert refused("grant", "nobody", "示例县人民政府", "CLERK") == "account.unknown"
    assert refused("grant", "sysadmin", "没有的单位", "CLERK") == "grant.organ"


def test_a_lost_secret(three: dict[str, Any]) -> None:
    secret = run("reset", "SysAdmin").output.strip()
    assert authenticate(username="sysadmin", password=three["sysadmin"]) is None
    assert authenticate(username="sysadmin", password=secret)


def test_what_was_changed_past_the_verbs_is_named(three: dict[str, Any]) -> None:
    Grant.objects.filter(role=Role.AUDIT_ADMIN).update(role=Role.MANAGER)
    result = run("verify")
    assert (result.exit_code, "1 项不符" in result.output) == (1, True)


def test_stale_accounts_by_hand(three: dict[str, Any]) -> None:
    User.objects.filter(username="auditadmin").update(date_joined="2020-01-01T00:00:00Z")
    assert "auditadmin" in run("stale", "--days", "30").output
    assert not User.objects.get(username="auditadmin").is_active
