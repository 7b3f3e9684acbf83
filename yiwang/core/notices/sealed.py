"""Texts that a copy of the database must not give away (tokens in addresses of robots): sealed with the platform's key."""

from __future__ import annotations

from django.conf import settings

from yiwang.kit import sealing
from yiwang.kit.refusal import Refusal

_PURPOSE = "notices"


def seal(text: str, owner: str) -> str:
    """Sealed for one owner ("user:7 WECOM"); "" stays ""."""
    return sealing.seal(text.encode(), key=settings.SECRET_KEY, purpose=_PURPOSE, owner=owner) if text else ""


def opened(sealed: str, owner: str) -> str:
    """The text again, also under SECRET_KEY_FALLBACKS; "" where no key that is known opens it for this owner."""
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS) if sealed else ():
        try:
            return sealing.unseal(sealed, key=str(key), purpose=_PURPOSE, owner=owner).decode()
        except Refusal:
            continue
    return ""
