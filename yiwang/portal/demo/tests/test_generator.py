"""The generator without a database: sizes, names, repeatability, and the list of plants."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import Any

import pytest
import yaml

from yiwang.core.orgs.regions import read_regions
from yiwang.kit.credit_code import validate
from yiwang.portal.demo import names
from yiwang.portal.demo.load import Generator, _share
from yiwang.portal.demo.planted import PATH, dump, read
from yiwang.portal.demo.plants import KINDS, numbers
from yiwang.portal.demo.province import Plan
from yiwang.portal.demo.tables import Table

TINY = 0.01


def rows_of(scale: float, seed: int) -> tuple[dict[str, list[Any]], Generator]:
    """Everything that would be written, by model."""
    generator = Generator(scale, seed)
    found: dict[str, list[Any]] = {}

    def keep(*_: object) -> None:
        for table in generator.books.tables():
            found.setdefault(table.model._meta.label, []).extend(table.forget())

    generator.run(keep)
    return found, generator


@pytest.fixture(scope="module")
def tiny() -> tuple[dict[str, list[Any]], Generator]:
    return rows_of(TINY, 5)


def test_the_same_seed_gives_the_same_rows(tiny: tuple[dict[str, list[Any]], Generator]) -> None:
    again, generator = rows_of(TINY, 5)
    assert again == tiny[0]
    assert generator.planter.planted == tiny[1].planter.planted


def test_another_seed_gives_others(tiny: tuple[dict[str, list[Any]], Generator]) -> None:
    assert rows_of(TINY, 6)[0]["orgs.Person"] != tiny[0]["orgs.Person"]


def test_credit_codes(tiny: tuple[dict[str, list[Any]], Generator]) -> None:
    codes = [row[3] for row in tiny[0]["orgs.Organ"]]
    assert len(set(codes)) == len(codes)
    assert [validate(code) for code in codes] == codes


def test_every_table_has_rows(tiny: tuple[dict[str, list[Any]], Generator]) -> None:
    assert all(tiny[0].values())


def test_an_organ_takes_one_plant(tiny: tuple[dict[str, list[Any]], Generator]) -> None:
    """Else one could hide another. Who shares a room is one plant."""
    planted = tiny[1].planter.planted
    assert {one.plant for one in planted} | set(tiny[1].planter.waiting) == set(KINDS)
    organs = Counter((one.organ, one.plant) for one in planted)
    assert len({organ for organ, _ in organs}) == len(organs)


@pytest.mark.parametrize(("scale", "cities", "counties"), [(0.01, 2, 2), (0.2, 5, 20), (1, 12, 100), (20, 54, 2000)])
def test_sizes(scale: float, cities: int, counties: int) -> None:
    plan = Plan.at(scale)
    assert (plan.cities, plan.counties) == (cities, counties)
    each = [plan.counties_of(city) for city in range(cities)]
    assert sum(each) == counties
    assert max(each) - min(each) <= 1
    assert max(each) < 100, "two digits of the region code"


def test_no_real_place() -> None:
    real = {row.name.rstrip("省市区县盟州") for row in read_regions()}
    assert not real & set(names.CITIES)
    some = list(islice(names.county_names(), 3000))
    assert len(set(some)) == 3000
    assert not real & set(some)
    assert len(set(islice(names.city_names(), 98))) == 98


def test_plants_shrink_but_do_not_grow() -> None:
    assert set(numbers(TINY).values()) == {1}
    assert numbers(1) == numbers(20) == {plant: count for plant, (count, _) in KINDS.items()}


def test_plants_are_spread_over_the_units() -> None:
    shares = [_share(numbers(1), unit, 13) for unit in range(13)]
    for plant, count in numbers(1).items():
        assert sum(share[plant] for share in shares) == count
    assert shares[1]["city_price"] == 2
    assert max(sum(share.values()) for share in shares) < 16


def test_list_as_text(tiny: tuple[dict[str, list[Any]], Generator], tmp_path: Any) -> None:
    planted = tiny[1].planter.planted
    path = tmp_path / "planted.yaml"
    path.write_text(dump(planted), encoding="utf-8")
    assert sorted(map(str, read(path))) == sorted(map(str, planted))


def test_shipped_list_is_whole() -> None:
    listed = Counter(one.plant for one in read())
    for group in yaml.safe_load(PATH.read_text(encoding="utf-8")):
        assert group["meaning"] == KINDS[group["plant"]][1]
        assert listed[group["plant"]] >= KINDS[group["plant"]][0]


def test_table() -> None:
    from yiwang.core.orgs.models import OrganName

    table = Table(OrganName, "organ_id", "name")
    assert table.columns == ("id", "organ_id", "name", "valid_from", "valid_to")
    assert [table.add(7, "甲"), table.add(8, "乙")] == [1, 2]
    table.change(2, name="丙", organ_id=9)
    assert (table.get(2, "name"), table.get(1, "name"), table.count) == ("丙", "甲", 2)
    assert table.forget() == [(1, 7, "甲", None, None), (2, 9, "丙", None, None)]
    assert table.add(7, "丁") == 3, "ids go on after the rows are written"
    assert table.get(3, "name") == "丁"
    with pytest.raises(ValueError, match="nickname"):
        Table(OrganName, "nickname")
