"""Rows for tests: stores, articles, stock. Not for the application."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

from yiwang.areas.services.supplies import actions
from yiwang.areas.services.supplies.models import Stock, Store, Supply, SupplyQuota
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import Access
from yiwang.kit.pinyin import sort_key

_numbers = count(1)


def store(organ: Organ, name: str = "") -> Store:
    """A store of the organ."""
    row = Store(organ=organ, name=name or f"{next(_numbers)}号库")
    row.place()
    row.save()
    return row


def supply(organ: Organ, name: str = "", **facts: Any) -> Supply:
    """An article; price in fen."""
    number = next(_numbers)
    name = name or f"签字笔{number}"
    facts = {"category": "文具", "unit": "支", "price": 250, **facts}
    row = Supply(organ=organ, code=f"BG{number:04}", name=name, sort_key=sort_key(name), **facts)
    row.place()
    row.save()
    return row


def stock(at: Store, quantity: int, access: Access, *, article: Supply | None = None, on: date) -> Stock:
    """So many of an article received into the store."""
    article = article or supply(at.organ)
    made = actions.receive(store=at.pk, supply=article.pk, quantity=quantity, access=access, on=on)
    return made.stock


def quota(organ: Organ, article: Supply, quantity: int, holder: str = "PERSON", period: str = "MONTH") -> SupplyQuota:
    """A quota."""
    row = SupplyQuota(organ=organ, supply=article, holder=holder, period=period, quantity=quantity)
    row.place()
    row.save()
    return row
