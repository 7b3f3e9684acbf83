"""The published description against the running interface, for five roles: no request is answered by a fault.

Schemathesis makes the requests from the OpenAPI text, fitting and unfitting ones. Every answer is one that a program
can read: JSON, and below 500. The control shows that a fault would be found.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.generation import GenerationMode

from yiwang.areas.vehicles import factories as vehicles
from yiwang.core.orgs import factories
from yiwang.core.rights.access import access_for
from yiwang.core.rights.models import Role
from yiwang.core.rights.tokens import GIVEN, issue
from yiwang.portal.tests import people

EXAMPLES = int(os.environ.get("YIWANG_EXAMPLES", "5"))  # an operation; `make bench` asks for 100
ROLES = (Role.READER, Role.CLERK, Role.MANAGER, Role.STAFF, Role.AUDITOR)
pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def caller(role: Role) -> dict[str, str]:
    """The headers of a program that works with the token of a person of this role."""
    organ = factories.organ("云岭县财政局")
    vehicles.vehicle(organ)
    access = access_for(people.user(organ, role))
    verbs = [one for one in GIVEN if access.may(one)]
    now = timezone.now()
    _, text = issue(access=access, label="契约", verbs=verbs, expires_at=now + timedelta(days=1), now=now)
    return {"Authorization": f"Bearer {text}", "Host": "127.0.0.1"}


@pytest.fixture(autouse=True)
def kept_connection() -> Iterator[None]:
    """The real handler ends the database's connection with each answer; here all answers share the test's."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def operations(headers: dict[str, str]) -> Iterator[Any]:
    """Every operation that the interface describes."""
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application(), headers=headers)
    schema.config.generation.update(modes=[GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
    for one in schema.get_all_operations():
        yield one.ok()


def tried(operation: Any, headers: dict[str, str], examples: int = EXAMPLES) -> int:
    """Call an operation with so many examples; how many were answered."""
    answered = 0

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def call(case: Any) -> None:
        nonlocal answered
        response = case.call(headers=headers)
        assert response.status_code < 500, (case.as_curl_command(), response.text[:500])
        assert "json" in response.headers["content-type"][0] or response.status_code == 405, case.as_curl_command()
        answered += 1

    call()
    return answered


@pytest.mark.parametrize("role", ROLES)
def test_no_request_is_answered_by_a_fault(role: Role) -> None:
    headers = caller(role)
    counts = {one.label: tried(one, headers) for one in operations(headers)}
    assert "GET /api/v1/datasets/{key}/rows" in counts
    assert min(counts.values()) > 0


def test_a_fault_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control."""
    headers = caller(Role.READER)

    def broken(*_: Any, **__: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr("yiwang.portal.api.datasets.all_datasets", broken)
    (listed,) = (one for one in operations(headers) if one.label == "GET /api/v1/datasets")
    with pytest.raises((ZeroDivisionError, AssertionError)):
        tried(listed, headers, 3)
