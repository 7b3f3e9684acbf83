"""Cases over the API: opened, seen, decided by the same verbs and rights as on the pages; a retry has one effect."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from yiwang.core.flow.definitions import install_shipped
from yiwang.core.flow.models import Case
from yiwang.core.ledger.models import Entry
from yiwang.core.orgs import factories
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import access_for
from yiwang.core.rights.models import Role, User, Verb
from yiwang.core.rights.tokens import issue
from yiwang.portal.tests import people

pytestmark = pytest.mark.django_db
ROOT = "/api/v1"


@pytest.fixture
def organ() -> Organ:
    """An office whose shipped processes are in force."""
    install_shipped()
    return factories.organ("云岭县财政局")


@pytest.fixture
def staff(organ: Organ) -> User:
    return people.user(organ, Role.STAFF, name="王敏")


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def post(client: Client, path: str, body: dict[str, Any], key: str = "", status: int = 200) -> dict[str, Any]:
    headers = {"Idempotency-Key": key} if key else {}
    answer = client.post(f"{ROOT}{path}", body, content_type="application/json", headers=headers)
    assert answer.status_code == status, answer.content.decode()
    found: dict[str, Any] = answer.json()
    return found


def repair(client: Client, key: str = "", status: int = 201) -> dict[str, Any]:
    """Open a 后勤报修 with what its form asks for."""
    kinds = {one["key"]: one for one in client.get(f"{ROOT}/processes").json()}
    samples: dict[str, Any] = {"number": 3, "integer": 3, "date": "2026-12-01", "bool": True}
    facts = {
        fact["key"]: fact["choices"][0] if fact["choices"] else samples.get(fact["type"], "走廊灯不亮")
        for fact in kinds["services.repair"]["facts"]
    }
    body = {"process": "services.repair", "title": "三楼走廊灯不亮", "facts": facts}
    return post(client, "/cases", body, key, status)


def waiting(case: dict[str, Any]) -> dict[str, Any]:
    """The task that is open."""
    return next(task for step in case["steps"] for task in step["tasks"] if task["state"] == "OPEN")


def test_a_case_from_opening_to_its_decision(organ: Organ, staff: User) -> None:
    for role in (Role.MANAGER, Role.DISPATCHER, Role.REPAIRER, Role.LEADER):
        people.user(organ, role)
    case = repair(client_of(staff))
    assert (case["state"], case["title"]) == ("OPEN", "三楼走廊灯不亮")
    assert "withdraw" in case["may"][""]
    task = waiting(case)
    decider = client_of(User.objects.get(username=task["who"]))
    seen = decider.get(f"{ROOT}/cases/{case['id']}").json()
    assert "approve" in seen["may"][str(task["id"])]
    assert decider.get(f"{ROOT}/cases").json()["cases"][0]["id"] == case["id"]
    after = post(decider, f"/tasks/{task['id']}/act", {"verdict": "approve", "opinion": "同意"})
    assert after["events"][-1]["text"] == "同意"
    assert waiting(after)["id"] != task["id"]
    late = post(decider, f"/tasks/{task['id']}/act", {"verdict": "reject"}, status=422)
    assert late["code"].startswith("flow.")


def test_the_same_key_has_one_effect(staff: User) -> None:
    client = client_of(staff)
    first, second = repair(client, "k-1"), repair(client, "k-1")
    assert first["id"] == second["id"]
    assert repair(client, "k-2")["id"] != first["id"]
    assert Case.objects.count() == 2
    assert Entry.objects.filter(obj=f"flow.case:{first['id']}").count() == 1


def test_boxes(organ: Organ, staff: User) -> None:
    client = client_of(staff)
    made = [repair(client)["id"] for _ in range(3)]
    page = client.get(f"{ROOT}/cases?box=mine&limit=2").json()
    assert [one["id"] for one in page["cases"]] == made[:0:-1]
    rest = client.get(f"{ROOT}/cases?box=mine&limit=2&after={page['next']}").json()
    assert ([one["id"] for one in rest["cases"]], rest["next"]) == (made[:1], None)
    assert client.get(f"{ROOT}/cases", {"box": "mine", "process": "vehicles.trip"}).json()["cases"] == []


def test_owner_reader_colleague_and_stranger(organ: Organ, staff: User, client: Client) -> None:
    case = repair(client_of(staff))
    path = f"{ROOT}/cases/{case['id']}"
    elsewhere = people.user(factories.organ("白石县财政局"), Role.MANAGER)
    assert client_of(people.user(organ, Role.READER)).get(path).status_code == 200
    assert client_of(people.user(organ, Role.STAFF)).get(path).json()["code"] == "api.unknown"
    assert client_of(elsewhere).get(path).status_code == 404
    assert client.get(path).status_code == 401
    task = waiting(case)
    refused = post(client_of(elsewhere), f"/tasks/{task['id']}/act", {"verdict": "approve"}, status=404)
    assert refused["code"] == "api.unknown"


def test_withdrawn_by_who_asked_and_by_nobody_else(organ: Organ, staff: User) -> None:
    case = repair(client_of(staff))
    reader = client_of(people.user(organ, Role.READER))
    assert post(reader, f"/cases/{case['id']}/withdraw", {"text": "不用了"}, status=422)["code"] == "flow.withdraw"
    done = post(client_of(staff), f"/cases/{case['id']}/withdraw", {"text": "灯又亮了"})
    assert done["state"] == "WITHDRAWN"
    late = post(client_of(staff), f"/cases/{case['id']}/withdraw", {"text": "再来"}, status=422)
    assert late["message"].endswith("。")


def test_remarks_and_copies(organ: Organ, staff: User) -> None:
    client, other = client_of(staff), people.user(organ, Role.STAFF)
    case = repair(client)
    said = post(client, f"/cases/{case['id']}/comments", {"text": "晚上很黑"})
    assert said["events"][-1]["text"] == "晚上很黑"
    post(client, f"/cases/{case['id']}/copies", {"to": [other.username], "note": "请知悉"})
    box = client_of(other).get(f"{ROOT}/cases", {"box": "copied"}).json()["cases"]
    assert [one["id"] for one in box] == [case["id"]]
    unknown = post(client, f"/cases/{case['id']}/copies", {"to": ["没有这个人"]}, status=422)
    assert unknown["code"] == "api.unknown-user"


def test_d12_an_account_elsewhere_is_as_one_that_nobody_has(organ: Organ, staff: User) -> None:
    """Neither by naming it as a receiver, nor on a case that is not one's own, is it found out that it exists."""
    client, elsewhere = client_of(staff), people.user(factories.organ("白石县财政局"), Role.MANAGER)
    case = repair(client)
    task = waiting(case)
    theirs, none = elsewhere.username, "没有这个人"
    for path, name in ((f"/cases/{case['id']}/copies", "to"), (f"/tasks/{task['id']}/transfer", "to")):
        said = [
            post(client, path, {name: [one] if "copies" in path else one}, status=422)["message"].replace(one, "")
            for one in (theirs, none)
        ]
        assert said[0] == said[1], path
    stranger = client_of(elsewhere)
    for one in (staff.username, none):
        assert post(stranger, f"/tasks/{task['id']}/transfer", {"to": one}, status=404)["code"] == "api.unknown"


def test_a_token_reads_and_may_be_kept_from_writing(staff: User, organ: Organ) -> None:
    reader = people.user(organ, Role.READER)
    now = timezone.now()
    _, text = issue(
        access=access_for(reader), label="大屏", verbs=[Verb.READ], expires_at=now + timedelta(days=1), now=now
    )
    headers = {"Authorization": f"Bearer {text}"}
    case = repair(client_of(staff))
    assert Client().get(f"{ROOT}/cases", {"box": "all"}, headers=headers).json()["cases"][0]["id"] == case["id"]
    answer = Client().post(
        f"{ROOT}/cases/{case['id']}/comments", {"text": "x"}, content_type="application/json", headers=headers
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "rights.read-only")
    wrong = Client().get(f"{ROOT}/cases", headers={"Authorization": "Bearer yw_nobody00_x"})
    assert (wrong.status_code, wrong.json()["code"]) == (401, "token.invalid")


def test_a_form_on_another_site_cannot_use_the_session(staff: User) -> None:
    """Cookies alone do not write: the CSRF token is asked for."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post(f"{ROOT}/cases", {"process": "services.repair"}, content_type="application/json")
    assert answer.status_code == 403
    assert Case.objects.count() == 0


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"process": "no.such", "title": "x"}, "flow.process"),
        ({"process": "services.repair", "title": " "}, "flow.title"),
        ({"process": "services.repair"}, "api.input"),
        ({"process": "services.repair", "title": "x", "organ": 2**70}, "api.input"),
        ({"process": "services.repair", "title": "x", "organ": 424242}, "rights.not-yours"),
        ({"process": "services.repair", "title": "x", "facts": {"no_such": 1}}, None),
    ],
)
def test_what_cannot_be_opened(staff: User, body: dict[str, Any], code: str | None) -> None:
    answer = client_of(staff).post(f"{ROOT}/cases", body, content_type="application/json")
    assert answer.status_code in (403, 404, 422)
    assert code in (None, answer.json()["code"])
    assert Case.objects.count() == 0
