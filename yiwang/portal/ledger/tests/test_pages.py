"""The pages of 存证."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client

from yiwang.core.ledger import guards
from yiwang.core.ledger.models import Entry
from yiwang.core.ledger.post import post
from yiwang.core.orgs import factories
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.models import Role
from yiwang.portal.ledger import jobs, pages
from yiwang.portal.tests import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def province() -> Organ:
    return factories.organ("示例省")


@pytest.fixture
def auditor(province: Organ) -> Client:
    return people.client(province, Role.AUDITOR)


def _post(act: str = "orgs.organ.rename", obj: str = "orgs.organ:1", **fields: Any) -> int:
    with transaction.atomic():
        return post(actor=fields.pop("actor", "system"), act=act, obj=obj, **fields)


def _get(browser: Client, path: str) -> str:
    return " ".join(browser.get(path).content.decode().split())


def test_only_an_auditor_reads_the_ledger(province: Organ) -> None:
    for role in (Role.READER, Role.CLERK, Role.MANAGER):
        answer = people.client(province, role).get("/ledger/")
        assert answer.status_code == 403
        assert "没有查看存证的权限" in answer.content.decode()


def test_entries_in_words(auditor: Client) -> None:
    key = _post(clause="FGTZ-2014-2674/room")
    html = _get(auditor, "/ledger/")
    for part in (f"/ledger/{key}", "更名单位", "系统", "/law/c/FGTZ-2014-2674/room", "/orgs/1"):
        assert part in html


def test_filters(auditor: Client) -> None:
    first, second = _post("orgs.organ.rename"), _post("rights.grant.add", "rights.grant:7")
    html = _get(auditor, "/ledger/?act=rights")
    assert f"/ledger/{second}" in html
    assert f"/ledger/{first}" not in html
    assert "没有符合条件的条目" in _get(auditor, "/ledger/?since=2099-01-01")
    assert f"/ledger/{first}" in _get(auditor, "/ledger/?since=2001-01-01&until=2098-01-01&obj=orgs.organ:1")


def test_a_day_that_is_none_is_refused(auditor: Client) -> None:
    assert "“x”不是日期" in _get(auditor, "/ledger/?since=x")


def test_pages_by_key(auditor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PAGE", 2)
    keys = [_post() for _ in range(3)]
    html = _get(auditor, "/ledger/")
    assert f"/ledger/{keys[0]}" not in html
    assert f"before={keys[1]}" in html
    assert f"/ledger/{keys[0]}" in _get(auditor, f"/ledger/?before={keys[1]}")


def test_an_auditor_below_sees_only_those_who_work_there(province: Organ) -> None:
    city = factories.organ("青河市", province)
    theirs = people.user(city, Role.CLERK)
    mine, other = _post(actor=f"user:{theirs.pk}"), _post(actor="user:999999")
    browser = people.client(city, Role.AUDITOR)
    html = _get(browser, "/ledger/")
    assert f"/ledger/{mine}" in html
    assert browser.get(f"/ledger/{other}").status_code == 404


def test_an_entry_with_its_hashes(auditor: Client) -> None:
    key = _post(body={"name": ["旧名", "新名"]})
    html = _get(auditor, f"/ledger/{key}")
    assert "新名" in html
    assert ("链值相符" in html) == (connection.vendor == "sqlite")


@pytest.mark.skipif("connection.vendor == 'postgresql'", reason="sealed by the sealer there")
def test_an_altered_entry_shows(auditor: Client) -> None:
    key = _post(body={"name": "旧名"})
    with guards.lifted(connection), connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_entry SET body = 'x' WHERE id = %s", [key])
    assert "链值不符" in _get(auditor, f"/ledger/{key}")


def test_verification_is_clean_and_leaves_an_entry(auditor: Client) -> None:
    _post()
    html = " ".join(auditor.post("/ledger/verify").content.decode().split())
    assert "未发现问题" in html
    assert Entry.objects.filter(act="ledger.verify").count() == 1


@pytest.mark.skipif("connection.vendor == 'postgresql'", reason="sealed by the sealer there")
def test_verification_names_what_is_wrong(auditor: Client) -> None:
    key = _post()
    with guards.lifted(connection), connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_entry SET actor = 'user:1' WHERE id = %s", [key])
    html = " ".join(auditor.post("/ledger/verify").content.decode().split())
    assert "发现问题" in html
    assert f"/ledger/{key}" in html


def test_an_anchor_that_does_not_fit_is_found(auditor: Client) -> None:
    _post()
    anchor = {
        "statement": {"day": "2026-01-01", "seq": 1, "hash": "00" * 32},
        "signature": "AAAA",
        "public_key": "AAAA",
    }
    file = SimpleUploadedFile("anchor.json", json.dumps(anchor).encode())
    assert "发现问题" in auditor.post("/ledger/verify", {"anchors": file}).content.decode()


@pytest.mark.parametrize("content", [b"{}", b"x" * 200_000])
def test_a_file_that_is_no_anchor_is_refused(auditor: Client, content: bytes) -> None:
    answer = auditor.post("/ledger/verify", {"anchors": SimpleUploadedFile("台账.xlsx", content)})
    assert answer.status_code == 422
    assert "台账.xlsx" in answer.content.decode()


def test_a_long_chain_goes_to_the_worker(auditor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    _post()
    started: list[object] = []

    def start(brought: list[object]) -> str:
        started.append(brought)
        return "00000000-0000-0000-0000-000000000001"

    monkeypatch.setattr(pages, "AT_ONCE", -1)
    monkeypatch.setattr(jobs, "start", start)
    answer = auditor.post("/ledger/verify")
    assert (answer.headers["Location"], started) == ("/ledger/verify/00000000-0000-0000-0000-000000000001", [[]])


@pytest.mark.parametrize(
    ("state", "says"),
    [
        (jobs.State(running=True, failed=False, report=None), "正在校验"),
        (jobs.State(running=False, failed=True, report=None), "没有完成"),
        (
            jobs.State(running=False, failed=False, report={"ok": True, "checked": 1200, "faults": [], "notes": []}),
            "1,200",
        ),
    ],
)
def test_the_result_page(auditor: Client, monkeypatch: pytest.MonkeyPatch, state: jobs.State, says: str) -> None:
    monkeypatch.setattr(jobs, "state", lambda key: state)
    assert says in _get(auditor, "/ledger/verify/00000000-0000-0000-0000-000000000001")


def test_the_job_itself() -> None:
    _post()
    assert jobs.verify_chain.func([])["ok"] is True
