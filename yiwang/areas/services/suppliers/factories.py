"""Rows for tests: suppliers and contracts. Not for the application."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

from yiwang.areas.services.suppliers.models import Contract, Supplier
from yiwang.core.orgs.models import Organ
from yiwang.kit.credit_code import generate
from yiwang.kit.pinyin import sort_key

_numbers = count(1)
BEGIN, END = date(2026, 1, 1), date(2027, 1, 1)
STEPS = [[90, 100], [80, 95], [70, 80]]


def supplier(organ: Organ, name: str = "") -> Supplier:
    """A supplier that the organ knows."""
    number = next(_numbers)
    name = name or f"示例物业{number}公司"
    code = generate("990000", 500_000 + number, department="91")
    row = Supplier(organ=organ, name=name, sort_key=sort_key(name), credit_code=code)
    row.place()
    row.save()
    return row


def contract(organ: Organ, price: int = 120_000_000, **facts: Any) -> Contract:
    """A contract of 2026, price in fen, with three deduction steps."""
    number = f"HT{next(_numbers):04}"
    maker: Supplier = facts.pop("supplier", None) or supplier(organ)
    facts = {"name": f"物业服务{number}", "begin_date": BEGIN, "end_date": END, "deductions": STEPS, **facts}
    row = Contract(organ=organ, number=number, supplier=maker, price=price, **{"frequency": "MONTHLY", **facts})
    row.place()
    row.save()
    return row
