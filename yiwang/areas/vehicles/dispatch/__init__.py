"""排班: cars and drivers for a day of trips. Pure Python over plain dataclasses; knows nothing of Django (decisions 0050–0052)."""

from yiwang.areas.vehicles.dispatch.assemble import as_held
from yiwang.areas.vehicles.dispatch.live import Desk, insert
from yiwang.areas.vehicles.dispatch.plan import Assignment, Cost, Offer, Plan, Reason, Unserved
from yiwang.areas.vehicles.dispatch.planner import instant, plan_day
from yiwang.areas.vehicles.dispatch.pooling import Patience, Pool, pooled, suggest_pools
from yiwang.areas.vehicles.dispatch.problem import Car, Closure, Driver, Duty, Held, Problem, Span, Trip
from yiwang.areas.vehicles.dispatch.rules import refuse
from yiwang.areas.vehicles.dispatch.served import Served
from yiwang.areas.vehicles.dispatch.travel import Detour, Driven, Travel, calibrate, great_circle

__all__ = [
    "Assignment",
    "Car",
    "Closure",
    "Cost",
    "Desk",
    "Detour",
    "Driven",
    "Driver",
    "Duty",
    "Held",
    "Offer",
    "Patience",
    "Plan",
    "Pool",
    "Problem",
    "Reason",
    "Served",
    "Span",
    "Travel",
    "Trip",
    "Unserved",
    "as_held",
    "calibrate",
    "great_circle",
    "insert",
    "instant",
    "plan_day",
    "pooled",
    "refuse",
    "suggest_pools",
]
