"""Photos and papers of an order: kept as attachments about it, seen by whoever sees the order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.core.files.base import File

from yiwang.areas.services.orders.models import WorkOrder
from yiwang.core.attachments import actions
from yiwang.core.attachments.models import Attachment
from yiwang.core.rights.access import Access

#: The name of an order among the things that files are kept with.
ABOUT = "services.order"
#: What a phone's camera and gallery offer.
ACCEPT = "image/jpeg,image/png,image/webp,application/pdf"


def may_see(access: Access, pk: int) -> bool:
    """The guard of the files: whoever sees the order, and nobody else."""
    return WorkOrder.objects.visible(access).filter(pk=pk).exists()


def keep(order: WorkOrder, files: Sequence[File[bytes]], access: Access, now: datetime, label: str = "") -> None:
    """Keep the files with the order, in the caller's transaction. Refusals `attachment.*`."""
    for file in files:
        actions.keep(file=file, about=f"{ABOUT}:{order.pk}", access=access, now=now, label=label)


def of(order: WorkOrder) -> list[Attachment]:
    """What is kept with it, in the order of adding."""
    return actions.of(f"{ABOUT}:{order.pk}")
