"""Charts: what is drawn, what is said, and that every drawing is well-formed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from xml.etree import ElementTree

import pytest

from yiwang.kit import svg

TODAY = date(2026, 11, 22)


def _read(drawing: str) -> ElementTree.Element:
    return ElementTree.fromstring(drawing)


def _one(drawing: str, tag: str) -> ElementTree.Element:
    """The first element with this tag."""
    return next(_read(drawing).iter(tag))


def _said(drawing: str) -> str:
    """The description."""
    return _one(drawing, "desc").text or ""


def _number(element: ElementTree.Element, name: str) -> float:
    return float(element.get(name) or "nan")


def _texts(drawing: str) -> list[str]:
    return [element.text or "" for element in _read(drawing).iter("text")]


@pytest.mark.parametrize(("value", "expected"), [(0, 1), (0.3, 1), (1, 1), (3, 4), (57, 100), (388, 400), (4001, 5000)])
def test_the_axis_ends_at_a_round_figure(value: float, expected: float) -> None:
    assert svg.ceiling(value) == expected


def test_lines_say_first_and_last_figure() -> None:
    drawing = svg.line(
        [svg.Series("未销号", [388, None, 214])], ["2025-12", "2026-01", "2026-02"], title="问题", unit="件"
    )
    assert _said(drawing) == "2025-12 至 2026-02:未销号由 388 到 214件"
    assert "未销号 214" in _texts(drawing)


def test_a_gap_is_no_point() -> None:
    drawing = svg.line([svg.Series("a", [1, None, 3])], ["x", "y", "z"], title="t")
    points = (_one(drawing, "polyline").get("points") or "").split()
    assert len(points) == 2


def test_a_figure_alone_is_a_dot_and_may_be_said_otherwise() -> None:
    drawing = svg.line([svg.Series("a", [None, 40, None], last="524,000")], ["x", "y", "z"], title="t")
    assert len(list(_read(drawing).iter("circle"))) == 1
    assert "a 524,000" in _texts(drawing)


@pytest.mark.parametrize("figure", [0, 5])
def test_end_labels_keep_apart(figure: int) -> None:
    same = [svg.Series("甲", [figure, figure]), svg.Series("乙", [figure, figure])]
    ys = [
        _number(element, "y")
        for element in _read(svg.line(same, ["a", "b"], title="t")).iter("text")
        if (element.text or "")[0] in "甲乙"
    ]
    assert abs(ys[0] - ys[1]) >= 17
    assert max(ys) <= 162


def test_lines_without_data_still_draw() -> None:
    assert "由 无 到 无" in _said(svg.line([svg.Series("甲", [])], [], title="空"))


def test_bars_are_proportional_and_linked() -> None:
    rows = [
        svg.Bar("办公用房", [(30, "#ad1519"), (10, "#85500a")], href="/f?a=1&b=2"),
        svg.Bar("资产", [(20, "#ad1519")]),
    ]
    drawing = svg.bars(rows, title="t", unit="件")
    widths = [_number(rect, "width") for rect in _read(drawing).iter("rect")]
    assert widths[0] == pytest.approx(3 * widths[1], rel=0.01)
    assert widths[2] == pytest.approx(2 * widths[1], rel=0.01)
    assert _one(drawing, "a").get("href") == "/f?a=1&b=2"
    assert _read(drawing).get("role") == "group"  # no screen reader follows a link in an image
    assert _said(drawing) == "办公用房 40件;资产 20件"


def test_a_long_label_is_cut_but_said_in_full() -> None:
    name = "一个名字特别特别特别长的单位"
    drawing = svg.bars([svg.Bar(name, [(1, "#000")])], title="t")
    assert name not in _texts(drawing)
    assert name in _said(drawing)


def test_the_timeline_dashes_what_is_not_verified() -> None:
    spans = [
        svg.Span(date.min, date(2014, 11, 24), Decimal(12), "12 ㎡ 待核", verified=False),
        svg.Span(date(2014, 11, 24), None, Decimal(24), "24 ㎡"),
    ]
    drawing = svg.timeline(spans, title="上限", today=TODAY, marks=[(date(2021, 6, 1), "本人起用")])
    dashed = [path.get("stroke-dasharray") for path in _read(drawing).iter("path") if path.get("stroke-width") == "3"]
    assert dashed == ["5 4", None]
    assert {"12 ㎡ 待核", "24 ㎡", "2014-11-24", "今天", "本人起用"} <= set(_texts(drawing))
    assert _said(drawing) == "起始日不详 起 12 ㎡ 待核;2014-11-24 起 24 ㎡"


def test_a_mark_outside_every_span_is_left_out() -> None:
    spans = [svg.Span(date(2020, 1, 1), date(2021, 1, 1), 1, "1")]
    assert "早" not in svg.timeline(spans, title="t", today=TODAY, marks=[(date(2019, 1, 1), "早")])


def test_one_step_and_no_step() -> None:
    assert "没有数据" in svg.timeline([], title="t", today=TODAY)
    assert "5 年" in svg.timeline([svg.Span(date(2026, 11, 22), None, 5, "5 年")], title="t", today=TODAY)


def test_what_comes_in_is_escaped() -> None:
    drawing = svg.bars([svg.Bar("<b>&", [(1, "#000")])], title='"<t>"')
    assert _one(drawing, "title").text == '"<t>"'
    assert "<b>" not in drawing
