"""Order by pinyin."""

from __future__ import annotations

import pytest

from yiwang.kit.pinyin import sort_key


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("重庆", "chong2qing4"),
        ("长春", "chang2chun1"),
        ("重点项目办", "zhong4dian3xiang4mu4ban4"),
        ("校长", "xiao4zhang3"),
        ("厦门", "xia4men2"),
        ("单县", "shan4xian4"),
        ("吕梁", "lv3liang2"),
    ],
)
def test_reading(name: str, key: str) -> None:
    assert sort_key(name) == key


def test_polyphones_sort_where_people_look() -> None:
    assert sorted(["重庆", "长春", "成都", "北京", "张家口"], key=sort_key) == [
        "北京",
        "长春",
        "成都",
        "重庆",
        "张家口",
    ]


def test_syllables_before_letters() -> None:
    """西安 (xi'an) stands before 先 (xian)."""
    assert sorted(["先进", "西安"], key=sort_key) == ["西安", "先进"]


def test_tones() -> None:
    assert sorted(["妈", "骂", "麻", "马"], key=sort_key) == ["妈", "麻", "马", "骂"]


def test_numbers_by_size_in_any_width() -> None:
    assert sorted(["10室", "9室", "1室"], key=sort_key) == ["1室", "9室", "10室"]
    assert sort_key("第9室") == sort_key("第9室") == "di4000009shi4"


def test_key_is_plain() -> None:
    """Only digits and small letters: every collation agrees."""
    assert sort_key("A座 (东)·3—2") == "azuo4dong1000003000002"


def test_unknown_character_sorts_last() -> None:
    assert sort_key("\U0002b700") > sort_key("做")


def test_limit() -> None:
    assert len(sort_key("机关事务管理局" * 60)) == 240
    assert sort_key("机关", limit=4) == "ji1g"
