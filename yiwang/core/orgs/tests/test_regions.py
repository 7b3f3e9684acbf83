"""Regions from the table."""

from __future__ import annotations

from pathlib import Path

import pytest

from yiwang.core.orgs.models import Region
from yiwang.core.orgs.regions import load_regions, read_regions


def test_shipped_table_is_a_tree() -> None:
    rows = {row.code: row for row in read_regions()}
    assert rows["CN"].level == 0
    assert rows["CN"].superior_id is None
    for code, row in rows.items():
        if code != "CN":
            assert row.superior_id in rows
            assert rows[row.superior_id].level < row.level


@pytest.mark.django_db
def test_load_may_be_repeated() -> None:
    number = load_regions()
    Region.objects.filter(pk="990000").update(name="旧名")
    assert load_regions() == number == Region.objects.count()
    assert Region.objects.get(pk="990000").name == "示例省"


@pytest.mark.django_db
def test_any_order_of_rows(tmp_path: Path) -> None:
    table = tmp_path / "regions.csv"
    table.write_text("code,name,level,superior\n998801,某县,3,998800\n998800,某市,2,CN\nCN,全国,0,\n", encoding="utf-8")
    assert load_regions(table) == 3
    county = Region.objects.get(pk="998801")
    assert county.superior is not None
    assert county.superior.name == "某市"
