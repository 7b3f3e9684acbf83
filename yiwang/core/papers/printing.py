"""A paper as HTML and as PDF, from its facts as issued. PDFs are set by a process of their own (`typesetter`)."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import segno
from django.template.loader import render_to_string

from yiwang.core.papers import kinds
from yiwang.core.papers.models import Paper, PaperState
from yiwang.core.papers.typesetter import LACKING
from yiwang.kit.refusal import Refusal

STYLESHEET = Path(__file__).parent / "static" / "papers" / "paper.css"
TYPESETTER = (sys.executable, "-I", str(Path(__file__).with_name("typesetter.py")))
#: Forms set at once by one process of the portal; seconds to wait for a turn, and for a form.
PRESSES, PATIENCE, LONGEST = 2, 15.0, 90.0
_presses = threading.BoundedSemaphore(PRESSES)
#: Letters (a Chinese one counts two) that fit into half a line of the form.
HALF = 30


@dataclass(frozen=True)
class Field:
    """One fact as printed."""

    label: str
    value: str


def context(paper: Paper, base: str) -> dict[str, Any]:
    """What the template of a paper is given. `base`: the address of the platform, "https://host"."""
    kind = kinds.get(paper.kind)
    facts: dict[str, Any] = json.loads(paper.facts)
    fields = [Field(label, words(facts[key])) for key, label in paper.labels if facts.get(key) not in (None, "")]
    address = f"{base.rstrip('/')}/p/{paper.code}"
    return {
        "paper": paper,
        "kind": kind,
        "facts": facts,
        "lines": lines(fields),
        "opinions": facts.get(kinds.OPINIONS, []),
        "opinion_label": kinds.OPINION_LABEL,
        "address": address,
        "qr": segno.make(address, error="m").svg_data_uri(scale=4, border=1, dark="#000"),
        "void": paper.state == PaperState.VOID,
    }


def words(value: Any) -> str:
    """A JSON value as printed."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(words(one) for one in value)
    return str(value)


def lines(fields: list[Field]) -> list[list[Field]]:
    """The fields in lines of the form: two short ones share a line, a long one has it alone."""
    found: list[list[Field]] = []
    for one in fields:
        if _short(one) and found and len(found[-1]) == 1 and _short(found[-1][0]):
            found[-1].append(one)
        else:
            found.append([one])
    return found


def _short(one: Field) -> bool:
    return "\n" not in one.value and sum(2 if ord(letter) > 0x2E7F else 1 for letter in one.value) <= HALF


def html(paper: Paper, base: str) -> str:
    """The form as a page of its own, for the browser to print."""
    return render_to_string(kinds.get(paper.kind).template, {**context(paper, base), "screen": True})


def pdf(paper: Paper, base: str) -> bytes:
    """The form as PDF. Refusals `paper.no-printer`, `paper.busy`, `paper.failed`."""
    text = render_to_string(kinds.get(paper.kind).template, {**context(paper, base), "screen": False})
    if not _presses.acquire(timeout=PATIENCE):
        raise Refusal("paper.busy", "现在打印的人太多,请过一会儿再试,或用“打印页面”由浏览器打印。")
    try:
        done = subprocess.run(
            [*TYPESETTER, str(STYLESHEET)], input=text.encode(), capture_output=True, timeout=LONGEST, check=False
        )
    except subprocess.TimeoutExpired:
        raise _failed() from None
    finally:
        _presses.release()
    if done.returncode == LACKING:
        raise Refusal(
            "paper.no-printer",
            "服务器缺少排版组件 Pango,不能生成 PDF;请管理员安装 libpango-1.0-0 与 libpangoft2-1.0-0(Debian、Ubuntu)"
            "或 pango(其他系统)。现在可用“打印页面”由浏览器打印。",
        )
    if done.returncode or not done.stdout.startswith(b"%PDF-"):
        raise _failed()
    return done.stdout


def _failed() -> Refusal:
    return Refusal("paper.failed", "这份单据没能排成 PDF,请用“打印页面”由浏览器打印,并告知管理员。")
