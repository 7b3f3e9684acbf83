"""The pages of background jobs, as owner, colleague, stranger and administrator."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client

from yiwang.core.jobs import actions, kinds
from yiwang.core.jobs.kinds import Outcome, Progress, work
from yiwang.core.jobs.models import Job, JobState
from yiwang.core.jobs.testing import work_off
from yiwang.core.rights.models import Role
from yiwang.desk.testing import World, page, world

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def we(monkeypatch: pytest.MonkeyPatch) -> World:
    """Two counties, and two kinds of work."""
    monkeypatch.setattr(kinds, "_KINDS", dict(kinds._KINDS))

    @work("tests.good", label="服务月报")
    def good(run: Progress) -> Outcome:
        return Outcome("月报已生成", url="/findings/")

    @work("tests.bad", label="坏任务", attempts=1)
    def bad(run: Progress) -> None:
        raise ZeroDivisionError("机密的数据")

    return world()


def started(we: World, kind: str = "tests.good") -> Job:
    """By a clerk of ours."""
    return actions.start(kind=kind, access=we.access(), now=NOW)


def test_the_bar_asks_until_it_is_over(we: World) -> None:
    job = started(we)
    Job.objects.update(state=JobState.RUNNING, done=3, total=12, message="第 3 个单位")
    client = we.client()
    text = client.get(f"/jobs/{job.pk}/bar/").content.decode()
    assert 'max="12" value="3"' in text
    assert f'hx-get="/jobs/{job.pk}/bar/"' in text
    Job.objects.update(state=JobState.WAITING)
    work_off()
    text = client.get(f"/jobs/{job.pk}/bar/").content.decode()
    assert "hx-get" not in text
    assert "月报已生成" in text
    assert 'href="/findings/"' in text
    assert "服务月报" in page(client.get("/jobs/"))
    assert "月报已生成" in page(client.get(f"/jobs/{job.pk}/"))


def test_owner_colleague_stranger_nobody(we: World) -> None:
    job = started(we)
    for address in (f"/jobs/{job.pk}/", f"/jobs/{job.pk}/bar/"):
        for client, status in (
            (we.client(), 200),
            (we.client(Role.SYSTEM_ADMIN), 200),
            (we.client(Role.MANAGER), 404),
            (we.client(Role.SYSTEM_ADMIN, we.theirs), 404),
            (Client(), 302),
        ):
            assert client.get(address).status_code == status
    assert "服务月报" not in page(we.client(Role.MANAGER).get("/jobs/"))


def test_a_parked_job_is_shown_to_the_administrator_alone(we: World) -> None:
    job = started(we, "tests.bad")
    work_off()
    text = page(we.client().get(f"/jobs/{job.pk}/"))
    assert "已停放" in text
    assert "机密的数据" not in text
    assert "重新运行" not in text
    administrator = we.client(Role.SYSTEM_ADMIN)
    assert "ZeroDivisionError: 机密的数据" in page(administrator.get("/jobs/"))
    assert "重新运行" in page(administrator.get(f"/jobs/{job.pk}/"))
    assert we.client().post(f"/jobs/{job.pk}/again/").status_code == 403
    assert we.client(Role.SYSTEM_ADMIN, we.theirs).post(f"/jobs/{job.pk}/again/").status_code == 403
    assert administrator.get(f"/jobs/{job.pk}/again/").status_code == 405
    assert administrator.post(f"/jobs/{job.pk}/again/")["Location"] == f"/jobs/{job.pk}/"
    assert Job.objects.get().state == JobState.WAITING
    assert administrator.post(f"/jobs/{job.pk}/again/").status_code == 422


def test_the_list_is_light(we: World, django_assert_max_num_queries: object) -> None:
    for _ in range(20):
        started(we)
    client = we.client(Role.CLERK)
    client.get("/jobs/")
    with django_assert_max_num_queries(6):  # type: ignore[operator]
        client.get("/jobs/")
