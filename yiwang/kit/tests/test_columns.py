"""Texts made column by column are those that each row would have by itself."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from yiwang.core.orgs import factories
from yiwang.core.orgs.models import Organ
from yiwang.kit import columns
from yiwang.kit.columns import raw, texts
from yiwang.kit.sheets.write import guarded

pytestmark = pytest.mark.django_db


def _pair(key: Any, name: Any) -> str | None:
    return None if key is None else f"={name}"


SOURCES: list[columns.Source] = [((0,), lambda name: name), ((1,), lambda day: day), ((2, 3), _pair)]


@pytest.mark.parametrize(("chunk", "known"), [(2, 1), (2000, 20_000)])
def test_as_row_by_row(chunk: int, known: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Dates, links, what stands for nothing and what a spreadsheet would run; also where texts are forgotten meanwhile."""
    monkeypatch.setattr(columns, "KNOWN", known)
    root = factories.organ("示例省人民政府")
    for number in range(7):
        factories.organ(("=甲", "乙", "@丙")[number % 3] + f"{number // 3}", root)
    Organ.objects.filter(name__startswith="乙").update(closed_date=date(2026, 5, 1))
    rows = Organ.objects.order_by("pk").values_list("name", "closed_date", "superior_id", "superior__name")
    expected = [tuple(map(guarded, (name, day, _pair(key, above)))) for name, day, key, above in rows]
    assert list(texts(rows, SOURCES, chunk=chunk)) == expected
    assert "2026-05-01" in expected[2]
    assert expected[1][2] == "'=示例省人民政府"
    assert list(texts(rows.none(), SOURCES, chunk=chunk)) == []


def test_only_tuples() -> None:
    """Other shapes are programming errors."""
    rows: Any = Organ.objects.all()
    with pytest.raises(TypeError):
        raw(rows, chunk=1)
