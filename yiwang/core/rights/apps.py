"""The app of users and grants. After every migration the database is told to keep the administrators apart."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def _after_migrate(using: str, **_: Any) -> None:
    from yiwang.core.rights.belts import install

    install(using)


class RightsConfig(AppConfig):
    """Label `rights`."""

    name = "yiwang.core.rights"
    verbose_name = "用户与授权"

    def ready(self) -> None:
        """Listen to log-ins and failures; after axes, which stands before this in INSTALLED_APPS."""
        from axes.signals import user_locked_out
        from django.contrib.auth.signals import user_logged_in, user_login_failed

        from yiwang.core.rights import known, lockout

        user_logged_in.connect(known.begin, dispatch_uid="rights.sessions")
        user_login_failed.connect(lockout.note_failure, dispatch_uid="rights.failure")
        user_locked_out.connect(lockout.note_lock, dispatch_uid="rights.lock")
        post_migrate.connect(_after_migrate, sender=self)
