"""What an organ's energy manager sees, what the bureau sees, and the way down to the readings and bills."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_GET

from yiwang.areas.energy.book.models import Institution
from yiwang.areas.energy.coal.factors import Basis
from yiwang.areas.energy.faces import drawn, shown
from yiwang.areas.energy.indicators.beside import lines, pue
from yiwang.areas.energy.indicators.figures import GroupFigures, OrganFigures, figures, grouped
from yiwang.areas.energy.indicators.grouping import BY, keys
from yiwang.areas.energy.indicators.quotas import above, quotas, unseen
from yiwang.areas.energy.meters.models import Meter
from yiwang.areas.energy.meters.reading import due
from yiwang.areas.energy.nav import reads
from yiwang.areas.energy.use.models import UseMonth
from yiwang.areas.energy.use.series import Series, by_meter, monthly
from yiwang.areas.energy.use.spread import first_of, following, months
from yiwang.areas.energy.words import ENERGIES, INSTITUTIONS
from yiwang.core.orgs.models import Organ
from yiwang.core.orgs.tree import subtree
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import Verb
from yiwang.kit import svg
from yiwang.kit.refusal import Refusal

#: Rows of a ranking on the page.
MOST = 40


def year_of(text: str, today: date) -> int:
    """The year given, this one without. Refusal `energy.year`."""
    if not text:
        return today.year
    if not text.isascii() or not text.isdigit() or not 2000 <= int(text) <= 2100:
        raise Refusal("energy.year", f"“{text[:20]}”不是年度,应写成 2026。")
    return int(text)


def day_of(text: str, today: date) -> date:
    """The day given, today without. Refusal `energy.day`."""
    try:
        return date.fromisoformat(text) if text else today
    except ValueError:
        raise Refusal("energy.day", f"“{text[:20]}”不是日期,应写成 2026-03-01。") from None


def span(year: int, today: date) -> tuple[date, date]:
    """The year as far as its months are over (the running month is not)."""
    return date(year, 1, 1), max(min(date(year + 1, 1, 1), first_of(today)), date(year, 2, 1))


def change(now: Decimal | None, before: Decimal | None) -> Decimal | None:
    """Per cent against before."""
    return 100 * (now - before) / before if now is not None and before else None


@require_GET
def mine(request: AccessRequest) -> HttpResponse:
    """My organ: what reading is due, this year against last, beside the quota, and my meters."""
    access, today = request.access, timezone.localdate()
    access.need(reads(access), "查看能耗")
    organ = access.organ
    assert organ is not None
    since, until = span(today.year, today)
    only = Organ.objects.filter(pk=organ.pk)
    now = next(iter(figures(only, since, until, within=organ)), None)
    before = next(iter(figures(only, _year_before(since), _year_before(until), within=organ)), None)
    booked = Institution.objects.filter(organ=organ).exclude(valid_to__lte=today).first()
    context = {
        "organ": organ,
        "now": now,
        "cards": _cards(now, before),
        "booked": booked,
        "since": since,
        "until": until,
        "quota": _quota(now, booked, organ.region_id, until),
        "due": due(access, today, most=8) if access.may(Verb.WRITE, "energy") else [],
        "meters": _meters(organ, today),
        "month": _last(today),
        "may_write": access.may(Verb.WRITE, "energy"),
    }
    return shown(request, "energy/indicators/mine.html", context)


def _year_before(day: date) -> date:
    return date(day.year - 1, day.month, 1)


def _last(today: date) -> date:
    """The last month that is over."""
    return date(today.year - (today.month == 1), (today.month - 2) % 12 + 1, 1)


def _cards(now: OrganFigures | None, before: OrganFigures | None) -> list[dict[str, Any]]:
    """Figure, unit, the clause of its formula, and the change against the same months of last year."""
    wanted = (
        ("综合能耗", "total.tce", "吨标准煤", ""),
        ("人均综合能耗", "per_head", "kgce/人", "EN-IND-1"),
        ("单位建筑面积能耗", "per_area", "kgce/㎡", "EN-IND-2"),
        ("人均用水量", "water_per_head", "m³/人", "EN-IND-3"),
        ("碳排放", "total.tco2", "tCO₂", ""),
        ("可再生能源占比", "total.renewable_share", "%", ""),
    )
    return [
        {
            "label": label, "value": _at(now, path), "unit": unit, "clause": clause,
            "change": change(_at(now, path), _at(before, path)), "before": _at(before, path),
        }
        for label, path, unit, clause in wanted
    ]  # fmt: skip


def _at(one: OrganFigures | None, path: str) -> Decimal | None:
    found: Any = one
    for name in path.split("."):
        found = None if found is None else getattr(found, name)
    return found  # type: ignore[no-any-return]


def _quota(now: OrganFigures | None, booked: Institution | None, region: str, on: date) -> dict[str, Any] | None:
    """Electricity by area, brought to a year by the months that have figures, beside the grades."""
    if now is None or booked is None or now.power_per_area is None or not now.months:
        return None
    grades = quotas("power_per_area", booked.building_class, booked.climate_zone, region, on)
    yearly = now.power_per_area * 12 / now.months
    return {"figure": yearly, "months": now.months, "grades": grades, "above": above(yearly, grades)}


def _meters(organ: Organ, today: date) -> list[tuple[Meter, Any, Any, Decimal | None]]:
    """The organ's meters with the last month and the same of last year."""
    month = _last(today)
    rows = UseMonth.objects.filter(meter__organ=organ)
    series = by_meter(rows, _year_before(month), following(month))
    found = []
    for one in Meter.objects.filter(organ=organ).exclude(valid_to__lte=today).order_by("kind", "sort_key", "pk")[:60]:
        used = series.get((one.pk, one.kind), {})
        now, before = used.get(month), used.get(_year_before(month))
        found.append((one, now, before, change(now.quantity if now else None, before.quantity if before else None)))
    return found


@require_GET
def board(request: AccessRequest) -> HttpResponse:
    """The bureau: indicators by group, ranking, who has no figures; by year, basis and the tree of a day."""
    access, today = request.access, timezone.localdate()
    access.need(reads(access), "查看能耗总览")
    top, by = access.organ, request.GET.get("by", "below")
    assert top is not None
    by = by if by in BY else "below"
    year, on = year_of(request.GET.get("year", ""), today), day_of(request.GET.get("on", ""), today)
    kind = request.GET.get("kind", "")
    basis = Basis.EQUIVALENT if request.GET.get("basis") == "equivalent" else Basis.CALORIFIC
    since, until = span(year, today)
    organs = subtree(top.pk, on)
    rows = figures(organs, since, until, basis=basis, within=top)
    before = figures(organs, _year_before(since), _year_before(until), basis=basis, within=top)
    rows, before = ([one for one in some if kind in ("", one.kind)] for some in (rows, before))
    labels = keys(by, [*rows, *before], top, on)
    groups = grouped(rows, labels)
    earlier = {one.key: one for one in grouped(before, labels)}
    whole, was = GroupFigures("", "合计", tuple(rows)), GroupFigures("", "合计", tuple(before))
    expected = len(months(since, until))
    context = {
        "top": top, "year": year, "by": by, "bys": BY.items(), "kind": kind, "kinds": INSTITUTIONS.items(), "on": on,
        "basis": basis, "equivalent": basis is Basis.EQUIVALENT, "since": since, "until": until, "expected": expected,
        "pue": pue(organs, year),
        "whole": whole, "cards": _whole_cards(whole, was), "groups": [_row(one, earlier.get(one.key)) for one in groups[:MOST]],
        "chart": _chart(groups), "missing": [one for one in rows if one.kind and one.months < expected][:MOST],
        "without": whole.without, "unverified": sorted(set().union(*(one.total.unverified for one in rows))),
        "notes": sorted(set().union(*(one.total.notes for one in rows))),
        "lacking": sorted(set().union(*(one.total.missing for one in rows))),
        "ranked": sorted((one for one in rows if one.per_area is not None), key=lambda one: -(one.per_area or 0))[:10],
        "highest": sorted((one for one in rows if one.per_head is not None), key=lambda one: -(one.per_head or 0))[:10],
    }  # fmt: skip
    return shown(request, "energy/indicators/board.html", context)


def _row(one: GroupFigures, before: GroupFigures | None) -> dict[str, Any]:
    return {"group": one, "change": change(one.per_head, before.per_head if before else None)}


def _whole_cards(now: GroupFigures, before: GroupFigures) -> list[dict[str, Any]]:
    wanted = (
        ("综合能耗", "kgce", 1000, "吨标准煤", ""),
        ("人均综合能耗", "per_head", 1, "kgce/人", "EN-IND-1"),
        ("单位建筑面积能耗", "per_area", 1, "kgce/㎡", "EN-IND-2"),
        ("人均用水量", "water_per_head", 1, "m³/人", "EN-IND-3"),
        ("碳排放", "kgco2", 1000, "tCO₂", ""),
        ("可再生能源占比", "renewable_share", 1, "%", ""),
    )
    found = []
    for label, name, scale, unit, clause in wanted:
        value, was = getattr(now, name), getattr(before, name)
        value = None if value is None else value / scale
        was = None if was is None else was / scale
        found.append(
            {
                "label": label,
                "value": value,
                "unit": unit,
                "clause": clause,
                "change": change(value, was),
                "before": was,
            }
        )
    return found


def _chart(groups: list[GroupFigures]) -> str:
    known = sorted((one for one in groups if one.per_head is not None), key=lambda one: -(one.per_head or 0))[:16]
    bars = [
        svg.Bar(one.label, [(round(one.per_head or Decimal(0), 1), svg.COLOURS[0])], f"{one.per_head:,.1f}")
        for one in known
    ]
    return drawn(svg.bars(bars, title="人均综合能耗", unit="kgce/人")) if bars else ""


@require_GET
def organ(request: AccessRequest, pk: int) -> HttpResponse:
    """One organ in a year: kinds by month, and the meters that they come from."""
    access, today = request.access, timezone.localdate()
    access.need(reads(access), "查看能耗")
    one = get_object_or_404(access.organs(), pk=pk)
    year = year_of(request.GET.get("year", ""), today)
    since, until = date(year, 1, 1), date(year + 1, 1, 1)
    places = [month for month, _ in months(since, until)]
    used = monthly(UseMonth.objects.counted().filter(organ=one), since, until)
    meters = by_meter(UseMonth.objects.filter(organ=one), since, until)
    known = Meter.objects.in_bulk([meter for meter, _ in meters])
    over = span(year, today)
    now = next(iter(figures(Organ.objects.filter(pk=pk), *over, within=one)), None)
    context = {
        "organ": one,
        "year": year,
        "figures": now,
        "over": over[1] - timedelta(days=1),
        "lines": lines(one, now, *over) if now else [],
        "unseen": unseen(one.region_id),
        "places": places,
        "kinds": [_line(ENERGIES[kind].label, ENERGIES[kind].unit, months_, places) for (_, kind), months_ in used.items()],
        "meters": [(known[meter], _line("", ENERGIES[kind].unit, each, places)) for (meter, kind), each in meters.items()],
    }  # fmt: skip
    return shown(request, "energy/indicators/organ.html", context)


def _line(label: str, unit: str, found: Series, places: list[date]) -> dict[str, Any]:
    cells = [found.get(month) for month in places]
    total = sum((one.quantity for one in cells if one), Decimal(0))
    return {"label": label, "unit": unit, "cells": cells, "total": total, "fen": sum(one.fen for one in cells if one)}
