"""The public format: read, refused, solved; and the judge of routes can fail."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.areas.vehicles.dispatch import lilim
from yiwang.cli.dispatch import command
from yiwang.kit.refusal import Refusal

SMALL = """4 10 1
0 0 0 0 0 100 0 0 0
1 3 4 5 0 50 1 0 2
2 6 8 -5 0 80 1 1 0
3 -3 -4 5 0 50 1 0 4
4 -6 -8 -5 0 80 1 3 0
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "small.txt"
    path.write_text(text)
    return path


def test_two_pairs_on_two_sides(tmp_path: Path) -> None:
    """One vehicle can do both: 10 out and 10 home on each side."""
    instance = lilim.read(write(tmp_path, SMALL))
    answer = lilim.solve(instance, 0.5)
    assert answer.vehicles == 1
    assert answer.distance == pytest.approx(40.0)
    assert lilim.faults(instance, answer.routes) == []


def test_the_command_prints_json(tmp_path: Path) -> None:
    path = write(tmp_path, SMALL)
    told = json.loads(CliRunner().invoke(command, ["solve", str(path), "--seconds", "0.5", "--json"]).output)
    assert (told["vehicles"], told["distance"]) == (1, 40.0)
    assert sorted(told["routes"][0]) == [1, 2, 3, 4]
    assert "1 辆车" in CliRunner().invoke(command, ["solve", str(path), "--seconds", "0.5"]).output


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (SMALL, "", "dispatch.file"),
        ("4 10 1", "x 10 1", "dispatch.row"),
        ("4 10 1", "0 10 1", "dispatch.file"),
        ("2 6 8 -5 0 80 1 1 0", "2 6 8 -5 0 80 1 1", "dispatch.row"),
        ("2 6 8 -5 0 80 1 1 0", "2 6 8 -5 0 80 1 3 0", "dispatch.row"),
        ("2 6 8 -5 0 80 1 1 0", "2 6 8 -4 0 80 1 1 0", "dispatch.row"),
        ("2 6 8 -5 0 80 1 1 0", "2 6 8 -5 90 80 1 1 0", "dispatch.row"),
        ("2 6 8 -5 0 80 1 1 0", "9 6 8 -5 0 80 1 1 0", "dispatch.row"),
        ("2 6 8 -5 0 80 1 1 0", "2 nan 8 -5 0 80 1 1 0", "dispatch.row"),
    ],
)
def test_a_bad_file_is_refused_with_its_line(tmp_path: Path, old: str, new: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        lilim.read(write(tmp_path, SMALL.replace(old, new)))
    assert refused.value.code == code


def test_no_file_and_no_text(tmp_path: Path) -> None:
    with pytest.raises(Refusal):
        lilim.read(tmp_path / "none.txt")
    (tmp_path / "blob").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Refusal):
        lilim.read(tmp_path / "blob")


def test_what_cannot_be_done_is_said(tmp_path: Path) -> None:
    late = SMALL.replace("2 6 8 -5 0 80 1 1 0", "2 6 8 -5 0 3 1 1 0")
    with pytest.raises(Refusal) as refused:
        lilim.solve(lilim.read(write(tmp_path, late)), 0.4)
    assert refused.value.code == "dispatch.infeasible"


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6))
def test_the_judge_sees_what_is_wrong(seed: int) -> None:
    """Any change of order that the rules forbid is a fault: pairs turned round, a node left out, too little room."""
    nodes = [lilim.Node(0, 0, 0, 0, 0, 1000, 0, 0, 0)]
    rng = random.Random(seed)
    for pair in range(3):
        one, two = 2 * pair + 1, 2 * pair + 2
        nodes.append(lilim.Node(one, rng.randrange(50), rng.randrange(50), 5, 0, 900, 1, 0, two))
        nodes.append(lilim.Node(two, rng.randrange(50), rng.randrange(50), -5, 0, 900, 1, one, 0))
    instance = lilim.Instance("x", 3, 10, tuple(nodes))
    assert lilim.faults(instance, ((1, 2), (3, 4), (5, 6))) == []
    for wrong in (((2, 1), (3, 4), (5, 6)), ((1, 2), (3, 4), (5,)), ((1, 3, 5, 2, 4, 6),), ((1,), (2,), (3, 4, 5, 6))):
        assert lilim.faults(instance, wrong)
    tight = lilim.Instance("x", 3, 10, (lilim.Node(0, 0, 0, 0, 0, 1, 0, 0, 0), *nodes[1:]))
    assert any("late" in fault for fault in lilim.faults(tight, ((1, 2), (3, 4), (5, 6)))) or all(
        node.x == node.y == 0 for node in nodes
    )
