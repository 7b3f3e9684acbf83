"""Acts and objects of the dispatch board and the map in words."""

from __future__ import annotations

ACTS = {
    "vehicles.geofence.open": "设立电子围栏", "vehicles.geofence.redraw": "重画电子围栏", "vehicles.geofence.end": "终止电子围栏",
    "vehicles.day_plan.propose": "排全天", "vehicles.day_plan.accept": "采用排班方案", "vehicles.day_plan.discard": "放弃排班方案",
    "vehicles.pooling.suggest": "提出拼车建议", "vehicles.pooling.agree": "同意拼车", "vehicles.pooling.decline": "不同意拼车",
    "vehicles.pooling.merge": "拼成一单", "vehicles.trip.pool": "拼入他单",
    "vehicles.trip.unpool": "退出拼车", "vehicles.publicity.publish": "公示用车情况",
}  # fmt: skip
THINGS = {
    "vehicles.geofence": "电子围栏",
    "vehicles.day_plan": "排班方案",
    "vehicles.pooling": "拼车建议",
    "vehicles.publicity": "用车公示",
}
PAGES = {
    "vehicles.geofence": "vehicles:fence",
    "vehicles.day_plan": "vehicles:day-plan",
    "vehicles.pooling": "vehicles:pooling",
    "vehicles.publicity": "vehicles:published",
}
