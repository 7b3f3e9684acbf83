"""Photos of dials: kept as attachments about the reading, seen by whoever sees it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.core.files.base import File

from yiwang.areas.energy.use.models import Reading
from yiwang.core.attachments import actions
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Verb

ABOUT = "energy.reading"
#: What a phone's camera and gallery offer.
ACCEPT = "image/jpeg,image/png,image/webp"


def may_see(access: Access, pk: int) -> bool:
    """Whoever sees the reading."""
    return access.scope(Reading.objects.filter(pk=pk)).exists()


def may_change(access: Access, pk: int) -> bool:
    """Whoever may write it."""
    return access.scope(Reading.objects.filter(pk=pk), Verb.WRITE).exists()


def keep(reading: Reading, files: Sequence[File[bytes]], access: Access, now: datetime) -> None:
    """Keep the photos with the reading, in the caller's transaction. Refusals `attachment.*`."""
    for file in files:
        actions.keep(file=file, about=f"{ABOUT}:{reading.pk}", access=access, now=now, label="表盘")
