"""`yiwang flow`: problems by element, open points, a drawing."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from yiwang.cli.flow import command
from yiwang.core.flow.processes.standard import FOLDER
from yiwang.core.flow.tests.files import node, process, ways

GOOD = process("t.x", [node("start", "s"), node("task", "a", role="MANAGER"), node("end", "e"), *ways("s > a > e")])


def _run(tmp_path: Path, data: bytes, *words: str) -> tuple[int, str]:
    file = tmp_path / "流程.bpmn"
    file.write_bytes(data)
    done = CliRunner().invoke(command, [words[0], str(file), *words[1:]])
    return done.exit_code, done.output


def test_a_sound_file(tmp_path: Path) -> None:
    code, said = _run(tmp_path, GOOD, "check")
    assert (code, "可以启用" in said, "没有登记 t.x" in said) == (0, True, True)


def test_a_shipped_file(tmp_path: Path) -> None:
    code, said = _run(tmp_path, (FOLDER / "offices.repair.bpmn").read_bytes(), "check")
    assert (code, "没有登记" in said) == (0, False)


def test_a_draft_lists_what_it_lacks(tmp_path: Path) -> None:
    code, said = _run(tmp_path, GOOD.replace(b'yw:role="MANAGER"', b""), "check")
    assert (code, "待完善" in said) == (1, True)


def test_every_problem_with_its_element(tmp_path: Path) -> None:
    bad = GOOD.replace(b"<endEvent", b'<scriptTask id="evil"/><sendTask id="post"/><endEvent')
    code, said = _run(tmp_path, bad, "check")
    assert code == 2
    assert "evil" in said
    assert "post" in said


def test_drawing(tmp_path: Path) -> None:
    code, _ = _run(tmp_path, GOOD, "draw", "--out", str(tmp_path / "画.bpmn"))
    assert code == 0
    assert b'bpmnElement="a"' in (tmp_path / "画.bpmn").read_bytes()
    assert b"bpmnElement" not in (tmp_path / "流程.bpmn").read_bytes()
