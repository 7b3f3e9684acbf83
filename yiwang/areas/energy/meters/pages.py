"""The pages of a meter, and the page on which a reading is entered with a phone."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from yiwang.areas.energy.faces import drawn, performed, shown
from yiwang.areas.energy.meters import actions, reading
from yiwang.areas.energy.meters.models import Form, Meter
from yiwang.areas.energy.nav import reads
from yiwang.areas.energy.use import actions as readings
from yiwang.areas.energy.use import photos
from yiwang.areas.energy.use.actions import Given
from yiwang.areas.energy.use.series import Figure
from yiwang.areas.energy.use.spread import first_of, following, months
from yiwang.areas.energy.words import ENERGIES
from yiwang.core.attachments import actions as attachments
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import Access
from yiwang.core.rights.middleware import AccessRequest
from yiwang.core.rights.models import Verb
from yiwang.kit import svg
from yiwang.kit.posted import Posted
from yiwang.kit.refusal import Refusal

AREA = "energy"


def back(day: date, years: int = 2) -> date:
    """The first of the month so many years before."""
    return date(day.year - years, day.month, 1)


@require_http_methods(["GET", "POST"])
def meter(request: AccessRequest, pk: int) -> HttpResponse:
    """A meter: two years of months, readings, bills, who shares it; and every verb on it."""
    access, today = request.access, timezone.localdate()
    access.need(reads(access), "查看计量器具")
    rows = access.scope(Meter.objects.select_related("organ", "building", "parent"))
    one = get_object_or_404(rows, pk=pk)
    refusal = None
    if request.method == "POST":
        refusal = performed(request, _verbs(request, one, access, today))
        if refusal is None:
            return HttpResponseRedirect(request.path)
    found = reading.months(one, back(today), following(first_of(today)))
    history = reading.history(one)
    kept = attachments.of_many([f"{photos.ABOUT}:{each.reading.pk}" for each in history])
    context = {
        "meter": one,
        "unit": one.unit,
        "chart": _chart(one, found, today),
        "history": [(each, kept[f"{photos.ABOUT}:{each.reading.pk}"]) for each in history],
        "bills": [(bill, Decimal(bill.quantity) / 1000) for bill in one.bills.order_by("-valid_from")[:12]],
        "shares": reading.shares(one, today),
        "terms": list(one.terms.select_related("source").order_by("pk")),
        "children": list(one.children.order_by("sort_key", "pk")),
        "may_write": access.holds(one, Verb.WRITE),
        "forms": Form,
        "today": today,
        "accept": photos.ACCEPT,
        "refusal": refusal,
    }
    return shown(request, "energy/meters/meter.html", context)


def _chart(one: Meter, found: dict[date, Figure], today: date) -> str:
    """The last twelve months beside the twelve before."""
    now = [month for month, _ in months(back(today, 1), first_of(today))]
    before = [month for month, _ in months(back(today), back(today, 1))]
    lines = [
        svg.Series("近12个月", reading.line_of(found, now)),
        svg.Series("上年同期", reading.line_of(found, before), dashed=True),
    ]
    title = f"{one.name} 月用量({ENERGIES[one.kind].unit})"
    return drawn(svg.line(lines, [f"{month:%Y-%m}" for month in now], title=title, unit=ENERGIES[one.kind].unit))


def _verbs(request: AccessRequest, one: Meter, access: Access, today: date):  # type: ignore[no-untyped-def]
    return {
        "record": lambda posted: _record(request, one.number, posted, access, today),
        "correct": lambda posted: _correct(posted, access),
        "strike": lambda posted: _strike(posted, access),
        "share": lambda posted: _share(one, posted, access),
        "compose": lambda posted: _compose(one, posted, access),
        "bill": lambda posted: _bill(one, posted, access, today),
        "rework": lambda _: f"已重新计算,重写 {actions.rework(meter=one.pk, access=access)} 个月份;没有变化的不动。",
    }


def _record(request: HttpRequest, number: str, posted: Posted, access: Access, today: date) -> str:
    """A reading with its photos, both or neither."""
    given = Given(
        row=0,
        number=number,
        day=posted.day("day", "抄表日期"),
        value=posted.needed("value", "读数", places=3),
        start=posted.figure("start", "新表起数", places=3),
        multiplier=posted.figure("multiplier", "新倍率", places=3) or None,
        rolled=bool(posted.text("rolled")),
        estimated=bool(posted.text("estimated")),
        note=posted.text("note", most=120),
    )
    with transaction.atomic():
        kept = readings.record(given, access=access, today=today)
        photos.keep(kept, request.FILES.getlist("file"), access, timezone.now())
    return f"已登记 {number} {kept.day} 的读数 {kept.value:f}。{'按过零计算。' if kept.rolled else ''}"


def _correct(posted: Posted, access: Access) -> str:
    kept = readings.correct(
        reading=posted.key("reading", "抄表记录"),
        value=posted.needed("value", "读数", places=3),
        estimated=bool(posted.text("estimated")),
        note=posted.text("note", most=120),
        access=access,
    )
    return f"已更正 {kept.day} 的读数为 {kept.value:f}。"


def _strike(posted: Posted, access: Access) -> str:
    readings.strike(reading=posted.key("reading", "抄表记录"), note=posted.text("note", most=120), access=access)
    return "已删除这条读数,用量已重算。"


def pairs(text: str) -> list[tuple[str, Decimal]]:
    """Lines of a name and a figure: “示例县财政局 1200”. Refusal `form.pairs`."""
    found = []
    for row in text.splitlines():
        name, _, number = row.strip().replace("\t", " ").replace(",", " ").replace(",", " ").rpartition(" ")
        if not row.strip():
            continue
        try:
            found.append((name.strip(), Decimal(re.sub(r"[%%㎡人]+$", "", number))))
        except ArithmeticError:
            raise Refusal("form.pairs", f"“{row.strip()[:40]}”应写成“名称 数字”,每行一个。") from None
    return found


def _share(one: Meter, posted: Posted, access: Access) -> str:
    bases: dict[Organ, Decimal] = {}
    for name, base in pairs(posted.text("bases", most=4000)):
        organ = access.organs().filter(name=name).first()
        if organ is None:
            raise Refusal("share.organ", f"没有单位“{name[:60]}”,或不在您的范围内;名称要写全。")
        bases[organ] = base
    ground = posted.text("ground", most=120)
    made = actions.share(meter=one.pk, since=posted.day("since", "起始日期"), bases=bases, ground=ground, access=access)
    return f"已按 {len(made)} 个单位分摊。" if made else "不再分摊,由本单位承担。"


def _compose(one: Meter, posted: Posted, access: Access) -> str:
    terms = dict(pairs(posted.text("terms", "算式", most=4000)))
    made = actions.compose(meter=one.pk, terms=terms, access=access)
    return f"已按 {len(made)} 块表计算。"


def _bill(one: Meter, posted: Posted, access: Access, today: date) -> str:
    given = actions.Bill(
        number=posted.text("number", "账单号", most=60),
        since=posted.day("since", "起始日期"),
        until=posted.day("until", "截止日期"),
        quantity=posted.needed("quantity", "用量", places=3),
        amount=posted.money("amount", "金额"),
        supplier=posted.text("supplier", most=80),
    )
    kept = actions.bill(given, meter=one.pk, access=access, today=today)
    return f"已登记账单 {kept.number}。"


@require_http_methods(["GET", "POST"])
def read(request: AccessRequest) -> HttpResponse:
    """On a phone: the meters whose reading is due; one of them (?meter=number) with its last figure and the camera."""
    access, today = request.access, timezone.localdate()
    access.need(access.may(Verb.WRITE, AREA), "登记抄表")
    number = request.GET.get("meter", "").strip()
    one = reading.named(access, number) if number else None
    refusal = None
    if request.method == "POST":
        verbs = {"record": lambda posted: _record(request, number, posted, access, today)}
        refusal = performed(request, verbs)
        if refusal is None:
            return HttpResponseRedirect(reverse("energy:read"))
    context = {
        "number": number,
        "meter": one,
        "last": one.readings.order_by("-day").first() if one else None,
        "due": [] if one else reading.due(access, today),
        "today": today,
        "accept": photos.ACCEPT,
        "refusal": refusal,
    }
    return shown(request, "energy/meters/read.html", context)
