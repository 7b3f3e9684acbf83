"""Points without a gateway: of the demo, and of the simulator when it writes directly. What the gateway would refuse is kept apart."""

from __future__ import annotations

from collections.abc import Sequence

from yiwang.areas.vehicles.gateway import sinks
from yiwang.areas.vehicles.gateway.driving import Report
from yiwang.areas.vehicles.gateway.judge import Trail, judge
from yiwang.areas.vehicles.gateway.location import Fix

LOT = 20_000


def write_reports(terminal: int, vehicle: int, reports: Sequence[Report], *, now: float) -> tuple[int, int]:
    """Judge the reports of one car in the order in which they come, write them; how many good and doubtful ones there were."""
    live, back = Trail(), Trail()
    batch, newest = sinks.Batch(), None
    good = doubtful = 0
    for one in sorted(reports, key=lambda each: (each.sent, each.fix.at or 0)):
        reason = judge(one.fix, now, back if one.backfill else live)
        if reason:
            batch.doubtful.append(sinks.Doubtful(terminal, vehicle, one.fix, reason, float(one.sent)))
            doubtful += 1
        else:
            batch.rows.append((terminal, vehicle, one.fix))
            newest, good = _newer(newest, one.fix), good + 1
        if len(batch) >= LOT:
            sinks.write(batch)
            batch = sinks.Batch()
    if len(batch):
        sinks.write(batch)
    if newest is not None:
        sinks.write_live({vehicle: newest})
    return good, doubtful


def _newer(one: Fix | None, other: Fix) -> Fix:
    return other if one is None or (other.at or 0) > (one.at or 0) else one
