"""What is said when a background job is over."""

from __future__ import annotations

import pytest

from yiwang.core.jobs import actions, kinds
from yiwang.core.jobs.kinds import Outcome, Progress, work
from yiwang.core.jobs.testing import work_off
from yiwang.core.notices.models import Notice
from yiwang.core.notices.tests.test_actions import NOON
from yiwang.core.rights.models import Role
from yiwang.core.verdicts.tests.helpers import World
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """One of each end."""
    monkeypatch.setattr(kinds, "_KINDS", dict(kinds._KINDS))

    @work("tests.good", label="月报")
    def good(run: Progress) -> Outcome:
        return Outcome("已生成", url="/there/")

    @work("tests.no", label="月报")
    def no(run: Progress) -> None:
        raise Refusal("tests.no", "没有数据。")

    @work("tests.bad", label="月报", attempts=1)
    def bad(run: Progress) -> None:
        raise ZeroDivisionError


@pytest.mark.parametrize(
    ("kind", "title", "url"),
    [("tests.good", "月报:已完成", "/there/"), ("tests.no", "月报:未能办理", ""), ("tests.bad", "月报:没有成功", "")],
)
def test_who_started_it_is_told(we: World, kind: str, title: str, url: str) -> None:
    job = actions.start(kind=kind, access=we.access(), now=NOON)
    work_off()
    row = Notice.objects.get(user=we.user())
    assert (row.title, row.url) == (title, url or f"/jobs/{job.pk}/")


def test_a_parked_job_is_told_to_the_administrators_of_its_place(we: World) -> None:
    ours, root = we.user(Role.SYSTEM_ADMIN), we.user(Role.SYSTEM_ADMIN, we.province)
    we.user(Role.SYSTEM_ADMIN, we.theirs)
    actions.start(kind="tests.bad", access=we.access(), now=NOON)
    work_off()
    assert [row.user for row in Notice.objects.filter(template="job.administer")] == [ours]
    actions.start(kind="tests.bad", access=None, now=NOON)
    work_off()
    assert [row.user for row in Notice.objects.filter(template="job.administer")] == [ours, root]
