"""使用情况: hours booked and used by venue and by organ, no-shows; charts and export."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from tempfile import TemporaryFile
from typing import IO

from django.db.models import Q, QuerySet
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET

from yiwang.areas.services.nav import nav
from yiwang.areas.services.venues import forms
from yiwang.areas.services.venues.grid import midnight
from yiwang.areas.services.venues.models import Booking, BookingState
from yiwang.core.rights.access import Access
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import Verb
from yiwang.kit import svg
from yiwang.kit.refusal import Refusal
from yiwang.kit.sheets.write import ColumnSpec, SheetSpec, write_csv, write_workbook

LONGEST = 366  # days of one report
_TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@dataclass
class Figures:
    """Of one venue or organ: bookings that were due, minutes booked and used, those nobody came to."""

    label: str
    bookings: int = 0
    booked: int = 0
    used: int = 0
    absent: int = 0

    def add(self, state: str, minutes: int) -> None:
        """Count one booking whose time is over or that was released."""
        self.bookings += 1
        self.booked += minutes
        self.used += minutes if state == BookingState.USED else 0
        self.absent += state == BookingState.NO_SHOW

    @property
    def booked_hours(self) -> Decimal:
        """Hours, to a tenth."""
        return _hours(self.booked)

    @property
    def used_hours(self) -> Decimal:
        """Hours, to a tenth."""
        return _hours(self.used)

    @property
    def absent_share(self) -> Decimal:
        """Of a hundred bookings, how many nobody came to."""
        return (Decimal(100 * self.absent) / self.bookings if self.bookings else Decimal(0)).quantize(Decimal("0.1"))


def _hours(minutes: int) -> Decimal:
    return (Decimal(minutes) / 60).quantize(Decimal("0.1"))


def over(access: Access, since: date, until: date) -> QuerySet[Booking]:
    """Bookings of the venues of the access's subtree that began in [since, until] and are over, or were released."""
    access.need(access.may(Verb.READ, "services"), "查看使用情况")
    assert access.organ is not None
    first, last = midnight(since), midnight(until + timedelta(days=1))
    states = [BookingState.USED, BookingState.NO_SHOW, BookingState.IN_USE]
    within = Q(**{f"venue__l{access.organ.depth}": access.organ.pk})
    return Booking.objects.filter(within, starts_at__gte=first, starts_at__lt=last, state__in=states)


@dataclass(frozen=True)
class Usage:
    """The report: in all, by venue, by organ, by day (hours used)."""

    total: Figures
    venues: list[Figures]
    organs: list[Figures]
    days: list[tuple[date, Decimal]]


def usage(access: Access, since: date, until: date) -> Usage:
    """One query. The most booked first. Refusals `report.period`, `rights.denied`."""
    if until < since or (until - since).days > LONGEST:
        raise Refusal("report.period", f"起止日期不对:末日不早于首日,最多 {LONGEST} 天。")
    total = Figures("合计")
    by_venue: dict[int, Figures] = {}
    by_organ: dict[int, Figures] = {}
    by_day: dict[date, int] = defaultdict(int)
    rows = over(access, since, until).values_list(
        "venue", "venue__name", "organ", "organ__name", "state", "starts_at", "ends_at"
    )
    for venue, venue_name, organ, organ_name, state, first, last in rows:
        minutes = int((last - first).total_seconds()) // 60
        for figures in (
            total,
            by_venue.setdefault(venue, Figures(venue_name)),
            by_organ.setdefault(organ, Figures(organ_name)),
        ):
            figures.add(state, minutes)
        if state == BookingState.USED:
            by_day[timezone.localtime(first).date()] += minutes
    days = [since + timedelta(days=number) for number in range((until - since).days + 1)]
    return Usage(
        total, _sorted(by_venue.values()), _sorted(by_organ.values()), [(day, _hours(by_day[day])) for day in days]
    )


def _sorted(rows: Iterable[Figures]) -> list[Figures]:
    return sorted(rows, key=lambda one: (-one.booked, one.label))


def charts(found: Usage) -> dict[str, str]:
    """Bars by venue (used beside booked and not used), a line by day."""
    bars = [
        svg.Bar(
            one.label,
            [(one.used_hours, svg.COLOURS[0]), (one.booked_hours - one.used_hours, svg.AXIS)],
            f"{one.used_hours} / {one.booked_hours} 小时",
        )
        for one in found.venues[:12]
    ]
    series = [svg.Series("使用小时", [hours for _, hours in found.days])]
    places = [day.isoformat() for day, _ in found.days]
    return {
        "bars": mark_safe(svg.bars(bars, title="各场所使用和预约小时", unit="")),  # noqa: S308
        "line": mark_safe(svg.line(series, places, title="每天使用小时", unit=" 小时")),  # noqa: S308
    }


def _period(request: AccessRequest) -> tuple[date, date]:
    given, today = request.GET.dict(), timezone.localdate()
    until = forms.day_of(given, "until", default=today)
    return forms.day_of(given, "since", default=until - timedelta(days=29)), until


@require_GET
def report(request: AccessRequest) -> HttpResponse:
    """The page."""
    since, until = _period(request)
    found = usage(request.access, since, until)
    context = {**nav(request), "usage": found, "charts": charts(found), "since": since, "until": until}
    return render(request, "services/venues/report.html", context)


@require_GET
def export(request: AccessRequest, form: str) -> FileResponse:
    """The figures by venue and by organ as a workbook, or those by venue as CSV."""
    if form not in _TYPES:
        raise Http404
    since, until = _period(request)
    file = written(usage(request.access, since, until), form)
    name = f"场所使用情况-{since}-{until}.{form}"
    return FileResponse(file, as_attachment=True, filename=name, content_type=_TYPES[form])


HEADS = ("名称", "预约次数", "预约小时", "使用小时", "未到次数", "未到率%")


def written(found: Usage, form: str) -> IO[bytes]:
    """The file, at its beginning."""
    file: IO[bytes] = TemporaryFile()  # noqa: SIM115 (the response closes it)
    if form == "csv":
        write_csv(file, list(HEADS), _cells([*found.venues, found.total]))
    else:
        columns = [ColumnSpec(header=head, format="@" if head == "名称" else "") for head in HEADS]
        sheets = [("场所", [*found.venues, found.total]), ("单位", [*found.organs, found.total])]
        specs = [SheetSpec(name=name, columns=columns, rows=_cells(rows)) for name, rows in sheets]
        write_workbook(file, specs)
    file.seek(0)
    return file


def _cells(rows: Sequence[Figures]) -> list[list[str | Decimal | None]]:
    return [
        [one.label, Decimal(one.bookings), one.booked_hours, one.used_hours, Decimal(one.absent), one.absent_share]
        for one in rows
    ]
