"""Names of another system for our datasets: a YAML file says what they call our columns and codes. No Django here.

name: db32-example
title: 江苏地方标准示例
clause: DB32-T-3826-2020/interfaces     # optional: what it rests on
datasets:
  vehicles.maintenance:
    name: 车辆维保信息                     # what they call it; optional
    fields:
      number: WXDH                       # our column: their field
      kind: {name: WXLB, codes: {保养: "1", 维修: "2"}}   # and their codes for our words

A field that the file does not name is neither sent nor taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml

from yiwang.core.datasets.registry import all_datasets
from yiwang.kit.refusal import Refusal, Where

LARGEST = 1 << 20


@dataclass(frozen=True)
class Named:
    """A column under their name; `codes`: our word → theirs."""

    name: str
    codes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """A dataset under their name; `fields`: our column → theirs."""

    dataset: str
    name: str
    fields: Mapping[str, Named]

    def out(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Our row under their names. A word without a code stays as it is: nothing is lost."""
        return {one.name: one.codes.get(str(row.get(key)), row.get(key)) for key, one in self.fields.items()}

    def into(self, row: Mapping[str, Any], place: int) -> dict[str, Any]:
        """Their row under ours. Refusals `exchange.field`, `exchange.code` with the row."""
        ours = {
            one.name: (key, {theirs: word for word, theirs in one.codes.items()}) for key, one in self.fields.items()
        }
        found: dict[str, Any] = {}
        for name, value in row.items():
            if name not in ours:
                where = Where(row=place, column=name[:60])
                raise Refusal("exchange.field", f"第 {place} 行的“{name[:60]}”不在映射里。", where=where)
            key, words = ours[name]
            found[key] = self._word(words, value, place, name)
        return found

    def _word(self, words: Mapping[str, str], value: Any, place: int, name: str) -> Any:
        if not words or value is None or value == "":
            return value
        if str(value) not in words:
            where = Where(row=place, column=name)
            raise Refusal(
                "exchange.code", f"第 {place} 行的“{name}”是“{str(value)[:30]}”,映射里没有这个代码。", where=where
            )
        return words[str(value)]


@dataclass(frozen=True)
class Exchange:
    """One file."""

    name: str
    title: str
    clause: str
    tables: Mapping[str, Table]

    def table(self, dataset: str) -> Table:
        """Refusal `exchange.dataset`."""
        if dataset not in self.tables:
            raise Refusal("exchange.dataset", f"映射“{self.title}”没有数据集 {dataset}。")
        return self.tables[dataset]


def read(path: Path) -> Exchange:
    """A mapping, whole and sound. Refusal `exchange.file` says what is wrong with it."""
    if path.stat().st_size > LARGEST:
        raise Refusal("exchange.file", f"{path.name} 超过 1 MB,不像映射文件。")
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise Refusal("exchange.file", f"{path.name} 不是 UTF-8 的 YAML:{str(error)[:120]}") from None
    if not isinstance(data, dict) or not isinstance(data.get("datasets"), dict):
        raise Refusal("exchange.file", f"{path.name} 应有 name、title 和 datasets。")
    tables = {key: _table(path.name, str(key), value) for key, value in data["datasets"].items()}
    return Exchange(
        str(data.get("name") or path.stem), str(data.get("title") or path.stem), str(data.get("clause") or ""), tables
    )


def _table(file: str, key: str, data: Any) -> Table:
    known = all_datasets().get(key)
    if known is None or not isinstance(data, dict) or not isinstance(data.get("fields"), dict):
        raise Refusal("exchange.file", f"{file}:{key} 不是数据集,或没有 fields。")
    fields = {str(column): _named(file, key, str(column), value) for column, value in data["fields"].items()}
    strange = sorted(set(fields) - set(known.keys))
    if strange:
        raise Refusal("exchange.file", f"{file}:{key} 没有这些列:{'、'.join(strange)}。")
    names = [one.name for one in fields.values()]
    if len(set(names)) != len(names):
        raise Refusal("exchange.file", f"{file}:{key} 有两列对到同一个字段。")
    for column, one in fields.items():
        _codes(file, key, column, one, known.column(column).choices)
    return Table(key, str(data.get("name") or known.label), fields)


def _named(file: str, key: str, column: str, value: Any) -> Named:
    if isinstance(value, str) and value:
        return Named(value)
    if isinstance(value, dict) and isinstance(value.get("name"), str) and isinstance(value.get("codes", {}), dict):
        return Named(value["name"], {str(word): str(code) for word, code in value.get("codes", {}).items()})
    raise Refusal("exchange.file", f"{file}:{key}.{column} 应写对方的字段名,或 name 和 codes。")


def _codes(file: str, key: str, column: str, one: Named, choices: tuple[str, ...]) -> None:
    strange = sorted(set(one.codes) - set(choices)) if choices else []
    if strange:
        raise Refusal("exchange.file", f"{file}:{key}.{column} 的代码表里没有:{'、'.join(strange)}。")
    if len(set(one.codes.values())) != len(one.codes):
        raise Refusal("exchange.file", f"{file}:{key}.{column} 有两个词对到同一个代码。")


def _shipped() -> Iterator[Path]:
    """`yiwang/areas/*/mappings/*.yaml`: by name, since core knows no area."""
    for folder in import_module("yiwang.areas").__path__:
        yield from sorted(Path(folder).glob("*/mappings/*.yaml"))


@cache
def shipped() -> dict[str, Exchange]:
    """The mappings that ship, by name."""
    return {one.name: one for one in map(read, _shipped())}


def named(name: str) -> Exchange:
    """A shipped mapping. Refusal `exchange.unknown`."""
    if name not in shipped():
        known = "、".join(shipped())
        raise Refusal("exchange.unknown", f"没有“{name[:60]}”这个映射。有的是:{known}")
    return shipped()[name]
