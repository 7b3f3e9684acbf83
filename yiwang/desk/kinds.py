"""One declaration of a kind gives its list, record, form, import, exports, JSON and history. Data, not callbacks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from django.db import models
from django.urls import reverse

from yiwang.core.registers.pages import page, pages
from yiwang.core.registers.register import Column, Feed, Register, bind
from yiwang.core.registers.sight import know
from yiwang.core.rights.naming import Naming, name


@cache
def _address(key: str) -> str:
    """Reversed once: a list of fifty rows with links would ask for it a hundred times."""
    return reverse("area:list", args=key.split("."))


@dataclass(frozen=True, kw_only=True)
class Resource(Register):
    """A register with a face.

    `order` is the path that lists stand in by default (never empty; ids break ties). `filters` are columns, `search`
    paths of text. `related`: kinds listed on the record's page, by the column that points here. `ends`: the date whose
    setting ends a record; a kind without one may be deleted.
    """

    filters: tuple[str, ...] = ()
    search: tuple[str, ...] = ()
    order: str = "pk"
    related: tuple[tuple[str, str], ...] = ()
    ends: str = ""
    naming: Naming | None = None
    whole: str = ""  # name of the area's own page of a record

    @property
    def area(self) -> str:
        """The first part of the key."""
        return self.key.partition(".")[0]

    @property
    def url(self) -> str:
        """Address of the list; a record is below it."""
        return _address(self.key)

    @property
    def file_url(self) -> str:
        """Address of the exports, without their ending."""
        return self.url.rstrip("/")

    def labels(self, paths: tuple[str, ...]) -> list[str]:
        """What columns of the model are called."""
        return [bind(self.model, Column(path=path)).label for path in paths]


_resources: dict[str, Resource] = {}


def register(resource: Resource) -> Resource:
    """Declare a kind; a second one with the same key is a programming error."""
    if _resources.setdefault(resource.key, resource) is not resource:
        raise ValueError(f"kind {resource.key} is declared twice")
    know(resource)
    if resource.naming:
        name(resource.naming)
    return resource


def get(key: str) -> Resource:
    """The kind with this key; KeyError if there is none."""
    return _resources[key]


def of_model(model: type[models.Model]) -> Resource | None:
    """The kind whose records are rows of this model."""
    return next((resource for resource in _resources.values() if resource.model is model), None)


def resources(area: str = "") -> list[Resource]:
    """All kinds, or those of an area, in the order of declaration."""
    return [resource for resource in _resources.values() if area in ("", resource.area)]


__all__ = ["Column", "Feed", "Resource", "get", "of_model", "page", "pages", "register", "resources"]
