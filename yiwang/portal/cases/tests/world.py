"""A small office with a process of its own (调整办公室): who applies, who reviews, who signs, and two who have nothing to do with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.test import Client

from yiwang.core.flow import actions, processes
from yiwang.core.flow.models import Case, Task
from yiwang.core.flow.processes import ProcessKind
from yiwang.core.orgs import factories
from yiwang.core.rights.access import Access, access_for
from yiwang.core.rights.models import Role, User
from yiwang.portal.tests import people

KEY = "test.room"
FILE = Path(__file__).with_name("room.bpmn")
ROOM = ProcessKind(key=KEY, label="调整办公室", area="offices", file=FILE, code="TR")
ON = date(2026, 3, 4)  # a Wednesday
NOW = datetime(2026, 3, 4, 2, 0, tzinfo=UTC)
FACTS: dict[str, Any] = {"reason": "换到朝南的房间", "rank": "正科级", "usable_area": "15"}


@contextmanager
def registered() -> Iterator[None]:
    """The process, for the length of a test."""
    processes.register(ROOM)
    try:
        yield
    finally:
        processes.forget(KEY)


class Office:
    """Our bureau with its people; a bureau beside it."""

    def __init__(self) -> None:
        self.city = factories.organ("青河市机关事务管理局", tier="CITY", code="990100")
        self.ours = factories.organ("青河市财政局", self.city, tier="COUNTY", code="990101")
        self.theirs = factories.organ("青河市水利局", self.city, tier="COUNTY", code="990102")
        self.cadre = people.user(self.ours, Role.STAFF, name="陈立")
        self.colleague = people.user(self.ours, Role.STAFF, name="赵明")
        self.manager = people.user(self.ours, Role.MANAGER, name="周正")
        self.leader = people.user(self.city, Role.LEADER, name="林岚")
        self.stranger = people.user(self.theirs, Role.MANAGER, name="吴审")

    def open(self, key: str = "", **facts: Any) -> Case:
        """The cadre asks."""
        access = access_of(self.cadre)
        return actions.open_case(
            process=KEY, title="换办公室", organ=self.ours, access=access, facts=FACTS | facts, on=ON, now=NOW, key=key
        )


def access_of(user: User) -> Access:
    """His access at the organ of his grant."""
    return access_for(user)


def browser(user: User) -> Client:
    """A browser in which the user has logged in."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def task_of(user: User) -> Task:
    """The one task that waits for the user."""
    return Task.objects.waiting_for(access_of(user)).get()
