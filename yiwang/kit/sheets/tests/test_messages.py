"""Each refusal has its sentence, and a sentence leaves no gap open."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from yiwang.kit.sheets import messages
from yiwang.kit.sheets.messages import SENTENCES, refusal

SOURCES = [path for path in Path(messages.__file__).parent.rglob("*.py") if "tests" not in path.parts]
RAISED = re.compile(r"[\"']((?:sheet|csv)\.[a-z-]+)[\"']")


def test_every_code_that_the_sources_name_has_a_sentence() -> None:
    named = {code for path in SOURCES for code in RAISED.findall(path.read_text(encoding="utf-8"))}
    named |= {"sheet.too-many-rows", "sheet.too-many-columns"}  # put together by Scan
    assert named == set(SENTENCES)


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_a_sentence_is_complete_without_facts(code: str) -> None:
    message = refusal(code).message
    assert re.search("[\u4e00-\u9fff]", message)
    assert not set("{}") & set(message)


def test_facts_fill_the_sentence() -> None:
    found = refusal("sheet.no-such-sheet", {"sheet": "表二", "names": ["表一", "表三"]})
    assert found.message == "没有名为“表二”的工作表;现有:表一、表三"
