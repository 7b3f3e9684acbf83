"""Where sessions lie: Django's table, read with a statement that is compiled once, for every page begins with it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from yiwang.kit.prepared import prepared


@prepared
def _lasting(key: str, now: datetime) -> QuerySet[Session, tuple[Any, ...]]:
    return Session.objects.filter(session_key=key, expire_date__gt=now).values_list("session_data")


class SessionStore(DatabaseStore):
    """Django's own, but for the reading."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """The table of Django's own engine."""
        return Session

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing, and no key, where there is none or its time is over."""
        found = _lasting(key=self.session_key, now=timezone.now()) if self.session_key else []
        if not found:
            self._session_key = None
            return {}
        data: dict[str, Any] = self.decode(found[0][0])
        return data
