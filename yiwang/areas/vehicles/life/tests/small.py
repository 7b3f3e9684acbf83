"""One of each thing of a car's life, for pages that are looked at as a whole. For tests. Ids by the names of the kinds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from yiwang.areas.vehicles.life.models import (
    Complaint,
    Inspection,
    Insurance,
    Maintenance,
    PlanLine,
    ProvisionPlan,
    RentalContract,
    RentalRate,
    RentalSupplier,
    Supervision,
    Vehicle,
    VehicleDocument,
    Violation,
)
from yiwang.core.orgs.models import Organ, Scoped


def kept(row: Scoped) -> int:
    """Placed and saved; its id."""
    row.place()
    row.save()
    return int(row.pk)


def furnish(organ: Organ, car: Vehicle, on: date, named: Callable[[str], str] = lambda text: text) -> dict[str, Any]:
    """At the organ, about the car. `named` makes of every text what is written."""
    mine: dict[str, Any] = {"organ": organ}
    about = {**mine, "vehicle": car}
    soon = on + timedelta(days=5)
    firm = RentalSupplier(**mine, name=named("租赁公司"), sort_key="", credit_code=f"91{organ.pk:016}")
    kept(firm)
    paper = RentalContract(
        **mine, supplier=firm, number=named("ZL"), starts_date=on, ends_date=on + timedelta(days=365)
    )
    kept(paper)
    plan = ProvisionPlan(**mine, year=on.year, reason=named("编制说明"), made_date=on)
    kept(plan)
    kept(
        PlanLine(
            **mine,
            plan=plan,
            use="EMERGENCY",
            body="SEDAN",
            energy="NEW_ENERGY",
            price=15_000_000,
            reason=named("理由"),
        )
    )
    return {
        "vehicles.document": kept(VehicleDocument(**about, kind="LICENCE", number=named("99"), valid_to=soon)),
        "vehicles.inspection": kept(Inspection(**about, on_date=on, valid_to=soon, station=named("检测站"))),
        "vehicles.insurance": kept(
            Insurance(
                **about, kind="COMPULSORY", number=named("PD"), insurer=named("保险"), starts_date=on, ends_date=soon
            )
        ),
        "vehicles.maintenance": kept(
            Maintenance(**about, number=named("WX"), kind="REPAIR", on_date=on, items=named("刹车"), amount=100)
        ),
        "vehicles.violation": kept(Violation(**about, number=named("JD"), on_date=on, content=named("超速"))),
        "vehicles.supervision": kept(
            Supervision(**about, number=named("JC"), on_date=on, inspector=named("局"), content=named("抽查"))
        ),
        "vehicles.complaint": kept(Complaint(**about, number=named("TS"), on_date=on, content=named("停车"))),
        "vehicles.rental_supplier": firm.pk,
        "vehicles.rental_contract": paper.pk,
        "vehicles.rental_rate": kept(RentalRate(**mine, contract=paper, body="SEDAN", unit="DAY", price=1)),
        "plan": plan.pk,
    }
