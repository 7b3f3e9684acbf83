"""The belts below the lock of `claims.py`: a car and a driver are in one place at a time, whatever the code forgets."""

from __future__ import annotations

from yiwang.kit.slots import Slot

CAR_SLOT = Slot(table="vehicles_assignment", key="vehicle_id", first="held_from", last="held_to", free="released_at")
DRIVER_SLOT = Slot(table="vehicles_assignment", key="driver_id", first="held_from", last="held_to", free="released_at")
SECOND_SLOT = Slot(table="vehicles_assignment", key="second_id", first="held_from", last="held_to", free="released_at")
