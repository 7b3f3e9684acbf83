"""The items that platforms exchange, as rows of their datasets (`datasets_exchange.py`). Money in yuan. In sets: no query a row."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Count, Q, Sum

import yiwang.kit.among  # noqa: F401 (registers the look-up)
from yiwang.areas.vehicles.life.models import (
    Complaint,
    Disposal,
    DisposalState,
    FleetQuota,
    Inspection,
    Insurance,
    Maintenance,
    Supervision,
    Vehicle,
    VehiclePurchase,
    VehicleState,
    Violation,
)
from yiwang.core.orgs.models import Organ, Tier
from yiwang.core.verdicts.models import Finding, FindingKind, State
from yiwang.core.verdicts.sources import RowsFn, SourceRow, register_source

_TIERS = dict(Tier.choices)
Row = dict[str, Any]
Read = Callable[[Row], Any]


def by_ids(subjects: Collection[str] | None) -> Q:
    """Rows with these ids; all rows for None."""
    return Q() if subjects is None else Q(pk__among=[int(subject) for subject in subjects if subject.isdigit()])


def yuan(fen: int | None) -> Decimal | None:
    """Fen as yuan."""
    return None if fen is None else Decimal(fen) / 100


def number(value: int | Decimal | None) -> Decimal | None:
    """A whole number as datasets hold figures."""
    return None if value is None else Decimal(value)


class Items:
    """How the rows of one model become rows of one dataset.

    `columns`: dataset column → field path; `money` are in fen; choices are written as their labels; `day` is the field
    whose day the row is of; `car` the path to the vehicle ("" for the car itself).
    """

    def __init__(
        self,
        model: type[models.Model],
        columns: dict[str, str],
        *,
        day: str,
        money: Iterable[str] = (),
        label: str,
        where: Q | None = None,
    ) -> None:
        self.model, self.columns, self.day, self.label = model, columns, day, label
        self.money, self.where = frozenset(money), where or Q()
        self._labels = {
            path: {value: str(text) for value, text in field.flatchoices}
            for path in columns.values()
            if "__" not in path and isinstance(field := model._meta.get_field(path), models.Field) and field.choices
        }

    def __call__(self, *, on: date, subjects: Collection[str] | None = None) -> Iterator[SourceRow]:
        """A row for each record; subject: its id."""
        known = Q(**{f"{self.day}__lte": on}) | Q(**{self.day: None})
        rows = self.model._default_manager.filter(self.where, by_ids(subjects), known).order_by("pk")
        needed = {*self.columns.values(), self.day, self.label}
        more = ("pk", "organ_id", "organ__name", "organ__region_id")
        kind = self.model._meta.model_name
        for row in rows.values(*more, *needed).iterator(chunk_size=2000):
            values = {key: self._value(path, row[path]) for key, path in self.columns.items()}
            yield SourceRow(
                subject=str(row["pk"]),
                label=f"{row['organ__name']} · {row[self.label]}",
                organ_id=row["organ_id"],
                region=row["organ__region_id"],
                on=row[self.day] or on,
                values={"organ": row["organ__name"], **values},
                url=f"/r/vehicles/{kind}/{row['pk']}/",
            )

    def _value(self, path: str, value: Any) -> Any:
        if path in self.money:
            return yuan(value)
        if path in self._labels:
            return self._labels[path].get(value) or None
        if isinstance(value, int) and not isinstance(value, bool):
            return Decimal(value)
        return None if value == "" else value


VEHICLE_COLUMNS = {
    "plate": "plate",
    "vehicle_use": "use",
    "body": "body",
    "energy": "energy",
    "powertrain": "powertrain",
    "model": "model",
    "vin": "vin",
    "engine": "engine",
    "seats": "seats",
    "displacement": "displacement",
    "tank": "tank",
    "price": "price",
    "purchased_date": "purchased_date",
    "registered_date": "registered_date",
    "mileage": "mileage",
    "marking": "marking",
    "state": "state",
}


def _same(*names: str, **more: str) -> dict[str, str]:
    return {name: name for name in names} | {"plate": "vehicle__plate"} | more


vehicles = Items(Vehicle, VEHICLE_COLUMNS, day="registered_date", money=["price"], label="plate")
maintenance = Items(
    Maintenance,
    _same(
        "number", "kind", "on_date", "done_date", "odometer", "items", "supplier", "amount", "warranty_until", "note"
    ),
    day="on_date",
    money=["amount"],
    label="number",
)
inspections = Items(
    Inspection,
    _same("on_date", "result", "valid_to", "station", "amount", "note"),
    day="on_date",
    money=["amount"],
    label="vehicle__plate",
)
insurance = Items(
    Insurance,
    _same("number", "kind", "insurer", "amount", "note", valid_from="starts_date", valid_to="ends_date"),
    day="starts_date",
    money=["amount"],
    label="number",
)
violations = Items(
    Violation,
    _same("number", "driver", "on_date", "content", "points", "amount", "state", "closed_date", place="location"),
    day="on_date",
    money=["amount"],
    label="number",
)
supervisions = Items(
    Supervision,
    _same("number", "on_date", "inspector", "content", "problem", "measure", "closed_date"),
    day="on_date",
    label="number",
)
complaints = Items(
    Complaint,
    _same("number", "channel", "on_date", "content", "finding", "measure", "closed_date"),
    day="on_date",
    label="number",
)
disposals = Items(
    Disposal,
    _same(
        "method", "years_used", "mileage", "original_value", "income", "approval", "disposed_date",
        vehicle_use="vehicle__use", target="target__name",
    ),
    day="disposed_date",
    money=["original_value", "income"],
    label="vehicle__plate",
    where=Q(state=DisposalState.DONE),
)  # fmt: skip


def organs(*, on: date, subjects: Collection[str] | None = None) -> Iterator[SourceRow]:
    """vehicles.organ: a row for each organ that has cars or a quota on the day. Subject: the organ's id."""
    mine = Q() if subjects is None else Q(organ__among=[int(one) for one in subjects if one.isdigit()])
    held = Q(valid_from__lte=on) & (Q(valid_to=None) | Q(valid_to__gt=on))
    quotas = FleetQuota.objects.filter(mine, held).values_list("organ_id").annotate(n=Sum("number")).order_by()
    there = ~Q(state=VehicleState.RETIRED) | Q(retired_date__gt=on)
    cars = Vehicle.objects.filter(mine, there).values_list("organ_id").annotate(n=Count("pk")).order_by()
    granted, actual = dict(quotas), dict(cars)
    rows = Organ.objects.filter(pk__among=sorted({*granted, *actual})).select_related("superior").order_by("pk")
    for organ in rows:
        yield SourceRow(
            subject=str(organ.pk),
            label=organ.name,
            organ_id=organ.pk,
            region=organ.region_id,
            on=on,
            values={
                "organ": organ.name,
                "credit_code": organ.credit_code,
                "superior": organ.superior.name if organ.superior else None,
                "organ_tier": _TIERS[organ.tier],
                "organ_kind": organ.kind,
                "quota": number(granted.get(organ.pk)),
                "actual": Decimal(actual.get(organ.pk, 0)),
            },
            url=f"/vehicles/quota/?organ={organ.pk}",
        )


def over_standard(*, on: date, subjects: Collection[str] | None = None) -> Iterator[SourceRow]:
    """vehicles.over_standard: a row for each finding 超标 of a purchase that is not closed. Subject: id of the purchase."""
    found = Finding.objects.filter(dataset="vehicles.purchase", kind=FindingKind.OVER).exclude(state=State.CLOSED)
    if subjects is not None:
        found = found.filter(subject__in=list(subjects))
    findings = list(found.order_by("pk"))
    keys = [int(one.subject) for one in findings]
    rows = VehiclePurchase.objects.filter(pk__among=keys).select_related("organ", "vehicle")
    bought = {row.pk: row for row in rows}
    for one in findings:
        row = bought.get(int(one.subject))
        if row is not None:
            yield _over(one, row)


def _over(one: Finding, row: VehiclePurchase) -> SourceRow:
    return SourceRow(
        subject=one.subject,
        label=one.subject_label,
        organ_id=row.organ_id,
        region=row.organ.region_id,
        on=row.purchased_date,
        values={
            "number": row.number,
            "plate": row.vehicle.plate if row.vehicle else None,
            "organ": row.organ.name,
            "vehicle_use": str(row.get_use_display()),
            "clause": one.clause,
            "article": f"{one.document} {one.article}".strip(),
            "measure": one.measure,
            "limit": one.limit,
            "excess": one.excess,
            "approval": row.approval or None,
        },
        url=f"/r/vehicles/purchase/{row.pk}/",
    )


_SOURCES: dict[str, RowsFn] = {
    "vehicles.organ": organs,
    "vehicles.vehicle": vehicles,
    "vehicles.over_standard": over_standard,
    "vehicles.maintenance": maintenance,
    "vehicles.inspection": inspections,
    "vehicles.insurance": insurance,
    "vehicles.violation": violations,
    "vehicles.supervision": supervisions,
    "vehicles.complaint": complaints,
    "vehicles.disposal": disposals,
}
for _key, _rows in _SOURCES.items():
    register_source(_key, _rows)
