"""Figures, chips and citations in templates."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.test import override_settings

from yiwang.core.standards.verdict import Verdict, VerdictKind
from yiwang.portal.templatetags import yw


def _verdict(kind: VerdictKind = VerdictKind.OVER, **changes: object) -> Verdict:
    facts: dict[str, object] = {
        "dataset": "offices.person_space", "subject": "陈立", "topic": "offices.person_area", "clause": "FGTZ-2014-2674/room",
        "document": "党政机关办公用房建设标准", "number": "发改投资〔2014〕2674号", "article": "表1", "kind": kind,
        "modality": "不应超过", "measure": Decimal("30.0"), "label": "使用面积", "relation": "<=", "limit": Decimal(24),
        "excess": Decimal("6.0"), "unit": "㎡", "on": date(2026, 11, 22), "region": "990100",
    }  # fmt: skip
    return Verdict(**(facts | changes))  # type: ignore[arg-type]


def _render(source: str, **context: object) -> str:
    return Template("{% load yw %}" + source).render(Context(context)).strip()


@pytest.mark.parametrize(
    ("value", "places", "expected"),
    [
        (Decimal("1284306.50"), None, "1,284,306.5"), (1284306, None, "1,284,306"), (Decimal("24.0"), None, "24"),
        (Decimal("2.345"), 2, "2.35"), (24, 1, "24.0"), (-1500, None, "-1,500"), (0, None, "0"), (None, None, "—"), ("", 1, "—"),
        ("abc", None, "—"),
    ],
)  # fmt: skip
def test_figures_are_grouped_by_three(value: object, places: int | None, expected: str) -> None:
    assert yw.num(value, places) == expected


def test_units_as_they_are_printed() -> None:
    assert [yw.unit(one) for one in ("m3", "kgce/m2", "kgCO2/人", "kWh", "万m3")] == [
        "m³",
        "kgce/㎡",
        "kgCO₂/人",
        "kWh",
        "万m³",
    ]
    assert yw.unit("记 524,000 m3,约 531 m3左右") == "记 524,000 m³,约 531 m³左右"


def test_area_and_money_carry_their_units() -> None:
    assert (yw.area(24), yw.yuan(18450000), yw.yuan(None), yw.area(None)) == ("24.0 ㎡", "184,500.00 元", "—", "—")
    assert (yw.wan(4074628000), yw.wan(999900), yw.wan(None)) == ("4,074.6 万元", "9,999.00 元", "—")


@pytest.mark.parametrize(
    ("kind", "sign", "word"),
    [
        ("over", "▲", "超标"),
        ("warning", "!", "提醒"),
        ("within", "✓", "在标准内"),
        ("undetermined", "?", "无法判定"),
        ("unverified", "…", "待核"),
    ],
)
def test_a_chip_says_in_sign_and_word_what_its_colour_says(kind: str, sign: str, word: str) -> None:
    html = _render("{% chip kind %}", kind=kind)
    assert f'class="chip {kind}"' in html
    assert sign in html
    assert word in html


def test_a_plain_chip_has_no_sign() -> None:
    assert _render('{% chip "plain" "已废止" %}') == '<span class="chip plain">已废止</span>'


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        (_verdict(), "超 6 ㎡"), (_verdict(relation=">=", excess=Decimal(2), unit="年"), "少 2 年"),
        (_verdict(VerdictKind.WITHIN, excess=Decimal(0)), ""), (_verdict(VerdictKind.UNVERIFIED), ""),
    ],
)  # fmt: skip
def test_how_far_beyond(verdict: Verdict, expected: str) -> None:
    assert yw.beyond(verdict) == expected


def test_a_clause_box_shows_the_sum_and_cites() -> None:
    html = " ".join(_render("{% clause v %}", v=_verdict()).split())
    for part in (
        "判定:超标",
        '<span class="fig">30</span> ㎡ − 上限',
        '<span class="fig excess">6</span> ㎡',
        "不应超过",
        "2026-11-22",
    ):
        assert part in html
    assert '<a href="/law/c/FGTZ-2014-2674/room">《党政机关办公用房建设标准》(发改投资〔2014〕2674号)表1</a>' in html


def test_a_minimum_is_said_as_one() -> None:
    html = " ".join(_render("{% clause v %}", v=_verdict(relation=">=", unit="年")).split())
    assert "应不少于" in html
    assert "上限" not in html


def test_a_verdict_without_figures_says_its_sentence() -> None:
    verdict = _verdict(VerdictKind.UNDETERMINED, measure=None, limit=None, excess=None, missing=("职级",))
    assert "缺少:职级" in _render("{% clause v %}", v=verdict)


def test_what_comes_in_is_escaped() -> None:
    assert "<b>" not in _render("{% clause v %}", v=_verdict(document="<b>", label="<b>"))


def test_days() -> None:
    assert [yw.day(date.min), yw.day(None, "—"), yw.day(date(2026, 1, 2))] == ["不详", "—", "2026-01-02"]
    assert [yw.last_day(date.max), yw.last_day(date(2015, 1, 1))] == ["现行", "2014-12-31"]


@override_settings(STATIC_URL="/static/")
def test_an_icon_is_hidden_from_readers() -> None:
    assert (
        _render('{% icon "car" %}')
        == '<svg class="icon" aria-hidden="true"><use href="/static/vendor/icons.svg#car"></use></svg>'
    )
