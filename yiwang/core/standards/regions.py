"""Regions as a chain: county → city → province → nation, by the prefixes of GB/T 2260 codes."""

from __future__ import annotations

import re
from functools import lru_cache

from yiwang.kit.refusal import Refusal

NATION = "CN"
_ALIASES = {"", NATION, "000000", "100000", "156"}


def canonical_region(text: str | None) -> str:
    """`CN` or six digits. Refuses anything else (`region.malformed`)."""
    code = (text or "").strip().upper()
    if code in _ALIASES:
        return NATION
    if re.fullmatch(r"\d{6}", code):
        return code
    raise Refusal("region.malformed", f"行政区划代码“{text}”不对:应为六位数字(GB/T 2260),全国写 CN")


@lru_cache(maxsize=8192)
def chain(code: str) -> tuple[str, ...]:
    """The region and everything above it, nearest first: 441303 → 441303, 441300, 440000, CN."""
    if code == NATION:
        return (NATION,)
    links = [code, code[:4] + "00", code[:2] + "0000"]
    return (*dict.fromkeys(links), NATION)
