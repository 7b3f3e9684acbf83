"""What the gateway counts, by hour, as rows. Needs Django."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import F

from yiwang.areas.vehicles.tracks.models import GatewayCount

#: Kind → label, in the order in which they are shown.
LABELS = {
    "connected": "连接",
    "frames": "收到的帧",
    "points": "有效位置",
    "backfilled": "其中补传",
    "repeated": "重复位置",
    "doubtful": "疑点位置",
    "unknown": "未识别消息",
    "bad": "坏帧",
    "closed": "因坏帧断开",
    "refused": "拒绝注册或鉴权",
    "stranger": "未鉴权的消息",
    "registered": "注册",
    "held": "因写库慢暂停接收",
}


@transaction.atomic
def keep(counts: Mapping[str, int], now: datetime) -> None:
    """Add to the hour's rows."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    for kind, number in sorted(counts.items()):
        if number and not GatewayCount.objects.filter(hour=hour, kind=kind).update(count=F("count") + number):
            GatewayCount.objects.create(hour=hour, kind=kind, count=number)
