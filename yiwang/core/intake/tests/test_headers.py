"""Headers given to columns: by key, label, synonym, path; twins and doubts are asked, not taken."""

from __future__ import annotations

from yiwang.core.datasets import Column, Dataset, Kind
from yiwang.core.intake.headers import assign, make_headers
from yiwang.core.intake.mapping import fingerprint

SPACE = Dataset(
    key="test.space",
    label="用房",
    columns=(
        Column(key="organ", label="单位", synonyms=("单位名称",)),
        Column(key="area", label="使用面积", kind=Kind.NUMBER, unit="平方米", synonyms=("办公用房面积",)),
        Column(key="rooms", label="办公室间数", kind=Kind.INTEGER, synonyms=("办公用房面积/间数",)),
        Column(key="halls", label="服务用房间数", kind=Kind.INTEGER, synonyms=("服务用房面积/间数",)),
        Column(key="chiefs", label="正科级人数", kind=Kind.INTEGER, synonyms=("人员情况/正科",)),
        Column(key="rank", label="职级", vocabulary="rank"),
    ),
    subject=("organ",),
)
Given = dict[str, str | None]


def given(*paths: str, **options: object) -> Given:
    """Header name → column, for headers written as a/b/c."""
    headers = make_headers([(at, tuple(path.split("/")), "") for at, path in enumerate(paths)])
    return {one.header.name: one.column for one in assign(headers, SPACE, **options).matches}  # type: ignore[arg-type]


def test_key_label_synonym() -> None:
    assert given("area", "单位 名称", "备注") == {"area": "area", "单位名称": "organ", "备注": None}


def test_one_word_under_several_parents_is_decided_by_the_path() -> None:
    assert given("用房/其中/办公用房面积", "用房/其中/间数", "用房/其中/服务用房面积", "用房/其中/间数") == {
        "用房/其中/办公用房面积": "area",
        "用房/其中/间数": "rooms",
        "用房/其中/服务用房面积": None,
        "用房/其中/间数#2": "halls",
    }
    assert given("人员情况/其中/正科")["人员情况/其中/正科"] == "chiefs"
    assert given("兼职情况/其中/正科")["兼职情况/其中/正科"] is None


def test_a_foreign_parent_keeps_a_column_away() -> None:
    assert given("原用房情况/使用面积") == {"原用房情况/使用面积": None}


def test_twins_are_doubted_not_taken() -> None:
    headers = make_headers([(0, ("调整前情况", "使用面积"), ""), (1, ("调整后情况", "使用面积"), "")])
    found = assign(headers, SPACE)
    assert [one.column for one in found.matches] == [None, None]
    assert {one.column for one in found.doubtful} <= {"area"}


def test_values_decide_a_doubt() -> None:
    headers = make_headers([(0, ("人员职级情况",), "")])
    assert assign(headers, SPACE).matches[0].column is None
    assert assign(headers, SPACE, fit=lambda _, column: 1.0 if column.vocabulary else 0.5).matches[0].column == "rank"
    assert assign(headers, SPACE, fit=lambda *_: 0.0).doubtful == []


def test_an_exact_name_stands_against_bad_values() -> None:
    headers = make_headers([(0, ("使用面积",), "")])
    assert assign(headers, SPACE, fit=lambda *_: 0.0).matches[0].column == "area"


def test_about_an_empty_column_nobody_is_asked() -> None:
    headers = make_headers([(0, ("实际测量使用面积",), "")])
    assert assign(headers, SPACE).doubtful
    assert not assign(headers, SPACE, fit=lambda *_: None).doubtful


def test_answers_are_not_questioned() -> None:
    assert given("甲", "使用面积", known={"甲": "area", "使用面积": ""}) == {"甲": "area", "使用面积": None}


def test_fingerprint_sees_words_and_order_not_spaces() -> None:
    one, same, other = (
        fingerprint(make_headers([(at, (word,), "") for at, word in enumerate(words)]))
        for words in (["姓 名", "面积(㎡)"], ["姓名", "面积(㎡)"], ["面积(㎡)", "姓名"])
    )
    assert one == same != other
