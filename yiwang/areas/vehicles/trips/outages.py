"""停用时段: when a car or a driver cannot be sent. The dispatcher keeps them; a span that a trip holds is said, not hidden."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from yiwang.areas.vehicles.faces import shown
from yiwang.areas.vehicles.life.models import Vehicle, VehicleState
from yiwang.areas.vehicles.trips import forms
from yiwang.areas.vehicles.trips.models import Assignment, Driver, DriverState, Outage, OutageKind
from yiwang.areas.vehicles.trips.powers import dispatches, in_pool
from yiwang.core.ledger.post import post
from yiwang.core.rights.access import Access
from yiwang.core.rights.middleware import AccessRequest
from yiwang.kit.refusal import Refusal

MOST = 500


@transaction.atomic
def add(*, of: str, kind: str, since: datetime, until: datetime, note: str, access: Access) -> tuple[Outage, int]:
    """停用 a car (`of` = v7) or a driver (d7) of the pool; how many trips it meets. Refusals `outage.*`."""
    access.need(dispatches(access), "登记停用")
    if until <= since:
        raise Refusal("outage.period", "停用的止要晚于起,请改正。")
    if kind not in OutageKind.values:
        raise Refusal("outage.kind", "请选择停用原因。")
    made = Outage(kind=kind, since=since, until=until, note=note.strip()[:200], **_of(of, access))
    made.organ = (made.vehicle or made.driver).organ  # type: ignore[union-attr]
    made.place()
    made.save()
    body = {"of": of, "kind": kind, "since": since.isoformat(), "until": until.isoformat()}
    post(actor=access.actor, act="vehicles.outage.add", obj=f"vehicles.outage:{made.pk}", body=body)
    mine = {"vehicle": made.vehicle} if made.vehicle else {"driver": made.driver}
    return made, Assignment.objects.live().meeting(since, until).filter(ended_at=None, **mine).count()


def _of(text: str, access: Access) -> dict[str, Any]:
    number = int(text[1:]) if text[1:].isascii() and text[1:].isdigit() and len(text) < 18 else 0
    row: Any = None
    if text[:1] == "v":
        row = in_pool(access, Vehicle.objects.select_related("organ")).filter(pk=number).first()
    elif text[:1] == "d":
        row = in_pool(access, Driver.objects.select_related("organ")).filter(pk=number).first()
    if row is None:
        raise Refusal("outage.of", "请选择本车队的车辆或驾驶员。")
    return {"vehicle" if text[0] == "v" else "driver": row}


@transaction.atomic
def remove(*, outage: int, access: Access) -> None:
    """恢复: the outage is taken back. Refusal `outage.gone`."""
    access.need(dispatches(access), "登记停用")
    row = in_pool(access, Outage.objects.all()).filter(pk=outage).first()
    if row is None:
        raise Refusal("outage.gone", "没有这个停用时段,或它不在您的车队。")
    post(actor=access.actor, act="vehicles.outage.remove", obj=f"vehicles.outage:{row.pk}", body={"of": str(row)})
    row.delete()


@require_http_methods(["GET", "POST"])
def page(request: AccessRequest) -> HttpResponse:
    """Those that hold or are to come; POST adds or takes back."""
    access, now = request.access, timezone.now()
    refusal: Refusal | None = None
    access.need(dispatches(access), "登记停用")
    if request.method == "POST":
        try:
            messages.success(request, _perform(request.POST.dict(), access))
            return HttpResponseRedirect(reverse("vehicles:outages"))
        except Refusal as no:
            if no.code.startswith("rights."):
                raise
            refusal = no
    rows = in_pool(access, Outage.objects.filter(until__gt=now)).select_related("vehicle", "driver", "organ")
    cars = in_pool(access, Vehicle.objects.exclude(state=VehicleState.RETIRED)).order_by("sort_key", "pk")
    drivers = in_pool(access, Driver.objects.exclude(state=DriverState.LEFT)).order_by("sort_key", "pk")
    context = {
        "outages": list(rows.order_by("since", "pk")[:MOST]),
        "choices": [(f"v{pk}", plate) for pk, plate in cars.values_list("pk", "plate")[:MOST]]
        + [(f"d{pk}", name) for pk, name in drivers.values_list("pk", "name")[:MOST]],
        "kinds": OutageKind.choices,
        "given": request.POST,
        "refusal": refusal,
        "now": now,
    }
    return shown(request, "vehicles/trips/outages.html", context)


def _perform(data: dict[str, str], access: Access) -> str:
    if data.get("do") == "remove":
        remove(outage=forms.whole(data, "outage", "停用时段"), access=access)
        return "已恢复。"
    since, until = forms.instant(data, "since", "停用起"), forms.instant(data, "until", "停用止")
    given = {"of": data.get("of", ""), "kind": data.get("kind", ""), "note": data.get("note", "")}
    _, meets = add(since=since, until=until, access=access, **given)
    return f"已登记停用;这段时间已派出 {meets} 次用车,请改派。" if meets else "已登记停用。"
