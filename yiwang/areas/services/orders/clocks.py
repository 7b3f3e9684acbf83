"""The clocks of an order: what was promised, what is left, what was late. Pure: the instant is given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from yiwang.areas.services.orders.models import STANDING, OrderState, WorkOrder

#: promise, what fulfils it, the word.
CLOCKS = (
    ("respond_by", "responded_at", "响应"),
    ("arrive_by", "arrived_at", "到场"),
    ("plan_by", "planned_at", "答复方案"),
    ("finish_by", "finished_at", "完成"),
)


@dataclass(frozen=True)
class Clock:
    """One promise. `kind` is that of its chip: within, over, warning (less than a quarter of an hour left), info, plain."""

    label: str
    text: str
    kind: str


def spoken(span: timedelta) -> str:
    """A span in words: 8 分钟, 3 小时 5 分, 2 天 4 小时."""
    minutes = max(int(span.total_seconds()) // 60, 0)
    if minutes < 60:
        return f"{minutes} 分钟"
    hours, rest = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} 小时" + (f" {rest} 分" if rest else "")
    days, hours = divmod(hours, 24)
    return f"{days} 天" + (f" {hours} 小时" if hours else "")


def clocks(order: WorkOrder, now: datetime) -> list[Clock]:
    """The promised instants of the order as chips, in their order. Who has finished has answered and come."""
    if order.state == OrderState.CANCELLED:
        return []
    return [
        _clock(order, label, by, getattr(order, done) or order.finished_at, now)
        for promised, done, label in CLOCKS
        if (by := getattr(order, promised)) is not None
    ]


def _clock(order: WorkOrder, label: str, by: datetime, done: datetime | None, now: datetime) -> Clock:
    if done is not None:
        kept = done <= by
        return Clock(
            label, f"{label} 按时" if kept else f"{label} 晚 {spoken(done - by)}", "within" if kept else "over"
        )
    if order.state in STANDING:
        return Clock(label, f"{label} 计时暂停", "plain")
    left = by - now
    if left < timedelta(0):
        return Clock(label, f"{label} 已超 {spoken(-left)}", "over")
    kind = "warning" if left < timedelta(minutes=15) else "info"
    return Clock(label, f"{label} 还有 {spoken(left)}", kind)


def kept(order: WorkOrder) -> bool | None:
    """Whether every promise was kept; None while that is open, or where nothing was promised."""
    promised = [(getattr(order, by), getattr(order, done)) for by, done, _ in CLOCKS if getattr(order, by)]
    if not promised or order.finished_at is None:
        return None
    return all((done or order.finished_at) <= by for by, done in promised)
