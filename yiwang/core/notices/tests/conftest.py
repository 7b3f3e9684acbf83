"""People, templates of these tests, and a server that stands for the robots."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from yiwang.core.notices import templates
from yiwang.core.notices.templates import Template, Topic
from yiwang.core.notices.tests.robot import RobotServer
from yiwang.core.verdicts.tests.helpers import World


@pytest.fixture(autouse=True)
def _templates(monkeypatch: pytest.MonkeyPatch) -> None:
    """One topic with an ordinary and an urgent template."""
    monkeypatch.setattr(templates, "_TEMPLATES", dict(templates._TEMPLATES))
    monkeypatch.setattr(templates, "_TOPICS", dict(templates._TOPICS))
    templates.register_topic(Topic("tests", "试验"))
    templates.register(Template("tests.order", "有新工单", "工单 {number} 派给了您。", "tests"))
    templates.register(Template("tests.alarm", "漏水 {place}", "{place} 漏水,请立即处理。", "tests", urgent=True))


@pytest.fixture
def we() -> World:
    """A province with two counties."""
    return World()


@pytest.fixture
def robot(settings: Any) -> Iterator[RobotServer]:
    """Listening on loopback, which is allowed for it."""
    settings.WEBHOOK_NETWORKS = ["127.0.0.0/8"]
    server = RobotServer()
    yield server
    server.stop()
