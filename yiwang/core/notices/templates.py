"""Templates of messages and their topics, as data. Fields are named; a value is put in as text and nothing else.

register_topic(Topic("services", "后勤服务"))
register(Template("services.order.assigned", title="有新工单", text="工单 {number} 派给了您。", topic="services"))
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from string import Formatter
from typing import Any

from django.utils import timezone

LONGEST_TITLE, LONGEST_TEXT, LONGEST_VALUE = 120, 1000, 300
#: Controls and invisible direction marks, which could forge a line or turn a name around.
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")


@dataclass(frozen=True)
class Topic:
    """What a person chooses channels for."""

    key: str
    label: str


@dataclass(frozen=True)
class Template:
    """One kind of message. `urgent` passes through quiet hours and digests."""

    key: str
    title: str
    text: str
    topic: str
    urgent: bool = False

    def __post_init__(self) -> None:
        for part in (self.title, self.text):
            for _, name, spec, conversion in Formatter().parse(part):
                if name is not None and (not name.isidentifier() or spec or conversion):
                    raise ValueError(f"template {self.key}: {{{name}}} is no plain named field")

    def filled(self, fields: Mapping[str, Any]) -> tuple[str, str]:
        """Title and text with the values. KeyError where one is missing."""
        values = {name: words(value) for name, value in fields.items()}
        title, text = self.title.format_map(values), self.text.format_map(values)
        return title[:LONGEST_TITLE], text[:LONGEST_TEXT]


_TEMPLATES: dict[str, Template] = {}
_TOPICS: dict[str, Topic] = {}


def words(value: Any) -> str:
    """A value as the reader sees it: local time, on one line, of bounded length."""
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    text = _UNSEEN.sub(" ", str(value)).strip()
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"


def register_topic(topic: Topic) -> Topic:
    """Add a topic; the same key again changes its label."""
    _TOPICS[topic.key] = topic
    return topic


def register(template: Template) -> Template:
    """Add a template; its topic must be there."""
    if template.topic not in _TOPICS:
        raise ValueError(f"template {template.key}: no topic {template.topic}")
    _TEMPLATES[template.key] = template
    return template


def get(key: str) -> Template:
    """The template; KeyError if there is none."""
    return _TEMPLATES[key]


def topics() -> list[Topic]:
    """Every topic, in the order of registering."""
    return list(_TOPICS.values())
