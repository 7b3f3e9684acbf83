"""What is left of a value that somebody may not see: enough to tell two apart, too little to use."""

from __future__ import annotations

import re

#: A run that no number, name or code has of its own: who sends it in has copied a masked cell.
_STARS = re.compile(r"\*{2,}")


def phone(text: str) -> str:
    """13812345678 → 138****5678; short numbers keep their last two signs."""
    digits = re.sub(r"\D", "", text)
    if len(digits) < 8:
        return "*" * max(len(digits) - 2, 0) + digits[-2:]
    return f"{digits[:3]}{'*' * (len(digits) - 7)}{digits[-4:]}"


def name(text: str) -> str:
    """刘经理 → 刘**, however long it is: the length says something too."""
    return f"{text[:1]}**" if text else ""


def code(text: str) -> str:
    """A number of a document by its last two signs; nothing of one that is short."""
    return f"****{text[-2:]}" if len(text) > 5 else "****"


def is_masked(text: str) -> bool:
    """Whether a text is what one of these left."""
    return bool(_STARS.search(text))
