"""Rows for tests: a venue with a rule. Not for the application."""

from __future__ import annotations

from datetime import date
from typing import Any

from yiwang.areas.services.venues.models import Venue, VenueEquipment, VenueRule
from yiwang.core.orgs.models import Organ
from yiwang.kit.pinyin import sort_key


def venue(
    at: Organ, name: str = "第一会议室", *, seats: int = 20, rule: dict[str, Any] | None = None, **facts: Any
) -> Venue:
    """A venue that is open every day around the clock, or by `rule` (columns of VenueRule)."""
    row = Venue(organ=at, name=name, sort_key=sort_key(name), seats=seats, **facts)
    row.place()
    row.save()
    make_rule(row, **(rule or {}))
    return row


def make_rule(at: Venue, **facts: Any) -> VenueRule:
    """A rule of a venue, from 2020 on unless said."""
    values: dict[str, Any] = {"hours": "每天 00:00-24:00", "valid_from": date(2020, 1, 1), **facts}
    row = VenueRule(organ=at.organ, venue=at, **values)
    row.place()
    row.save()
    return row


def equipment(at: Venue, name: str = "投影仪", quantity: int = 1) -> VenueEquipment:
    """A piece of equipment."""
    row = VenueEquipment(organ=at.organ, venue=at, name=name, quantity=quantity)
    row.place()
    row.save()
    return row
