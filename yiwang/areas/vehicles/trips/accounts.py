"""用车结算: the bills of a month by organ, settled one by one; as a file."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import FileResponse, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.areas.vehicles.faces import download, shown
from yiwang.areas.vehicles.trips import forms, settling
from yiwang.areas.vehicles.trips.powers import dispatches
from yiwang.core.rights.middleware import AccessRequest
from yiwang.kit.refusal import Refusal

HEADS = ("用车单位", "用车单号", "出发", "路线", "事由", "保障方式", "状态", "金额(元)")


def month_of(text: str) -> date:
    """The first day of a month; today's where it cannot be read."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return timezone.localdate().replace(day=1)


@require_http_methods(["GET", "POST"])
def settlement(request: AccessRequest) -> HttpResponse:
    """What each organ used in the month. POST settles what an organ has confirmed."""
    access, now = request.access, timezone.now()
    access.need(settling.may_see(access), "查看用车结算")
    month = month_of(request.GET.get("month", ""))
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            data = request.POST.dict()
            month = month_of(data.get("month", ""))
            organ = forms.whole(data, "organ", "单位")
            number, amount = settling.settle(organ=organ, month=month, access=access, now=now)
            messages.success(request, f"已结算 {number} 次,合计 {amount / 100:,.2f} 元。")
            return HttpResponseRedirect(f"{reverse('vehicles:settlement')}?month={month:%Y-%m}")
        except Refusal as no:
            if no.code.startswith("rights."):
                raise
            refusal = no
    found = settling.bills(access, month)
    context = {
        "month": month,
        "earlier": _earlier(month),
        "bills": found,
        "trips": sum(len(one.trips) for one in found),
        "kilometres": sum(one.kilometres for one in found),
        "amount": sum(one.amount for one in found),
        "due": sum(one.due for one in found),
        "may_settle": dispatches(access),
        "refusal": refusal,
    }
    return shown(request, "vehicles/trips/settlement.html", context)


def _earlier(month: date) -> date:
    return month.replace(year=month.year - 1, month=12) if month.month == 1 else month.replace(month=month.month - 1)


@require_GET
def export(request: AccessRequest, form: str) -> FileResponse:
    """The month trip by trip, as a workbook or CSV."""
    access = request.access
    access.need(settling.may_see(access), "查看用车结算")
    month = month_of(request.GET.get("month", ""))
    rows = [
        (
            str(bill.organ),
            trip.number,
            f"{timezone.localtime(trip.starts_at):%Y-%m-%d %H:%M}",
            trip.route,
            trip.reason,
            trip.get_provision_display(),
            trip.get_state_display(),
            (trip.charge or 0) / 100,
        )
        for bill in settling.bills(access, month)
        for trip in bill.trips
    ]
    return download(f"用车结算 {month:%Y-%m}", form, HEADS, rows)
