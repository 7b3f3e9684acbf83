"""公示: fixed figures with their hash, who publishes and who reads, a correction as the next version."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from yiwang.areas.vehicles import factories
from yiwang.areas.vehicles.stats import publicity
from yiwang.areas.vehicles.stats.cube import refresh
from yiwang.areas.vehicles.stats.models import Publicity
from yiwang.areas.vehicles.stats.tests.test_stats import MONDAY, drive
from yiwang.areas.vehicles.stats.tests.test_year import bill
from yiwang.core.ledger.models import Entry
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Role
from yiwang.desk.testing import World, page, world
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db
ON = date(2026, 4, 8)
NOW = timezone.make_aware(datetime(2026, 4, 8, 9))


@pytest.fixture
def we() -> World:
    made = world()
    car = factories.vehicle(made.ours, plate="示Z00077")
    drive(car, MONDAY, 40)
    bill(car, "FUEL", 12_000, quantity=Decimal(10))
    tally()
    return made


def tally(now: datetime = NOW) -> None:
    for month in (1, 2, 3):
        refresh(date(2026, month, 1), on=ON, now=now)


def publish(access: Access, quarter: int = 1, reason: str = "") -> Publicity:
    return publicity.publish(year=2026, quarter=quarter, reason=reason, access=access, on=ON, now=NOW)


def refused(access: Access, quarter: int = 1, reason: str = "") -> str:
    with pytest.raises(Refusal) as caught:
        publish(access, quarter, reason)
    return caught.value.code


def test_figures_stay_as_published(we: World) -> None:
    row = publish(we.access(Role.MANAGER))
    total = row.figures["total"]
    assert (total["cars"], total["trips"], total["km"], total["cost"], total["per_km"]) == (1, 1, 40, 12_000, 300)
    assert row.figures["costs"] == {"加油": 12_000}
    assert [one["label"] for one in row.figures["uses"]] == ["应急保障用车"]
    assert row.digest in Entry.objects.get(act="vehicles.publicity.publish").body
    factories.vehicle(we.ours)
    tally()
    kept = Publicity.objects.get()
    assert kept.figures == row.figures
    assert publicity.sound(kept)
    kept.figures["total"]["cost"] -= 1
    assert not publicity.sound(kept)


def test_a_correction_is_the_next_version(we: World) -> None:
    manager = we.access(Role.MANAGER)
    first = publish(manager)
    assert refused(manager) == "publicity.reason"
    assert refused(manager, reason="漏了一辆") == "publicity.same"
    factories.vehicle(we.ours)
    tally()
    second = publish(manager, reason="漏了一辆")
    assert (second.version, second.figures["total"]["cars"]) == (2, 2)
    stale = {row.version: row.stale for row in publicity.published()}  # type: ignore[attr-defined]
    assert stale == {1: True, 2: False}
    assert Publicity.objects.get(pk=first.pk).figures["total"]["cars"] == 1


def test_what_is_refused(we: World) -> None:
    assert refused(we.access(Role.CLERK)) == "rights.denied"
    manager = we.access(Role.MANAGER)
    assert refused(manager, 2) == "publicity.early"
    assert refused(manager, 5) == "publicity.quarter"
    tally(NOW - timedelta(days=30))  # March was worked out before it was over
    assert refused(manager) == "publicity.tally"


def test_everybody_reads_and_nobody_is_named(we: World) -> None:
    row = publish(we.access(Role.MANAGER))
    for client in (we.client(Role.STAFF), we.client(Role.STAFF, we.theirs), we.client(Role.READER)):
        assert str(row) in page(client.get(reverse("vehicles:publicity")))
        text = page(client.get(reverse("vehicles:published", args=[row.pk])))
        assert row.digest in text
        assert "内容与公示时一致" in text
        assert "示Z00077" not in text
        assert (
            client.post(reverse("vehicles:publicity"), {"verb": "publish", "year": 2026, "quarter": 1}).status_code
            == 403
        )
    nobody = we.client(Role.STAFF)
    nobody.logout()
    assert nobody.get(reverse("vehicles:publicity")).status_code == 302
    early = we.client(Role.MANAGER).post(
        reverse("vehicles:publicity"), {"verb": "publish", "year": "2090", "quarter": "1"}
    )
    assert "还没有过完" in page(early, 422)
    assert f'value="{timezone.localdate().year - (timezone.localdate().month < 4)}"' in page(
        we.client(Role.MANAGER).get(reverse("vehicles:publicity"))
    )
