"""The tabs of an area, and its frame: what was not done is said with its place."""

from __future__ import annotations

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory

from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Role
from yiwang.desk.tabs import tabs
from yiwang.desk.testing import world
from yiwang.kit.refusal import Refusal, Where

pytestmark = pytest.mark.django_db


def asked(access: Access, area: str) -> tuple[list[str], int]:
    request = RequestFactory().get("/somewhere/")
    request.access = access  # type: ignore[attr-defined]
    found = tabs(request, area)
    assert found["here"] == "/somewhere/"
    return [one.name for one in found["nav"]["pages"]], len(found["nav"]["kinds"])


def test_each_sees_the_pages_and_registers_that_he_can_open() -> None:
    we = world()
    pages, kinds = asked(we.access(Role.MANAGER), "energy")
    assert "energy:read" in pages
    assert kinds > 5
    pages, kinds = asked(we.access(Role.READER), "energy")
    assert "energy:mine" in pages
    assert "energy:read" not in pages, "who only reads enters no readings"
    assert kinds > 5
    assert asked(we.access(Role.SYSTEM_ADMIN), "energy") == ([], 0)


def test_the_frame_says_what_was_not_done_and_where() -> None:
    refusal = Refusal("x.y", "应为数字。", where=Where(row=7, column="金额"))
    text = render_to_string("desk/_area.html", {"refusal": refusal})
    assert "第 7 行 “金额”列:应为数字。" in text
    assert "没有办成" not in render_to_string("desk/_area.html", {})
