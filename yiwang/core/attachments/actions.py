"""Keeping and removing files. Each verb: one transaction, rights checked, one entry.

The file is written before the row is committed, so that a row always has its bytes; a file whose row never came, and the
bytes of a removed row that could not be deleted at once, are cleared by `tidy` each night.

Refusals: `attachment.empty`, `.size`, `.many`, `.name`, `.type`, `.content`, `.unpacked`, `.macro`, `.image`, `.about`
(not a record that the user may add to), `.gone`; `rights.denied`.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable
from datetime import datetime
from typing import Any, BinaryIO, cast
from uuid import uuid4

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet

from yiwang.core.attachments import guards, kinds, names, pictures, scanner
from yiwang.core.attachments.models import Attachment, AttachmentState
from yiwang.core.ledger.post import post
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import User, Verb
from yiwang.kit.prepared import prepared
from yiwang.kit.refusal import Refusal

#: Where in the storage the bytes lie.
FOLDER = "attachments"


@transaction.atomic
def keep(*, file: File[Any], about: str, access: Access, now: datetime, label: str = "") -> Attachment:
    """Keep an uploaded file with the record `about` ("flow.case:12"), checked, pictures drawn anew.

    With a scanner configured the file is held until the scanner, asked after the commit, has passed it.
    """
    if access.organ is None or not isinstance(access.user, User):
        raise Refusal("rights.denied", "您还没有任何单位的授权,不能上传附件;请联系管理员授权。")
    if not guards.may_change(access, about):
        raise Refusal("attachment.about", "没有这条记录,或您不能给它添加附件。")
    if Attachment.objects.about(about).count() >= settings.ATTACHMENT_MOST:
        raise Refusal("attachment.many", f"一条记录最多 {settings.ATTACHMENT_MOST} 个附件,请先删除不需要的。")
    row, content = _looked_at(file)
    row.about, row.label, row.organ, row.user, row.added_at = about, label.strip()[:60], access.organ, access.user, now
    row.state = AttachmentState.HELD if scanner.configured() else AttachmentState.CLEAN
    row.place()
    row.path = default_storage.save(f"{FOLDER}/{now:%Y/%m}/{uuid4().hex}", ContentFile(content))
    row.save()
    _post(row, access.actor, "keep", {"name": row.name, "digest": row.digest, "size": row.size, "label": row.label})
    if row.state == AttachmentState.HELD:
        transaction.on_commit(lambda: scan_now(row.pk, now))
    return row


def _looked_at(file: File[Any]) -> tuple[Attachment, bytes]:
    """The unsaved row of a file that may be kept, and the bytes to keep."""
    size = file.size or 0
    most = settings.ATTACHMENT_BYTES
    if size <= 0:
        raise Refusal("attachment.empty", "文件是空的,请重新选择。")
    if size > most:
        raise Refusal("attachment.size", f"文件有 {size / 2**20:.1f} MB,超过 {most >> 20} MB;请压缩或分开上传。")
    name = names.cleaned(file.name or "")
    source = cast(BinaryIO, file.file if isinstance(getattr(file, "file", None), io.IOBase) else file)
    kind = kinds.kind_of(names.ending_of(name), source, size)
    row = Attachment(name=name, kind=kind.mime)
    if kind.family == "image":
        picture = pictures.redrawn(source)
        content, row.width, row.height, row.kind = picture.content, picture.width, picture.height, picture.mime
        if row.kind != kind.mime:
            row.name = names.with_ending(name, picture.ending)
    else:
        source.seek(0)
        content = source.read()
    row.size, row.digest = len(content), hashlib.sha256(content).hexdigest()
    return row, content


@transaction.atomic
def remove(*, attachment: int, access: Access, now: datetime) -> None:
    """Take a file away: who added it, or a manager of the place. The row stays, without bytes, for the ledger's sake."""
    row = readable(access, attachment)
    if row is None:
        raise Refusal("attachment.gone", "没有这个附件,或已被删除。")
    manager = access.holds(row, Verb.WRITE) and access.holds(row, Verb.APPROVE)  # in the area that the file is of
    access.need((row.user_id == access.user.pk and guards.may_change(access, row.about)) or manager, "删除附件")
    changed = Attachment.objects.filter(pk=row.pk).exclude(state=AttachmentState.REMOVED)
    if not changed.update(state=AttachmentState.REMOVED, removed_at=now):
        raise Refusal("attachment.gone", "没有这个附件,或已被删除。")
    _post(row, access.actor, "remove", {"name": row.name, "digest": row.digest})
    transaction.on_commit(lambda: erase(row.pk))


def erase(pk: int) -> None:
    """Delete the bytes of a removed or infected row, then forget where they were. May be run again without harm."""
    gone = (AttachmentState.REMOVED, AttachmentState.INFECTED)
    row = Attachment.objects.filter(pk=pk, state__in=gone).exclude(path="").first()
    if row is not None:
        default_storage.delete(row.path)
        Attachment.objects.filter(pk=pk).update(path="")


def scan_now(pk: int, now: datetime) -> AttachmentState:
    """Ask the scanner about a held file, outside a transaction; where it gives no verdict the file stays held."""
    row = Attachment.objects.filter(pk=pk, state=AttachmentState.HELD).first()
    if row is None:
        return AttachmentState(Attachment.objects.get(pk=pk).state)
    try:
        with default_storage.open(row.path) as file:
            found = scanner.scan(cast(BinaryIO, file))
    except (scanner.ScannerDown, FileNotFoundError):
        return AttachmentState.HELD
    state = AttachmentState.CLEAN if found.clean else AttachmentState.INFECTED
    with transaction.atomic():
        held = Attachment.objects.filter(pk=pk, state=AttachmentState.HELD)
        if held.update(state=state, signature=found.signature, scanned_at=now) and not found.clean:
            _post(row, "system", "infected", {"name": row.name, "digest": row.digest, "signature": found.signature})
            transaction.on_commit(lambda: erase(pk))
    return state


def of(about: str) -> list[Attachment]:
    """The files of one record, in the order of adding. Whoever shows the record may show them."""
    return _about(about=about)


@prepared
def _about(about: str) -> QuerySet[Attachment]:
    return Attachment.objects.about(about).select_related("user")


def of_many(abouts: Iterable[str]) -> dict[str, list[Attachment]]:
    """The files of several records in one query, by record."""
    found: dict[str, list[Attachment]] = {about: [] for about in abouts}
    rows = Attachment.objects.filter(about__in=list(found)).exclude(state=AttachmentState.REMOVED)
    for row in rows.select_related("user").order_by("pk"):
        found[row.about].append(row)
    return found


def readable(access: Access, pk: int) -> Attachment | None:
    """The attachment if it is there and the user may see what it is about; a stranger's is not there at all."""
    row = Attachment.objects.exclude(state=AttachmentState.REMOVED).filter(pk=pk).first()
    return row if row is not None and guards.may_see(access, row.about) else None


def _post(row: Attachment, actor: str, act: str, body: dict[str, Any]) -> None:
    about = {"about": row.about, **body}
    post(actor=actor, act=f"attachments.attachment.{act}", obj=f"attachments.attachment:{row.pk}", body=about)
