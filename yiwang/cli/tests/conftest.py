"""The command `yiwang` run inside the test."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

import pytest

from yiwang.cli import main
from yiwang.cli.tests.sheets import Run


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command: (exit code, stdout, stderr)."""

    def call(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["yiwang", *map(str, words)])
        with pytest.raises(SystemExit) as left:
            main()
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        assert "internal.fault" not in err
        code = left.value.code
        return (code if isinstance(code, int) else 0), out, err

    return call


@pytest.fixture
def judged(run: Run) -> Callable[..., tuple[int, dict[str, Any]]]:
    """Runs a check with --json -: (exit code, the JSON)."""

    def call(*words: object) -> tuple[int, dict[str, Any]]:
        code, out, err = run("check", *words, "--json", "-")
        assert code in (0, 1), err
        return code, json.loads(out)

    return call
