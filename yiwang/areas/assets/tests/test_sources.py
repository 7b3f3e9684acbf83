"""Equipment and furniture as datasets."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from yiwang.areas.assets import factories, sources
from yiwang.areas.assets.models import AssetState
from yiwang.core.orgs import factories as orgs
from yiwang.core.orgs.models import Organ, Post

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 1)


@pytest.fixture
def bureau() -> Organ:
    """An organ of a county."""
    return orgs.organ("青河县财政局")


def test_an_item_is_judged_on_the_day_it_came(bureau: Organ) -> None:
    """Its price in yuan, its holder's rank."""
    row = factories.asset(bureau, "办公桌", 2500, holder=orgs.person(bureau, rank="正处级"))
    (found,) = sources.purchases(on=TODAY, subjects=[str(row.pk)])
    assert (found.values["unit_price"], found.values["rank"], found.on) == (Decimal(2500), "正处级", date(2024, 5, 1))
    assert list(sources.purchases(on=date(2024, 4, 30))) == []


def test_what_an_organ_holds(bureau: Organ) -> None:
    """By the ladder's words, in the clerk's spelling; what is scrapped, pooled or unclear does not count."""
    post = Post(organ=bureau, rank="科员", authorized_posts=12, actual_headcount=10, valid_from=date(2020, 1, 1))
    post.place()
    post.save()
    for item in ("台式计算机", "台式电脑", "笔记本电脑", "A4彩色打印机", "打印机", "办公桌", "宇宙飞船"):
        factories.asset(bureau, item)
    factories.asset(bureau, "台式计算机", state=AssetState.SCRAPPED, scrapped_date=date(2025, 1, 1))
    factories.asset(bureau, "台式计算机", state=AssetState.POOLED)
    (found,) = sources.holdings(on=TODAY)
    wanted = {"desktops": 2, "laptops": 1, "a4_printers": 1, "colour_printers": 1, "a3_printers": 0, "headcount": 10}
    assert {key: found.values[key] for key in wanted} == wanted
    assert list(sources.holdings(on=TODAY, subjects=[found.subject])) == [found]
