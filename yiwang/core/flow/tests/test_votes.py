"""Counting verdicts, also against the plain definition."""

from __future__ import annotations

from itertools import product

import pytest

from yiwang.core.flow.votes import decided

Y, N, S = True, False, None


@pytest.mark.parametrize(
    ("rule", "verdicts", "answer"),
    [
        ("one", [S, S], None),
        ("one", [S, Y], True),
        ("one", [N, Y], False),
        ("any", [N, S], None),
        ("any", [N, Y], True),
        ("any", [N, N], False),
        ("all", [Y, S], None),
        ("all", [Y, Y], True),
        ("all", [Y, N], False),
        ("all", [N, S], False),
        ("share:0.66", [Y, Y, S], True),
        ("share:0.66", [Y, N, S], None),
        ("share:0.66", [N, N, S], False),
        ("share:0.5", [Y, S], True),
        ("share:0.5", [N, S], None),
        ("share:1.0", [Y, Y, S], None),
        ("share:0.01", [N, Y], True),
    ],
)
def test_rules(rule: str, verdicts: list[bool | None], answer: bool | None) -> None:
    assert decided(rule, verdicts) is answer


@pytest.mark.parametrize("rule", ["any", "all", "share:0.5", "share:0.66", "share:0.34"])
def test_open_means_that_both_answers_are_still_possible(rule: str) -> None:
    """Decided exactly when no way of answering the rest can change it."""
    for verdicts in product((Y, N, S), repeat=4):
        silent = [number for number, one in enumerate(verdicts) if one is S]
        ends = set()
        for rest in product((Y, N), repeat=len(silent)):
            whole = list(verdicts)
            for number, one in zip(silent, rest, strict=True):
                whole[number] = one
            ends.add(decided(rule, whole))
        answer = decided(rule, verdicts)
        assert None not in ends
        assert (answer is None) == (len(ends) == 2)
        assert answer is None or ends == {answer}
