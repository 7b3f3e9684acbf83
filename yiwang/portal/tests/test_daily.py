"""The night's work: once a day, not on the first start, judged and anchored."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.db import transaction

from yiwang.areas.reporting.factories import Scene
from yiwang.core.attachments.models import Attachment
from yiwang.core.jobs import queue
from yiwang.core.ledger.models import Anchor, Entry
from yiwang.core.ledger.post import post
from yiwang.core.ledger.tests.helpers import seal_now
from yiwang.core.notices import delivery, templates
from yiwang.core.notices.actions import send
from yiwang.core.notices.models import Notice
from yiwang.core.verdicts import sources
from yiwang.core.verdicts.tests.helpers import World
from yiwang.portal import daily

DAY = date(2026, 5, 9)


@pytest.fixture
def home(tmp_path: Path, settings: Any) -> Path:
    settings.HOME = tmp_path
    settings.LEDGER_KEY = tmp_path / "key.pem"
    settings.LEDGER_ANCHOR_DIR = tmp_path / "anchors"
    settings.LEDGER_ANCHOR_MAIL = "audit@example.org"
    return tmp_path


@pytest.fixture
def enqueued(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    days: list[str] = []
    monkeypatch.setattr(daily, "nightly", type("Task", (), {"enqueue": staticmethod(days.append)}))
    return days


def test_the_first_start_has_nothing_to_make_up_for(home: Path, enqueued: list[str]) -> None:
    daily.tick(datetime(2026, 5, 9, 12))
    daily.tick(datetime(2026, 5, 9, 23))
    assert enqueued == []


def test_once_a_night_after_the_hour(home: Path, enqueued: list[str]) -> None:
    daily.tick(datetime(2026, 5, 9, 12))
    for hour in (0, 2, 3, 4, 23):
        daily.tick(datetime(2026, 5, 10, hour))
    assert enqueued == ["2026-05-10"]
    daily.tick(datetime(2026, 5, 20, 9))  # after nights without power: the last only
    assert enqueued == ["2026-05-10", "2026-05-20"]


def test_what_could_not_be_enqueued_is_tried_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(day: str) -> None:
        raise OSError(day)

    daily.tick(datetime(2026, 5, 9, 12))
    monkeypatch.setattr(daily, "nightly", type("Task", (), {"enqueue": staticmethod(broken)}))
    for _ in range(2):
        with pytest.raises(OSError, match="2026-05-10"):
            daily.tick(datetime(2026, 5, 10, 3))


@pytest.mark.django_db
def test_the_head_is_anchored_once_a_day(home: Path) -> None:
    assert not daily.anchor(DAY)  # nothing is sealed
    with transaction.atomic():
        post(actor="system", act="t.a", obj="t:1")
    seal_now()
    assert daily.anchor(DAY)
    assert not daily.anchor(DAY)
    (file,) = (home / "anchors").iterdir()
    assert Anchor.objects.get().sent_to == f"{file}、audit@example.org"
    assert len(mail.outbox) == 1


@pytest.mark.django_db
def test_every_register_is_judged_as_of_the_day(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[date] = []

    def rows(*, on: date, subjects: Any = None) -> list[Any]:
        asked.append(on)
        return []

    monkeypatch.setattr(sources, "_sources", {"offices.person_space": rows})
    done = daily.nightly.enqueue("2026-05-09")
    assert done.return_value == {
        "opened": 0,
        "closed": 0,
        "anchored": False,
        "disabled": 0,
        "grants_wrong": 0,
        "contracts_warned": 0,
        "papers_warned": 0,
        "visits_purged": 0,
        "returns_reminded": 0,
    }
    assert set(asked) == {DAY}  # judged, and kept as a snapshot
    assert set(Entry.objects.values_list("act", flat=True)) <= {"insight.lake.snapshot"}


@pytest.mark.django_db
def test_the_night_reminds_of_returns(home: Path) -> None:
    """On the deadline, whoever has not handed in hears of it; a second night of the same day says nothing more."""
    scene = Scene()
    scene.open()
    for reminded in (4, 0):
        assert daily.nightly.enqueue("2026-10-15").return_value["returns_reminded"] == reminded
    told = Notice.objects.filter(template="reporting.return.clock").values_list("user", flat=True)
    assert len([one for one in told if one == scene.clerk.user.pk]) == 1


# ── each minute ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db
def test_each_minute_what_is_due_is_looked_for(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    now, asked = datetime(2026, 5, 9, 12, tzinfo=UTC), list[Any]()
    monkeypatch.setattr(queue, "enqueue", lambda task, *_, **__: asked.append(task))
    monkeypatch.setattr(delivery, "enqueue", lambda task, *_, **__: asked.append(task))
    daily.minutely(now)
    assert asked == []
    we = World()
    user = we.user()
    user.email = "a@example.cn"
    user.save()
    monkeypatch.setitem(templates._TEMPLATES, "x", templates.Template("x", "t", "t", "job"))
    send(to=[user], template="x", about="x:1", url="/", now=now + timedelta(minutes=5))
    asked.clear()
    daily.minutely(now)
    assert asked == []
    daily.minutely(now + timedelta(minutes=5))
    assert asked == [delivery.deliver]
    settings.ATTACHMENT_SCANNER = "tcp://127.0.0.1:1"
    Attachment.objects.create(
        about="x:1", name="a.txt", path="x", kind="text/plain", size=1, digest="x", state="HELD", user=user, organ=we.ours,
        added_at=now,
    )  # fmt: skip
    daily.minutely(now)
    assert asked == [delivery.deliver, daily.scan]


@pytest.mark.django_db
def test_each_night_what_is_over_is_deleted() -> None:
    now = datetime(2026, 5, 9, 12, tzinfo=UTC)
    receiver = World().user()
    batch = "00000000-0000-0000-0000-000000000001"
    row = Notice(user=receiver, batch=batch, template="x", topic="x", title="x", created_at=now, read_at=now)
    row.save()
    assert daily.clear(now) == 0
    assert daily.clear(now + timedelta(days=200)) == 1
