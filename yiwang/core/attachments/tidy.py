"""What a killed process or a silent scanner left: done again, each minute and each night."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.files.storage import default_storage

from yiwang.core.attachments import actions, scanner
from yiwang.core.attachments.models import Attachment, AttachmentState

#: A file without a row that is younger may belong to a transaction that is still open.
ORPHAN_AGE = timedelta(days=1)
BATCH = 200


def scan_held(now: datetime) -> int:
    """Ask the scanner about everything that is held; how many got a verdict. Stops at the first silence."""
    done = 0
    if not scanner.configured():
        return done
    for pk in Attachment.objects.filter(state=AttachmentState.HELD).order_by("pk").values_list("pk", flat=True)[:BATCH]:
        if actions.scan_now(pk, now) == AttachmentState.HELD:
            break
        done += 1
    return done


def clear(now: datetime) -> int:
    """Delete the bytes of removed and infected rows, and files that no row names; how many."""
    gone = (AttachmentState.REMOVED, AttachmentState.INFECTED)
    left = list(Attachment.objects.filter(state__in=gone).exclude(path="").values_list("pk", flat=True))
    for pk in left:
        actions.erase(pk)
    return len(left) + _orphans(now)


def _orphans(now: datetime) -> int:
    done = 0
    for path in _files(actions.FOLDER):
        if now - default_storage.get_modified_time(path) < ORPHAN_AGE:
            continue
        if not Attachment.objects.filter(path=path).exists():
            default_storage.delete(path)
            done += 1
    return done


def _files(folder: str) -> list[str]:
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return []
    return [f"{folder}/{name}" for name in files] + [one for name in folders for one in _files(f"{folder}/{name}")]
