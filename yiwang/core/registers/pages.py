"""Pages of an area that are not generic: they stand before its registers, and the first one opens the area."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from django.urls import reverse

from yiwang.core.rights.access import Access


@dataclass(frozen=True)
class Page:
    """One of them. `name` is that of its address."""

    area: str
    label: str
    name: str

    @property
    def url(self) -> str:
        """Its address."""
        return _address(self.name)


@cache
def _address(name: str) -> str:
    """Reversed once: the navigation of an area asks for thirty of them on every page."""
    return reverse(name)


_pages: dict[str, Page] = {}
_guards: dict[str, Callable[[Access], bool]] = {}


def page(area: str, label: str, name: str) -> None:
    """Declare a page of an area."""
    _pages[name] = Page(area, label, name)


def guard(name: str, allowed: Callable[[Access], bool]) -> None:
    """Show the page of this address only to whom this allows (the page itself asks again)."""
    _guards[name] = allowed


def pages(area: str = "", access: Access | None = None) -> tuple[Page, ...]:
    """All pages, or those of an area, in the order of their declaration; with an access those that it can open."""
    found = (one for one in _pages.values() if area in ("", one.area))
    return tuple(one for one in found if access is None or one.name not in _guards or _guards[one.name](access))
