"""The verbs on readings: taken one by one, many at once, corrected, struck out. Each works the months out anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q

from yiwang.areas.energy.meters.models import Form, Meter
from yiwang.areas.energy.use.computing import recompute
from yiwang.areas.energy.use.dial import Mark, check, rolls
from yiwang.areas.energy.use.models import Reading, Source
from yiwang.core.ledger.post import post
from yiwang.core.orgs.ancestors import columns_of
from yiwang.core.orgs.models import held_columns
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import User, Verb
from yiwang.kit.among import Among  # noqa: F401 (registers the look-up)
from yiwang.kit.digest import canonical, merkle_root
from yiwang.kit.refusal import Refusal, Where

AREA = "energy"


@dataclass
class Given:
    """A reading as given; `row` is its line in the file (0: typed). `wrong`: why it is not kept."""

    row: int
    number: str
    day: date | None
    value: Decimal | None
    start: Decimal | None = None
    multiplier: Decimal | None = None
    rolled: bool = False
    estimated: bool = False
    note: str = ""
    meter: Meter | None = None
    wrong: list[Refusal] = field(default_factory=list)

    def refuse(self, refusal: Refusal, column: str = "") -> None:
        """One more reason."""
        where = Where(row=self.row or None, column=column)
        self.wrong.append(Refusal(refusal.code, refusal.message, where=where))

    @property
    def mark(self) -> Mark:
        """For the dial; the day and the value are there."""
        assert self.day is not None
        assert self.value is not None
        return Mark(self.day, self.value, self.start, self.multiplier, self.rolled, self.estimated)


def record(given: Given, *, access: Access, today: date, source: str = Source.HAND) -> Reading:
    """One reading. Raises its first refusal: `reading.meter`, `.form`, `.day`, `.value`, `.twice`, `.digits`, `.backward`."""
    kept = deliver([given], access=access, today=today, source=source, about="")
    if given.wrong:
        raise given.wrong[0]
    return kept[0]


def deliver(
    given: Sequence[Given], *, access: Access, today: date, source: str, about: str, good_only: bool = False
) -> list[Reading]:
    """Readings all or none (or the good ones where asked); the reasons stand in each. One entry about `about`.

    Refusal `rights.denied`.
    """
    access.need(access.may(Verb.WRITE, AREA), "登记抄表")
    with transaction.atomic():
        _meters(given, access)
        _days(given, today)
        _neighbours([one for one in given if not one.wrong])
        good = [one for one in given if not one.wrong]
        if not good or (len(good) < len(given) and not good_only):
            return []
        rows = _kept(good, access.user if isinstance(access.user, User) else None, source)
        _post(access, "record" if not about else "deliver", about or f"energy.reading:{rows[0].pk}", rows)
        recompute({row.meter_id for row in rows})
    return rows


def _meters(given: Sequence[Given], access: Access) -> None:
    """The meters within the user's rights, kept from changing until the commit; the others are as unknown as none."""
    numbers = sorted({one.number for one in given if one.number})
    rows = access.scope(Meter.objects.filter(number__among=numbers), Verb.WRITE)
    found = {row.number: row for row in rows.select_related("organ").order_by("pk").select_for_update(of=("self",))}
    for one in given:
        one.meter = found.get(one.number)
        if one.meter is None:
            message = f"没有表号“{one.number}”,或不在您管理的范围内;请核对,或先登记计量器具。"
            one.refuse(Refusal("reading.meter", message if one.number else "没有填表号。"), "表号")
        elif one.meter.form != Form.INDEX:
            message = f"“{one.number}”是{one.meter.get_form_display()},不抄表底数。"
            one.refuse(Refusal("reading.form", message), "表号")


def _days(given: Sequence[Given], today: date) -> None:
    for one in given:
        if one.value is None or one.value < 0 or one.value >= 10**11:
            one.refuse(Refusal("reading.value", "读数应是不小于 0 的数,请照表盘抄写。"), "读数")
        if one.day is None:
            one.refuse(Refusal("reading.day", "没有抄表日期,请写成 2026-03-01。"), "日期")
        elif one.day > today:
            one.refuse(Refusal("reading.day", f"{one.day} 还没有到,读数按抄表当天登记。"), "日期")
        elif one.meter and not _in_use(one.meter, one.day):
            message = f"表“{one.number}”在 {one.day} 没有启用或已停用,请核对日期。"
            one.refuse(Refusal("reading.day", message), "日期")


def _in_use(meter: Meter, day: date) -> bool:
    return meter.valid_from <= day and (meter.valid_to is None or day <= meter.valid_to)


def _neighbours(given: Sequence[Given]) -> None:
    """Each against those before and after it, stored or given beside it."""
    ids = {one.meter.pk for one in given if one.meter}
    stored: dict[int, dict[date, Mark]] = defaultdict(dict)
    columns = ("meter_id", "day", "value", "start", "multiplier", "rolled", "estimated")
    for meter, *mark in Reading.objects.filter(meter__among=sorted(ids)).values_list(*columns):
        stored[meter][mark[0]] = Mark(*mark)
    for one in sorted(given, key=lambda each: each.mark.day):
        assert one.meter is not None
        held, mark = stored[one.meter.pk], one.mark
        if mark.day in held:
            message = f"表“{one.number}”在 {mark.day} 已有读数 {held[mark.day].value:f};抄错了请在那条记录上更正。"
            one.refuse(Refusal("reading.twice", message), "日期")
            continue
        _against(one, held)
        if not one.wrong:
            held[mark.day] = one.mark


def _against(one: Given, held: Mapping[date, Mark]) -> None:
    """Between its neighbours; a small step around the dial is taken for a roll-over, and said so."""
    assert one.meter is not None
    mark, digits = one.mark, one.meter.digits
    before = max((each for each in held.values() if each.day < mark.day), key=lambda each: each.day, default=None)
    after = min((each for each in held.values() if each.day > mark.day), key=lambda each: each.day, default=None)
    if before is not None and rolls(before, mark, digits):
        one.rolled, mark = True, replace(mark, rolled=True)
    try:
        check(mark, before, after, digits)
    except Refusal as refusal:
        one.refuse(refusal, "读数")


def _kept(good: Sequence[Given], user: User | None, source: str) -> list[Reading]:
    held = held_columns(one.meter.organ_id for one in good if one.meter)
    rows = []
    for one in good:
        assert one.meter is not None
        mark = one.mark
        columns = columns_of(one.meter.organ)
        if one.meter.organ_id in held:
            columns = dict(zip(columns, held[one.meter.organ_id], strict=True))
        rows.append(
            Reading(
                meter=one.meter, organ=one.meter.organ, day=mark.day, value=mark.value, start=one.start,
                multiplier=one.multiplier, rolled=one.rolled, estimated=one.estimated, source=source, user=user,
                note=one.note[:120], **columns,
            )
        )  # fmt: skip
    return Reading.objects.bulk_create(rows, batch_size=500)


@transaction.atomic
def correct(*, reading: int, value: Decimal, estimated: bool, note: str, access: Access) -> Reading:
    """Put a reading right; why is required. Refusals `rights.denied`, `reading.why`, `reading.backward`, `reading.digits`."""
    one = _mine(reading, access)
    if not note.strip():
        raise Refusal("reading.why", "请写明更正的原因,例如“抄错一位,见照片”。")
    before = {"value": str(one.value), "estimated": one.estimated}
    marks = _around(one)
    mark = Mark(one.day, value, one.start, one.multiplier, one.rolled, estimated)
    if marks[0] is not None and not one.rolled and rolls(marks[0], mark, one.meter.digits):
        mark = replace(mark, rolled=True)
    check(mark, *marks, one.meter.digits)
    one.value, one.estimated, one.note, one.rolled = value, estimated, note.strip()[:120], mark.rolled
    one.save(update_fields=["value", "estimated", "note", "rolled"])
    body = {"before": before, "after": {"value": str(value), "estimated": estimated}, "note": one.note}
    _said(access, "correct", one, body)
    recompute([one.meter_id])
    return one


@transaction.atomic
def strike(*, reading: int, note: str, access: Access) -> None:
    """Take a reading out that should not be there; why is required, the entry keeps what it said."""
    one = _mine(reading, access)
    if not note.strip():
        raise Refusal("reading.why", "请写明删除的原因,例如“抄到了隔壁的表”。")
    before, after = _around(one)
    if before is not None and after is not None:
        check(after, before, None, one.meter.digits)
    meter = one.meter_id
    _said(access, "strike", one, {"day": one.day, "value": str(one.value), "note": note.strip()[:120]})
    one.delete()
    recompute([meter])


def _mine(reading: int, access: Access) -> Reading:
    access.need(access.may(Verb.WRITE, AREA), "更正抄表")
    rows = access.scope(Reading.objects.filter(pk=reading), Verb.WRITE)
    one = rows.select_related("meter").select_for_update(of=("self",)).first()
    if one is None:
        raise Refusal("rights.denied", "没有这条抄表记录,或不在您管理的范围内。")
    return one


def _around(one: Reading) -> tuple[Mark | None, Mark | None]:
    """Its neighbours."""
    columns = ("day", "value", "start", "multiplier", "rolled", "estimated")
    rows = Reading.objects.filter(Q(meter=one.meter_id)).values_list(*columns)
    before = rows.filter(day__lt=one.day).order_by("-day").first()
    after = rows.filter(day__gt=one.day).order_by("day").first()
    return (Mark(*before) if before else None, Mark(*after) if after else None)


def _said(access: Access, act: str, one: Reading, body: Mapping[str, Any]) -> None:
    post(
        actor=access.actor,
        act=f"energy.reading.{act}",
        obj=f"energy.reading:{one.pk}",
        body=access.facts(Verb.WRITE, AREA, meter=one.meter_id, **body),
    )


def _post(access: Access, act: str, obj: str, rows: Collection[Reading]) -> None:
    leaves = (canonical([row.meter_id, row.day, str(row.value)]).encode() for row in rows)
    body = {"rows": len(rows), "root": merkle_root(leaves)}
    post(actor=access.actor, act=f"energy.reading.{act}", obj=obj, body=access.facts(Verb.WRITE, AREA, **body))
