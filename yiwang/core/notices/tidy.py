"""Messages that were read long ago are deleted, by the settings; what nobody has read stays longer."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from yiwang.core.notices.models import Notice


def clear(now: datetime) -> int:
    """Delete messages read more than NOTICE_DAYS ago, and unread ones older than NOTICE_UNREAD_DAYS; how many."""
    read = Notice.objects.filter(read_at__lt=now - timedelta(days=settings.NOTICE_DAYS))
    old = Notice.objects.filter(read_at=None, created_at__lt=now - timedelta(days=settings.NOTICE_UNREAD_DAYS))
    count = read.count() + old.count()
    (read | old).delete()
    return count
