"""The verdict: a clause applied to a record."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any


class VerdictKind(StrEnum):
    """The five answers."""

    WITHIN = "within"  # 在标准内
    OVER = "over"  # 超标: a hard clause is broken
    WARNING = "warning"  # 提醒: a soft clause is broken
    UNDETERMINED = "undetermined"  # 无法判定: a fact is missing
    UNVERIFIED = "unverified"  # 待核: the clause, its row or its document's dates are not verified; never accuses


@dataclass(slots=True, kw_only=True)
class Verdict:
    """One clause, one record, one answer; nobody changes it (not `frozen`, which would double its cost). Figures are in the dataset's unit; `excess` is how far beyond the limit, else 0."""

    dataset: str
    subject: str  # the subject columns' values joined by " · "
    topic: str
    clause: str  # id
    document: str  # title
    number: str  # 文号, or ""
    article: str
    kind: VerdictKind
    modality: str
    measure: Decimal | None
    label: str  # what was measured
    relation: str
    limit: Decimal | None
    excess: Decimal | None
    unit: str
    on: date
    region: str
    row: int | None = None  # index in the clause's table of the row that decided
    cell: dict[str, Any] = field(default_factory=dict)  # that row's cells
    missing: tuple[str, ...] = ()  # labels of the facts that are missing, when undetermined
    version: str = ""  # hash of the clause version
    odd: tuple[str, ...] = ()  # words among the facts that no ladder knows, each said in a phrase
    gap: bool = False  # every fact is there, but the table has no row for them

    @property
    def message(self) -> str:
        """One Chinese sentence: what was measured, what is allowed, on which ground."""
        return sentence(self)

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready: figures as numbers, the day as text."""
        data = asdict(self)
        for key in ("measure", "limit", "excess"):
            value = data[key]
            data[key] = None if value is None else (int(value) if value == value.to_integral_value() else float(value))
        data["on"] = self.on.isoformat()
        data["kind"] = self.kind.value
        data["message"] = self.message
        data["missing"] = list(self.missing)
        return data


BOUND = {"<=": "上限", "<": "上限(不含)", ">=": "下限", ">": "下限(不含)", "=": "应为"}


def plain(value: Decimal | None) -> str:
    """A figure without idle zeros, grouped by three; — where it is unknown."""
    if value is None:
        return "—"
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def citation(verdict: Verdict) -> str:
    """《title》(number)article."""
    number = f"({verdict.number})" if verdict.number else ""
    return f"《{verdict.document}》{number}{verdict.article}"


def sentence(verdict: Verdict) -> str:
    """The sentence of a verdict."""
    ground = f"依据{citation(verdict)}"
    if verdict.measure is None or verdict.limit is None or verdict.missing:
        return f"{_why(verdict)};{ground}"
    unit = f" {verdict.unit}" if verdict.unit else ""
    figures = f"{verdict.label} {plain(verdict.measure)}{unit},{BOUND[verdict.relation]} {plain(verdict.limit)}{unit}"
    return f"{figures}{_tail(verdict, unit)};{ground}"


def _tail(verdict: Verdict, unit: str) -> str:
    beyond = f",{'超' if verdict.relation in ('<=', '<') else '差'} {plain(verdict.excess)}{unit}"
    if verdict.kind is VerdictKind.OVER:
        return beyond
    if verdict.kind is VerdictKind.WARNING:
        word = f"“{verdict.modality}”," if verdict.modality else ""
        return f"{beyond}({word}请说明理由)"
    return "(待核:条款或文件日期未经核实,只供参考)" if verdict.kind is VerdictKind.UNVERIFIED else ""


def _why(verdict: Verdict) -> str:
    if verdict.kind is VerdictKind.UNVERIFIED:
        return "待核:条款或文件日期未经核实"
    words = list(verdict.odd)
    named = [label for label in verdict.missing if not any(word.startswith(label + "“") for word in words)]
    if named:
        words.append(f"缺少:{'、'.join(named)}")
    if verdict.gap:
        words.append("表中没有这一格")
    return "无法判定," + ";".join(words or ["缺少事实"])
