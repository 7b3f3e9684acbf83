"""Templates: named fields, text in, text out."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from yiwang.core.notices import templates
from yiwang.core.notices.templates import Template, words


@pytest.mark.parametrize("bad", ["{0}", "{}", "{a.b}", "{a[0]}", "{a!r}", "{a:>10}", "{a.__class__}"])
def test_only_plain_named_fields(bad: str) -> None:
    with pytest.raises(ValueError, match=r"plain named field|Single"):
        Template("x", "标题", bad, "tests")


def test_filled_in_as_text() -> None:
    found = Template("x", "{who}的工单", "请在 {due} 前到场。", "tests")
    assert found.filled({"who": "{due}", "due": date(2026, 11, 2)}) == ("{due}的工单", "请在 2026-11-02 前到场。")
    with pytest.raises(KeyError):
        found.filled({"who": "甲"})


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (datetime(2026, 11, 2, 1, 30, tzinfo=UTC), "2026-11-02 09:30"),
        (Decimal("3.50"), "3.50"),
        ("甲\r\nBcc: x@y", "甲 Bcc: x@y"),
        ("\u202e反", "反"),
        ("长" * 400, "长" * 299 + "…"),
        (None, "None"),
    ],
)
def test_values_are_one_bounded_line(value: object, shown: str) -> None:
    assert words(value) == shown


def test_a_template_needs_its_topic() -> None:
    with pytest.raises(ValueError, match="no topic"):
        templates.register(Template("x", "t", "t", "nowhere"))
