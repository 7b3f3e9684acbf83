"""The app of insight: cubes small enough for a page."""

from __future__ import annotations

from django.apps import AppConfig


class InsightConfig(AppConfig):
    """Label `insight`."""

    name = "yiwang.insight"
    verbose_name = "一张图"

    def ready(self) -> None:
        from yiwang.core.registers.pages import guard, page
        from yiwang.insight.rights import reads

        page("insight", "能耗一张图", "insight:energy")
        guard("insight:energy", reads)
