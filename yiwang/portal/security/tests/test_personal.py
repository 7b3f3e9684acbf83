"""Every personal field has a purpose and a retention (rows D34, D35)."""

from __future__ import annotations

import pytest
from django.db import models

from yiwang.core.ledger.models import Entry
from yiwang.core.orgs.factories import organ as new_organ
from yiwang.core.orgs.factories import person
from yiwang.core.orgs.people import hire
from yiwang.portal.security import personal


def test_d34_every_personal_field_is_registered() -> None:
    lacking = sorted(set(personal.fields()) - personal.register().keys())
    assert lacking == [], "add them to portal/security/personal.yaml with purpose and retention"


def test_d34_each_has_purpose_and_retention_and_still_exists() -> None:
    found = set(personal.fields())
    for name, one in personal.register().items():
        assert name in found, name
        assert one["purpose"], name
        assert one["retention"], name


def test_d34_a_new_field_would_be_found() -> None:
    field = models.CharField(max_length=11)
    field.set_attributes_from_name("phone")
    assert personal._is_personal("services.Visit", field)
    other = models.CharField(max_length=11)
    other.set_attributes_from_name("colour")
    assert not personal._is_personal("services.Visit", other)
    assert personal._is_personal("orgs.Person", other)


def test_d35_a_sensitive_field_names_its_mask() -> None:
    """None is registered yet; the first one without a mask fails here."""
    unmasked = [name for name, one in personal.register().items() if one.get("sensitive") and not one.get("mask")]
    assert unmasked == []


@pytest.mark.django_db
def test_d35_the_ledger_names_the_number_not_the_person() -> None:
    from datetime import date

    organ = new_organ()
    person(organ, "旁人")
    hire(
        actor="user:1",
        name="仇和平",
        staff_number="S-77",
        organ=organ,
        rank="科员",
        title="",
        on=date(2026, 5, 1),
        today=date(2026, 5, 1),
    )
    assert "仇和平" not in "".join(Entry.objects.values_list("body", flat=True))
