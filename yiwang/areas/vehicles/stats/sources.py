"""The computed datasets of the topic: other areas read them by name."""

from __future__ import annotations

from yiwang.areas.vehicles.stats.fuel import month_rows
from yiwang.areas.vehicles.stats.year import year_rows
from yiwang.core.registers.computed import register_computed

register_computed("vehicles.year", year_rows)
register_computed("vehicles.fuel_month", month_rows)
