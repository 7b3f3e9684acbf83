"""The desk stays small: the second time somebody wants a hook in it, they write a page in their area instead."""

from __future__ import annotations

import ast
import io
import tokenize
from pathlib import Path

DESK = Path(__file__).resolve().parent.parent
MOST = 800
_NO_CODE = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}


def lines_of_code(text: str) -> int:
    """Lines that hold code: without blank ones, comments and docstrings."""
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in _NO_CODE:
            lines |= set(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node):
            first = node.body[0]
            lines -= set(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    return len(lines)


def test_counting() -> None:
    """What counts and what does not."""
    assert (
        lines_of_code('"""Doc\nstring."""\n\n# remark\nX = (\n    1,\n)\n\ndef f():\n    """Doc."""\n    return X\n')
        == 5
    )


def test_the_desk_stays_small() -> None:
    """`testing.py` is for tests; migrations are written by Django."""
    files = [path for path in DESK.glob("*.py") if path.name != "testing.py"]
    assert sum(lines_of_code(path.read_text(encoding="utf-8")) for path in files) <= MOST
