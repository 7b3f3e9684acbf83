"""The registers of the vehicles as datasets: each topic registers its own."""

from __future__ import annotations

import yiwang.areas.vehicles.costs.sources
import yiwang.areas.vehicles.life.items
import yiwang.areas.vehicles.life.sources
import yiwang.areas.vehicles.stats.sources
import yiwang.areas.vehicles.trips.sources
import yiwang.areas.vehicles.watch.sources  # noqa: F401
