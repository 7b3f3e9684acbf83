"""A rule in words, for whoever books."""

from __future__ import annotations

from yiwang.areas.services.venues.models import Approval, VenueRule, YesNo
from yiwang.areas.services.venues.rules import length


def rule_words(rule: VenueRule) -> list[tuple[str, str]]:
    """Label and text of what the rule asks for; what it leaves open is left out."""
    lead = [
        f"最早 {rule.earliest_days} 天前" if rule.earliest_days is not None else "",
        f"最晚 {length(rule.latest_minutes)}前" if rule.latest_minutes else "",
    ]
    long = [
        f"最短 {length(rule.shortest_minutes)}",
        f"最长 {length(rule.longest_minutes)}" if rule.longest_minutes else "",
    ]
    buffers = [
        f"会前 {rule.before_minutes} 分钟" if rule.before_minutes else "",
        f"会后 {rule.after_minutes} 分钟" if rule.after_minutes else "",
    ]
    pairs = [
        ("开放时间", rule.hours),
        ("谁能预约", rule.get_circle_display() + (f",{rule.roles}" if rule.roles else "")),
        ("提前", _joined(lead)),
        ("时长", _joined(long)),
        ("准备和整理", _joined(buffers)),
        ("每人未用预约", f"最多 {rule.most_open} 个" if rule.most_open is not None else ""),
        ("审批", approval_words(rule)),
        ("外单位费用", f"每小时 {rule.price_hour / 100:,.2f} 元" if rule.price_hour else ""),
        ("取消", f"最晚提前 {length(rule.cancel_minutes)}" if rule.cancel_minutes else "开始前都可以"),
        ("签到", _arrival(rule)),
    ]
    return [(label, text) for label, text in pairs if text]


def approval_words(rule: VenueRule) -> str:
    """When somebody must approve."""
    if rule.approval == Approval.NEVER:
        return "不需要"
    if rule.approval == Approval.ALWAYS:
        return "都需要"
    conditions = [
        f"超过 {length(rule.approval_minutes)}" if rule.approval_minutes is not None else "",
        f"达到 {rule.approval_people} 人" if rule.approval_people is not None else "",
        "外单位" if rule.approval_outside == YesNo.YES else "",
    ]
    return f"{_joined(conditions)}的需要" if any(conditions) else "不需要"


def _arrival(rule: VenueRule) -> str:
    if rule.release_minutes is None:
        return ""
    return f"到门口扫码,可提前 {rule.early_minutes} 分钟;开始 {rule.release_minutes} 分钟后还没有签到就释放"


def _joined(parts: list[str]) -> str:
    return "、".join(part for part in parts if part)
