"""The pages of evaluation."""

from __future__ import annotations

from yiwang.areas.evaluation.rights import AREA, reads
from yiwang.core.registers.pages import guard, page

for _label, _name in (
    ("创建申报", "evaluation:index"),
    ("建成比例", "evaluation:shares"),
    ("公示", "evaluation:publications"),
):
    page(AREA, _label, _name)
    guard(_name, reads)
