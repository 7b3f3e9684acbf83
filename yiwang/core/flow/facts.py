"""The content of a case (事项内容): the declared facts, cleaned on the way in, typed for the conditions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from yiwang.core.datasets import Column, Kind
from yiwang.kit.expr import Type
from yiwang.kit.refusal import Refusal, Where

#: What a condition may ask for besides the declared facts; the engine knows it.
BUILT_IN: dict[str, Type] = {"organ_tier": Type.TEXT, "verdict": Type.TEXT}
TYPES = {
    Kind.TEXT: Type.TEXT,
    Kind.CODE: Type.TEXT,
    Kind.NUMBER: Type.NUMBER,
    Kind.INTEGER: Type.NUMBER,
    Kind.DATE: Type.DATE,
    Kind.BOOL: Type.BOOL,
}
LONGEST = 2000
KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, kw_only=True)
class Fact(Column):
    """One fact of a case. `choices`: the words it may be; `long`: several lines."""

    choices: tuple[str, ...] = ()
    long: bool = False


def columns_of(facts: Iterable[Fact]) -> dict[str, Type]:
    """The types that conditions are compiled over."""
    return {**{fact.key: TYPES[fact.kind] for fact in facts}, **BUILT_IN}


def clean(
    facts: Sequence[Fact], given: Mapping[str, Any], *, only: Sequence[str] | None = None, whole: bool = True
) -> dict[str, Any]:
    """What a person gave, as the case keeps it: numbers and days as text, integers and yes/no as such.

    `only`: the keys that may be given here; `whole`: whether every required fact (of `only`) must be among them.
    Refusals `fact.unknown`, `fact.required`, `fact.value` name the fact.
    """
    known = {fact.key: fact for fact in facts if only is None or fact.key in only}
    result: dict[str, Any] = {}
    for key, value in given.items():
        if key not in known:
            raise Refusal("fact.unknown", f"这里不能填写“{str(key)[:40]}”。", where=Where(column=str(key)[:40]))
        result[key] = _value(known[key], value)
    for key, fact in known.items():
        if whole and fact.required and result.get(key) in (None, ""):
            raise Refusal("fact.required", f"请填写“{fact.label}”。", where=Where(column=fact.label))
    return result


def _value(fact: Fact, value: Any) -> Any:
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    try:
        made = _CLEAN[fact.kind](value)
    except (ValueError, InvalidOperation, TypeError, OverflowError):
        raise _wrong(fact, value, f"应为{_WORDS[fact.kind]}") from None
    if fact.choices and made not in fact.choices:
        raise _wrong(fact, value, f"应为 {'、'.join(fact.choices)} 之一")
    return made


def _wrong(fact: Fact, value: Any, reason: str) -> Refusal:
    return Refusal(
        "fact.value", f"“{fact.label}”填写的“{str(value)[:40]}”不对:{reason}。", where=Where(column=fact.label)
    )


def _text(value: Any) -> str:
    if not isinstance(value, str | int | Decimal) or isinstance(value, bool):
        raise TypeError
    text = _CONTROL.sub("", str(value)).strip()
    if len(text) > LONGEST:
        raise ValueError
    return text


def _number(value: Any) -> str:
    if isinstance(value, bool | bytes):
        raise TypeError
    number = Decimal(str(value).strip().replace(",", ""))
    if not number.is_finite() or abs(number) >= Decimal(10) ** 15:
        raise ValueError
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _integer(value: Any) -> int:
    number = Decimal(_number(value))
    if number != number.to_integral_value():
        raise ValueError
    return int(number)


def _day(value: Any) -> str:
    return (value if isinstance(value, date) else date.fromisoformat(str(value).strip())).isoformat()[:10]


def _yes(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    return {"是": True, "true": True, "on": True, "1": True, "否": False, "false": False, "0": False}[
        str(value).lower()
    ]


def _bool(value: Any) -> bool:
    try:
        return _yes(value)
    except KeyError:
        raise ValueError from None


_CLEAN: dict[Kind, Callable[[Any], Any]] = {
    Kind.TEXT: _text,
    Kind.CODE: _text,
    Kind.NUMBER: _number,
    Kind.INTEGER: _integer,
    Kind.DATE: _day,
    Kind.BOOL: _bool,
}
_WORDS = {
    Kind.TEXT: f"文字(不超过 {LONGEST} 字)",
    Kind.CODE: "代码",
    Kind.NUMBER: "数",
    Kind.INTEGER: "整数",
    Kind.DATE: "日期(如 2026-03-01)",
    Kind.BOOL: "是或否",
}


def typed(facts: Iterable[Fact], kept: Mapping[str, Any]) -> dict[str, Any]:
    """What a case keeps, as conditions and standards read it: Decimal, date, bool, text; None where it is missing."""
    result: dict[str, Any] = {}
    for fact in facts:
        value = kept.get(fact.key)
        if value is None or value == "":
            result[fact.key] = None
        elif fact.kind in (Kind.NUMBER, Kind.INTEGER):
            result[fact.key] = Decimal(str(value))
        elif fact.kind is Kind.DATE:
            result[fact.key] = date.fromisoformat(value)
        else:
            result[fact.key] = value
    return result


def fact_to_json(fact: Fact) -> dict[str, Any]:
    """JSON-ready."""
    data = asdict(fact)
    return {key: value for key, value in data.items() if value not in ("", (), False)} | {"kind": fact.kind.value}


def fact_from_json(data: Mapping[str, Any]) -> Fact:
    """The fact that `fact_to_json` wrote."""
    lists = {key: tuple(data[key]) for key in ("choices", "synonyms") if key in data}
    return Fact(**{**data, **lists, "kind": Kind(data["kind"])})
