"""A constraint read in Python says what the database would say."""

from __future__ import annotations

from datetime import date

import pytest
from django.db.models import F, Q

from yiwang.kit.constraints import Row, chunks, holds, key_of, no_overlap

ROW = {"area": 20, "price": None, "kind": "OFFICE", "valid_from": date(2024, 1, 1), "valid_to": None, "organ_id": 3}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (Q(area__gt=0), True),
        (Q(area__gt=20), False),
        (Q(area__gte=20) & Q(area__lte=20), True),
        (Q(area__lt=20), False),
        (Q(kind__in=["OFFICE", "HALL"]), True),
        (~Q(kind="OFFICE"), False),
        (Q(price__gte=0), None),
        (~Q(price__gte=0), None),
        (Q(price=None) | Q(price__gte=0), True),
        (Q(price__isnull=False), False),
        (Q(price__gte=0) & Q(area=1), False),
        (Q(price__gte=0) & Q(area=20), None),
        (Q(valid_to=None) | Q(valid_to__gt=F("valid_from")), True),
        (Q(valid_from__lt=F("valid_from")), False),
        (Q(valid_to__gt=F("valid_from")), None),
        (Q(organ=3), True),
        (Q(), True),
    ],
)
def test_three_values(condition: Q, expected: bool | None) -> None:
    """Unknown is neither: a check constraint lets it pass, a condition does not hold."""
    assert holds(condition, ROW) is expected


def test_chunks_cover_everything_once() -> None:
    """No item is lost at an edge."""
    assert [len(some) for some in chunks(range(1001), 500)] == [500, 500, 1]
    assert sum(chunks(range(1001), 7), []) == list(range(1001))
    assert list(chunks([])) == []


def test_key_of_keeps_the_order() -> None:
    """Keys are compared as tuples."""
    assert key_of({"a": 1, "b": 2}, ("b", "a")) == (2, 1)
    assert Row(1, {}).pk is None


def test_overlap_guards_name_their_table() -> None:
    """Two triggers on SQLite, one exclusion constraint on PostgreSQL with words hashed."""
    lite = no_overlap("quota", ["organ_id"], "sqlite", words=["use"])
    assert len(lite) == 2
    assert all("organ_id = NEW.organ_id AND use = NEW.use" in statement for statement in lite)
    (post,) = no_overlap("quota", ["organ_id"], "postgresql", words=["use"])
    assert "box(point(organ_id, hashtext(use)), point(organ_id, hashtext(use))) WITH &&" in post
    assert "EXCLUDE USING gist" in post
    (three,) = no_overlap("x", ["a", "b", "c"], "postgresql")
    assert "point(a, b)" in three
    assert "point(c, 0)" in three
