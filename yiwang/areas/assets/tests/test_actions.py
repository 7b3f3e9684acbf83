"""The verbs of equipment and furniture."""

from __future__ import annotations

from datetime import date

import pytest

from yiwang.areas.assets import actions, factories
from yiwang.areas.assets.models import AssetState
from yiwang.areas.offices import factories as offices
from yiwang.core.ledger.models import Entry
from yiwang.core.orgs import factories as orgs
from yiwang.core.orgs.models import Organ
from yiwang.core.verdicts.models import Finding
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 1)


@pytest.fixture
def bureau() -> Organ:
    """An organ of the central tier, whose furniture the national figures regulate."""
    return orgs.organ("中央某局", tier="CENTRAL", code="110000")


def test_a_card_from_its_beginning_to_its_end(bureau: Organ) -> None:
    """Registered too dear: a finding; it changes hands; it ends."""
    facts = {"price": 900_000, "acquired_date": TODAY}
    card = actions.register_asset(
        actor="user:1", organ=bureau, code="ZC1", name="台式机", item="台式计算机", on=TODAY, **facts
    )
    assert Finding.objects.get(dataset="assets.purchase").kind in ("over", "warning")
    assert card.sort_key.startswith("tai2shi4ji1")
    who, place = orgs.person(bureau), offices.building(bureau)
    moved = actions.transfer_asset(actor="user:1", asset=card, on=TODAY, holder=who, building=place, room_number="0601")
    assert (moved.holder, moved.room_number, moved.organ) == (who, "0601", bureau)
    gone = actions.scrap_asset(actor="user:1", asset=card, on=TODAY, approval="示财〔2026〕3号")
    assert (gone.state, gone.scrapped_date, gone.holder_id) == (AssetState.SCRAPPED, TODAY, None)
    with pytest.raises(Refusal, match="报废"):
        actions.deposit_asset(actor="user:1", asset=card, on=TODAY)
    verbs = Entry.objects.filter(obj=f"assets.asset:{card.pk}").order_by("id").values_list("act", flat=True)
    assert [verb.rpartition(".")[2] for verb in verbs] == ["register", "transfer", "scrap"]


def test_the_pool_gives_an_item_once(bureau: Organ) -> None:
    """Deposited by one organ, drawn by another, not twice."""
    card, other = factories.asset(bureau), orgs.organ("青河县水利局")
    with pytest.raises(Refusal, match="不在公物仓"):
        actions.draw_asset(actor="user:1", asset=card, organ=other, on=TODAY)
    actions.deposit_asset(actor="user:1", asset=card, on=TODAY)
    drawn = actions.draw_asset(actor="user:1", asset=card, organ=other, on=TODAY)
    assert (drawn.organ, drawn.l1, drawn.state) == (other, other.pk, AssetState.IN_USE)
    with pytest.raises(Refusal, match="不在公物仓"):
        actions.draw_asset(actor="user:1", asset=card, organ=bureau, on=TODAY)
