"""The audit covers every act, says who, where and with what result, and cannot be stopped (rows D15, D16, D18, D23, A04, A07)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from unittest import mock

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from yiwang.areas.offices import factories as offices
from yiwang.areas.offices.models import Room
from yiwang.core.ledger import post as posting
from yiwang.core.ledger.models import Entry
from yiwang.core.orgs.factories import organ as new_organ
from yiwang.core.places.models import Building
from yiwang.core.rights import alarms, second
from yiwang.core.rights.access import access_for, nobody
from yiwang.core.rights.models import Alarm, Role, Tally, User
from yiwang.core.verdicts.models import State
from yiwang.desk.testing import World, world
from yiwang.kit.refusal import Refusal
from yiwang.portal.findings.tests.helpers import finding
from yiwang.portal.me.tests.flow import NEW, PASSWORD, account, code, inside, log_in
from yiwang.portal.tests.people import client as client_of
from yiwang.portal.tests.people import drained
from yiwang.portal.trail import EXPORTS, TrailMiddleware

pytestmark = pytest.mark.django_db


@pytest.fixture
def we() -> World:
    """Two counties, a building in ours."""
    made = world()
    offices.building(made.ours, "A座")
    return made


def room(we: World, number: str = "0701") -> dict[str, str]:
    """The form of a room."""
    return {"number": number, "building": "A座", "organ": we.ours.name, "usable_area": "18", "use": "办公室"}


def _log_in(we: World) -> None:
    account(Role.CLERK, organ=we.ours)
    inside()


def _fail(we: World) -> None:
    Client().post("/login", {"username": "nobody", "password": "x"})


def _log_out(we: World) -> None:
    client_of(we.ours, Role.CLERK).post("/logout")


def _create(we: World) -> None:
    assert we.client().post("/r/offices/room/new/", room(we)).status_code == 302


def _change(we: World) -> None:
    row = offices.room(Building.objects.get(), "0702", "18")
    form = room(we, "0702") | {"usable_area": "20"}
    assert we.client().post(f"/r/offices/room/{row.pk}/change/", form).status_code == 302


def _delete(we: World) -> None:
    row = offices.room(Building.objects.get(), "0703", "18")
    assert we.client().post(f"/r/offices/room/{row.pk}/delete/").status_code == 302


def _export(we: World) -> None:
    offices.room(Building.objects.get(), "0704", "18")
    assert drained(we.client().get("/r/offices/room.xlsx")).status_code == 200


def _approve(we: World) -> None:
    one, clerk = finding(we.ours), we.user(Role.CLERK)
    due = (timezone.localdate() + timedelta(days=20)).isoformat()
    form = {"verb": "assign", "handler": str(clerk.pk), "due": due, "due_date": due}
    assert we.client(Role.MANAGER).post(f"/findings/{one.pk}/", form).status_code == 302


def _password(we: World) -> None:
    account(Role.CLERK, organ=we.ours)
    browser = inside()
    browser.post("/me/password", {"old": PASSWORD, "new": NEW, "again": NEW})


def _second(we: World) -> None:
    user = account(Role.CLERK, organ=we.ours)
    browser = inside()
    browser.post("/me/second/enrol")
    browser.post("/me/second/enrol", {"code": code(second.pending(user) or "")})


def _token(we: World) -> None:
    account(Role.CLERK, organ=we.ours)
    until = (timezone.localdate() + timedelta(days=9)).isoformat()
    inside().post("/me/tokens", {"label": "大屏", "verbs": ["read"], "until": until})


def _verify(we: World) -> None:
    we.client(Role.AUDITOR).post("/ledger/verify")


#: Each act once, and the entry it must leave.
ACTS: dict[str, tuple[Callable[[World], None], str]] = {
    "login": (_log_in, "rights.session.begin"),
    "fail": (_fail, "rights.session.fail"),
    "logout": (_log_out, "rights.session.logout"),
    "create": (_create, "offices.room.create"),
    "change": (_change, "offices.room.change"),
    "delete": (_delete, "offices.room.delete"),
    "export": (_export, "portal.file.export"),
    "approve": (_approve, "verdicts.finding.assign"),
    "password": (_password, "rights.password.change"),
    "second factor": (_second, "rights.second.enrol"),
    "token": (_token, "rights.token.issue"),
    "audit": (_verify, "ledger.verify"),
}


@pytest.mark.parametrize("kind", sorted(ACTS))
def test_d15_d16_each_act_leaves_one_whole_record(kind: str, we: World) -> None:
    do, act = ACTS[kind]
    do(we)
    entry = Entry.objects.get(act=act)
    at = datetime.fromisoformat(entry.at)
    assert at.utcoffset() == timedelta(0), "UTC, said so"
    assert abs((timezone.now() - at).total_seconds()) < 60
    body = json.loads(entry.body)
    assert entry.actor.startswith("user:") or kind == "fail"
    assert ":" in entry.obj
    assert set(body["via"]) == {"unit", "address", "request"}
    assert body["via"]["address"] == "127.0.0.1"
    assert len(body["via"]["request"]) == 16
    assert body["via"]["unit"] == (we.ours.pk if body["via"]["unit"] else "")
    assert body.get("ok", True) is (kind != "fail")
    if kind == "change":
        assert body["before"]["usable_area"] != body["after"]["usable_area"]


def test_d16_the_number_of_the_request_is_answered(we: World) -> None:
    answer = we.client().post("/r/offices/room/new/", room(we))
    body = json.loads(Entry.objects.get(act="offices.room.create").body)
    assert answer.headers["X-Request-Id"] == body["via"]["request"]
    assert body["via"]["unit"] == we.ours.pk


def test_d16_a_program_with_a_token_is_named_too(we: World) -> None:
    """What the API answers carries the unit of the token; the session's user has no part in it."""
    access = access_for(we.user(Role.CLERK), on=timezone.localdate())
    request: Any = RequestFactory().get("/api/v1/x", REMOTE_ADDR="10.1.2.3")
    request.user, request.access = AnonymousUser(), nobody()

    def answer(asked: Any) -> HttpResponse:
        asked.auth = access
        with transaction.atomic():
            posting.post(actor=access.actor, act="x.y", obj="x:1")
        return HttpResponse(status=403)

    TrailMiddleware(answer)(request)
    via = json.loads(Entry.objects.get(act="x.y").body)["via"]
    assert (via["unit"], via["address"]) == (we.ours.pk, "10.1.2.3")
    assert Tally.objects.get(kind="denied").subject == access.actor


def test_d16_a_job_has_no_address_and_claims_none(we: World) -> None:
    with transaction.atomic():
        posting.post(actor="system", act="x.y", obj="x:1", body={"a": 1})
    assert json.loads(Entry.objects.get(act="x.y").body) == {"a": 1}


# ── cannot be stopped ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "fault", [Refusal("ledger.sealer-stopped", "存证已停止"), DatabaseError("cannot write ledger_entry")]
)
def test_d18_a33_without_the_ledger_nothing_is_written_and_an_alarm_rises(fault: Exception, we: World) -> None:
    account(Role.CLERK, organ=we.ours)
    browser = we.client()
    browser.raise_request_exception = False
    with mock.patch("yiwang.core.ledger.post.refuse_when_stopped", side_effect=fault):
        answer = browser.post("/r/offices/room/new/", room(we))
        assert answer.status_code in {422, 500}
        assert "Traceback" not in answer.content.decode()
        closed = Client(raise_request_exception=False)
        assert log_in(closed) in {422, 500}
        assert closed.get("/orgs/").status_code == 302, "and nobody comes in"
    assert not Room.objects.exists()
    assert Alarm.objects.get().kind == "ledger"
    assert browser.post("/r/offices/room/new/", room(we)).status_code == 302, "and on again afterwards"


def test_d18_no_page_switches_it_off() -> None:
    """The switches are settings of the process, and what they are named is nowhere on a page."""
    from pathlib import Path

    import yiwang

    for path in Path(yiwang.__file__).parent.rglob("pages.py"):
        text = path.read_text(encoding="utf-8")
        assert "LEDGER_FAIL_AFTER" not in text
        assert "LEDGER_AUTHORIZER" not in text


# ── alarms ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_d23_fifty_failures_over_fifty_accounts() -> None:
    for number in range(49):
        log_in(Client(), "wrong", name=f"clerk{number}")
    assert not Alarm.objects.exists()
    log_in(Client(), "wrong", name="clerk49")
    alarm = Alarm.objects.get()
    assert (alarm.kind, alarm.count) == ("login-failed", 50)
    assert "50 个账号" in alarm.text
    assert Entry.objects.filter(act="rights.alarm.raise").count() == 1
    log_in(Client(), "wrong", name="clerk50")
    assert Alarm.objects.get().count == 51, "one alarm an hour, its count goes on"


def test_d23_a_hundred_refusals_in_a_minute() -> None:
    organ = new_organ()
    browser = client_of(organ, Role.CLERK)
    now = timezone.now().replace(second=5)
    with mock.patch("django.utils.timezone.now", return_value=now):
        for _ in range(100):
            assert browser.get("/ledger/").status_code == 403
    alarm = Alarm.objects.get()
    assert (alarm.kind, alarm.count) == ("denied", 100)
    assert alarm.subject == f"user:{User.objects.get().pk}"


def test_slow_failures_raise_none_and_counts_do_not_stay() -> None:
    now = timezone.now()
    for minute in range(60):
        alarms.count("login-failed", "x", now + timedelta(minutes=3 * minute))
    assert not Alarm.objects.exists()
    alarms.tidy(now + timedelta(days=2))
    assert not Tally.objects.exists()


@override_settings(AXES_ENABLED=True)
def test_d23_a_lock_is_an_alarm() -> None:
    account(Role.CLERK)
    for _ in range(5):
        log_in(Client(), "wrong")
    assert Alarm.objects.get().kind == "locked"


# ── order and number ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("verb", ["close", "send-back", "withdraw", "reject"])
def test_a04_the_last_step_first_is_refused(verb: str, we: World) -> None:
    one = finding(we.ours)
    answer = we.client(Role.MANAGER).post(f"/findings/{one.pk}/", {"verb": verb, "note": "直接办结"})
    assert answer.status_code in {403, 404, 422}
    one.refresh_from_db()
    assert one.state == State.OPEN


def test_a07_exports_are_throttled_for_the_one_who_asks_only(we: World) -> None:
    offices.room(Building.objects.get(), "0705", "18")
    mine, other = we.client(), we.client(Role.MANAGER)
    url = "/r/offices/room.csv"
    with mock.patch("django.utils.timezone.now", return_value=timezone.now().replace(second=5)):
        said = []
        for _ in range(EXPORTS + 5):
            said.append(drained(mine.get(url)).status_code)
        assert said == [200] * EXPORTS + [429] * 5
        assert drained(other.get(url)).status_code == 200
        assert mine.get("/r/offices/room/").status_code == 200


def test_a07_a_refused_export_takes_nothing_from_others(we: World) -> None:
    """What is over the limit is refused before the register is read, the same few questions, whatever its size.

    `python -m bench.throttle` measures the others' p95 beside 200 exports a minute.
    """
    offices.room(Building.objects.get(), "0705", "18")
    mine = we.client()
    with mock.patch("django.utils.timezone.now", return_value=timezone.now().replace(second=5)):
        for _ in range(EXPORTS):
            drained(mine.get("/r/offices/room.csv"))
        with CaptureQueriesContext(connection) as asked:
            assert mine.get("/r/offices/room.csv").status_code == 429
    assert not [one["sql"] for one in asked if '"offices_' in one["sql"]]
    assert len(asked) <= 8


def test_uploads_are_named_in_the_trail(we: World) -> None:
    """A file that is refused is no act; the page says so and the ledger stays."""
    before = Entry.objects.count()
    we.client().post("/intake/", {"kind": "offices.room", "file": SimpleUploadedFile("x.xlsx", b"")})
    assert Entry.objects.count() == before
