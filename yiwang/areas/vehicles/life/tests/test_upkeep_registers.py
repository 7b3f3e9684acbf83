"""The pages of every register of upkeep, oversight and rental."""

from __future__ import annotations

from datetime import date

from django.db import models

from yiwang.areas.vehicles import factories
from yiwang.areas.vehicles.life.models import (
    Complaint,
    Inspection,
    Insurance,
    Maintenance,
    RentalContract,
    RentalRate,
    RentalSupplier,
    Supervision,
    VehicleDocument,
    Violation,
)
from yiwang.core.orgs.models import Organ, Scoped
from yiwang.desk.testing import KindTests
from yiwang.kit.pinyin import sort_key

DAY = date(2026, 2, 1)


def kept(row: Scoped) -> models.Model:
    """Placed and saved."""
    row.place()
    row.save()
    return row


def count(model: type[models.Model]) -> int:
    """To make numbers that differ."""
    return model._default_manager.count() + 1


class TestDocument(KindTests):
    """车辆证照."""

    key = "vehicles.document"

    def make(self, organ: Organ) -> models.Model:
        return kept(VehicleDocument(vehicle=factories.vehicle(organ), organ=organ, kind="LICENCE", number="99"))

    def given(self, organ: Organ) -> dict[str, str]:
        return {
            "vehicle": factories.vehicle(organ).plate,
            "kind": "LICENCE",
            "number": "9901",
            "valid_to": "2027-01-01",
        }


class TestMaintenance(KindTests):
    """维修保养."""

    key = "vehicles.maintenance"

    def make(self, organ: Organ) -> models.Model:
        number = f"WX{count(Maintenance)}"
        return kept(
            Maintenance(
                vehicle=factories.vehicle(organ), organ=organ, number=number, kind="REPAIR", on_date=DAY, amount=100
            )
        )

    def given(self, organ: Organ) -> dict[str, str]:
        plate = factories.vehicle(organ).plate
        return {"number": "WX-1", "vehicle": plate, "kind": "SERVICE", "on_date": "2026-02-01", "amount": "860"}


class TestInspection(KindTests):
    """年检."""

    key = "vehicles.inspection"

    def make(self, organ: Organ) -> models.Model:
        car = factories.vehicle(organ)
        return kept(Inspection(vehicle=car, organ=organ, on_date=DAY, valid_to=date(2027, 1, 31), station="检测站"))

    def given(self, organ: Organ) -> dict[str, str]:
        plate = factories.vehicle(organ).plate
        return {"vehicle": plate, "on_date": "2026-02-01", "result": "PASSED", "valid_to": "2027-01-31"}


class TestInsurance(KindTests):
    """保险."""

    key = "vehicles.insurance"

    def make(self, organ: Organ) -> models.Model:
        about = {"vehicle": factories.vehicle(organ), "organ": organ, "number": f"PD{count(Insurance)}"}
        return kept(
            Insurance(
                **about,
                kind="COMPULSORY",
                insurer="示例保险",
                starts_date=DAY,
                ends_date=date(2027, 2, 1),
                amount=95_000,
            )
        )

    def given(self, organ: Organ) -> dict[str, str]:
        days = {"starts_date": "2026-02-01", "ends_date": "2027-02-01"}
        return {
            "number": "PD-1",
            "vehicle": factories.vehicle(organ).plate,
            "kind": "COMMERCIAL",
            "insurer": "示例保险",
            **days,
        }


class TestViolation(KindTests):
    """违章."""

    key = "vehicles.violation"

    def make(self, organ: Organ) -> models.Model:
        number = f"JD{count(Violation)}"
        return kept(
            Violation(
                vehicle=factories.vehicle(organ),
                organ=organ,
                number=number,
                on_date=DAY,
                content="违反禁止标线",
                amount=1,
            )
        )

    def given(self, organ: Organ) -> dict[str, str]:
        plate = factories.vehicle(organ).plate
        return {
            "number": "JD-1",
            "vehicle": plate,
            "on_date": "2026-02-01",
            "content": "超速",
            "state": "OPEN",
            "points": "3",
        }


class TestSupervision(KindTests):
    """监督检查."""

    key = "vehicles.supervision"

    def make(self, organ: Organ) -> models.Model:
        number = f"JC{count(Supervision)}"
        return kept(Supervision(organ=organ, number=number, on_date=DAY, inspector="示例局", content="封存抽查"))

    def given(self, organ: Organ) -> dict[str, str]:
        return {
            "number": "JC-1",
            "organ": organ.name,
            "on_date": "2026-02-01",
            "inspector": "示例局",
            "content": "封存抽查",
        }


class TestComplaint(KindTests):
    """投诉举报."""

    key = "vehicles.complaint"

    def make(self, organ: Organ) -> models.Model:
        return kept(Complaint(organ=organ, number=f"TS{count(Complaint)}", on_date=DAY, content="停在商场门口"))

    def given(self, organ: Organ) -> dict[str, str]:
        more = {"channel": "HOTLINE", "finding": "OPEN"}
        return {"number": "TS-1", "organ": organ.name, "on_date": "2026-02-01", "content": "停在商场门口", **more}


def firm(organ: Organ) -> RentalSupplier:
    """A firm that rents cars."""
    row = RentalSupplier(
        organ=organ,
        name="示例汽车租赁",
        sort_key=sort_key("示例汽车租赁"),
        credit_code=f"9199{count(RentalSupplier):014}",
    )
    kept(row)
    return row


def contract(organ: Organ) -> RentalContract:
    """Its contract."""
    number = f"ZL{count(RentalContract)}"
    row = RentalContract(
        organ=organ, supplier=firm(organ), number=number, starts_date=date(2026, 1, 1), ends_date=date(2027, 1, 1)
    )
    kept(row)
    return row


class TestRentalSupplier(KindTests):
    """租赁供应商."""

    key = "vehicles.rental_supplier"

    def make(self, organ: Organ) -> models.Model:
        return firm(organ)

    def given(self, organ: Organ) -> dict[str, str]:
        return {"name": "示例出行", "credit_code": "91990000100000009X", "organ": organ.name, "state": "ACTIVE"}


class TestRentalContract(KindTests):
    """租赁合同."""

    key = "vehicles.rental_contract"

    def make(self, organ: Organ) -> models.Model:
        return contract(organ)

    def given(self, organ: Organ) -> dict[str, str]:
        days = {"starts_date": "2026-01-01", "ends_date": "2027-01-01"}
        return {"number": "ZL-1", "organ": organ.name, "supplier": firm(organ).credit_code, **days}


class TestRentalRate(KindTests):
    """租赁单价."""

    key = "vehicles.rental_rate"

    def make(self, organ: Organ) -> models.Model:
        return kept(RentalRate(organ=organ, contract=contract(organ), body="SEDAN", unit="DAY", price=38_000))

    def given(self, organ: Organ) -> dict[str, str]:
        return {"contract": contract(organ).number, "body": "SMALL", "unit": "DAY", "price": "480"}
