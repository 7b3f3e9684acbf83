"""Settings of the test suite: in-memory SQLite, or the PostgreSQL that `YIWANG_TEST_DATABASE` names; a cheap password hasher."""

from __future__ import annotations

import os
import tempfile

os.environ.setdefault("YIWANG_HOME", tempfile.mkdtemp(prefix="yiwang-test-"))

from yiwang.portal import env
from yiwang.portal.settings import *  # noqa: F403

DATABASES = {"default": env.database(os.environ.get("YIWANG_TEST_DATABASE") or "sqlite:///")}
if DATABASES["default"]["ENGINE"].endswith("postgresql"):
    DATABASES["default"]["CONN_MAX_AGE"] = 0
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
AXES_ENABLED = False
SECOND_FACTOR, SESSION_IDLE, SESSIONS_EACH = False, 0, 0  # tests of their own set them
SESSION_SEEN_EVERY = BADGE_SECONDS = 86_400  # as below
LEDGER_FAIL_AFTER = 0  # a test of its own sets it; elsewhere one query more, now and then, would upset the counts
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True  # static files straight from their folders
