"""Photographs of a venue, and the code of its door: what whoever manages it keeps up."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.files.base import File
from django.db import transaction

from yiwang.areas.services.venues import claims
from yiwang.areas.services.venues.models import AREA, Venue
from yiwang.core.attachments import actions as attachments
from yiwang.core.attachments.models import Attachment
from yiwang.core.ledger.post import post
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Verb
from yiwang.kit.refusal import Refusal

PREFIX = "services.venue"


def of(venue: Venue) -> list[Attachment]:
    """Those that are there, in order."""
    return attachments.of(f"{PREFIX}:{venue.pk}")


def keep(*, venue: int, files: Sequence[File[Any]], access: Access, now: datetime) -> None:
    """Keep photographs. Refusals `venue.photo`, and those of attachments."""
    if not files:
        raise Refusal("venue.photo", "请选择照片。")
    with transaction.atomic():
        _managed(venue, access)
        for file in files:
            attachments.keep(file=file, about=f"{PREFIX}:{venue}", access=access, now=now, label="照片")


def new_code(*, venue: int, access: Access, now: datetime) -> Venue:
    """A new code for the door; posters with the old one open nothing any more."""
    with transaction.atomic():
        row = _managed(venue, access)
        row.code = secrets.token_urlsafe(12)
        row.save(update_fields=["code"])
        body = {"at": now.isoformat()}
        post(actor=access.actor, act="services.venue.code", obj=f"services.venue:{row.pk}", body=body)
    return row


def _managed(venue: int, access: Access) -> Venue:
    row = claims.lock(venue)[venue]
    access.need(claims.manages(access, row), "管理场所")
    return row


def may_see(access: Access, pk: int) -> bool:
    """Whoever is offered the venue on some day sees its photographs."""
    from django.utils import timezone

    if not (access.may(Verb.APPLY, AREA) or access.may(Verb.READ, AREA)):
        return False
    return Venue.objects.offered(access, timezone.localdate()).filter(pk=pk).exists()


def may_change(access: Access, pk: int) -> bool:
    """Whoever manages it."""
    row = Venue.objects.select_related("organ").filter(pk=pk).first()
    return row is not None and claims.manages(access, row)
