"""The bills as the datasets that platforms exchange: energy, tolls, parking, other costs; and the way in for other systems."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils import timezone

from yiwang.areas.vehicles.costs.actions import deliver
from yiwang.areas.vehicles.costs.models import Cost, CostKind
from yiwang.areas.vehicles.costs.statements import bill_of
from yiwang.core.registers.exchange import Done, accept_verb
from yiwang.core.registers.trial import Trial
from yiwang.core.rights.access import Access
from yiwang.core.verdicts.sources import SourceRow, register_source
from yiwang.kit.among import Among  # noqa: F401 (registers the look-up)

#: Dataset → the kinds of bills in it.
KINDS: dict[str, tuple[CostKind, ...]] = {
    "vehicles.energy": (CostKind.FUEL, CostKind.CHARGE),
    "vehicles.toll": (CostKind.TOLL,),
    "vehicles.parking": (CostKind.PARKING,),
    "vehicles.other_cost": (CostKind.WASH, CostKind.OTHER, CostKind.FINE, CostKind.RENTAL),
}
#: The dataset's word for the kind of energy → the bill's kind.
_ENERGY = {"充电": CostKind.CHARGE}
_OTHERS = {CostKind(value).label: CostKind(value) for value in CostKind.values}


def _rows(kinds: Sequence[CostKind], on: date, subjects: Collection[str] | None) -> Iterator[SourceRow]:
    """A row for each bill of these kinds up to the day. Subject: the id of the bill."""
    mine = Q() if subjects is None else Q(pk__among=[int(one) for one in subjects if one.isdigit()])
    rows = Cost.objects.filter(mine, kind__in=kinds, day__lte=on).order_by("pk")
    columns = ("pk", "organ_id", "organ__name", "organ__region_id", "vehicle__plate", "kind", "number", "at", "day")
    more = ("amount", "quantity", "odometer", "location", "card", "merchant", "item", "note")
    for row in rows.values_list(*columns, *more).iterator(chunk_size=2000):
        (
            pk,
            organ,
            name,
            region,
            plate,
            kind,
            number,
            at,
            day,
            amount,
            quantity,
            odometer,
            place,
            card,
            merchant,
            item,
            note,
        ) = row
        yield SourceRow(
            subject=str(pk),
            label=f"{plate} · {CostKind(kind).label} · {number}",
            organ_id=organ,
            region=region,
            on=day,
            values={
                "number": number,
                "plate": plate,
                "organ": name,
                "kind": _word(kind, item),
                "at": timezone.localtime(at).isoformat(timespec="seconds"),
                "quantity": quantity,
                "hours": quantity,
                "amount": Decimal(amount) / 100,
                "odometer": odometer,
                "place": place or None,
                "card": card or None,
                "supplier": merchant or None,
                "note": note or None,
            },
            url=f"/vehicles/costs/{pk}/",
        )


def _word(kind: str, item: str) -> str:
    """The dataset's word: what was filled in, charge, or the kind of cost."""
    if kind == CostKind.FUEL:
        return "柴油" if "柴" in item else "汽油"
    return str(CostKind(kind).label)


def _source(key: str) -> Callable[..., Iterable[SourceRow]]:
    def rows(*, on: date, subjects: Collection[str] | None = None) -> Iterable[SourceRow]:
        return _rows(KINDS[key], on, subjects)

    return rows


def _written(key: str) -> Callable[[list[Mapping[str, Any]], Access, date, str], Done]:
    def write(rows: list[Mapping[str, Any]], access: Access, on: date, about: str) -> Done:
        bills = [bill_of(place, _given(key, row)) for place, row in enumerate(rows, start=1)]
        taken = deliver(bills, access=access, now=timezone.now(), about=about)
        return Done(Trial(total=len(rows), created=len(taken.kept), errors=taken.reasons))

    return write


def _given(key: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a bill from a row of the dataset."""
    word = str(row.get("kind", ""))
    kind = KINDS[key][0]
    if key == "vehicles.energy":
        kind = _ENERGY.get(word, CostKind.FUEL)
    elif key == "vehicles.other_cost":
        kind = _OTHERS.get(word, CostKind.OTHER)
    note = " ".join(
        filter(None, (f"{row.get('entry', '')}→{row.get('exit', '')}".strip("→"), str(row.get("note") or "")))
    )
    return {
        **row,
        "kind": kind,
        "item": word,
        "merchant": row.get("supplier"),
        "location": row.get("place"),
        "quantity": row.get("quantity", row.get("hours")),
        "note": note,
    }


for _key in KINDS:
    register_source(_key, _source(_key))
    accept_verb(_key, _written(_key), area="vehicles")
