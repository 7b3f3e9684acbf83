"""The register of equipment and furniture as datasets: each item bought, and what each organ holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date
from decimal import Decimal
from functools import lru_cache

from django.db.models import Count, Q, Sum

import yiwang.kit.among  # noqa: F401 (registers the look-up)
from yiwang.areas.assets.models import Asset, AssetState
from yiwang.core.orgs.models import Organ, Post, Tier
from yiwang.core.standards.book import SHIPPED
from yiwang.core.standards.ladders import Ladders, read_ladders
from yiwang.core.verdicts.sources import SourceRow, register_source

_TIERS = dict(Tier.choices)
_UNIT_TYPES = {None: None, True: "涉密单位", False: "非涉密单位"}

# Words of the ladder → column of assets.holding. Printers count by size, and by colour beside it.
_HOLDING = {
    "台式计算机": ("desktops",),
    "便携式计算机": ("laptops",),
    "A4打印机(黑白)": ("a4_printers",),
    "A4打印机(彩色)": ("a4_printers", "colour_printers"),
    "A3打印机(黑白)": ("a3_printers",),
    "A3打印机(彩色)": ("a3_printers", "colour_printers"),
    "复印机": ("copiers",),
    "一体机/传真机": ("faxes",),
    "扫描仪": ("scanners",),
    "碎纸机": ("shredders",),
    "投影仪": ("projectors",),
}
_COLUMNS = tuple(dict.fromkeys(column for columns in _HOLDING.values() for column in columns))


@lru_cache(maxsize=4096)
def _kinds(item: str) -> frozenset[str]:
    """The kinds that a clerk's word may mean, by the lawbook's ladder; none if it knows it not."""
    return frozenset(_ladder()["asset_item"].resolve(item, None) or ())


@lru_cache(maxsize=1)
def _ladder() -> Ladders:
    return Ladders(read_ladders(SHIPPED))


def purchases(*, on: date, subjects: Collection[str] | None = None) -> Iterator[SourceRow]:
    """assets.purchase: a row for each item, judged on the day it was acquired. Subject: id. The rank is the holder's."""
    some = Q() if subjects is None else Q(pk__among=[int(subject) for subject in subjects if subject.isdigit()])
    rows = Asset.objects.filter(some, acquired_date__lte=on).order_by("pk")
    columns = ("pk", "organ_id", "organ__name", "organ__tier", "organ__region_id", "code", "item", "holder__rank")
    for row in rows.values_list(*columns, "price", "acquired_date").iterator(chunk_size=2000):
        key, organ, name, tier, region, code, item, rank, price, day = row
        yield SourceRow(
            subject=str(key),
            label=f"{name} · {code} · {item}",
            organ_id=organ,
            region=region,
            on=day,
            values={
                "organ": name,
                "organ_tier": _TIERS[tier],
                "code": code,
                "item": item,
                "rank": rank,
                "unit_price": Decimal(price) / 100,
                "quantity": Decimal(1),
            },
            url=f"/r/assets/asset/{key}/",
        )


def holdings(*, on: date, subjects: Collection[str] | None = None) -> Iterator[SourceRow]:
    """assets.holding: a row for each organ with equipment, counted on the day. Subject: organ's id.

    An item whose word may mean several kinds is left out of all of them: a count too low never accuses.
    """
    mine = Q() if subjects is None else Q(organ_id__among=[int(one) for one in subjects if one.isdigit()])
    there = (
        Q(acquired_date__lte=on)
        & (~Q(state=AssetState.SCRAPPED) | Q(scrapped_date__gt=on))
        & ~Q(state=AssetState.POOLED)
    )
    counts: dict[int, dict[str, int]] = defaultdict(lambda: dict.fromkeys(_COLUMNS, 0))
    for organ, item, number in (
        Asset.objects.filter(mine, there).values_list("organ_id", "item").annotate(n=Count("pk")).order_by()
    ):
        kinds = _kinds(item)
        for column in _HOLDING.get(next(iter(kinds)), ()) if len(kinds) == 1 else ():
            counts[organ][column] += number
    heads = _headcounts(mine, on)
    organs = Organ.objects.filter(pk__among=counts)
    columns = ("pk", "name", "tier", "region_id", "classified")
    for organ, name, tier, region, classified in organs.order_by("pk").values_list(*columns):
        if organ in counts:
            found = {column: Decimal(number) for column, number in counts[organ].items()}
            yield SourceRow(
                subject=str(organ),
                label=name,
                organ_id=organ,
                region=region,
                on=on,
                values={
                    "organ": name,
                    "organ_tier": _TIERS[tier],
                    "unit_type": _UNIT_TYPES[classified],
                    "headcount": heads.get(organ),
                    **found,
                },
                url=f"/r/assets/asset/?organ_id={organ}",
            )


def _headcounts(mine: Q, on: date) -> dict[int, Decimal]:
    """编制内实有人数 by organ on the day."""
    held = Q(valid_from__lte=on) & (Q(valid_to=None) | Q(valid_to__gt=on))
    rows = Post.objects.filter(mine, held).values_list("organ_id").annotate(n=Sum("actual_headcount")).order_by()
    return {organ: Decimal(number) for organ, number in rows}


register_source("assets.purchase", purchases)
register_source("assets.holding", holdings)
