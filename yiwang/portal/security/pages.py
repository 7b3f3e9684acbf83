"""安全自查: each requirement with its tests and their last result, and the last alarms. For administrators and auditors."""

from __future__ import annotations

from collections import Counter

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from yiwang.core.rights.access import Access
from yiwang.core.rights.alarms import LABELS
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import ADMINISTRATORS, Alarm, Role
from yiwang.portal.security import rows

ALARMS = 20
#: result → chip and word.
WORDS = {
    "passed": ("within", "通过"),
    "failed": ("over", "未通过"),
    "incomplete": ("warning", "未跑全"),
    "": ("plain", "未运行"),
}
FIELDS = {"D": "等保三级", "A": "OWASP ASVS", "C": "商用密码"}


def may_read(access: Access) -> bool:
    """The three administrators and the auditors."""
    return access.can_audit or any(access.has(role) for role in ADMINISTRATORS)


@require_GET
def index(request: AccessRequest) -> HttpResponse:
    """The checklist; `?only=open` what is not passed."""
    access = request.access
    access.need(may_read(access), "查看安全自查")
    lines = rows.lines()
    only = request.GET.get("only") == "open"
    shown = [line for line in lines if not only or line.result != "passed"]
    counted = Counter(_state(line) for line in lines)
    context = {
        "groups": [
            (label, [_shown(line) for line in shown if line.row.id[0] == head]) for head, label in FIELDS.items()
        ],
        "counted": [
            (word, counted[word]) for word in ("通过", "未通过", "未跑全", "未运行", "无测试") if counted[word]
        ],
        "day": rows.results().get("day", ""),
        "only": only,
        "total": len(lines),
        "alarms": [(one, LABELS.get(one.kind, one.kind)) for one in Alarm.objects.order_by("-raised_at")[:ALARMS]],
        "keeper": access.has(Role.SECURITY_ADMIN),
    }
    return render(request, "security/index.html", context)


def _state(line: rows.Line) -> str:
    return "无测试" if not line.tests else WORDS[line.result][1]


def _shown(line: rows.Line) -> dict[str, object]:
    kind, word = ("plain", "无测试") if not line.tests else WORDS[line.result]
    return {"line": line, "kind": kind, "word": word, "open": set(line.detail) if line.result else set()}
