"""What the board does when Django starts."""

from __future__ import annotations

from django.apps import AppConfig

from yiwang.areas.vehicles.trips.telling import TOPIC
from yiwang.core.notices.templates import Template, register, register_topic

TEXT = "{day} 的用车可以和别人拼车:{said}同意与否请答复。"


def ready(app: AppConfig) -> None:
    """The message that asks an applicant whether he would share a car."""
    register_topic(TOPIC)
    register(Template("vehicles.pool.asked", "是否同意拼车", TEXT, TOPIC.key))
