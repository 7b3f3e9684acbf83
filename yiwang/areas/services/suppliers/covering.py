"""Which contract covers a service in a place: the nearest organ's, this very building's before one for everywhere."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from yiwang.areas.services.reach import above
from yiwang.areas.services.suppliers.models import ContractScope, Supplier, SupplierState
from yiwang.core.orgs.models import Organ


def covering(organs: Collection[int], services: Collection[str], on: date) -> list[ContractScope]:
    """What running contracts of these organs cover of these services, of suppliers that one still works with. One query."""
    rows = ContractScope.objects.filter(service__in=services, contract__organ__in=organs).filter(
        contract__begin_date__lte=on, contract__end_date__gt=on, contract__supplier__state=SupplierState.ACTIVE
    )
    return list(rows.select_related("contract__supplier"))


def nearest(scopes: Iterable[ContractScope], service: str, building: int | None, organ: Organ) -> Supplier | None:
    """The supplier among these for the service in the building of the organ."""
    ids = above(organ)
    found = [
        row
        for row in scopes
        if row.service == service and row.building_id in (None, building) and row.contract.organ_id in ids
    ]
    found.sort(key=lambda row: (ids.index(row.contract.organ_id), row.building_id is not None, row.pk), reverse=True)
    return found[0].contract.supplier if found else None
