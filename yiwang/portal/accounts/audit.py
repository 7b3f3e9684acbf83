"""授权审计: the grants as they stood on a day, by the ledger, and what does not agree with it now. For the audit
administrator, who sees this and the ledger and nothing else.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from yiwang.core.ledger.models import Entry
from yiwang.core.orgs.models import Organ
from yiwang.core.rights import verify
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import OwnRole, Role, User
from yiwang.kit.refusal import Refusal
from yiwang.portal.accounts.common import day
from yiwang.portal.ledger.words import act_in_words, actors, involved, moment, who

RECENT = 50


@require_GET
def index(request: AccessRequest) -> HttpResponse:
    """The grants at the end of a day, the latest acts on accounts and grants, and the faults found now."""
    access = request.access
    access.need(access.administers is Role.AUDIT_ADMIN, "审计授权")
    text, problem, on = request.GET.get("on", ""), "", timezone.localdate()
    try:
        on = day(text, "日期") if text else on
    except Refusal as refusal:
        problem = refusal.message
    end = datetime.combine(on + timedelta(days=1), time(), timezone.get_default_timezone()).astimezone(UTC)
    within = set(access.organs().values_list("pk", flat=True))
    context = {
        "on": on,
        "problem": problem,
        "grants": _named([one for one in verify.as_of(end).values() if one["organ"] in within]),
        "faults": verify.faults() if access.organ and access.organ.depth == 1 else [],
        "acts": _acts() if access.organ and access.organ.depth == 1 else [],
    }
    return render(request, "accounts/audit.html", context)


def _named(kept: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Facts with names in place of ids; by organ and user. Three queries."""
    users = {one.pk: one.label for one in User.objects.filter(pk__in={row["user"] for row in kept})}
    organs = dict(Organ.objects.filter(pk__in={row["organ"] for row in kept}).values_list("pk", "name"))
    own = dict(OwnRole.objects.values_list("pk", "name"))
    rows = [
        {
            "user": users.get(row["user"], f"用户 {row['user']}"),
            "organ": organs[row["organ"]],
            "role": own.get(row["own"], "") if row["own"] else str(Role(row["role"]).label),
            "area": row["area"] or "全部",
        }
        for row in kept
    ]
    return sorted(rows, key=lambda row: (row["organ"], row["user"], row["role"]))


def _acts() -> list[dict[str, Any]]:
    """The latest acts on accounts, grants, roles and delegations."""
    found = list(Entry.objects.filter(act__startswith="rights.").order_by("-pk")[:RECENT])
    names = actors(involved(found))
    return [
        {"entry": one, "at": moment(one.at), "actor": who(one, names), "act": act_in_words(one.act)} for one in found
    ]
