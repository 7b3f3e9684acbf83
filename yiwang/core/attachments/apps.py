"""The app of attachments."""

from __future__ import annotations

from django.apps import AppConfig


class AttachmentsConfig(AppConfig):
    """Label `attachments`."""

    name = "yiwang.core.attachments"
    verbose_name = "附件"
