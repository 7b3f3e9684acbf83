"""The app of regions, organs, posts and persons."""

from __future__ import annotations

from django.apps import AppConfig


class OrgsConfig(AppConfig):
    """Label `orgs`."""

    name = "yiwang.core.orgs"
    verbose_name = "组织机构"
