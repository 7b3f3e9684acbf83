"""`yiwang check` as a clerk meets it: exit codes, sentences, JSON, and every bad input of the issue."""

from __future__ import annotations

import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from yiwang.cli.tests.sheets import HEADS, ROWS, Run, book, quoted, refused, table

# --- what is right ---------------------------------------------------------------------------------------------------------


def test_json_has_exactly_the_published_keys(tmp_path: Path, judged: Any) -> None:
    code, result = judged(book(tmp_path / "台账.xlsx", [HEADS, *ROWS]))
    assert code == 1
    assert set(result) == {"lawbook", "on", "region", "checked", "counts", "verdicts"}
    assert result["checked"] == {"offices.person_space": 2}
    assert set(result["counts"]) == {"within", "over", "warning", "undetermined", "unverified"}
    over = [verdict for verdict in result["verdicts"] if verdict["kind"] == "over"]
    assert len(over) == 1
    message = over[0].pop("message")
    assert "2674" in message
    assert over[0] == {
        "dataset": "offices.person_space", "row": 2, "subject": "陈立 · 青河市财政局", "clause": "FGTZ-2014-2674/room",
        "document": "党政机关办公用房建设标准", "article": "表1", "kind": "over", "measure": 30, "limit": 24, "excess": 6,
        "unit": "平方米", "on": "2021-06-01", "region": "CN",
    }  # fmt: skip


def test_within_only_with_all(tmp_path: Path, judged: Any) -> None:
    path = book(tmp_path / "a.xlsx", [HEADS, ROWS[2]])
    code, result = judged(path)
    assert (code, result["verdicts"]) == (0, [])
    assert result["counts"]["within"] == 1
    code, result = judged(path, "--all")
    assert [verdict["kind"] for verdict in result["verdicts"]] == ["within"]


def test_rows_keep_their_own_day_and_place(tmp_path: Path, judged: Any) -> None:
    rows = [
        ["陈立", "甲局", "市级机关", "正局(处)级", "1", 30, day, region]
        for day, region in (("", ""), ("2021-06-01", "990100"))
    ]
    _, result = judged(book(tmp_path / "a.xlsx", [HEADS, *rows]), "--on", "2022-02-02", "--region", "990000")
    assert {
        (verdict["on"], verdict["region"], verdict["row"])
        for verdict in result["verdicts"]
        if verdict["kind"] == "over"
    } == {
        ("2022-02-02", "990000", 2),
        ("2021-06-01", "990100", 3),
    }


def test_columns_by_key_in_a_named_csv(tmp_path: Path, judged: Any) -> None:
    heads = ["organ", "vehicle_use", "body", "case", "price", "displacement", "energy", "approval", "on", "region"]
    rows = [
        ["甲局", "机要通信用车", "轿车", "一般", price, "1.6", "燃油", "", "2024-01-01", "CN"]
        for price in (120000, 120001)
    ]
    code, result = judged(f"vehicles.purchase={table(tmp_path / 'x.csv', [heads, *rows])}")
    assert code == 1
    assert [(one["row"], one["limit"], one["excess"]) for one in result["verdicts"] if one["kind"] == "over"] == [
        (3, 120000, 1)
    ]


def test_several_files_and_one_person_in_two_of_them(tmp_path: Path, judged: Any) -> None:
    first, second = (book(tmp_path / f"{n}.xlsx", [HEADS, ROWS[n]]) for n in (0, 1))
    assert judged(first)[0] == 0
    code, result = judged(first, second)
    assert code == 1
    assert result["checked"] == {"offices.person_space": 1}


def test_same_input_same_output(tmp_path: Path, run: Run) -> None:
    path = book(tmp_path / "a.xlsx", [HEADS, *ROWS])
    outputs = []
    for n in (1, 2):
        words = ["--report", tmp_path / f"{n}.html", "--json", tmp_path / f"{n}.json", "--on", "2024-01-01"]
        code, out, _ = run("check", path, *words)
        assert code == 1
        outputs.append((out, (tmp_path / f"{n}.html").read_text(), (tmp_path / f"{n}.json").read_text()))
    assert outputs[0] == outputs[1]


def test_matching_is_shown_before_the_verdicts(tmp_path: Path, run: Run) -> None:
    heads = ["姓名", "单位", "层级", "级别", "房间号", "实测使用面积", "备注2"]
    rows = [[*row[:6], "x"] for row in ROWS]
    code, out, _ = run("check", book(tmp_path / "a.xlsx", [heads, *rows], sheet="表一"), "--on", "2024-01-01")
    assert code == 1
    assert "猜测 80%" in out
    assert "没有采用:备注2" in out
    assert out.index("→ 使用面积") < out.index("▲ 超标")


def test_marked_and_report_are_written(tmp_path: Path, run: Run) -> None:
    code, *_ = run(
        "check",
        book(tmp_path / "a.xlsx", [HEADS, *ROWS]),
        "--report",
        tmp_path / "r.html",
        "--marked",
        tmp_path / "m.xlsx",
    )
    assert code == 1
    assert "表1" in (tmp_path / "r.html").read_text("utf-8")
    assert zipfile.is_zipfile(tmp_path / "m.xlsx")


# --- what is wrong: section 8 -------------------------------------------------------------------------------------------------


def test_wrong_headers(tmp_path: Path, run: Run) -> None:
    err = refused(run, book(tmp_path / "a.xlsx", [["甲", "乙", "丙"], ["1", "2", "3"]]))
    assert "使用面积" in err
    assert "甲" in err
    assert "[sheet.columns-missing]" in err


def test_missing_sheet(tmp_path: Path, run: Run) -> None:
    err = refused(run, book(tmp_path / "a.xlsx", [["品名", "口味"], ["苹果", "甜"]], sheet="水果"))
    assert "[input.nothing-matched]" in err
    assert "水果" in err


def test_unit_that_cannot_be_converted(tmp_path: Path, run: Run) -> None:
    for unit in ("亩", "元", "美元"):
        heads = [*HEADS[:5], f"使用面积({unit})", *HEADS[6:]]
        assert "[sheet.unit]" in refused(run, book(tmp_path / "a.xlsx", [heads, *ROWS]))


def test_unit_in_the_header_is_converted(tmp_path: Path, judged: Any) -> None:
    heads = ["单位", "车辆用途", "车型", "配备情形", "购置价格(万元)", "排气量(毫升)", "能源类型"]
    rows = [["甲局", "机要通信用车", "轿车", "一般", 12.5, 1600, "燃油"]]
    _, result = judged(book(tmp_path / "a.xlsx", [heads, *rows], sheet="公务用车购置"), "--on", "2024-01-01", "--all")
    assert {(one["kind"], one["measure"]) for one in result["verdicts"] if one["limit"]} >= {
        ("over", 125000),
        ("within", 1.6),
    }


def test_unit_that_is_plainly_another(tmp_path: Path, run: Run, judged: Any) -> None:
    heads = ["单位", "车辆用途", "车型", "配备情形", "购置价格", "排气量", "能源类型"]
    rows = [["甲局", "机要通信用车", "轿车", "一般", price, 1.6, "燃油"] for price in (12.5, 11.8)]
    path = book(tmp_path / "a.xlsx", [heads, *rows], sheet="公务用车购置")
    assert "[sheet.unit-doubtful]" in refused(run, path)
    fingerprint = "fingerprint: 0123456789abcdef"
    (tmp_path / "m.yaml").write_text(f"layouts:\n- {fingerprint}\n  units: {{price: 万元}}\n", "utf-8")
    assert "[sheet.unit-doubtful]" in refused(run, path, "--map", tmp_path / "m.yaml")  # another layout's answer


def test_long_codes_as_numbers(tmp_path: Path, run: Run) -> None:
    rows = [["甲局", "省级机关", 110101199001011234, "台式计算机", "", 4800, 1]]
    heads = ["单位", "机关层级", "资产编号", "品目", "使用人职级", "单价", "数量"]
    code, out, _ = run(
        "check", book(tmp_path / "a.xlsx", [heads, *rows], sheet="assets.purchase"), "--on", "2024-01-01"
    )
    assert code in (0, 1)
    assert "第 2 行“资产编号”" in out
    assert "末位已经丢失" in out


@pytest.mark.parametrize("day", ["2021-06-01", "2021/6/1", "2021.06.01", "2021年6月1日", "20210601", "2021.06"])
def test_dates_in_many_notations(day: str, tmp_path: Path, judged: Any) -> None:
    _, result = judged(f"offices.person_space={table(tmp_path / 'a.csv', [HEADS, [*ROWS[0][:6], day, '']])}", "--all")
    assert [one["on"] for one in result["verdicts"]] == ["2021-06-01"]


@pytest.mark.parametrize(("day", "place"), [("2021-02-30", ""), ("去年", ""), ("", "9901"), ("", "青河市")])
def test_a_row_is_not_judged_by_another_day_or_place_than_its_own(
    day: str, place: str, tmp_path: Path, run: Run
) -> None:
    path = table(tmp_path / "a.csv", [HEADS, [*ROWS[0][:5], "99", day, place]])
    code, out, _ = run("check", f"offices.person_space={path}", "--on", "2024-01-01")
    assert "第 2 行" in out
    assert day + place in out
    assert "? 无法判定 1" in out
    assert code == 0


def test_full_width_figures(tmp_path: Path, judged: Any) -> None:
    _, result = judged(
        f"offices.person_space={table(tmp_path / 'a.csv', [HEADS, [*ROWS[0][:5], '30.5㎡', '', '']])}",
        "--on",
        "2024-01-01",
    )
    assert [one["measure"] for one in result["verdicts"]] == [30.5]


def test_merged_persons_and_figures(tmp_path: Path, judged: Any) -> None:
    rows = [ROWS[0], [None, *ROWS[1][1:]]]
    _, result = judged(book(tmp_path / "a.xlsx", [HEADS, *rows], merges=("A2:A3",)), "--on", "2024-01-01")
    assert [(one["subject"], one["measure"]) for one in result["verdicts"]] == [("陈立 · 青河市财政局", 30)]


def test_figure_merged_over_two_persons_is_shared(tmp_path: Path, judged: Any) -> None:
    rows = [[*ROWS[2][:5], 30], ["李一", *ROWS[2][1:5], None]]
    _, result = judged(book(tmp_path / "a.xlsx", [HEADS[:6], *rows], merges=("F2:F3",)), "--on", "2024-01-01")
    assert [(one["subject"], one["measure"]) for one in result["verdicts"]] == [
        ("王敏 · 青河市财政局", 15),
        ("李一 · 青河市财政局", 15),
    ]


def test_formulas_without_value_are_unknown(tmp_path: Path, run: Run) -> None:
    file = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    page = file.add_worksheet("offices.person_space")
    page.write_row(0, 0, HEADS)
    page.write_row(1, 0, ROWS[0])
    page.write_formula(1, 5, "=10+20", None, "")
    file.close()
    code, out, _ = run("check", tmp_path / "a.xlsx", "--on", "2024-01-01")
    assert code == 0
    assert "无法判定" in out


def test_formulas_with_value_are_read(tmp_path: Path, judged: Any) -> None:
    file = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    page = file.add_worksheet("offices.person_space")
    page.write_row(0, 0, HEADS)
    page.write_row(1, 0, ROWS[0])
    page.write_formula(1, 5, "=10+20", None, 30)
    file.close()
    assert judged(tmp_path / "a.xlsx", "--on", "2024-01-01")[1]["verdicts"][0]["measure"] == 30


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "utf-16-le", "utf-8-sig"])
def test_encodings(encoding: str, tmp_path: Path, judged: Any) -> None:
    code, result = judged(f"办公室使用情况(按人)={table(tmp_path / 'a.csv', [HEADS, *ROWS], encoding)}")
    assert (code, result["counts"]["over"]) == (1, 1)


def test_empty_files(tmp_path: Path, run: Run) -> None:
    for name, content in (("a.xlsx", b""), ("b.csv", b""), ("c.csv", b"\r\n\r\n"), ("d.txt", b"\xef\xbb\xbf")):
        (tmp_path / name).write_bytes(content)
        refused(run, tmp_path / name)
    refused(run, book(tmp_path / "e.xlsx", []))


def test_what_is_no_table(tmp_path: Path, run: Run) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7 ...")
    (tmp_path / "b.xls").write_text("<html><table><tr><td>1</td></tr></table></html>")
    (tmp_path / "c.xlsx").write_bytes(b"PK\x03\x04 broken")
    for path in (*sorted(tmp_path.iterdir()), tmp_path, tmp_path / "missing.xlsx"):
        refused(run, path)


def test_cell_at_the_far_corner(tmp_path: Path, run: Run) -> None:
    file = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    page = file.add_worksheet("offices.person_space")
    page.write_row(0, 0, HEADS)
    page.write(1_048_575, 16_383, "x")
    file.close()
    refused(run, tmp_path / "a.xlsx")


def test_formula_injection_is_inert_in_what_is_written(tmp_path: Path, run: Run) -> None:
    evil = '=HYPERLINK("http://x","y")'
    rows = [[f"{evil}<script>alert(1)</script>", *ROWS[0][1:5], 99, "", ""]]
    code, *_ = run("check", f"offices.person_space={quoted(tmp_path / 'a.csv', [HEADS, *rows])}", "--on", "2024-01-01",
                   "--report", tmp_path / "r.html", "--marked", tmp_path / "m.xlsx")  # fmt: skip
    assert code == 1
    report = (tmp_path / "r.html").read_text("utf-8")
    assert "<script" not in report
    assert "&lt;script&gt;" in report
    with zipfile.ZipFile(tmp_path / "m.xlsx") as archive:
        assert not any(b"<f>" in archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/"))


def test_figures_that_cannot_be(tmp_path: Path, run: Run) -> None:
    for word in ("约二十", "12 18", "-9", "1e300", "9" * 40, "#REF!", "NaN"):
        path = quoted(tmp_path / "a.csv", [HEADS, [*ROWS[0][:5], word, "", ""]])
        code, out, _ = run("check", f"offices.person_space={path}", "--on", "2024-01-01")
        assert code == 0, word
        assert "第 2 行“使用面积”" in out, word
        assert "? 无法判定 1" in out, word


def test_words_that_no_ladder_knows(tmp_path: Path, judged: Any) -> None:
    rows = [["陈立", "甲局", "市级机关", rank, "1", 99, "", ""] for rank in ("特级", "局长")]
    code, result = judged(book(tmp_path / "a.xlsx", [HEADS, rows[0]]), "--on", "2024-01-01")
    assert (code, [one["kind"] for one in result["verdicts"]]) == (0, ["undetermined"])


def test_bad_options(tmp_path: Path, run: Run) -> None:
    path = book(tmp_path / "a.xlsx", [HEADS, *ROWS])
    assert run("check", path, "--on", "2021-13-01")[0] == 2
    assert run("check", path, "--region", "44")[0] == 2
    assert run("check")[0] == 2
    assert "[dataset.unknown]" in refused(run, f"offices.nothing={path}")
    for option in ("--report", "--json", "--marked"):
        assert run("check", path, option, tmp_path / "no" / "such" / "x")[0] == 2


def test_rows_without_a_name_are_not_added_up(tmp_path: Path, judged: Any) -> None:
    rows = [["", "甲局", "市级机关", "局(处)级以下", str(n), 8, "", ""] for n in range(5)]
    _, result = judged(book(tmp_path / "a.xlsx", [HEADS, *rows]), "--on", "2024-01-01")
    assert {one["kind"] for one in result["verdicts"]} == {"undetermined"}
    assert len(result["verdicts"]) == 5


def test_decimal_figures_are_json_numbers(tmp_path: Path, judged: Any) -> None:
    rows = [[*ROWS[2][:5], "10.25", "", ""]]
    _, result = judged(f"offices.person_space={table(tmp_path / 'a.csv', [HEADS, *rows])}", "--on", "2024-01-01")
    assert [Decimal(str(one["excess"])) for one in result["verdicts"]] == [Decimal("1.25")]
