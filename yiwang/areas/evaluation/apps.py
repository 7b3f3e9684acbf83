"""The app of evaluation (考核评价): programmes, assessments, certificates, 公示."""

from __future__ import annotations

from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    """Label `evaluation`."""

    name = "yiwang.areas.evaluation"
    verbose_name = "考核评价"

    def ready(self) -> None:
        from yiwang.areas.evaluation import papers, process, resources, sources  # noqa: F401
        from yiwang.areas.evaluation.rights import may_add, may_see
        from yiwang.core.attachments import guards

        process.declare()
        papers.declare()
        guards.register("evaluation.mark", may_see, may_add)
