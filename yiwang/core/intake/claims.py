"""The clerk's own figures in a sheet: 应享有 (the limit), 超出 (the excess), 是否超标. Found among the headers, compared later."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from yiwang.core.datasets import Column, Dataset, Kind
from yiwang.core.intake.headers import TAKE, ColumnMatch, Fit, Header
from yiwang.core.intake.words import likeness, normal


class ClaimKind(StrEnum):
    """What the clerk worked out by hand."""

    LIMIT = "limit"  # 应享有、核定
    EXCESS = "excess"  # 超出
    OVER = "over"  # 是否超标


LABELS = {ClaimKind.LIMIT: "应享有", ClaimKind.EXCESS: "超出", ClaimKind.OVER: "是否超标"}
_OVER = re.compile(r"(是否|有无|是不是|存在)+超(标准|标|面积|出|过|配)?|超标情况")
_EXCESS = re.compile(r"超出|超标准|超标|超面积|超过|超配")
_LIMIT = re.compile(r"按标准(核定)?|应(享有|配备?|核定|有)|核定|规定|标准(上限)?|限额|上限|定额")
_TOTAL = re.compile(r"(总计|合计|小计|总面积)$")


@dataclass(frozen=True)
class Claim:
    """A sheet's column of the clerk's own results about a measured column of the dataset."""

    header: Header
    kind: ClaimKind
    column: str


def claim_kind(header: Header) -> ClaimKind | None:
    """What the innermost header claims, None if nothing."""
    leaf = normal(header.path[-1])
    for kind, pattern in ((ClaimKind.OVER, _OVER), (ClaimKind.EXCESS, _EXCESS), (ClaimKind.LIMIT, _LIMIT)):
        if pattern.search(leaf):
            return kind
    return None


def find_claims(
    matches: Sequence[ColumnMatch], dataset: Dataset, measured: Sequence[str], fit: Fit | None = None
) -> list[Claim]:
    """Claims among the headers that were given to no column. `measured`: the columns that checks measure, in order.

    `fit` looks at the values: 超标 over ticks is a yes or no, not a figure.
    """
    claims: list[Claim] = []
    for match in matches:
        kind = None if match.column else claim_kind(match.header)
        if kind and (column := _about(match.header, dataset, measured, claims)):
            ticks = kind is ClaimKind.EXCESS and fit is not None and _ticks(fit, match.header.index)
            claims.append(Claim(match.header, ClaimKind.OVER if ticks else kind, column))
    return claims


def _ticks(fit: Fit, index: int) -> bool:
    """Whether the values of a column say yes and no."""
    yes = fit(index, Column(key="over", label="", kind=Kind.BOOL)) or 0
    figures = fit(index, Column(key="excess", label="", kind=Kind.NUMBER)) or 0
    return yes > 0.8 and figures < 0.5


def _about(header: Header, dataset: Dataset, measured: Sequence[str], earlier: Sequence[Claim]) -> str | None:
    """The measured column that a claim is about: by its own words, by the claim before it, or the only one there is."""
    leaf = normal(header.path[-1])
    if _TOTAL.search(leaf) and len(measured) != 1:
        return None  # of all kinds of rooms together: no single clause says it
    rest = _LIMIT.sub("", _EXCESS.sub("", _OVER.sub("", leaf)))
    if rest not in ("", "面积", "数", "数量", "金额"):
        ranked = sorted(((_alike(rest, dataset, key), key) for key in measured), key=lambda pair: -pair[0])
        return ranked[0][1] if ranked and ranked[0][0] >= TAKE else None
    for claim in reversed(earlier):
        if claim.header.path[:-1] == header.path[:-1] and claim.header.leaf == header.before:
            return claim.column
    return measured[0] if len(measured) == 1 else None


def _alike(rest: str, dataset: Dataset, key: str) -> float:
    column = dataset.column(key)
    if column.kind not in (Kind.NUMBER, Kind.INTEGER):
        return 0.0
    names = (normal(name.split("/")[-1]) for name in (column.label, *column.synonyms))
    return max(
        likeness(rest, name.removesuffix("面积")) if "面积" not in rest else likeness(rest, name) for name in names
    )
