"""The verification of a long chain, in the tasks worker."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django_tasks import TaskResultStatus, default_task_backend, task
from django_tasks.exceptions import TaskResultDoesNotExist

from yiwang.core.ledger import anchors
from yiwang.core.ledger.verify import verify


@dataclass(frozen=True)
class State:
    """How far it is."""

    running: bool
    failed: bool
    report: dict[str, Any] | None


@task()  # type: ignore[untyped-decorator]
def verify_chain(brought: list[dict[str, Any]]) -> dict[str, Any]:
    """The report as data."""
    given = [anchors.Signed(**one) for one in brought]
    return verify(now=datetime.now(UTC), anchors=given, public_key=anchors.own_public(settings.LEDGER_KEY)).as_dict()


def start(brought: list[dict[str, Any]]) -> str:
    """Enqueue; the id of the job."""
    return str(verify_chain.enqueue(brought).id)


def state(key: str) -> State | None:
    """How far the job with this id is; None if there is none."""
    try:
        found = default_task_backend.get_result(key)
    except TaskResultDoesNotExist:
        return None
    if found.status == TaskResultStatus.SUCCESSFUL:
        return State(running=False, failed=False, report=found.return_value)
    failed = found.status == TaskResultStatus.FAILED
    return State(running=not failed, failed=failed, report=None)
