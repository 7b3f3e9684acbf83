"""消息: the inbox, what one has sent and who has read it, and what could not be delivered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Count, Min, QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from yiwang.core.notices import actions, templates
from yiwang.core.notices.models import Delivery, DeliveryState, Notice
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import Role
from yiwang.kit.paging import page
from yiwang.portal.notices import badge

ALL = "all"
SHOWN = 50


@require_GET
def index(request: AccessRequest) -> HttpResponse:
    """The inbox: unread ones unless all are asked for; of one topic where chosen."""
    topic, view = request.GET.get("topic", ""), request.GET.get("view", "")
    rows = _narrowed(Notice.objects.to(request.access), topic, view)
    kept = {key: value for key, value in request.GET.dict().items() if key in ("topic", "view", "after", "before")}
    found = page(rows, ["pk"], kept, down=True)
    by_id = Notice.objects.select_related("sender").in_bulk([key for key, *_ in found.rows])
    labels = {one.key: one.label for one in templates.topics()}
    own = Delivery.objects.filter(notice__user=request.user.pk)
    context: dict[str, Any] = {
        "page": found,
        "rows": [(by_id[key], labels.get(by_id[key].topic, by_id[key].topic)) for key, *_ in found.rows],
        "topics": templates.topics(),
        "topic": topic,
        "all": view == ALL,
        "failed": own.parked().select_related("notice").order_by("-pk")[:SHOWN],
    }
    return render(request, "notices/index.html", context)


def _narrowed(rows: QuerySet[Notice], topic: str, view: str) -> QuerySet[Notice]:
    rows = rows if view == ALL else rows.filter(read_at=None)
    return rows.filter(topic=topic) if topic else rows


@require_POST
def go(request: AccessRequest, pk: int) -> HttpResponseRedirect:
    """Read a message: note it, and on to the page that it is about."""
    row = actions.mark_read(notice=pk, access=request.access, now=timezone.now())
    badge.forget(request.access)
    inside = row.url.startswith("/") and url_has_allowed_host_and_scheme(row.url, None)
    return HttpResponseRedirect(row.url if inside else reverse("notices:index"))


@require_POST
def read_all(request: AccessRequest) -> HttpResponseRedirect:
    """All of them, or all of a topic."""
    topic = request.POST.get("topic", "")
    count = actions.mark_all_read(access=request.access, now=timezone.now(), topic=topic)
    badge.forget(request.access)
    messages.success(request, f"{count} 条消息已标为已读。")
    return HttpResponseRedirect(reverse("notices:index"))


@dataclass(frozen=True)
class Batch:
    """One message as its sender sees it: to whom, and who has read it when."""

    title: str
    text: str
    url: str
    rows: list[Notice]

    @property
    def read(self) -> int:
        """How many have read it."""
        return sum(row.read_at is not None for row in self.rows)


@require_GET
def sent(request: AccessRequest) -> HttpResponse:
    """What one has sent, the latest first, with its receipts."""
    mine = Notice.objects.filter(sender=request.user.pk)
    latest = mine.values("batch").annotate(first=Min("pk"), many=Count("pk")).order_by("-first")[:SHOWN]
    keys = [one["batch"] for one in latest]
    rows: dict[Any, list[Notice]] = {key: [] for key in keys}
    for row in mine.filter(batch__in=keys).select_related("user").order_by("user__display_name", "pk"):
        rows[row.batch].append(row)
    batches = [Batch(some[0].title, some[0].text, some[0].url, some) for some in rows.values() if some]
    return render(request, "notices/sent.html", {"batches": batches})


@require_GET
def failures(request: AccessRequest) -> HttpResponse:
    """For a system administrator: what could not be delivered in his place; not what it says."""
    request.access.need(request.access.has(Role.SYSTEM_ADMIN), "查看发送失败的消息")
    rows = Delivery.objects.administered(request.access).parked().select_related("notice__user").order_by("-pk")
    waiting = Delivery.objects.administered(request.access).filter(state=DeliveryState.WAITING, attempts__gt=0)
    return render(request, "notices/failures.html", {"rows": rows[:SHOWN], "waiting": waiting.count()})


@require_POST
def retry(request: AccessRequest, pk: int) -> HttpResponseRedirect:
    """Try a failed delivery again."""
    actions.retry(delivery_id=pk, access=request.access, now=timezone.now())
    messages.success(request, "已重新发送。")
    back = "notices:failures" if request.POST.get("from") == "failures" else "notices:index"
    return HttpResponseRedirect(reverse(back))
