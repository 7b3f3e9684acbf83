"""Sort keys by pinyin: one syllable after the other, then its tone, numbers by their size.

A key holds only 0–9 and a–z: then a database whose collation skips blanks and signs orders it as Python does.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_PARTS = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+|[0-9]+|[a-z]+")
#: Places that the dictionary reads otherwise than the people who live there.
_PLACES = {"单县": ["shan4", "xian4"], "单县县": ["shan4", "xian4", "xian4"]}


@lru_cache(maxsize=65536)
def sort_key(text: str, *, limit: int = 240) -> str:
    """The key a Chinese name sorts under: 重庆 → `chong2qing4`, 第9室 → `di4000009shi4`; cut at `limit`."""
    plain = unicodedata.normalize("NFKC", text).lower()
    return "".join(_key(part) for part in _PARTS.findall(plain))[:limit]


def _key(part: str) -> str:
    """The key of a run of one kind: digits padded to six places, letters as they are, Han by syllables."""
    if part[0].isdigit():
        return part.zfill(6)
    return part if part[0].isascii() else "".join(_syllables(part))


def _syllables(han: str) -> list[str]:
    """Toned syllables; a character without a known reading sorts last, by its number."""
    from pypinyin import Style, lazy_pinyin  # half a second of dictionaries: only when needed

    if han in _PLACES:
        return _PLACES[han]
    return lazy_pinyin(han, style=Style.TONE3, neutral_tone_with_five=True, v_to_u=False, errors=_unread)


def _unread(rare: str) -> str:
    """Characters without a reading."""
    return "".join(f"zz{ord(char):06x}" for char in rare)
