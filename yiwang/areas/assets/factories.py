"""Rows for tests: asset cards. Not for the application."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

from yiwang.areas.assets.models import Asset
from yiwang.core.orgs.models import Organ
from yiwang.kit.pinyin import sort_key

_numbers = count(1)


def asset(at: Organ, item: str = "台式计算机", price: int = 4800, **more: Any) -> Asset:
    """An item of the organ; the price in yuan."""
    facts: dict[str, Any] = {"acquired_date": date(2024, 5, 1), "name": item, **more}
    row = Asset(organ=at, code=f"ZC{next(_numbers):08}", item=item, price=price * 100, **facts)
    row.sort_key = sort_key(row.name, limit=200)
    row.place()
    row.save()
    return row
