"""How many messages a user has not read: the number in the band, a few seconds old at most."""

from __future__ import annotations

from django.conf import settings
from django.core.cache import cache

from yiwang.core.notices.models import Notice
from yiwang.core.rights.access import Access

#: The band counts up to this; the number may be so many seconds old.
CAP = 99


def badge(access: Access) -> str:
    """The number: "" for none, 99+ beyond."""
    number = cache.get(_key(access))
    if number is None:
        number = Notice.objects.to(access).unread().order_by().values("pk")[: CAP + 1].count()
        cache.set(_key(access), number, settings.BADGE_SECONDS)
    return "" if not number else f"{CAP}+" if number > CAP else str(number)


def forget(access: Access) -> None:
    """The user has read something: count again."""
    cache.delete(_key(access))


def _key(access: Access) -> str:
    return f"notices:{access.user.pk}"
