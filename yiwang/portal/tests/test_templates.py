"""House-keeping of the templates of every part: used, linted, nothing inline, every table with its caption."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2]
TEMPLATES = {
    str(path.relative_to(folder)): path for folder in PACKAGE.glob("**/templates") for path in folder.rglob("*.html")
}
SOURCES = [path for path in PACKAGE.rglob("*.py") if "tests" not in path.parts] + list(TEMPLATES.values())


def _ids() -> list[str]:
    return sorted(TEMPLATES)


def _text(name: str) -> str:
    return TEMPLATES[name].read_text(encoding="utf-8")


def test_no_template_is_left_unused() -> None:
    named = set(
        re.findall(r"[\"']([\w/-]+\.html)[\"']", "\n".join(path.read_text(encoding="utf-8") for path in SOURCES))
    )
    assert set(TEMPLATES) - named == set()


def test_no_template_that_is_named_is_missing() -> None:
    named = {name for one in TEMPLATES for name in re.findall(r'{% (?:include|extends) "([^"]+)"', _text(one))}
    assert named - set(TEMPLATES) == set()


@pytest.mark.parametrize("name", _ids())
def test_no_id_in_an_attribute_is_grouped_by_three(name: str) -> None:
    """`value="{{ task.pk }}"` says 1,029 from the thousandth row on, and the form that sends it back is refused."""
    bare = re.findall(r'="[^"]*\{\{ *[\w.]*\b(?:pk|[a-z]+_id) *\}\}', _text(name))
    assert bare == [], "write |stringformat:'d' behind it"


@pytest.mark.parametrize("name", _ids())
def test_nothing_is_inline(name: str) -> None:
    """The Content-Security-Policy would refuse it in silence."""
    text = _text(name)
    assert not re.search(r"\sstyle\s*=", text), "inline style"
    assert not re.search(r"<style", text), "style element"
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text), "inline handler"
    assert not re.search(r"<script(?![^>]*\ssrc=)", text), "inline script"
    assert not re.search(r"(?:src|href|action)\s*=\s*[\"']https?:", text), "another machine"


@pytest.mark.parametrize("name", _ids())
def test_every_table_has_a_caption_and_scoped_heads(name: str) -> None:
    text = _text(name)
    for table in re.findall(r"<table.*?</table>", text, flags=re.DOTALL):
        assert "<caption" in table
        assert not re.search(r"<th(?![^>]*scope)[\s>]", table), "th without scope"


@pytest.mark.parametrize(
    "name",
    [name for name in _ids() if re.search('{% extends "(base|desk/_area).html" %}', _text(name)) and "/_" not in name],
)
def test_every_page_has_a_title_and_one_heading(name: str) -> None:
    text = _text(name)
    assert "{% block title %}" in text
    assert text.count("<h1") >= 1


@pytest.mark.slow
def test_djlint_finds_nothing() -> None:
    folders = sorted({str(path) for path in PACKAGE.glob("**/templates")})
    done = subprocess.run(
        [sys.executable, "-m", "djlint", "--lint", "--quiet", *folders],
        cwd=PACKAGE.parent, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
