"""The pages of the dispatch board."""

from __future__ import annotations

from yiwang.areas.vehicles.board import plans  # noqa: F401 (registers its jobs)
from yiwang.areas.vehicles.trips.powers import dispatches
from yiwang.core.registers.pages import guard
from yiwang.desk.kinds import page

page("vehicles", "派车台", "vehicles:board")
guard("vehicles:board", dispatches)
