"""The registers and pages of the vehicles: each topic declares its own."""

from __future__ import annotations

# Cars come first: the registers stand in the order of their declaration.
import yiwang.areas.vehicles.life.resources  # isort: skip
import yiwang.areas.vehicles.board.resources
import yiwang.areas.vehicles.costs.resources
import yiwang.areas.vehicles.life.registers
import yiwang.areas.vehicles.maps.resources
import yiwang.areas.vehicles.tracks.resources
import yiwang.areas.vehicles.trips.resources
import yiwang.areas.vehicles.watch.resources  # noqa: F401
