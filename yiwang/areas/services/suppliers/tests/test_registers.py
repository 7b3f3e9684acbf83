"""The registers of suppliers and contracts."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, models, transaction

from yiwang.areas.services.suppliers import factories
from yiwang.areas.services.suppliers.models import Contract, Supplier
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.models import Role
from yiwang.desk.testing import KindTests, page, world
from yiwang.kit.credit_code import generate


class TestSupplier(KindTests):
    """供应商."""

    key = "services.supplier"

    def make(self, organ: Organ) -> models.Model:
        return factories.supplier(organ)

    def given(self, organ: Organ) -> dict[str, str]:
        return {
            "name": "清风物业公司",
            "credit_code": generate("990000", 77, department="91"),
            "organ": organ.name,
            "state": "合作中",
        }


class TestContract(KindTests):
    """合同."""

    key = "services.contract"

    def make(self, organ: Organ) -> models.Model:
        return factories.contract(organ)

    def given(self, organ: Organ) -> dict[str, str]:
        maker = factories.supplier(organ)
        return {
            "number": "HT-1",
            "name": "办公区物业",
            "organ": organ.name,
            "supplier": f"{maker.name}/{maker.credit_code}",
            "price": "1,200,000",
            "begin_date": "2026-01-01",
            "end_date": "2027-01-01",
        }


@pytest.mark.django_db
def test_a_credit_code_is_checked_and_kept_in_its_normal_form() -> None:
    """A wrong check character is said at the field; full width and lower case are read."""
    we = world()
    client = we.client(Role.MANAGER)
    code = generate("990000", 78, department="91")
    given = {"name": "清风物业公司", "organ": we.ours.name, "state": "ACTIVE"}
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    assert "校验位不符" in page(client.post("/r/services/supplier/new/", given | {"credit_code": wrong}), 422)
    assert client.post("/r/services/supplier/new/", given | {"credit_code": f" {code.lower()} "}).status_code == 302
    assert Supplier.objects.get().credit_code == code


@pytest.mark.django_db
def test_the_form_cannot_push_a_price_below_what_was_accepted() -> None:
    """Said as a sentence; and the database holds it against any writer."""
    we = world()
    one = factories.contract(we.ours, 1_000_000)
    Contract.objects.filter(pk=one.pk).update(accepted=800_000, paid=500_000)
    given = {
        "number": one.number,
        "name": one.name,
        "organ": we.ours.name,
        "supplier": f"{one.supplier.name}/{one.supplier.credit_code}",
        "price": "7000",
        "begin_date": "2026-01-01",
        "end_date": "2027-01-01",
    }
    text = page(we.client(Role.MANAGER).post(f"/r/services/contract/{one.pk}/change/", given), 422)
    assert "不能低于已经验收的金额" in text
    for wrong in (
        {"price": 700_000},
        {"paid": 800_001},
        {"paid": -1},
        {"accepted": 1_000_001},
        {"end_date": one.begin_date},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Contract.objects.filter(pk=one.pk).update(**wrong)
