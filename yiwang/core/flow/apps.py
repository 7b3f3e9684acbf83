"""The app of flow. The standard processes are declared at start; clocks follow the holiday calendar."""

from __future__ import annotations

from django.apps import AppConfig


class FlowConfig(AppConfig):
    """Label `flow`."""

    name = "yiwang.core.flow"
    verbose_name = "流程"

    def ready(self) -> None:
        from yiwang.core.flow.clock import recompute
        from yiwang.core.flow.processes.standard import register_standard
        from yiwang.core.workdays.current import on_change

        register_standard()
        on_change(recompute)
