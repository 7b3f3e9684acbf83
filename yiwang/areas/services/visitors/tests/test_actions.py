"""Invited, arrived, left; what is kept of a person, and for how long."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction

from yiwang.areas.services.canteen.actions import ALPHABET
from yiwang.areas.services.visitors import actions
from yiwang.areas.services.visitors.models import Visit
from yiwang.core.ledger.models import Entry
from yiwang.core.rights.models import Role
from yiwang.desk.testing import World, world
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 3, 3)
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=ZONE)
THEN = datetime(2026, 3, 3, 9, 30, tzinfo=ZONE)


@pytest.fixture
def we() -> World:
    return world()


def invited(we: World, **more: Any) -> Visit:
    """A visitor for the third of March."""
    facts = {"name": "林远", "organ_name": "云岭县水利局", "phone": "138-1234-5678", "on": DAY, "reason": "工作联系"}
    facts |= {"plate": "示a1234", "access": we.access(Role.STAFF), "now": NOW}
    return actions.invite(**facts | more)  # type: ignore[arg-type]


def refused(code: str, verb: Any, *args: Any, **given: Any) -> Refusal:
    """The refusal of a verb."""
    with pytest.raises(Refusal) as caught:
        verb(*args, **given)
    assert caught.value.code == code
    return caught.value


def test_from_the_invitation_to_the_door(we: World) -> None:
    """Only on the day, once each; the ledger knows the visit by number, never the person."""
    one, desk = invited(we), we.access(Role.RECEPTION)
    assert (one.plate, one.phone_mask, len(one.code)) == ("示A1234", "138****5678", 16)
    assert set(one.code) <= set(ALPHABET)
    refused("visit.day", actions.arrive, visit=one.pk, access=desk, now=NOW)
    refused("visit.state", actions.leave, visit=one.pk, access=desk, now=THEN)
    assert actions.arrive(visit=one.pk, access=desk, now=THEN).arrived_at == THEN
    refused("visit.state", actions.arrive, visit=one.pk, access=desk, now=THEN)
    refused("visit.state", actions.cancel, visit=one.pk, access=we.access(Role.STAFF))
    assert actions.leave(visit=one.pk, access=desk, now=THEN).state == "LEFT"
    entries = Entry.objects.filter(obj=f"services.visit:{one.pk}")
    assert [entry.act.rpartition(".")[2] for entry in entries.order_by("id")] == ["invite", "arrive", "leave"]
    assert not any("林远" in entry.body or "5678" in entry.body for entry in entries)


def test_the_number_is_sealed_at_rest(we: World) -> None:
    """Not in the table as it lies there; opened for host and reception only, and each look is an entry."""
    one = invited(we)
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone, phone_mask FROM services_visit")
        stored = "".join(cursor.fetchone())
    assert "12345678" not in stored.replace("-", "")
    assert actions.phone_of(visit=one.pk, access=we.access(Role.RECEPTION)) == "138-1234-5678"
    assert Entry.objects.filter(act="services.visit.phone").count() == 1
    for access in (we.access(Role.READER), we.access(Role.RECEPTION, we.theirs), we.access(Role.KEEPER)):
        refused("rights.denied", actions.phone_of, visit=one.pk, access=access)
    Visit.objects.filter(pk=one.pk).update(code="X" * 16)  # a sealed text copied into another row does not open
    refused("sealing.broken", actions.phone_of, visit=one.pk, access=we.access(Role.RECEPTION))


@pytest.mark.parametrize(
    ("code", "facts"),
    [
        ("visit.day", {"on": date(2026, 3, 1)}),
        ("visit.day", {"on": date(2026, 6, 1)}),
        ("visit.name", {"name": " "}),
        ("visit.reason", {"reason": ""}),
        ("visit.phone", {"phone": "打办公室"}),
    ],
)
def test_what_is_no_invitation(we: World, code: str, facts: dict[str, Any]) -> None:
    refused(code, invited, we, **facts)
    assert Visit.objects.count() == 0


def test_who_may(we: World) -> None:
    """Staff invite; reception of the organ receives; nobody cancels another's."""
    refused("rights.denied", invited, we, access=we.access(Role.AUDITOR))
    one = invited(we)
    refused("rights.denied", actions.arrive, visit=one.pk, access=we.access(Role.STAFF), now=THEN)
    refused("rights.denied", actions.arrive, visit=one.pk, access=we.access(Role.RECEPTION, we.theirs), now=THEN)
    refused("visit.own", actions.cancel, visit=one.pk, access=we.access(Role.RECEPTION))
    assert actions.cancel(visit=one.pk, access=we.access(Role.STAFF)).state == "CANCELLED"
    assert Visit.objects.visible(we.access(Role.READER)).count() == 0
    assert Visit.objects.visible(we.access(Role.RECEPTION, we.province)).count() == 1


def test_purged_after_the_retention_time(we: World) -> None:
    """On the last day nothing yet; then every person is gone, the counts stay; once; the table holds it."""
    one, young = invited(we), invited(we, on=DAY + timedelta(days=1))
    assert actions.purge(on=DAY + timedelta(days=30), days=30) == 0
    assert actions.purge(on=DAY + timedelta(days=31), days=30) == 1
    assert actions.purge(on=DAY + timedelta(days=31), days=30) == 0
    one.refresh_from_db()
    assert (one.name, one.from_organ, one.phone, one.phone_mask, one.plate) == ("", "", "", "", "")
    assert (one.reason, one.purged_date) == ("工作联系", DAY + timedelta(days=31))
    young.refresh_from_db()
    assert young.name == "林远"
    refused("visit.phone", actions.phone_of, visit=one.pk, access=we.access(Role.STAFF))
    assert Entry.objects.get(act="services.visit.purge").actor == "system"
    with pytest.raises(IntegrityError), transaction.atomic():
        Visit.objects.filter(pk=one.pk).update(name="林远")
