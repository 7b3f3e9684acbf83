"""The files of a case: kept with it in the transaction of the act that brings them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from yiwang.core.attachments import actions as attachments
from yiwang.core.attachments.models import Attachment
from yiwang.core.flow import actions
from yiwang.core.flow.models import Case
from yiwang.core.rights.access import Access

#: How attachments name a case.
KIND = "flow.case"


def about(case: Case) -> str:
    """What the files of a case are about."""
    return f"{KIND}:{case.pk}"


def keep(case: Case, given: Iterable[Any], *, access: Access, now: datetime) -> list[int]:
    """Keep the files; their ids. Refusals `attachment.…`."""
    return [attachments.keep(file=file, about=about(case), access=access, now=now).pk for file in given]


def keep_with(case: Case, given: Iterable[Any], *, access: Access, on: date, now: datetime) -> None:
    """Keep the files that came with a request, as one act on its case."""
    if kept := keep(case, given, access=access, now=now):
        actions.attach(case=case.pk, attachments=kept, access=access, on=on, now=now)


def of(case: Case) -> list[Attachment]:
    """The files of a case."""
    return attachments.of(about(case))


def may_see(access: Access, pk: int) -> bool:
    """The guard of its files: who may see the case."""
    return Case.objects.visible(access).filter(pk=pk).exists()
