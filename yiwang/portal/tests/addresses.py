"""Every address of the URLconf, with example values in place of its arguments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from django.urls import URLPattern, URLResolver, get_resolver

EXAMPLES = {"int": "1", "str": "x", "slug": "x", "path": "x", "uuid": "00000000-0000-0000-0000-000000000000"}


def _walk(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[str]:
    for pattern in patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, address)
        else:
            yield address


@cache
def templates() -> tuple[str, ...]:
    """The addresses as they are declared: `/law/c/<path:key>`."""
    return tuple("/" + address for address in _walk(get_resolver().url_patterns, ""))


@cache
def addresses() -> tuple[str, ...]:
    """The addresses with example values."""
    return tuple(
        re.sub(r"<(?:(\w+):)?\w+>", lambda found: EXAMPLES[found.group(1) or "str"], one) for one in templates()
    )
