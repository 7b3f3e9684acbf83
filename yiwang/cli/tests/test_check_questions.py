"""`yiwang check` asks what it is not sure of: at a terminal, or through the mapping file; and the command as a process."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from yiwang.cli.tests.sheets import HEADS, ROWS, Run, book, doubtful, refused
from yiwang.kit.sheets.tests import forms


def test_a_doubtful_column_is_asked_and_the_answer_kept(tmp_path: Path, run: Run, judged: Any) -> None:
    path = doubtful(tmp_path / "a.xlsx")
    err = refused(run, path)
    assert "[mapping.unanswered]" in err
    assert "usable_area" in err
    wanted = err[err.index("layouts:") : err.rindex("[")]
    answers = tmp_path / "m.yaml"
    answers.write_text(wanted.replace('"?"', "usable_area"), "utf-8")
    code, result = judged(path, "--map", answers, "--on", "2024-01-01")
    assert (code, result["counts"]["over"]) == (1, 1)


def test_an_unanswered_draft_is_still_asked(tmp_path: Path, run: Run) -> None:
    path = doubtful(tmp_path / "a.xlsx")
    err = refused(run, path)
    (tmp_path / "m.yaml").write_text(err[err.index("layouts:") : err.rindex("[")], "utf-8")
    assert "[mapping.unanswered]" in refused(run, path, "--map", tmp_path / "m.yaml")


@pytest.mark.parametrize("text", ["- a\n- b", "layouts: 7", "layouts:\n- sheet: x", "a: [", "\x00"])
def test_malformed_mapping_files(text: str, tmp_path: Path, run: Run) -> None:
    (tmp_path / "m.yaml").write_text(text, "utf-8")
    assert "[mapping.malformed]" in refused(run, doubtful(tmp_path / "a.xlsx"), "--map", tmp_path / "m.yaml")


# --- at a terminal --------------------------------------------------------------------------------------------------------------


class Terminal(io.StringIO):
    """Standard input at which somebody sits."""

    def isatty(self) -> bool:
        return True


def test_questions_are_asked_at_a_terminal_and_answers_written(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, answers = doubtful(tmp_path / "a.xlsx"), tmp_path / "m.yaml"
    monkeypatch.setattr(sys, "stdin", Terminal("1\n"))
    code, out, _ = run("check", path, "--map", answers, "--on", "2024-01-01")
    assert code == 1
    assert "“实际测量使用面积”列是不是“使用面积”?" in out
    assert "实际测量使用面积: usable_area" in answers.read_text("utf-8")
    monkeypatch.setattr(sys, "stdin", Terminal(""))
    code, out, _ = run("check", path, "--map", answers, "--on", "2024-01-01")
    assert code == 1
    assert "请选" not in out


def test_what_holds_for_the_whole_sheet_may_be_answered(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [[*row[:2], *row[3:6]] for row in ROWS]
    path = book(tmp_path / "a.xlsx", [[*HEADS[:2], *HEADS[3:6]], *rows], sheet="办公用房使用台账")
    monkeypatch.setattr(sys, "stdin", Terminal("3\n"))
    code, out, _ = run("check", path, "--on", "2024-01-01")
    assert "表里没有“机关层级”,全表是同一个吗?" in out
    assert code == 1
    monkeypatch.setattr(sys, "stdin", Terminal("0\n"))
    assert run("check", path, "--on", "2024-01-01")[0] == 0
    assert run("check", path, "--on", "2024-01-01", "--json", "-")[0] == 0  # nobody is asked where JSON goes out


def test_leaving_a_question_open_is_a_refusal(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(""))
    assert "[input.aborted]" in refused(run, doubtful(tmp_path / "a.xlsx"))


def test_words_that_the_terminal_cannot_show(tmp_path: Path) -> None:
    line = [
        sys.executable,
        "-X",
        "utf8=0",
        "-c",
        "from yiwang.cli import main; main()",
        "check",
        str(tmp_path / "none.xlsx"),
    ]
    done = subprocess.run(
        line,
        capture_output=True,
        env={**os.environ, "LC_ALL": "C", "PYTHONIOENCODING": "ascii"},
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr


# --- the real command ---------------------------------------------------------------------------------------------------------


def yiwang(*words: object) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, its output no terminal."""
    line = [sys.executable, "-c", "from yiwang.cli import main; main()", *map(str, words)]
    return subprocess.run(line, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.slow
def test_the_real_command(tmp_path: Path) -> None:
    form = forms.build("F1", 1, tmp_path)
    done = yiwang("check", form.path, "--on", "2014-12-31", "--json", "-")
    assert done.returncode == 1
    assert json.loads(done.stdout)["checked"] == {"offices.organ_space": 7}
    assert done.stderr == ""
    lost = yiwang("check", tmp_path / "none.xlsx")
    assert (lost.returncode, lost.stdout) == (2, "")
    assert "Traceback" not in lost.stderr
