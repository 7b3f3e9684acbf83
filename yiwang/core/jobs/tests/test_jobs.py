"""A job from start to end: done, refused, tried again, parked, run again; who may see it."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from yiwang.core.jobs import actions, alive, kinds, running, tidy
from yiwang.core.jobs.kinds import Outcome, Progress, Superseded, work
from yiwang.core.jobs.models import Job, JobState
from yiwang.core.jobs.testing import work_off
from yiwang.core.ledger.models import Entry
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import access_for, nobody
from yiwang.core.rights.models import Role
from yiwang.core.verdicts.tests.helpers import World
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def seen(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The kinds of these tests; the list is what the counting one has done."""
    monkeypatch.setattr(kinds, "_KINDS", dict(kinds._KINDS))
    found: list[int] = []

    @work("tests.count", label="数数")
    def count(run: Progress, *, to: int) -> Outcome:
        for number in range(1, to + 1):
            found.append(number)
            run.progress(number, to, f"第 {number} 个")
        return Outcome("数完了", url="/there/")

    @work("tests.no", label="不行")
    def no(run: Progress) -> None:
        raise Refusal("tests.no", "这个月没有数据。")

    @work("tests.poison", label="总是失败", attempts=2)
    def poison(run: Progress) -> None:
        raise ZeroDivisionError("坏数据")

    return found


@pytest.fixture
def we() -> World:
    """A province with two counties."""
    return World()


def start(we: World, kind: str = "tests.count", **more: Any) -> Job:
    """Started by a clerk of ours."""
    return actions.start(kind=kind, access=we.access(), now=NOW, **more)


def test_done(we: World, seen: list[int]) -> None:
    job = start(we, to=3)
    assert (job.state, job.open, job.user, job.organ) == (JobState.WAITING, True, we.user(), we.ours)
    assert Entry.objects.get(act="jobs.job.start").obj == f"jobs.job:{job.pk}"
    (job,) = work_off()
    assert (job.state, job.done, job.total, job.message, job.url) == (JobState.DONE, 3, 3, "数完了", "/there/")
    assert seen == [1, 2, 3]
    running.run.func(job.pk)  # a second entry in the queue does no harm
    assert seen == [1, 2, 3]


def test_it_is_not_done_before_the_commit(we: World, seen: list[int], django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        job = actions.start(kind="tests.count", access=we.access(), now=timezone.now() - timedelta(seconds=1), to=1)
        assert seen == []
    job.refresh_from_db()
    assert (seen, job.state) == ([1], JobState.DONE)


def test_one_unfinished_job_of_a_key(we: World) -> None:
    first = start(we, to=1, key="month:2026-11")
    assert start(we, to=1, key="month:2026-11") == first
    assert start(we, to=1, key="month:2026-10") != first
    work_off()
    assert start(we, to=1, key="month:2026-11") != first


def test_an_unknown_kind_is_a_programming_error(we: World) -> None:
    with pytest.raises(KeyError):
        start(we, "tests.unknown")


def test_a_refusal_is_not_tried_again(we: World) -> None:
    start(we, "tests.no")
    (job,) = work_off(attempts=3)
    assert (job.state, job.attempts, job.message) == (JobState.REFUSED, 1, "这个月没有数据。")


def test_f35_a_poison_job_is_parked(we: World) -> None:
    start(we, "tests.poison")
    (job,) = work_off()
    assert (job.state, job.attempts, job.retrying) == (JobState.WAITING, 1, True)
    assert job.next_at > timezone.now() + timedelta(seconds=5)
    assert not running._claimed(job.pk, timezone.now())  # not before it is due
    (job,) = work_off()
    assert (job.state, job.attempts) == (JobState.PARKED, 2)
    assert job.error.strip().endswith("ZeroDivisionError: 坏数据")
    assert "坏数据" not in job.message
    assert Entry.objects.filter(act="jobs.job.park").count() == 1
    assert work_off() == []


def test_attempts_come_later_and_later() -> None:
    assert [running.delay(n).total_seconds() for n in (1, 2, 3, 4, 9)] == [10, 40, 160, 640, 3600]


def test_an_administrator_runs_a_parked_job_again(we: World) -> None:
    job = start(we, "tests.poison")
    work_off(attempts=2)
    root, ours = we.access(Role.SYSTEM_ADMIN, we.province), we.access(Role.SYSTEM_ADMIN)
    for access in (we.access(), we.access(Role.MANAGER), nobody()):
        with pytest.raises(Refusal) as caught:
            actions.run_again(job=job.pk, access=access, now=NOW)
        assert caught.value.code == "rights.denied"
    with pytest.raises(Refusal, match="不在您管理的范围内"):
        actions.run_again(job=job.pk, access=we.access(Role.SYSTEM_ADMIN, we.theirs), now=NOW)
    again = actions.run_again(job=job.pk, access=ours, now=NOW)
    assert (again.state, again.attempts) == (JobState.WAITING, 0)
    with pytest.raises(Refusal) as caught:
        actions.run_again(job=job.pk, access=root, now=NOW)
    assert caught.value.code == "job.state"
    assert Entry.objects.filter(act="jobs.job.again").count() == 1


# ── a worker that died ─────────────────────────────────────────────────────────────────────────────────────────────


def dead(we: World, *, attempts: int = 1) -> Job:
    """A job whose worker was killed."""
    job = start(we, to=2)
    Job.objects.update(state=JobState.RUNNING, attempts=attempts)
    return job


def test_f35_what_a_killed_worker_left_is_taken_up(we: World, seen: list[int]) -> None:
    job = dead(we)
    assert running.recover(NOW) == 1
    job.refresh_from_db()
    assert (job.state, "中途退出" in job.error) == (JobState.WAITING, True)
    (job,) = work_off()
    assert (job.state, seen) == (JobState.DONE, [1, 2])


def test_f35_a_job_that_kills_its_workers_is_parked(we: World) -> None:
    dead(we, attempts=4)
    running.recover(NOW)
    assert Job.objects.get().state == JobState.PARKED


@pytest.mark.django_db(transaction=True)
def test_a_living_worker_is_left_alone(we: World) -> None:

    job = dead(we)
    begun, end = threading.Event(), threading.Event()

    def live() -> None:
        with alive.holding(job.pk) as mine:
            assert mine
            begun.set()
            end.wait(60)
        connection.close()

    worker = threading.Thread(target=live)
    worker.start()
    begun.wait(60)
    try:
        assert running.recover(NOW) == 0
        running.run.func(job.pk)
        assert Job.objects.get().state == JobState.RUNNING
    finally:
        end.set()
        worker.join()
    assert running.recover(NOW) == 1


def test_a_kind_that_is_no_longer_there_is_parked_like_any_other(we: World) -> None:
    job = dead(we)
    kinds._KINDS.clear()
    assert running.recover(NOW) == 1
    (job,) = work_off(attempts=4)
    assert job.state == JobState.PARKED
    assert "KeyError: 'tests.count'" in job.error


def test_who_was_taken_for_dead_cannot_write_any_more(we: World) -> None:
    job = dead(we)
    job.refresh_from_db()
    old = Progress(job.pk, job.attempts)
    old.progress(1, 2)
    running.recover(NOW)
    with pytest.raises(Superseded):
        old.progress(2, 2)
    running._end(job, JobState.DONE, message="迟了")
    assert Job.objects.get().state == JobState.WAITING


def test_an_entry_that_the_queue_lost_is_put_back(we: World) -> None:
    start(we, to=1)
    assert running.recover(NOW + timedelta(seconds=10)) == 0
    assert running.recover(NOW + timedelta(minutes=2)) == 1


# ── who, and for how long ──────────────────────────────────────────────────────────────────────────────────────────


def test_who_sees_it(we: World) -> None:
    job = start(we, to=1)
    own = actions.start(kind="tests.no", access=None, now=NOW)

    def sees(role: Role, at: Organ | None = None, name: str = "") -> set[Job]:
        return set(Job.objects.visible(we.access(role, at, name)))

    assert sees(Role.CLERK) == {job}
    assert sees(Role.CLERK, name="colleague") == sees(Role.MANAGER) == sees(Role.MANAGER, we.theirs) == set()
    assert sees(Role.SYSTEM_ADMIN) == {job}
    assert sees(Role.SYSTEM_ADMIN, we.theirs) == set()
    assert sees(Role.SYSTEM_ADMIN, we.province) == {job, own}
    assert set(Job.objects.visible(nobody())) == set()
    assert set(Job.objects.visible(access_for(we.user(Role.STAFF)))) == set()


def test_what_is_over_is_cleared(we: World, settings: Any) -> None:
    settings.JOB_DAYS, settings.JOB_PARKED_DAYS = 30, 180
    job = start(we, to=1)
    for state, days, gone in (
        (JobState.DONE, 29, 0),
        (JobState.PARKED, 179, 0),
        (JobState.WAITING, 999, 0),
        (JobState.PARKED, 181, 1),
    ):
        Job.objects.update(state=state, finished_at=NOW - timedelta(days=days))
        assert tidy.clear(NOW) == gone, state
    job = start(we, to=1)
    Job.objects.filter(pk=job.pk).update(state=JobState.DONE, finished_at=NOW - timedelta(days=31))
    assert tidy.clear(NOW) == 1


def test_progress_is_not_written_at_every_step(we: World, django_assert_num_queries: Any) -> None:
    dead(we)
    run = Progress(Job.objects.get().pk, 1)
    with django_assert_num_queries(2):
        for number in range(1, 101):
            run.progress(number, 100)
