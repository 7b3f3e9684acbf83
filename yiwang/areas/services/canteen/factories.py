"""Rows for tests: canteens, dishes, menus. Not for the application."""

from __future__ import annotations

from datetime import date, datetime
from itertools import count
from typing import Any

from yiwang.areas.services.canteen.models import Canteen, Dish, Menu, MenuDish
from yiwang.core.orgs.models import Organ
from yiwang.kit.pinyin import sort_key

_numbers = count(1)


def canteen(organ: Organ, name: str = "", **facts: Any) -> Canteen:
    """A canteen that has been there for years."""
    facts = {"opened_date": date(2020, 1, 1), **facts}
    row = Canteen(organ=organ, name=name or f"第{next(_numbers)}食堂", **facts)
    row.place()
    row.save()
    return row


def dish(organ: Organ, name: str = "", **facts: Any) -> Dish:
    """A dish; price in fen."""
    name = name or f"家常菜{next(_numbers)}"
    facts = {"category": "素菜", "price": 600, **facts}
    row = Dish(organ=organ, name=name, sort_key=sort_key(name), **facts)
    row.place()
    row.save()
    return row


def menu(at: Canteen, on: date, deadline_at: datetime, *prices: int, meal: str = "LUNCH", **facts: Any) -> Menu:
    """A menu with a dish for each price."""
    row = Menu.objects.create(canteen=at, on_date=on, meal=meal, deadline_at=deadline_at, **facts)
    for price in prices or (600, 900):
        MenuDish.objects.create(menu=row, dish=dish(at.organ), price=price)
    return row
