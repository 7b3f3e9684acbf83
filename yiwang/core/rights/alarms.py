"""安全告警: what happens too often within a minute or must not happen at all is noted for the administrators."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, Sum

from yiwang.core.ledger.post import post
from yiwang.core.rights.models import Alarm, Tally
from yiwang.kit.refusal import Refusal

logger = logging.getLogger(__name__)
KEPT = timedelta(days=1)


@dataclass(frozen=True)
class Rule:
    """An alarm is raised from `limit` in a minute on; counted over all subjects or for each one."""

    limit: int
    each: bool
    text: str


RULES = {
    "login-failed": Rule(50, False, "一分钟内登录失败 {count} 次,涉及 {subjects} 个账号,疑似批量猜测密码"),
    "denied": Rule(100, True, "一分钟内被拒绝访问 {count} 次,疑似越权探测"),
    "locked": Rule(1, True, "账号因连续登录失败被锁定"),
    "ledger": Rule(1, True, "存证写不进去,业务写入已停止"),
    "terminal": Rule(1, True, "车载终端冒用终端号,一分钟内 {count} 次"),
    "grants": Rule(1, True, "授权与存证不符,该用户已停止登录"),
}
LABELS = {
    "login-failed": "登录失败过多",
    "denied": "拒绝访问过多",
    "locked": "账号锁定",
    "ledger": "存证停止",
    "terminal": "冒用终端号",
    "grants": "授权被改",
}


def count(kind: str, subject: str, now: datetime) -> None:
    """Count one more; raise the alarm where the limit of the rule is reached."""
    minute, subject = now.replace(second=0, microsecond=0), subject[:160]
    with transaction.atomic():
        add(kind, subject, now)
        rule = RULES[kind]
        rows = Tally.objects.filter(kind=kind, minute__gt=minute - timedelta(minutes=2))
        if rule.each:
            rows = rows.filter(subject=subject)
        total = rows.aggregate(total=Sum("count"))["total"] or 0
        if total >= rule.limit:
            text = rule.text.format(count=total, subjects=rows.values("subject").distinct().count())
            _raise(kind, subject if rule.each else "", now, total, text)


def tally(kind: str, subject: str, now: datetime) -> int:
    """How often it was counted in this minute."""
    found = Tally.objects.filter(kind=kind, subject=subject, minute=now.replace(second=0, microsecond=0))
    return found.values_list("count", flat=True).first() or 0


def add(kind: str, subject: str, now: datetime) -> None:
    """Count one more, without an alarm."""
    minute = now.replace(second=0, microsecond=0)
    same = Tally.objects.filter(kind=kind, subject=subject, minute=minute)
    if same.update(count=F("count") + 1):
        return
    try:
        with transaction.atomic():
            Tally.objects.create(kind=kind, subject=subject, minute=minute)
    except IntegrityError:  # another process was first
        same.update(count=F("count") + 1)


def _raise(kind: str, subject: str, now: datetime, total: int, text: str) -> None:
    """One alarm an hour for the same thing; the first is an entry of the ledger and a line of the log too."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    row, new = Alarm.objects.get_or_create(
        kind=kind, subject=subject, hour=hour, defaults={"raised_at": now, "count": total, "text": text}
    )
    if not new:
        Alarm.objects.filter(pk=row.pk).update(count=total, text=text)
        return
    logger.error("security alarm %s #%s: %s", kind, row.pk, text)
    if kind != "ledger":
        _post(row)


def _post(row: Alarm) -> None:
    """An alarm must stand even where the ledger takes nothing."""
    try:
        post(actor="system", act="rights.alarm.raise", obj=f"rights.alarm:{row.pk}", body={"kind": row.kind})
    except Refusal:
        logger.error("alarm #%s is not in the ledger: it takes no entries", row.pk)


def tidy(now: datetime) -> None:
    """Remove counts older than a day."""
    Tally.objects.filter(minute__lt=now - KEPT).delete()
