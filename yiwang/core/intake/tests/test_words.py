"""Header words: what is the same, what is alike, what a qualifier keeps apart."""

from __future__ import annotations

import pytest

from yiwang.core.intake.headers import ASK, TAKE
from yiwang.core.intake.words import best, bracketed, likeness, normal


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("使用面积(㎡)", "使用面积"),
        ("姓 名", "姓名"),
        ("单位名称\n(盖章)", "单位名称"),
        ("A4打印机", "a4打印机"),
        ("(合计)", "合计"),
        ("  出租、出借情况 ", "出租出借情况"),
    ],
)
def test_normal(written: str, expected: str) -> None:
    assert normal(written) == expected


def test_what_stands_in_brackets() -> None:
    assert bracketed("使用面积(㎡)") == ("m2",)
    assert bracketed("使用面积") == ()


@pytest.mark.parametrize(("header", "name"), [("实测使用面积", "使用面积"), ("使用人姓名", "使用人姓名")])
def test_alike_enough_to_take(header: str, name: str) -> None:
    assert likeness(header, name) >= TAKE


@pytest.mark.parametrize(("header", "name"), [("实际测量使用面积", "使用面积"), ("房屋使用面积数", "使用面积")])
def test_alike_enough_to_ask(header: str, name: str) -> None:
    assert ASK <= likeness(header, name) < TAKE


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("原使用面积", "使用面积"),
        ("应享有使用面积", "使用面积"),
        ("超出面积", "面积"),
        ("闲置使用面积", "使用面积"),
        ("联系电话", "使用面积"),
        ("", "使用面积"),
        ("面", "面积"),
    ],
)
def test_not_alike(header: str, name: str) -> None:
    assert likeness(header, name) < ASK


def test_best_of_several() -> None:
    assert best("房号", ["房间号", "房号"]) == 1.0
    assert best("房号", []) == 0.0
