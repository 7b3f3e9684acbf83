"""The portal: what ties the parts of the house together when Django starts."""

from __future__ import annotations

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Label `portal`."""

    name = "yiwang.portal"

    def ready(self) -> None:
        """Who may see a case may see its files; its news become messages, and it can be printed."""
        from yiwang.core.attachments import guards
        from yiwang.portal.cases import files
        from yiwang.portal.notices import cases as notices_of_cases
        from yiwang.portal.papers import cases as papers_of_cases

        guards.register(files.KIND, files.may_see)
        notices_of_cases.install()
        papers_of_cases.install()
