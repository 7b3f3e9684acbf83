"""Who may see what an attachment is about: each kind of record registers its own answer. Without one, nobody may."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from yiwang.core.rights.access import Access

Guard = Callable[[Access, int], bool]


@dataclass(frozen=True)
class _Guards:
    see: Guard
    change: Guard


_GUARDS: dict[str, _Guards] = {}


def register(prefix: str, may_see: Guard, may_change: Guard | None = None) -> None:
    """For records named `prefix:pk`. `may_change`: who may add and remove files there; without it, who may see."""
    _GUARDS[prefix] = _Guards(may_see, may_change or may_see)


def registered() -> frozenset[str]:
    """The prefixes that have a guard."""
    return frozenset(_GUARDS)


def may_see(access: Access, about: str) -> bool:
    """Whether the user may see the record, and with it its files."""
    found = _split(about)
    return found is not None and found[0].see(access, found[1])


def may_change(access: Access, about: str) -> bool:
    """Whether the user may add files to the record."""
    found = _split(about)
    return found is not None and found[0].change(access, found[1])


def _split(about: str) -> tuple[_Guards, int] | None:
    prefix, _, key = about.rpartition(":")
    guards = _GUARDS.get(prefix)
    return (guards, int(key)) if guards is not None and key.isascii() and key.isdigit() else None
