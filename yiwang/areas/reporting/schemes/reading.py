"""Scheme files: YAML → Scheme, sound or refused with file, place and reason; the shipped ones by key and day."""

from __future__ import annotations

from datetime import date
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from yiwang.areas.reporting.schemes.compiled import Compiled, Unsound, compiled
from yiwang.areas.reporting.schemes.schema import Scheme
from yiwang.kit.refusal import Refusal, Where

FOLDER = Path(__file__).resolve().parents[3] / "lawbook" / "returns"
LARGEST = 1 << 20
#: The safe loader, in C where it is there: ten times quicker.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WORDS = {
    "missing": "缺少这一项",
    "extra_forbidden": "没有这一项,请对照格式改正或删去",
    "string_pattern_mismatch": "写法不对(小写字母开头,只用小写字母、数字和下划线)",
    "literal_error": "不是允许的词",
    "date_from_datetime_parsing": "不是日期",
}


def parsed(text: str, file: str = "制度") -> Scheme:
    """A scheme from its YAML, every expression compiled. Refusal `return.scheme` with file, place and reason."""
    return compiled_from(text, file).scheme


@lru_cache(maxsize=64)
def compiled_from(text: str, file: str = "制度") -> Compiled:
    """The same, compiled; kept, since each page of a return asks for it."""
    try:
        return compiled(validated(text, file))
    except Unsound as error:
        raise _refused(file, error.place, error.reason) from None


def validated(text: str, file: str = "制度") -> Scheme:
    """A scheme of the right shape, its expressions not looked at yet. Refusal `return.scheme`."""
    if len(text) > LARGEST:
        raise _refused(file, "", "超过 1 MB,不像报表制度")
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=_LOADER)):
            raise yaml.YAMLError("aliases")  # a short text must not unfold into a long one
        data = yaml.load(text, Loader=_LOADER)  # noqa: S506 (a safe one)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise _refused(file, f"第 {mark.line + 1} 行" if mark else "", "不是合法的 YAML") from None
    if not isinstance(data, dict):
        raise _refused(file, "", "应是一份报表制度(key、revision、title、tables …)")
    try:
        return Scheme.model_validate(data)
    except ValidationError as error:
        first: Any = error.errors()[0]
        place = ".".join(_named(data, first["loc"]))
        reason = _WORDS.get(first["type"]) or str(first["msg"]).removeprefix("Value error, ")
        raise _refused(file, place, reason) from None


def _named(data: Any, loc: tuple[Any, ...]) -> list[str]:
    """The place in words: an entry of a list by its key where it has one."""
    found: list[str] = []
    for part in loc:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            data = None
        key = data.get("key") if isinstance(part, int) and isinstance(data, dict) else None
        found.append(f"[{key or part + 1}]" if isinstance(part, int) else str(part))
    return found


def _refused(file: str, place: str, reason: str) -> Refusal:
    words = f"“{place}”:{reason}" if place else reason
    return Refusal("return.scheme", f"{words}。", where=Where(file=file))


def read(path: Path) -> str:
    """The text of a file. Refusal `return.scheme` where it is not UTF-8 or is too large."""
    if path.stat().st_size > LARGEST:
        raise _refused(path.name, "", "超过 1 MB,不像报表制度")
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise _refused(path.name, "", "不是 UTF-8 文本") from None


@cache
def shipped() -> dict[str, tuple[Scheme, str]]:
    """The schemes that ship with their text, by `key/revision`. Two revisions of one key may not overlap.

    Their expressions are compiled when one is used: all of them would take a page some seconds (a test compiles them).
    """
    found: dict[str, tuple[Scheme, str]] = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        text = read(path)
        scheme = validated(text, path.name)
        if scheme.name in found:
            raise _refused(path.name, "revision", f"{scheme.name} 有两份")
        found[scheme.name] = (scheme, text)
    _check_apart([scheme for scheme, _ in found.values()])
    return found


def _check_apart(schemes: list[Scheme]) -> None:
    rows = sorted(schemes, key=lambda one: (one.key, one.valid_from))
    for one, other in pairwise(rows):
        if one.key == other.key and (one.valid_to is None or one.valid_to > other.valid_from):
            raise _refused(other.name, "valid_from", f"与 {one.name} 的有效期重叠")


def in_force(key: str, on: date) -> tuple[Scheme, str]:
    """The shipped revision in force on the day. Refusal `return.no-scheme`."""
    for scheme, text in shipped().values():
        if scheme.key == key and scheme.valid_from <= on and (scheme.valid_to is None or on < scheme.valid_to):
            return scheme, text
    raise Refusal("return.no-scheme", f"{on} 没有现行有效的“{key}”报表制度。")
