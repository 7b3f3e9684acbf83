"""The list of what is planted, beside the seed: `planted.yaml` for scale 1 and the shipped seed."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from yiwang.portal.demo.load import SEED, Generator
from yiwang.portal.demo.plants import KINDS, Planted
from yiwang.portal.demo.shapes import Unit

PATH = Path(__file__).with_name("planted.yaml")
_HEAD = "# 示例省(规模 1、默认种子)种下的问题。由 yiwang demo --list 生成;测试核对判定恰好找到这些。\n"


def generate(scale: float = 1.0, seed: int = SEED) -> list[Planted]:
    """Make the province without writing it, and say what is planted."""
    generator = Generator(scale, seed)

    def forget(_unit: Unit, _done: int, _total: int) -> None:
        for table in generator.books.tables():
            table.forget()

    generator.run(forget)
    return generator.planter.planted


def dump(planted: Iterable[Planted]) -> str:
    """As YAML: by kind, each with what it shows."""
    rows = [one.as_dict() for one in planted]
    listed: list[dict[str, Any]] = []
    for plant, (_, meaning) in KINDS.items():
        found = [{key: value for key, value in row.items() if key != "plant"} for row in rows if row["plant"] == plant]
        listed.append({"plant": plant, "meaning": meaning, "findings": found})
    return _HEAD + yaml.safe_dump(listed, allow_unicode=True, sort_keys=False, default_flow_style=None, width=1000)


def read(path: Path = PATH) -> list[Planted]:
    """The list that ships."""
    groups = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [Planted(plant=group["plant"], **row) for group in groups for row in group["findings"]]
