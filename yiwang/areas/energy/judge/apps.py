"""The app of judging energy: signs, thresholds, targets."""

from __future__ import annotations

from django.apps import AppConfig


class EnergyJudgeConfig(AppConfig):
    """Label `energy_judge`; its rows and pages belong to the area of energy."""

    name = "yiwang.areas.energy.judge"
    label = "energy_judge"
    verbose_name = "用能预警与目标"

    def ready(self) -> None:
        from yiwang.areas.energy.judge import setup

        setup.ready(self)
