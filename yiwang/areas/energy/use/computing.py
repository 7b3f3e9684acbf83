"""UseMonth of meters worked out anew from readings, bills, shares and tariffs. In sets: a dozen queries, however many meters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import transaction

from yiwang.areas.energy.meters.models import EnergyBill, Form, Meter, MeterShare, MeterTerm, Tariff
from yiwang.areas.energy.use.dial import Mark, parts
from yiwang.areas.energy.use.models import Reading, UseMonth
from yiwang.areas.energy.use.spread import Cell, Holding, Part, split, spread, weights
from yiwang.core.orgs.models import LEVELS, Organ
from yiwang.kit.among import Among  # noqa: F401 (registers the look-up)
from yiwang.kit.bulk import insert

Months = dict[date, Cell]


@dataclass
class _Given:
    """What was read for some meters."""

    meters: dict[int, Meter]
    marks: dict[int, list[Mark]] = field(default_factory=lambda: defaultdict(list))
    bills: dict[int, list[tuple[Part, int]]] = field(default_factory=lambda: defaultdict(list))
    shares: dict[int, list[Holding]] = field(default_factory=lambda: defaultdict(list))
    terms: dict[int, list[tuple[int, Decimal]]] = field(default_factory=lambda: defaultdict(list))


@transaction.atomic
def recompute(meters: Iterable[int]) -> int:
    """Work out the months of these meters and of the virtual ones that use them; how many rows were written.

    Months of a meter that come out as they are kept are left alone.
    """
    wanted = set(meters)
    wanted |= set(MeterTerm.objects.filter(source__among=list(wanted)).values_list("meter_id", flat=True))
    given = _read(wanted)
    uses = {pk: _months(pk, given) for pk in given.meters}
    prices = _prices(meter for pk, meter in given.meters.items() if pk in wanted)
    owners = _owners(given, wanted)
    held = _held(wanted)
    fresh = {
        pk: list(_rows(given.meters[pk], uses[pk], given, prices, owners))
        for pk in sorted(wanted & given.meters.keys())
    }
    changed = [pk for pk in sorted(wanted) if sorted(map(_key, fresh.get(pk, ()))) != held.get(pk, [])]
    UseMonth.objects.filter(meter__among=changed).delete()
    rows = [row for pk in changed for row in fresh.get(pk, ())]
    insert(UseMonth, rows)
    return len(rows)


_COLUMNS = ("organ_id", "month", "quantity", "fen", "days", "estimated", "counted", "kind")


def _key(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in _COLUMNS)


def _held(wanted: Collection[int]) -> dict[int, list[tuple[Any, ...]]]:
    """Meter → its months as they are kept, in order."""
    found: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for meter, *row in UseMonth.objects.filter(meter__among=list(wanted)).values_list("meter_id", *_COLUMNS):
        found[meter].append(tuple(row))
    return {meter: sorted(rows) for meter, rows in found.items()}


def _read(wanted: Collection[int]) -> _Given:
    """The meters with all that their months follow from; sources of virtual ones too."""
    terms = list(MeterTerm.objects.filter(meter__among=list(wanted)).values_list("meter_id", "source_id", "factor"))
    ids = sorted({*wanted, *(source for _, source, _ in terms)})
    found = _Given(Meter.objects.select_related("organ", "parent").in_bulk(ids))
    for meter, source, factor in terms:
        found.terms[meter].append((source, factor))
    columns = ("meter_id", "day", "value", "start", "multiplier", "rolled", "estimated")
    for meter, *mark in Reading.objects.filter(meter__among=ids).order_by("day").values_list(*columns):
        found.marks[meter].append(Mark(*mark))
    paid = ("meter_id", "valid_from", "valid_to", "quantity", "amount")
    for meter, since, until, quantity, amount in EnergyBill.objects.filter(meter__among=ids).values_list(*paid):
        found.bills[meter].append((Part(since, until, quantity), amount))
    held = ("meter_id", "organ_id", "part", "valid_from", "valid_to")
    for meter, *share in MeterShare.objects.filter(meter__among=ids).values_list(*held):
        found.shares[meter].append(Holding(*share))
    return found


def _months(pk: int, given: _Given) -> Months:
    """What the meter used by month."""
    meter = given.meters[pk]
    if meter.form == Form.VIRTUAL:
        return _virtual([(_months(source, given), factor) for source, factor in given.terms[pk] if source != pk])
    if meter.form == Form.BILLED:
        return spread(part for part, _ in given.bills[pk])
    return spread(parts(given.marks[pk], meter.multiplier, meter.digits))


def _virtual(sources: list[tuple[Months, Decimal]]) -> Months:
    """Months that every source has: a part that is missing must not look like nothing used."""
    if not sources:
        return {}
    common = set.intersection(*(set(months) for months, _ in sources))
    found: Months = {}
    for month in sorted(common):
        exact = sum((factor * months[month].quantity for months, factor in sources), Decimal(0))
        found[month] = Cell(
            int(exact.to_integral_value(ROUND_HALF_UP)),
            min(months[month].days for months, _ in sources),
            any(months[month].estimated for months, _ in sources),
        )
    return found


Prices = Mapping[tuple[int, str], list[tuple[date, date | None, Decimal]]]


def _prices(meters: Iterable[Meter]) -> Prices:
    """(organ, kind) → its tariffs, for the organs of the meters and those above them."""
    above = {key for meter in meters for level in LEVELS if (key := getattr(meter.organ, level))}
    found: dict[tuple[int, str], list[tuple[date, date | None, Decimal]]] = defaultdict(list)
    rows = Tariff.objects.filter(organ__among=sorted(above)).values_list(
        "organ_id", "kind", "valid_from", "valid_to", "price"
    )
    for organ, kind, since, until, price in rows:
        found[organ, kind].append((since, until, price))
    return found


def _price(meter: Meter, month: date, prices: Prices) -> Decimal:
    """Yuan for a unit on the first of the month, by the nearest organ that has a tariff; 0 without."""
    for level in reversed(LEVELS):
        for since, until, price in prices.get((getattr(meter.organ, level) or 0, meter.kind), ()):
            if since <= month and (until is None or month < until):
                return price
    return Decimal(0)


def _owners(given: _Given, wanted: Collection[int]) -> dict[int, tuple[int | None, ...]]:
    """Organ → l1…l5."""
    ids = {meter.organ_id for meter in given.meters.values()}
    ids |= {one.organ for pk in wanted for one in given.shares[pk]}
    rows = Organ.objects.filter(pk__among=sorted(ids)).values_list("pk", *LEVELS)
    return {pk: tuple(levels) for pk, *levels in rows}


def _counted(meter: Meter, given: _Given) -> bool:
    """Not a part of what is counted already: below a counting meter of its kind, or made of counting ones."""
    if not meter.counts:
        return False
    if meter.parent is not None and meter.parent.counts and meter.parent.kind == meter.kind:
        return False
    sources = (given.meters[source] for source, factor in given.terms[meter.pk] if factor > 0)
    return not any(one.counts for one in sources)


def _rows(
    meter: Meter, uses: Months, given: _Given, prices: Prices, owners: Mapping[int, tuple[int | None, ...]]
) -> Iterable[dict[str, Any]]:
    """The meter's months, each divided among those that share it."""
    paid = spread(Part(part.since, part.until, amount) for part, amount in given.bills[meter.pk])
    counted = _counted(meter, given)
    for month, cell in sorted(uses.items()):
        fen = paid[month].quantity if month in paid else _fen(cell.quantity, _price(meter, month, prices))
        held = weights(given.shares[meter.pk], month) or {meter.organ_id: 1}
        amounts = zip(held, split(cell.quantity, list(held.values())), split(fen, list(held.values())), strict=True)
        for organ, quantity, part in amounts:
            yield {
                "organ_id": organ, "meter_id": meter.pk, "kind": meter.kind, "month": month, "quantity": quantity,
                "fen": part, "days": min(cell.days, 31), "estimated": cell.estimated, "counted": counted,
                **dict(zip(LEVELS, owners[organ], strict=True)),
            }  # fmt: skip


def _fen(quantity: int, price: Decimal) -> int:
    """Thousandths of a unit at so many yuan a unit."""
    return int((quantity * price / 10).to_integral_value(ROUND_HALF_UP))
