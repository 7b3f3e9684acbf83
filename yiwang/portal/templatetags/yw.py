"""Figures, verdicts and citations in templates: `{% load yw %}`.

Filters: `num` (grouped by three, no trailing zeros), `num:1` (that many places), `area` (with ㎡), `yuan` and
`wan` (from fen), `unit` (m3 → m³), `masked_phone`, `kind_label`, `clause_url` (clause id → address). Tags: `{% icon "car" %}`, `{% chip kind text %}`,
`{% verdict_chip verdict %}`, `{% clause verdict %}` (the box), `{% citation verdict %}`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from django import template
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from yiwang.kit import masking

register = template.Library()

#: kind → (sign, word). The sign and the word say what the colour says.
KINDS: dict[str, tuple[str, str]] = {
    "over": ("▲", "超标"),
    "warning": ("!", "提醒"),
    "within": ("✓", "在标准内"),
    "undetermined": ("?", "无法判定"),
    "unverified": ("…", "待核"),
}
NONE = "—"
_PRINTED = {"m3": "m³", "m2": "㎡", "CO2": "CO₂"}
_UNITS = re.compile(r"(?:m[23]|CO2)(?![0-9A-Za-z])")


def _decimal(value: object) -> Decimal | None:
    """The figure, or None where there is none."""
    try:
        return None if value is None or value == "" else Decimal(str(value))
    except InvalidOperation:
        return None


@register.filter
def num(value: object, places: int | None = None) -> str:
    """A figure grouped by three: 1284306.50 → 1,284,306.5; with `places`, exactly so many; absent → —."""
    figure = _decimal(value)
    if figure is None:
        return NONE
    if places is not None:
        return f"{figure.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):,f}"
    text = f"{figure:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@register.filter
def masked_phone(value: object) -> str:
    """13812345678 → 138****5678, for who has nobody to call."""
    return masking.phone(str(value or ""))


@register.filter
def area(value: object, places: int = 1) -> str:
    """Square metres: 24 → 24.0 ㎡."""
    return NONE if _decimal(value) is None else f"{num(value, places)} ㎡"


@register.filter
def yuan(value: object) -> str:
    """Money kept in fen, shown in yuan: 18450000 → 184,500.00 元."""
    figure = _decimal(value)
    return NONE if figure is None else f"{num(figure / 100, 2)} 元"


@register.filter
def wan(value: object) -> str:
    """Money kept in fen, shown in 万元 from 10,000 yuan on: 4074628000 → 4,074.6 万元."""
    figure = _decimal(value)
    if figure is None or abs(figure) < 1_000_000:
        return yuan(value)
    return f"{num(figure / 1_000_000, 1)} 万元"


@register.filter
def unit(value: object) -> str:
    """A unit, or a text with units, as it is printed: m3 → m³, kgce/m2 → kgce/㎡, kgCO2 → kgCO₂."""
    return _UNITS.sub(lambda found: _PRINTED[found[0]], str(value))


@register.filter
def kind_label(kind: object) -> str:
    """The word for a verdict kind."""
    return KINDS[str(kind)][1]


@register.simple_tag
@lru_cache(maxsize=512)
def icon(name: str) -> SafeString:
    """One icon of the sprite, decorative: hidden from screen readers."""
    sprite = static("vendor/icons.svg")
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', sprite, name)


@register.inclusion_tag("_chip.html")
def chip(kind: object, text: str = "") -> dict[str, Any]:
    """A verdict as a chip; `text` replaces the word of the kind ("超 6.0 ㎡")."""
    sign, word = KINDS.get(str(kind), ("", str(kind)))
    known = str(kind) in KINDS or str(kind) in {"info", "plain"}
    return {"kind": str(kind) if known else "plain", "sign": sign, "text": text or word}


def beyond(verdict: Any) -> str:
    """How far a verdict is beyond its limit: 超 6 ㎡, 少 2 年; "" where it is not."""
    if str(verdict.kind) not in {"over", "warning"} or not _decimal(verdict.excess):
        return ""
    return f"{'少' if str(verdict.relation).startswith('>') else '超'} {num(verdict.excess)} {verdict.unit}"


@register.inclusion_tag("_chip.html")
def verdict_chip(verdict: Any) -> dict[str, Any]:
    """A verdict's own chip: what is beyond the limit is said in figures."""
    return chip(verdict.kind, beyond(verdict))


@register.inclusion_tag("_clause.html")
def clause(verdict: Any) -> dict[str, Any]:
    """A verdict with its figures and its clause. Anything with the attributes of `Verdict` will do."""
    relation = str(verdict.relation)
    word = KINDS[str(verdict.kind)][1]
    return {"v": verdict, "least": relation.startswith(">"), "equal": relation == "=", "word": word}


@register.filter
def clause_url(clause_id: str) -> str:
    """The address of a clause's page, from its id."""
    return reverse("law:clause", args=[clause_id])


@register.simple_tag
def citation(verdict: Any) -> SafeString:
    """《title》(number)article as a link to the clause."""
    number = f"({verdict.number})" if verdict.number else ""
    text = f"《{verdict.document.strip('《》')}》{number}{verdict.article or ''}"
    return format_html('<a href="{}">{}</a>', clause_url(verdict.clause), text)


@register.filter
def get(mapping: Mapping[Any, Any], key: object) -> Any:
    """The entry of a mapping; "" if there is none."""
    return mapping.get(key, "")


@register.filter
def day(value: date | None, absent: str = "不详") -> str:
    """A day as 2026-11-22; what is not known, or before and after all time, as `absent`."""
    return absent if value is None or value in (date.min, date.max) else value.isoformat()


@register.filter
def last_day(stop: date | None) -> str:
    """The last day of a half-open period as published; 现行 while it is open."""
    return "现行" if stop is None or stop == date.max else (stop - timedelta(days=1)).isoformat()
