"""The registers of cars as datasets: each purchase, each renewal, each year's purchases, each fleet against its quota."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q
from django.db.models.functions import ExtractYear

import yiwang.kit.among  # noqa: F401 (registers the look-up)
from yiwang.areas.vehicles.life.models import (
    Body,
    Energy,
    FleetQuota,
    PurchaseCase,
    Use,
    Vehicle,
    VehiclePurchase,
    VehicleState,
)
from yiwang.core.orgs.models import Organ, Tier
from yiwang.core.verdicts.sources import SourceRow, register_source

_TIERS = dict(Tier.choices)
_USES, _BODIES, _CASES, _ENERGIES = (dict(some.choices) for some in (Use, Body, PurchaseCase, Energy))
DAYS_A_YEAR = Decimal("365.25")


def _numbers(subjects: Collection[str] | None) -> Q:
    """Rows with these ids; all rows for None."""
    return Q() if subjects is None else Q(pk__among=[int(subject) for subject in subjects if subject.isdigit()])


def _organs_of(subjects: Collection[str]) -> set[int]:
    """The organs of subjects such as 12:EMERGENCY."""
    return {int(head) for head in (subject.partition(":")[0] for subject in subjects) if head.isdigit()}


def purchases(*, on: date, subjects: Collection[str] | None = None) -> Iterator[SourceRow]:
    """vehicles.purchase: a row for each car bought, judged on the day it was bought. Subject: id of the purchase."""
    rows = VehiclePurchase.objects.filter(_numbers(subjects), purchased_date__lte=on).order_by("pk")
    columns = ("pk", "organ_id", "organ__name", "organ__tier", "organ__kind", "organ__region_id", "number", "use")
    more = ("body", "case", "energy", "price", "displacement", "approval", "purchased_date")
    for row in rows.values_list(*columns, *more).iterator(chunk_size=2000):
        key, organ, name, tier, kind, region, number, use, body, case, energy, price, litres, approval, day = row
        yield SourceRow(
            subject=str(key),
            label=f"{name} · {number}",
            organ_id=organ,
            region=region,
            on=day,
            values={
                "organ": name,
                "organ_tier": _TIERS[tier],
                "organ_kind": kind,
                "vehicle": number,
                "vehicle_use": _USES[use],
                "body": _BODIES[body],
                "case": _CASES[case],
                "energy": _ENERGIES[energy],
                "price": Decimal(price) / 100,
                "displacement": litres,
                "approval": approval or None,
            },
            url=f"/r/vehicles/purchase/{key}/",
        )


def renewals(*, on: date, subjects: Collection[str] | None = None) -> Iterator[SourceRow]:
    """vehicles.renewal: a row for each purchase that replaces a car. Years from registration to the purchase; 10,000 km."""
    rows = (
        VehiclePurchase.objects.filter(_numbers(subjects), purchased_date__lte=on).exclude(replaces=None).order_by("pk")
    )
    columns = ("pk", "organ_id", "organ__name", "organ__tier", "organ__region_id", "use", "approval", "purchased_date")
    old = ("replaces__plate", "replaces__registered_date", "replaces__mileage")
    for row in rows.values_list(*columns, *old).iterator(chunk_size=2000):
        key, organ, name, tier, region, use, approval, day, plate, registered, mileage = row
        yield SourceRow(
            subject=str(key),
            label=f"{name} · {plate}",
            organ_id=organ,
            region=region,
            on=day,
            values={
                "organ": name,
                "organ_tier": _TIERS[tier],
                "vehicle": plate,
                "vehicle_use": _USES[use],
                "years_used": registered and round(Decimal((day - registered).days) / DAYS_A_YEAR, 1),
                "mileage": Decimal(mileage) / 10_000,
                "approval": approval or None,
            },
            url=f"/r/vehicles/purchase/{key}/",
        )


def purchase_years(*, on: date, subjects: Collection[str] | None = None) -> Iterator[SourceRow]:
    """vehicles.purchase_year: a row for each organ and year with purchases, as far as `on`. Subject: organ:year.

    Judged on the last day of the year, or on `on` while it lasts.
    """
    rows = VehiclePurchase.objects.filter(purchased_date__lte=on)
    if subjects is not None:
        rows = rows.filter(organ_id__among=_organs_of(subjects))
    counted = (
        rows.annotate(year=ExtractYear("purchased_date"))
        .values("organ_id", "organ__name", "organ__tier", "organ__region_id", "year")
        .annotate(bought=Count("pk"), new_energy=Count("pk", filter=Q(energy=Energy.NEW_ENERGY)))
        .order_by("organ_id", "year")
    )
    for row in counted.iterator(chunk_size=2000):
        subject = f"{row['organ_id']}:{row['year']}"
        if subjects is not None and subject not in subjects:
            continue
        bought, new_energy = Decimal(row["bought"]), Decimal(row["new_energy"])
        yield SourceRow(
            subject=subject,
            label=f"{row['organ__name']} · {row['year']} 年",
            organ_id=row["organ_id"],
            region=row["organ__region_id"],
            on=min(on, date(row["year"], 12, 31)),
            values={
                "organ": row["organ__name"],
                "organ_tier": _TIERS[row["organ__tier"]],
                "year": Decimal(row["year"]),
                "purchased": bought,
                "purchased_new_energy": new_energy,
                "provisioned": bought,
                "provisioned_new_energy": new_energy,
            },
            url=f"/r/vehicles/purchase/?organ_id={row['organ_id']}"
            f"&purchased_date_from={row['year']}-01-01&purchased_date_to={row['year']}-12-31",
        )


def fleets(*, on: date, subjects: Collection[str] | None = None) -> Iterator[SourceRow]:
    """vehicles.fleet: a row for each organ and use with cars or a quota on the day. Subject: organ:use."""
    mine = Q() if subjects is None else Q(organ_id__among=_organs_of(subjects))
    held = Q(valid_from__lte=on) & (Q(valid_to=None) | Q(valid_to__gt=on))
    quotas = {
        (organ, use): number
        for organ, use, number in FleetQuota.objects.filter(mine, held).values_list("organ_id", "use", "number")
    }
    there = ~Q(state=VehicleState.RETIRED) | Q(retired_date__gt=on)
    began = Q(registered_date=None) | Q(registered_date__lte=on)
    cars = Vehicle.objects.filter(mine, there, began).values_list("organ_id", "use").annotate(n=Count("pk")).order_by()
    counts = {(organ, use): number for organ, use, number in cars}
    keys = sorted(quotas.keys() | counts.keys())
    if subjects is not None:
        keys = [key for key in keys if f"{key[0]}:{key[1]}" in subjects]
    organs = _organs({organ for organ, _ in keys})
    for organ, use in keys:
        name, tier, region = organs[organ]
        quota = quotas.get((organ, use))
        yield SourceRow(
            subject=f"{organ}:{use}",
            label=f"{name} · {_USES[use]}",
            organ_id=organ,
            region=region,
            on=on,
            values={
                "organ": name,
                "organ_tier": _TIERS[tier],
                "vehicle_use": _USES[use],
                "quota": None if quota is None else Decimal(quota),
                "actual": Decimal(counts.get((organ, use), 0)),
            },
            url=f"/r/vehicles/vehicle/?organ_id={organ}&use={use}",
        )


def _organs(keys: Collection[int]) -> dict[int, tuple[str, str, str]]:
    """id → name, tier, region."""
    rows = Organ.objects.filter(pk__among=keys)
    return {pk: (name, tier, region) for pk, name, tier, region in rows.values_list("pk", "name", "tier", "region_id")}


register_source("vehicles.purchase", purchases)
register_source("vehicles.renewal", renewals)
register_source("vehicles.purchase_year", purchase_years)
register_source("vehicles.fleet", fleets)
