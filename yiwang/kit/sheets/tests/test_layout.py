"""Layouts: the forms F1-F3, each filled three ways, found again as they were drawn; then what else offices do."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.kit.refusal import Refusal
from yiwang.kit.sheets import body, clean
from yiwang.kit.sheets.decode import clipped
from yiwang.kit.sheets.grid import Cell, Grid, Merge, squared
from yiwang.kit.sheets.layout import Layout, RowKind, tables, understand
from yiwang.kit.sheets.reader import read_workbook, shut
from yiwang.kit.sheets.tests.forms import FORMS, WAYS, build
from yiwang.kit.sheets.tests.painter import Drawn
from yiwang.kit.sheets.words import half_width

UNIT_WORDS = re.compile(r"\((人|㎡|平方米|m2)\)")
SHEETS = [
    (form, way, sheet)
    for form in FORMS
    for way in WAYS
    for sheet in {"F1": [""], "F2": ["表1-2", "表1-3", "表1-4"], "F3": ["统计表"]}[form]
]


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, int, str], tuple[Drawn, Layout]]:
    folder: Path = tmp_path_factory.mktemp("forms")
    found = {}
    for form in FORMS:
        for way in WAYS:
            filled = build(form, way, folder)
            for grid in read_workbook(filled.path):
                drawn = filled.sheet(grid.name)
                if not grid.hidden:
                    found[form, way, "" if form == "F1" else grid.name] = (drawn, understand(grid))
    shut()
    return found


Found = dict[tuple[str, int, str], tuple[Drawn, Layout]]


@pytest.mark.parametrize("key", SHEETS, ids=str)
def test_header_paths_and_units(forms: Found, key: tuple[str, int, str]) -> None:
    drawn, layout = forms[key]
    paths = [
        tuple(UNIT_WORDS.sub("", word).replace("姓 名", "姓名") for word in column.path) for column in drawn.columns
    ]
    assert [head.path for head in layout.header] == paths
    assert [head.unit for head in layout.header] == [column.unit for column in drawn.columns]


@pytest.mark.parametrize("key", SHEETS, ids=str)
def test_title_blanks_and_notes(forms: Found, key: tuple[str, int, str]) -> None:
    drawn, layout = forms[key]
    assert half_width(layout.title) == drawn.title
    assert layout.meta == drawn.meta
    assert [half_width(note) for note in layout.notes] == drawn.notes


@pytest.mark.parametrize("key", SHEETS, ids=str)
def test_kinds_and_blocks_of_rows(forms: Found, key: tuple[str, int, str]) -> None:
    drawn, layout = forms[key]
    loose = (RowKind.BLANK, RowKind.NOTE)
    rows = [
        (row.number, row.kind.value, row.block and half_width(row.block))
        for row in layout.body
        if row.kind not in loose
    ]
    assert rows == [(line.number, line.kind, line.block) for line in drawn.lines if line.kind != "blank"]


@pytest.mark.parametrize("key", SHEETS, ids=str)
def test_records_are_read_back(forms: Found, key: tuple[str, int, str]) -> None:
    """Every number and word of every record, through the cells' cleaning, equals what the drawing meant."""
    drawn, layout = forms[key]
    wrong = {(planted.number, planted.field) for planted in drawn.planted}
    for row, record in zip(layout.data(), drawn.records, strict=True):
        for head, column in zip(layout.header, drawn.columns, strict=True):
            if column.key in record and (row.number, column.key) not in wrong:
                assert same(row.cells[head.index], record[column.key]), (row.number, column.key)


def same(cell: Cell, meant: object) -> bool:
    if isinstance(meant, bool):
        return bool(clean.boolean(cell)) == meant
    if isinstance(meant, Decimal | int):
        return (clean.number(cell, unit="㎡" if "㎡" in str(cell) else "") or 0) == meant
    if isinstance(meant, list):
        return not meant or isinstance(meant[0], bool) or clean.several(cell) == meant
    if isinstance(meant, str):
        return (clean.text(cell) or "") == meant
    return meant is None and clean.text(cell) in (None, "无") if meant is None else clean.date(cell) == meant


def test_equal_words_under_one_parent_are_told_apart(forms: Found) -> None:
    _, layout = forms["F1", 1, ""]
    twins = [head.follows for head in layout.header if head.label == "间数"]
    assert twins == ["办公用房面积", "公共服务用房面积"]


def test_a_unit_said_for_the_table_reaches_the_columns_it_measures(forms: Found) -> None:
    _, layout = forms["F1", 1, ""]
    units = {head.label: layout.unit_of(head) for head in layout.header}
    assert (units["面积总计"], units["间数总计"], units["备注"]) == ("㎡", "", "")
    _, noted = forms["F3", 3, "统计表"]
    assert {noted.unit_of(head) for head in noted.header if "面积" in head.label} == {"㎡"}


def test_merged_cells_are_filled_down_and_told(forms: Found) -> None:
    _, layout = forms["F2", 1, "表1-3"]
    first, second = layout.data()[1:3]
    assert first.cells[2] == second.cells[2] == "钱二宁"
    assert second.spans[9] == (5, 2)
    assert second.guessed == ()


def test_an_empty_category_is_filled_and_the_guess_is_said(forms: Found) -> None:
    _, layout = forms["F3", 3, "统计表"]
    assert [row.number for row in layout.data() if row.guessed] == [6, 9, 14, 17]
    assert any("用房类别" in doubt for doubt in layout.doubts)


def test_the_signature_is_that_of_the_header(forms: Found) -> None:
    signatures = {key: layout.signature for key, (_, layout) in forms.items()}
    assert signatures["F2", 1, "表1-4"] == signatures["F2", 3, "表1-4"]
    assert len({signatures["F1", way, ""] for way in WAYS}) == 3


# --- other habits -------------------------------------------------------------------------------------------------------


def grid(text: str, *merges: Merge) -> Grid:
    """A grid from lines of cells divided by |; figures become numbers."""
    rows: list[list[Cell]] = []
    for line in text.strip("\n").split("\n"):
        words = [word.strip() for word in line.strip().split("|")]
        rows.append([Decimal(word) if re.fullmatch(r"-?\d+(\.\d+)?", word) else word or None for word in words])
    return Grid("表", squared(rows), list(merges))


def kinds(layout: Layout) -> str:
    """The kinds of the body's rows, one letter each."""
    return "".join(row.kind.value[0] if row.kind is not RowKind.NOTE else "N" for row in layout.body)


def test_a_plain_table_from_the_first_row() -> None:
    layout = understand(grid("姓名|职级|面积\n张三|正处级|18\n李四|科员|9"))
    assert [head.path for head in layout.header] == [("姓名",), ("职级",), ("面积",)]
    assert (layout.top, layout.bottom, kinds(layout)) == (1, 1, "dd")


def test_a_table_of_words_only() -> None:
    layout = understand(grid("姓名|职务|处室\n张三|处长|人事处\n李四|科员|办公室"))
    assert (layout.bottom, len(layout.data())) == (1, 2)


def test_a_table_that_does_not_start_at_a1() -> None:
    layout = understand(grid("|||\n||姓名|面积\n||张三|18"))
    assert [(head.index, head.label) for head in layout.header] == [(2, "姓名"), (3, "面积")]


def test_attachment_line_title_and_blanks_without_colons() -> None:
    layout = understand(
        grid(
            "附件2|||\n示例县公务用车台账|||\n示例县财政局||2014年12月|单位:万元\n车牌号|品牌|价格|备注\n示A1|某牌|12.8|"
        )
    )
    assert layout.title == "示例县公务用车台账"
    assert layout.units == ["万元"]
    assert layout.unit_of(layout.header[2]) == "万元"
    assert layout.top == 4


def test_three_levels_without_merges() -> None:
    text = """
    单位|人员||||面积
    |编制|实有|其中||
    |||正科|副科|
    财政局|30|28|2|3|400
    """
    layout = understand(grid(text))
    assert [head.path for head in layout.header] == [
        ("单位",), ("人员", "编制"), ("人员", "实有"), ("人员", "其中", "正科"), ("人员", "其中", "副科"), ("面积",)
    ]  # fmt: skip
    assert kinds(layout) == "d"


def test_a_label_that_names_its_parent_itself() -> None:
    layout = understand(grid("单位|人数|其中:正科|其中:副科\n财政局|5|2|3"))
    assert [head.path for head in layout.header][2:] == [("其中", "正科"), ("其中", "副科")]


def test_years_as_headers() -> None:
    layout = understand(grid("单位|2013|2014|2015年\n财政局|5|2|3"))
    assert [head.label for head in layout.header] == ["单位", "2013", "2014", "2015年"]


@pytest.mark.parametrize(
    "numbers", ["1|2|3|4", "甲|1|2|3", "甲|乙|丙|1|2", "1|2|3|4=2+3", "(1)|(2)|(3)|(4)", "栏次|1|2|3"]
)
def test_rows_of_column_numbers(numbers: str) -> None:
    width = numbers.count("|") + 1
    header = "|".join(["单位", "人数", "间数", "面积", "备注"][:width])
    layout = understand(grid(f"{header}\n{numbers}\n财政局|5|2|31"))
    assert [row.number for row in layout.data()] == [3] or numbers.startswith("甲|乙|丙")


def test_total_first_total_last_and_subtotals() -> None:
    layout = understand(grid("单位|人数|面积\n合计|9|90\n财政局|4|40\n小计|4|40\n教育局|5|50\n合计|5|50\n总计|9|90"))
    assert kinds(layout) == "tdsdtt"
    assert layout.body[0].kind is RowKind.TOTAL


def test_breakdown_rows_are_no_data() -> None:
    layout = understand(grid("单位|人数|面积\n财政局|4|40\n其中:借用|1|9\n教育局|5|50"))
    assert kinds(layout) == "dsd"


def test_headings_with_chinese_numerals_and_their_own_sums() -> None:
    layout = understand(grid("序号|单位|人数\n一|县直机关|9\n1|财政局|4\n2|教育局|5\n二|乡镇|3\n1|河口乡|3"))
    assert kinds(layout) == "hddhd"
    assert [row.block for row in layout.data()] == ["一、县直机关", "一、县直机关", "二、乡镇"]


def test_serials_without_content_are_blank() -> None:
    assert kinds(understand(grid("序号|单位|人数\n1|财政局|4\n2||\n3||"))) == "dbb"


def test_a_repeated_header_is_seen() -> None:
    layout = understand(grid("序号|单位|人数|面积\n1|财政局|4|40\n序号|单位|人数|面积\n2|教育局|5|50"))
    assert kinds(layout) == "drd"


def test_a_second_room_of_a_person_goes_on_with_the_row_above() -> None:
    layout = understand(
        grid("序号|姓名|职级|房号|面积\n1|张三|正处级|101|12\n|||102|8\n2|李四|科员|103|9\n3|王五|科员|104|9")
    )
    second = layout.data()[1]
    assert second.cells[:4] == [Decimal(1), "张三", "正处级", Decimal(102)]
    assert second.guessed == (0, 1, 2)
    assert any("第 3 行" in doubt for doubt in layout.doubts)


def test_a_forgotten_serial_fills_nothing() -> None:
    layout = understand(grid("序号|姓名|面积\n1|张三|12\n|李四|8\n3|王五|9"))
    assert layout.data()[1].cells == [None, "李四", Decimal(8)]


def test_a_figure_merged_over_several_rows_is_one_figure() -> None:
    layout = understand(grid("姓名|房号|面积\n张三|101|24\n李四|101|", (1, 2, 2, 2)))
    assert [row.cells[2] for row in layout.data()] == [Decimal(24), Decimal(24)]
    assert [row.spans for row in layout.data()] == [{2: (2, 2)}, {2: (2, 2)}]


def test_signatures_and_notes_below() -> None:
    text = (
        "单位|人数|面积\n财政局|4|40\n||\n单位负责人:孔某|填表人:曹某|\n填表说明||\n1.面积为使用面积,单位为平方米。||"
    )
    layout = understand(grid(text))
    assert layout.meta == {"单位负责人": "孔某", "填表人": "曹某"}
    assert layout.notes == ["填表说明", "1.面积为使用面积,单位为平方米。"]
    assert layout.units == ["㎡"]
    assert len(layout.data()) == 1


def test_tables_one_below_the_other() -> None:
    text = """
    表1 用房台账|||
    单位|间数|面积|备注
    财政局|4|40|
    合计|4|40|
    |||
    表2 用车台账|||
    填报单位:财政局|||单位:万元
    车牌号|品牌|价格|购置日期
    示A1|某牌|12.8|2014-12-03
    """
    found = tables(grid(text))
    assert [layout.title for layout in found] == ["表1 用房台账", "表2 用车台账"]
    assert found[0].following == 5
    assert "另一张表" in "".join(found[0].doubts)
    assert [[row.number for row in layout.data()] for layout in found] == [[3], [9]]
    assert found[1].meta["填报单位"] == "财政局"
    assert found[1].following is None


def test_a_column_without_header_is_said() -> None:
    layout = understand(grid("姓名|面积|\n张三|18|无\n李四|9|有"))
    assert layout.header[-1].path == ()
    assert layout.doubts == ["第 3 列有内容但没有表头"]


def test_doubled_serials_are_said() -> None:
    layout = understand(grid("序号|单位|人数\n1|财政局|4\n2|教育局|5\n2|卫生局|6"))
    assert layout.doubts == ["序号有重复:2"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "layout.empty"),
        ("|\n|", "layout.empty"),
        ("1|2|3\n4|5|6", "layout.no-header"),
        ("办公室\n会议室", "layout.no-header"),
    ],
)
def test_sheets_without_a_table_are_refused(text: str, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        understand(grid(text))
    assert caught.value.code == code
    assert caught.value.where.sheet == "表"


def test_merges_beyond_measure_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "MERGED_CELLS", 100)
    table = grid("单位|人数|面积" + "\n甲|1|2" * 9)
    table.merges = [(1, 0, 9, 0)] * 20
    with pytest.raises(Refusal) as caught:
        understand(table)
    assert caught.value.code == "layout.merges"


def test_a_large_plain_table_is_read_in_time_of_its_length() -> None:
    rows: list[list[Cell]] = [["序号", "姓名", "职级", "面积"]]
    rows += [[Decimal(n), f"张{n}", "科员", Decimal(9)] for n in range(1, 3001)]
    layout = understand(Grid("表", rows))
    assert len(layout.data()) == 3000
    assert layout.doubts == []


def test_merges_upon_each_other_are_refused() -> None:
    table = grid("单位|人数|面积\n甲|1|2")
    table.merges = [(0, column % 3, 1, 2) for column in range(30)]
    with pytest.raises(Refusal) as caught:
        understand(table)
    assert caught.value.code == "layout.merges"


WORDS = st.sampled_from(
    [
        None,
        None,
        "序号",
        "姓名",
        "面积",
        "备注",
        "合计",
        "小计",
        "一、县直机关",
        "填报单位:甲",
        "注:说明",
        "…",
        "示例县台账",
        "张三",
    ]
)
ANY_CELLS = WORDS | st.integers(0, 30).map(Decimal) | st.text(max_size=6) | st.booleans() | st.dates()
PLACES = st.tuples(st.integers(0, 9), st.integers(0, 5), st.integers(0, 4), st.integers(0, 3))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(ANY_CELLS, min_size=1, max_size=6), min_size=1, max_size=10), st.lists(PLACES, max_size=4))
def test_no_row_is_ever_lost(rows: list[list[Cell]], places: list[tuple[int, int, int, int]]) -> None:
    """Whatever stands in a sheet: it is refused, or every row under a header is in exactly one table, in order."""
    cells = squared(rows)
    sheet = Grid("表", cells, clipped([(r, c, r + down, c + right) for r, c, down, right in places], cells))
    try:
        found = tables(sheet)
    except Refusal as refusal:
        assert refusal.code.startswith("layout.")
        return
    for layout, following in zip(found, [*found[1:], None], strict=True):
        numbers = [row.number for row in layout.body]
        last = (layout.following or 0) - 1 if following else sheet.height
        assert numbers == list(range(numbers[0], last + 1)) if numbers else True
        assert layout.top <= layout.bottom < (numbers[0] if numbers else sheet.height + 1)
        assert {len(row.cells) for row in layout.body} <= {sheet.width}
