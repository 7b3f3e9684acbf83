"""The tree of an expression: every form that the language allows has one."""

from __future__ import annotations

import json
from typing import Any

import pytest

from yiwang.kit.expr import ExpressionError, Type
from yiwang.kit.expr.tree import as_tree

COLUMNS = {"x": Type.NUMBER, "y": Type.NUMBER, "t": Type.TEXT, "d": Type.DATE, "b": Type.BOOL}


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("x + 0.3", ["+", ["col", "x"], ["num", "0.3"]]),
        ("x <> -1", ["<>", ["col", "x"], ["neg", ["num", "1"]]]),
        ("not b or t = 'a'", ["or", ["not", ["col", "b"]], ["=", ["col", "t"], ["text", "a"]]]),
        ("d - '2020-01-01' > 3", [">", ["days", ["col", "d"], ["text", "2020-01-01"]], ["num", "3"]]),
        ("year(d) = 2020", ["=", ["year", ["col", "d"]], ["num", "2020"]]),
        ("t in ('a', 'b')", ["in", ["col", "t"], [["text", "a"], ["text", "b"]]]),
        ("x is null and true", ["and", ["null", ["col", "x"]], ["bool", True]]),
        ("case when b then x end", ["case", [[["col", "b"], ["col", "x"]]], None]),
        ("case when b then x else 1 end", ["case", [[["col", "b"], ["col", "x"]]], ["num", "1"]]),
        ("coalesce(x, y, 0)", ["coalesce", [["col", "x"], ["col", "y"], ["num", "0"]]]),
        ("greatest(x, 1)", ["greatest", [["col", "x"], ["num", "1"]]]),
        ("round(x / y, 2)", ["round", ["/", ["col", "x"], ["col", "y"]], 2]),
        ("floor(x) - ceil(y)", ["-", ["floor", ["col", "x"]], ["ceil", ["col", "y"]]]),
        ("abs((x)) * 2", ["*", ["abs", ["col", "x"]], ["num", "2"]]),
    ],
)
def test_trees(text: str, tree: Any) -> None:
    assert as_tree(text, COLUMNS) == tree
    assert json.loads(json.dumps(tree)) == tree


def test_between_is_two_comparisons() -> None:
    low, high = [">=", ["col", "x"], ["num", "1"]], ["<=", ["col", "x"], ["num", "2"]]
    assert as_tree("x between 1 and 2", COLUMNS) == ["and", low, high]


def test_what_the_language_refuses_has_no_tree() -> None:
    with pytest.raises(ExpressionError, match="不允许"):
        as_tree("sleep(1)", COLUMNS)
