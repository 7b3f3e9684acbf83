"""The mapping file: what a layout means, as it was answered once, kept as YAML and reused for the same layout.

```yaml
layouts:
- fingerprint: 5f1c0a77d2e94b18     # of the headers, in their order
  sheet: 办公用房                    # for the reader of the file; not compared
  dataset: offices.organ_space      # "" leaves the sheet out
  columns:                          # header → column; "" leaves it out
    单位名称: organ
    人员情况/其中/正县: county_heads
    备注: ""
  units: {price: 万元}               # column → unit of its figures, where the sheet does not say
  block: rank                       # what the headings between the rows mean: a column, or "" for nothing
  blocks: {部级领导干部用房: 部级正职}  # heading → value of that column, "" leaves the block out
  constants: {organ_tier: 县级机关}   # column → value for the whole sheet
```
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from yiwang.core.intake.headers import Header
from yiwang.core.intake.words import normal
from yiwang.kit.refusal import Refusal, Where

_TOP = "# 一网:台账的对应关系。表头相同的表再次判定时直接采用,可以手工修改。\n"
MAX_BYTES = 1_000_000
OPEN = "?"  # a question that was copied out and not answered


class Layout(BaseModel):
    """The answers for one layout. `dataset` None: not answered; "": the sheet is left out."""

    model_config = ConfigDict(extra="forbid")

    fingerprint: str
    sheet: str = ""
    dataset: str | None = None
    columns: dict[str, str] = Field(default_factory=dict)
    units: dict[str, str] = Field(default_factory=dict)
    block: str | None = None
    blocks: dict[str, str] = Field(default_factory=dict)
    constants: dict[str, str] = Field(default_factory=dict)


class Mapping(BaseModel):
    """All layouts of a mapping file."""

    model_config = ConfigDict(extra="forbid")

    layouts: list[Layout] = Field(default_factory=list)

    def of(self, fingerprint: str) -> Layout | None:
        """The answers for this layout, None if it is new."""
        return next((layout for layout in self.layouts if layout.fingerprint == fingerprint), None)

    def put(self, layout: Layout) -> None:
        """Add the answers for a layout, in place of earlier ones."""
        self.layouts = [one for one in self.layouts if one.fingerprint != layout.fingerprint] + [layout]


def fingerprint(headers: Iterable[Header]) -> str:
    """Sixteen hex digits that are equal for equal headers in equal order, whatever their spaces, width and brackets."""
    words = ("/".join(normal(part, keep_brackets=True) for part in header.path) for header in headers)
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:16]


def read(path: Path) -> Mapping:
    """The mapping file; an absent one is empty. Refuses what is not one (`mapping.malformed`)."""
    if not path.exists():
        return Mapping()
    try:
        if path.stat().st_size > MAX_BYTES:
            raise Refusal("mapping.malformed", "对应关系文件太大", where=Where(file=path.name))
        return Mapping.model_validate(_lists(yaml.safe_load(path.read_text("utf-8")) or {}))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise Refusal(
            "mapping.malformed", f"对应关系文件的 {place} 不对:{first['msg']}", where=Where(file=path.name)
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError, OSError, RecursionError) as error:
        raise Refusal(
            "mapping.malformed", f"对应关系文件读不出来:{str(error).splitlines()[0]}", where=Where(file=path.name)
        ) from None


def _lists(data: Any) -> Any:
    """YAML reads an empty value as null and 100 as a number; both are words here. What is still OPEN is left out."""
    layouts = data.get("layouts") if isinstance(data, dict) else None
    for layout in layouts if isinstance(layouts, list) else []:
        if isinstance(layout, dict):
            for key in ("columns", "units", "blocks", "constants"):
                if isinstance(layout.get(key), dict):
                    pairs = ((str(name), "" if value is None else str(value)) for name, value in layout[key].items())
                    layout[key] = {name: value for name, value in pairs if value != OPEN}
            if layout.get("dataset") == OPEN:
                del layout["dataset"]
    return data


def text(mapping: Mapping) -> str:
    """The mapping file as text."""
    data = {"layouts": [layout.model_dump(exclude_defaults=True) for layout in mapping.layouts]}
    return _TOP + yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=120)


def write(mapping: Mapping, path: Path) -> None:
    """Write the mapping file, whole or not at all."""
    temporary = path.with_name(path.name + ".part")
    try:
        temporary.write_text(text(mapping), "utf-8")
        temporary.replace(path)
    except OSError as error:
        raise Refusal(
            "mapping.unwritable", f"对应关系文件写不下去:{error.strerror}", where=Where(file=path.name)
        ) from None
