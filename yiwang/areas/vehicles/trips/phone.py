"""出车任务: the driver's phone. Today's trips, one big button for the next act; a bad network may send a tap twice."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from yiwang.areas.vehicles.faces import shown
from yiwang.areas.vehicles.trips import driving, forms, photos
from yiwang.areas.vehicles.trips.driving import CHECKS, next_act
from yiwang.areas.vehicles.trips.models import HOLDING, Assignment, Expense, ExpenseKind, TripState
from yiwang.areas.vehicles.trips.pages import seen
from yiwang.areas.vehicles.trips.powers import driver_of
from yiwang.areas.vehicles.trips.said import DONE_WORDS, NEXT_WORDS
from yiwang.core.rights.middleware import AccessRequest
from yiwang.kit.refusal import Refusal

#: Acts that go with a reading of the odometer.
READ = ("start", "end")


@dataclass(frozen=True)
class Task:
    """A trip of the driver: the next act and its word."""

    row: Assignment
    next: str
    key: str
    reading: int | None
    expenses: list[Expense]

    @property
    def word(self) -> str:
        """What the button says."""
        return NEXT_WORDS.get(self.next, "")

    @property
    def reads(self) -> bool:
        """Whether the odometer is asked."""
        return self.next in READ


@require_GET
def tasks(request: AccessRequest) -> HttpResponse:
    """The trips that I drive: those under way, then by departure; and what was done in the last days."""
    return _tasks(request, None, {})


def _tasks(request: AccessRequest, refusal: Refusal | None, values: dict[str, str]) -> HttpResponse:
    access, now = request.access, timezone.now()
    driver = driver_of(access)
    access.need(driver is not None, "查看出车任务")
    rows = Assignment.objects.live().filter(Q(driver=driver) | Q(second=driver))
    rows = rows.select_related("trip__organ", "trip__applicant", "vehicle").prefetch_related("trip__stops", "expenses")
    mine = rows.filter(trip__state__in=(*HOLDING, TripState.DONE), held_to__gt=now - timedelta(days=2))
    found = [_task(row) for row in mine.order_by("held_from")]
    order = sorted(found, key=lambda one: (not one.next, one.row.started_at is None, one.row.held_from))
    context: dict[str, Any] = {
        "driver": driver,
        "tasks": order,
        "checks": CHECKS,
        "kinds": ExpenseKind.choices,
        "accept": photos.ACCEPT,
        "refusal": refusal,
        "given": values,
        "today": timezone.localdate(),
        "over": _over(rows, now),
    }
    return shown(request, "vehicles/trips/tasks.html", context)


def _task(row: Assignment) -> Task:
    after = next_act(row.trip, row)
    reading = row.odometer_start if after == "end" else row.vehicle.mileage if row.vehicle else None
    return Task(row, after, secrets.token_urlsafe(12), reading, list(row.expenses.all()))


def _over(rows: Any, now: datetime) -> list[Assignment]:
    done = rows.filter(ended_at__gt=now - timedelta(days=7)).exclude(trip__state=TripState.DONE)
    return list(done.order_by("-ended_at")[:20])


@require_POST
def drive(request: AccessRequest, pk: int) -> HttpResponse:
    """One tap. JSON for the script that sends again what a bad network lost; else back to the tasks."""
    access, now, data = request.access, timezone.now(), request.POST.dict()
    seen(access, pk)
    by_script = request.headers.get("Accept", "").startswith("application/json")
    act = data.get("act", "")
    try:
        given = forms.driven_of(data, request.FILES.getlist("file"))
        driving.do(act, trip=pk, given=given, access=access, now=now, key=data.get("key", ""))
    except Refusal as refusal:
        if by_script:
            return JsonResponse(refusal.as_dict(), status=403 if refusal.code.startswith("rights.") else 422)
        if refusal.code.startswith("rights.") or driver_of(access) is None:
            raise
        return _tasks(request, refusal, {**data, "trip": str(pk)})
    said = DONE_WORDS.get(act, "已登记") + "。"
    if by_script:
        return JsonResponse({"said": said})
    messages.success(request, said)
    back = data.get("back") == "trip"
    return HttpResponseRedirect(reverse("vehicles:trip", args=[pk]) if back else reverse("vehicles:tasks"))
