"""Returns over the API: the same rights and refusals as the pages."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from yiwang.areas.reporting.factories import Scene
from yiwang.areas.reporting.models import Return, ReturnVersion
from yiwang.core.rights.models import Role

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/returns"


@pytest.fixture
def scene() -> Scene:
    return Scene()


def ask(who: Client, method: str, path: str, body: Any = None, status: int = 200, **headers: str) -> Any:
    given = {"data": json.dumps(body), "content_type": "application/json"} if body is not None else {}
    answer = getattr(who, method)(f"{ROOT}{path}", **given, headers=headers)
    assert answer.status_code == status, answer.content.decode()
    return answer.json()


def test_filled_handed_in_and_reviewed(scene: Scene) -> None:
    """A school's own system sends its figures, is told what is wrong, sends again, hands in; the county sends back."""
    row = scene.of(scene.open())
    school, county = scene.we.client(Role.CLERK, scene.school), scene.we.client(Role.MANAGER, scene.we.ours)
    (line,) = ask(school, "get", "?state=DUE")["returns"]
    assert (line["id"], line["scheme"], line["period"]) == (row.pk, "small/1", "2026年9月")
    said = ask(school, "put", f"/{row.pk}", {"values": {"users": 100}})["said"]
    assert [one["mark"] for one in said] == ["required_power"]
    body = {"values": {"users": 100, "power": "5000.5"}, "rows": {"meters": [{"number": "A", "used": 5000.5}]}}
    whole = ask(school, "put", f"/{row.pk}", body)
    assert (whole["values"], whole["said"]) == ({"users": "100", "power": "5000.5"}, [])
    for _ in range(2):
        done = ask(school, "post", f"/{row.pk}/acts", {"verb": "submit"}, 200, **{"Idempotency-Key": "k1"})
        assert (done["state"], done["version"], done["facts"]["per_user"]) == ("SUBMITTED", 1, "50.01")
    assert ReturnVersion.objects.get().source == "API"
    assert ask(county, "post", f"/{row.pk}/acts", {"verb": "accept", "text": "好"})["state"] == "SUBMITTED"
    boss = scene.we.client(Role.MANAGER, scene.we.province)
    assert ask(boss, "post", f"/{row.pk}/acts", {"verb": "send_back"}, 422)["code"] == "return.reason"
    assert ask(boss, "post", f"/{row.pk}/acts", {"verb": "send_back", "text": "再核"})["state"] == "SENT_BACK"
    ask(school, "post", f"/{row.pk}/acts", {"verb": "submit"})
    assert ask(school, "post", f"/{row.pk}/acts", {"verb": "withdraw"})["state"] == "FILLING"


def test_what_cannot_be_taken_is_named(scene: Scene) -> None:
    row = scene.of(scene.open())
    school = scene.we.client(Role.CLERK, scene.school)
    refused = ask(school, "put", f"/{row.pk}", {"values": {"power": "3万"}}, 422)
    assert (refused["code"], refused["where"]["column"]) == ("return.scale", "power")
    assert ask(school, "put", f"/{row.pk}", {"values": {"cars": 1}}, 422)["code"] == "return.item"
    assert ask(school, "put", f"/{row.pk}", {"rows": {"cars": []}}, 422)["code"] == "return.item"
    assert ask(school, "get", "?state=NONE", status=422)["code"] == "api.input"
    assert ask(school, "post", f"/{row.pk}/acts", {"verb": "submit"}, 422)["code"] == "return.checks"
    assert Return.objects.get(pk=row.pk).draft == {}


def test_pages_and_strangers(scene: Scene) -> None:
    """Page by page in the scope; a stranger finds nothing, a reader changes nothing, a cadre may not look."""
    period = scene.open()
    row = scene.of(period)
    boss = scene.we.client(Role.MANAGER, scene.we.province)
    first = ask(boss, "get", "?limit=3&scheme=small")
    rest = ask(boss, "get", f"?limit=3&after={first['next']}")
    assert len(first["returns"]) + len(rest["returns"]) == 4
    assert rest["next"] is None
    ask(scene.we.client(Role.MANAGER, scene.we.theirs), "get", f"/{row.pk}", status=404)
    ask(scene.we.client(Role.MANAGER, scene.we.theirs), "put", f"/{row.pk}", {"values": {}}, 404)
    ask(scene.we.client(Role.READER, scene.school), "put", f"/{row.pk}", {"values": {}}, 403)
    ask(scene.we.client(Role.STAFF, scene.school), "get", "", status=403)
    ask(Client(), "get", "", status=401)
