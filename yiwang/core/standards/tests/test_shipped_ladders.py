"""The shipped ladders: every word of the tables and forms leads to its rungs, by tier where it must, and none is guessed."""

from __future__ import annotations

import pytest

from yiwang.core.standards.book import Lawbook, load
from yiwang.core.standards.ladders import Ladders


@pytest.fixture(scope="module")
def ladders() -> Ladders:
    return load().ladders


ABOVE = ["正部级", "副部级", "正厅级", "副厅级"]
DIVISION = ["正处级", "副处级"]
BELOW = ["正科级", "副科级", "科员"]


@pytest.mark.parametrize(
    ("word", "tier", "rungs"),
    [
        ("省(部)级副职", None, ["副部级"]),
        ("省\uff08部\uff09级 副职", None, ["副部级"]),
        ("省部级", None, ["正部级", "副部级"]),
        ("司局级", None, ["正厅级", "副厅级"]),
        ("正司(局)级", "中央机关", ["正厅级"]),
        ("正局级", "中央机关", ["正厅级"]),
        ("正局级", "省级机关", ["正厅级"]),
        ("正局级", "市级机关", ["正处级"]),
        ("局级", "市级机关", DIVISION),
        ("正局(处)级", "市级机关", ["正处级"]),
        ("局(处)级以下", "市级机关", BELOW),
        ("市级正职", "市级机关", ["正厅级"]),
        ("市级副职", "市级机关", ["副厅级"]),
        ("县级正职", "县级机关", ["正处级"]),
        ("副县", "县级机关", ["副处级"]),
        ("处级", "中央机关", DIVISION),
        ("处级以下", "省级机关", BELOW),
        ("处级及以下", None, DIVISION + BELOW),
        ("其他人员", None, DIVISION + BELOW),
        ("其他", None, ["正厅级", "副厅级", *DIVISION, *BELOW]),
        ("科级", "县级机关", ["正科级", "副科级"]),
        ("科级及以下", None, BELOW),
        ("科级以下", "县级机关", ["科员"]),
        ("乡级最高职级", "乡级机关", ["正科级"]),
        ("正处级、副处级", None, DIVISION),
        ("各级", None, ABOVE + DIVISION + BELOW),
        ("部级领导干部用房", "中央机关", ["正部级", "副部级"]),
    ],
)
def test_ranks(ladders: Ladders, word: str, tier: str | None, rungs: list[str]) -> None:
    assert ladders["rank"].canonical(word, tier) == "/".join(rungs)


@pytest.mark.parametrize(
    ("word", "tier"),
    [
        ("局长", "市级机关"),
        ("处长", "中央机关"),
        ("一级调研员", "市级机关"),
        ("二级巡视员", "省级机关"),
        ("正局级", None),
        ("正局级", "县级机关"),
        ("局(处)级", "省级机关"),
        ("市级正职", "省级机关"),
        ("正处级、局长", None),
        ("", None),
    ],
)
def test_what_is_not_on_the_ladder_is_not_guessed(ladders: Ladders, word: str, tier: str | None) -> None:
    assert ladders["rank"].canonical(word, tier) is None


@pytest.mark.parametrize(
    ("vocabulary", "word", "found"),
    [
        ("organ_tier", "县(市、区)级", "县级机关"),
        ("organ_tier", "中央、省级机关", "中央机关/省级机关"),
        ("organ_tier", "省直机关", "省级机关"),
        ("organ_tier", "街道办事处", None),
        ("vehicle_use", "应急保障用车、其他按规定配备的公务用车", "应急保障用车/其他按规定配备的公务用车"),
        ("vehicle_use", "一般公务用车", "应急保障用车/其他按规定配备的公务用车"),
        ("vehicle_use", "实物保障用车", "其他按规定配备的公务用车"),
        ("vehicle_body", "轿车或其他小型客车", "轿车/其他小型客车"),
        ("vehicle_body", "小型越野客车", "其他小型客车"),
        ("vehicle_energy", "插电式混合动力", "新能源"),
        ("vehicle_energy", "混合动力", None),
        ("asset_item", "台式计算机(含预装正版操作系统)", "台式计算机"),
        ("asset_item", "沙发", "三人沙发/单人沙发"),
        ("unit_type", "各单位", "涉密单位/非涉密单位"),
        ("annex", "电动车、摩托车库", "电动车、摩托车库"),
        ("leader_position", "市长", None),
    ],
)
def test_other_words(ladders: Ladders, vocabulary: str, word: str, found: str | None) -> None:
    assert ladders[vocabulary].canonical(word) == found


def test_every_coded_column_has_its_vocabulary() -> None:
    book: Lawbook = load()
    for dataset in book.datasets.values():
        for column in dataset.columns:
            assert not column.vocabulary or column.vocabulary in book.ladders, (dataset.key, column.key)


def test_no_word_falls_outside_its_ladder(ladders: Ladders) -> None:
    for vocabulary in ladders.vocabularies.values():
        for labels in (*vocabulary.words.values(), *vocabulary.by_tier.values()):
            assert labels
            assert labels <= set(vocabulary.labels), vocabulary.name
