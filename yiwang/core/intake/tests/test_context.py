"""What a sheet says outside its rows."""

from __future__ import annotations

import pytest

from yiwang.core.datasets import all_datasets
from yiwang.core.intake.context import block_column, constants, heading_word, tier_of
from yiwang.core.standards.book import Lawbook


@pytest.mark.parametrize(
    ("title", "tier"),
    [
        ("示例省省级机关办公用房使用管理台账", "省级机关"),
        ("县(市、区)机关办公用房管理使用情况登记表", "县级机关"),
        ("县(市、区)机关办公用房登记表", "县级机关"),
        ("示例县机关办公用房登记表", "县级机关"),
        ("市直单位公务用车台账", "市级机关"),
        ("县\uff08市、区\uff09机关办公用房登记表", "县级机关"),
        ("中央国家机关办公用房台账", "中央机关"),
        ("副省级机关办公用房台账", ""),
        ("省级机关和县级机关对照表", ""),
        ("教学、科研、行政办公用房使用情况统计表", ""),
    ],
)
def test_tier_in_a_title(title: str, tier: str) -> None:
    assert tier_of([title]) == tier


@pytest.mark.parametrize(
    ("heading", "word"),
    [
        ("一、正处级领导干部用房", "正处级领导干部用房"),
        ("三、正科级干部用房", "正科级"),
        ("(二)副处级", "副处级"),
        ("\uff08三\uff09 正科级\u3000人员", "正科级"),
        ("处级以下人员办公用房", "处级以下"),
        ("部级领导干部用房", "部级领导干部用房"),
        ("服务用房", ""),
        ("设备用房", ""),
    ],
)
def test_rank_in_a_heading(heading: str, word: str, book: Lawbook) -> None:
    assert heading_word(heading, book.ladders["rank"]) == word


def test_meaning_of_headings(book: Lawbook) -> None:
    dataset = all_datasets()["offices.person_space"]
    assert block_column(dataset, ["正处级", "副处级", "服务用房"], book.ladders, set()) == "rank"
    assert block_column(dataset, ["正处级", "副处级"], book.ladders, {"rank"}) == ""
    assert block_column(dataset, ["县直机关部分", "乡镇部分"], book.ladders, set()) == "organ_tier"
    assert block_column(dataset, ["一号楼", "二号楼", "正处级"], book.ladders, set()) == ""
    assert block_column(dataset, [], book.ladders, set()) == ""


def test_organ_and_tier_said_once() -> None:
    dataset = all_datasets()["offices.person_space"]
    meta = {"填报单位": "示例省水利厅(盖章)", "单位": "㎡"}
    assert constants(dataset, ["省级机关台账"], meta, set()) == {"organ": "示例省水利厅", "organ_tier": "省级机关"}
    assert constants(dataset, ["省级机关台账"], meta, {"organ", "organ_tier"}) == {}
    assert constants(dataset, [], {"单位": "㎡、间"}, set()) == {}
