"""Which page opens a service: each topic says so in one line, the hall of services reads it."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse


@dataclass(frozen=True)
class Entry:
    """A page that opens an item: the name of its address and the words of its button."""

    code: str
    name: str
    label: str
    query: str = ""

    @property
    def url(self) -> str:
        """Its address."""
        return reverse(self.name) + self.query


_entries: dict[tuple[str, str, str], Entry] = {}


def entry(item_code: str, url_name: str, label: str, query: str = "") -> None:
    """Declare that the item of this code is opened by the page of this name; again without harm."""
    _entries[(item_code, url_name, label)] = Entry(item_code, url_name, label, query)


def entries(item_code: str) -> list[Entry]:
    """The pages that open an item, in the order of their declaration; empty where nothing does yet."""
    return [one for one in _entries.values() if one.code == item_code]
