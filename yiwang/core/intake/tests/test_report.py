"""The report and the marked workbook: complete, inert, and nothing in them asks for anything from outside."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest

from yiwang.core.intake import report
from yiwang.core.intake.charts import clauses_chart, kinds_chart
from yiwang.core.intake.marked import write_marked
from yiwang.core.intake.tests.conftest import Check, Checked, lines
from yiwang.core.standards.book import Lawbook
from yiwang.core.standards.verdict import VerdictKind
from yiwang.kit.refusal import Refusal
from yiwang.kit.sheets.reader import read_workbook

Forms = dict[tuple[str, int], Checked]
VOID = {"meta", "link", "br"}
HEAD = "使用人,单位,机关层级,职级,房号,使用面积"


class Balanced(HTMLParser):
    """Checks that every tag is closed and collects what a browser would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.fetched: list[str] = []
        self.tags: Counter[str] = Counter()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.fetched += [value or "" for key, value in attrs if key in ("src", "href")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def rendered(checked: Checked, book: Lawbook) -> str:
    """The report as text."""
    return "".join(report.render(checked[1], book))


@pytest.mark.parametrize("form", ["F1", "F2", "F3"])
def test_it_is_whole_and_fetches_nothing(form: str, checked: Forms, book: Lawbook) -> None:
    page = Balanced()
    page.feed(rendered(checked[form, 1], book))
    assert not page.open
    assert page.fetched == ["data:,"]
    assert page.tags["script"] == 0
    assert page.tags["svg"] == 2


def test_findings_say_facts_figure_article_and_how(checked: Forms, book: Lawbook) -> None:
    text = rendered(checked["F2", 1], book)
    assert "使用面积 30.5 = 表1-3 第 5 行 18.5 + 表1-3 第 6 行 12" in text
    assert "30.5 − 24 = 6.5 平方米" in text
    assert "《党政机关办公用房建设标准》(发改投资〔2014〕2674号)表1" in text
    assert re.search(r"<i>职级</i> 副厅级", text)
    assert "正处级人数 1×30 + 副处级人数 4×24" in rendered(checked["F1", 1], book)


def test_shared_rooms_are_explained(tmp_path: Path, check: Check, book: Lawbook) -> None:
    rows = [HEAD, "张三、李四,甲局,市级机关,局(处)级以下,1,24"]
    assert "24 ÷ 2 人" in rendered(
        check(f"offices.person_space={lines(tmp_path / 'a.csv', [*rows[:1], rows[1].replace('、', '/')])}"), book
    )


def test_what_was_matched_and_left_out_is_there(checked: Forms, book: Lawbook) -> None:
    text = rendered(checked["F2", 3], book)
    assert "猜测(80%)" in text
    assert "经办人自算,用来核对" in text
    assert "没有读:" in text
    assert "不作记录" in rendered(checked["F1", 1], book)


def test_words_of_the_sheet_stay_words(tmp_path: Path, check: Check, book: Lawbook) -> None:
    path = lines(tmp_path / "a<b>.csv", [HEAD, "<script>x</script>,<b>甲局,市级机关,局(处)级以下,1,99"])
    text = rendered(check(f"offices.person_space={path}"), book)
    assert "<script" not in text
    assert "<b>甲局" not in text
    assert "&lt;script&gt;x" in text


def test_long_lists_stop_and_say_so(
    tmp_path: Path, check: Check, book: Lawbook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "MOST", 2)
    rows = [f"人{number},甲局,市级机关,局(处)级以下,{number},99" for number in range(5)]
    text = rendered(check(f"offices.person_space={lines(tmp_path / 'a.csv', [HEAD, *rows])}"), book)
    assert "这里列出前 2 项" in text
    assert text.count("99 − 9 = 90") == 2


def test_a_report_is_written_whole_or_not_at_all(tmp_path: Path, checked: Forms, book: Lawbook) -> None:
    report.write_report(checked["F1", 1][1], book, tmp_path / "r.html")
    assert [one.name for one in tmp_path.iterdir()] == ["r.html"]
    with pytest.raises(Refusal) as refusal:
        report.write_report(checked["F1", 1][1], book, tmp_path / "no" / "r.html")
    assert refusal.value.code == "report.unwritable"


def test_charts_say_their_figures_in_words() -> None:
    assert "▲ 超标 3" in kinds_chart(Counter({VerdictKind.OVER: 3}))
    chart = clauses_chart([("使用面积 表1", Counter({VerdictKind.OVER: 2, VerdictKind.WITHIN: 9}))])
    assert "使用面积 表1" in chart
    assert "9" not in re.sub(r"<[^>]*>", "", chart)


# --- the marked workbook --------------------------------------------------------------------------------------------------


def test_marks_stand_in_the_rows_they_are_about(tmp_path: Path, checked: Forms, book: Lawbook) -> None:
    plan, result = checked["F2", 1]
    write_marked(result, plan.grids(), plan.bottoms(), book, tmp_path / "m.xlsx")
    sheets = {grid.name: grid for grid in read_workbook(tmp_path / "m.xlsx")}
    assert set(sheets) == {"核对结果", "表1-2", "表1-3"}
    column = sheets["表1-3"].width - 1
    said = {row + 1: str(cells[column]) for row, cells in enumerate(sheets["表1-3"].rows) if cells[column]}
    over = {row for finding in result.findings if finding.verdict.kind == "over" for _, row in finding.places}
    assert over <= set(said)
    assert all("2674" in said[row] for row in over)
    assert "填 0,按条款应为 4.5" in said[8]
    assert sheets["表1-3"].rows[7][6] == plan.grids()[1].rows[7][6]


def test_sheets_of_one_name_from_two_files(tmp_path: Path, check: Check, book: Lawbook) -> None:
    paths = []
    for number in (1, 2):
        (tmp_path / str(number)).mkdir()
        paths.append(
            lines(
                tmp_path / str(number) / "办公用房使用台账.csv", [HEAD, f"人{number},甲局,市级机关,局(处)级以下,1,99"]
            )
        )
    plan, result = check(*paths)
    write_marked(result, plan.grids(), plan.bottoms(), book, tmp_path / "m.xlsx")
    assert [grid.name for grid in read_workbook(tmp_path / "m.xlsx")] == [
        "核对结果",
        "办公用房使用台账",
        "办公用房使用台账(2)",
    ]


def test_a_marked_copy_that_cannot_be_written(tmp_path: Path, checked: Forms, book: Lawbook) -> None:
    plan, result = checked["F1", 1]
    with pytest.raises(Refusal) as refusal:
        write_marked(result, plan.grids(), plan.bottoms(), book, tmp_path / "no" / "m.xlsx")
    assert refusal.value.code == "marked.unwritable"
