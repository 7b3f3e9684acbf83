"""The areas with their pages and registers: the tabs of every page, and wherever an area is called by its name."""

from __future__ import annotations

from dataclasses import dataclass

from django.apps import apps
from django.urls import NoReverseMatch, reverse

from yiwang.core.registers.pages import Page, pages
from yiwang.desk.kinds import Resource, resources


@dataclass(frozen=True)
class Item:
    """One area of the menu with its pages and kinds."""

    area: str
    label: str
    pages: tuple[Page, ...]
    kinds: tuple[Resource, ...]

    @property
    def url(self) -> str:
        """Where the area opens: its own index, its first page, its first register."""
        try:
            return reverse(f"{self.area}:index")
        except NoReverseMatch:
            return self.pages[0].url if self.pages else f"/r/{self.area}/"


def menu() -> list[Item]:
    """The areas that have kinds or pages, in the order of their declaration."""
    areas = dict.fromkeys([*(one.area for one in resources()), *(one.area for one in pages())])
    return [
        Item(area, str(apps.get_app_config(area).verbose_name), pages(area), tuple(resources(area))) for area in areas
    ]
