"""A small office: an applicant, a manager, leaders, finance; and processes registered for a test."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from yiwang.core.attachments.models import Attachment
from yiwang.core.flow import actions, processes
from yiwang.core.flow.models import Case, Task, TaskState
from yiwang.core.flow.processes import ProcessKind
from yiwang.core.orgs import factories as orgs
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import Access, access_for
from yiwang.core.rights.models import Grant, Role, User

DAY = date(2026, 3, 2)  # a Monday
NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # 10:00 in Beijing


@dataclass
class Office:
    """An organ with its persons. `at` is the clock, moved by hand."""

    organ: Organ
    users: dict[str, User] = field(default_factory=dict)
    at: datetime = NOW
    kept: dict[str | User | None, Access] = field(default_factory=dict)  # for those who ask thousands of times

    def person(self, name: str, *roles: Role, organ: Organ | None = None, area: str = "") -> User:
        """A user with roles."""
        user = User.objects.create(username=f"{name}-{self.organ.pk}", display_name=name)
        for role in roles:
            Grant.objects.create(user=user, organ=organ or self.organ, role=role, area=area)
        self.users[name] = user
        return user

    def access(self, name: str | User) -> Access:
        """What he may do at the organ."""
        return access_for(self.users[name] if isinstance(name, str) else name, self.organ.pk, on=DAY)

    def open(self, process: str, name: str = "申请人", **given: Any) -> Case:
        """A case of a process."""
        given = {"title": "试", "organ": self.organ, "facts": {}, "on": DAY, "now": self.at, **given}
        return actions.open_case(process=process, access=self.access(name), **given)

    def task(self, case: Case, name: str, node: str = "") -> Task:
        """His open task."""
        rows = Task.objects.filter(case=case, who=self.users[name], state=TaskState.OPEN)
        return (rows.filter(step__node=node) if node else rows).get()

    def act(
        self, case: Case, name: str, verdict: Literal["approve", "reject"] = "approve", node: str = "", **given: Any
    ) -> Case:
        """He answers his open task."""
        given = {"opinion": "意见", "on": DAY, "now": self.at, **given}
        return actions.act(
            task=self.task(case, name, node).pk,
            verdict=verdict,
            access=self.access(name),
            **given,
        )

    def file(self, case: Case) -> int:
        """The id of a file that was kept for the case."""
        row = Attachment(about=f"flow.case:{case.pk}", name="批文.pdf", path="x", kind="application/pdf", size=1)
        row.digest, row.state, row.user, row.added_at, row.organ = (
            "0" * 64,
            "CLEAN",
            case.applicant,
            self.at,
            case.organ,
        )
        row.place()
        row.save()
        return row.pk

    def later(self, **by: float) -> datetime:
        """Let time pass."""
        self.at += timedelta(**by)
        return self.at


def office() -> Office:
    """申请人 (STAFF), 主管 (MANAGER), 领导 (LEADER), 财务 (FINANCE), 保管 (KEEPER), 外人 (STAFF elsewhere)."""
    made = Office(orgs.organ("青河县财政局"))
    made.person("申请人", Role.STAFF)
    made.person("主管", Role.MANAGER)
    made.person("领导", Role.LEADER)
    made.person("财务", Role.FINANCE)
    made.person("保管", Role.KEEPER)
    made.person("外人", Role.STAFF, organ=orgs.organ("别处"))
    return made


@contextmanager
def registered(data: bytes, key: str = "t.test", **more: Any) -> Iterator[ProcessKind]:
    """A process that exists for a while."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "file.bpmn"
        file.write_bytes(data)
        kind = processes.register(
            ProcessKind(key=key, label="试验", area="services", file=file, code="T" if key == "t.test" else "", **more)
        )
        try:
            yield kind
        finally:
            processes.forget(key)
