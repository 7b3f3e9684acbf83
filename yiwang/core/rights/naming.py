"""Names and links: what rows of a model are called, and the rows that texts name, found in sets and within reach."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import models

from yiwang.core.orgs.models import Organ, Person, Region
from yiwang.core.rights.access import Access
from yiwang.kit.constraints import MANY, chunks
from yiwang.kit.refusal import Refusal


@dataclass(frozen=True, kw_only=True)
class Naming:
    """How rows of a model are called and found: `show` the paths of the name, `find` the ways a text can name one.

    The first way names a row in full. A way of several paths is written 行政中心/A座/0612, or with blanks.
    Where a text fits several rows, those whose `narrow` link agrees with the row being entered are taken.
    """

    model: type[models.Model]
    show: tuple[str, ...]
    find: tuple[tuple[str, ...], ...]
    narrow: str = ""
    vague: bool = False  # the short name is often that of several rows


_namings: dict[type[models.Model], Naming] = {}


def name(naming: Naming) -> None:
    """Declare how rows of a model are called and found."""
    _namings[naming.model] = naming


def naming_of(model: type[models.Model]) -> Naming:
    """How rows of this model are called; KeyError if nobody said."""
    return _namings[model]


name(Naming(model=Organ, show=("name",), find=(("name", "credit_code"), ("credit_code",), ("name",))))
name(Naming(model=Region, show=("name",), find=(("name", "code"), ("code",), ("name",)), vague=True))
name(
    Naming(
        model=Person,
        show=("name",),
        find=(("name", "staff_number"), ("staff_number",), ("name",)),
        narrow="organ",
    )
)


def plain(value: object) -> str:
    """Text with full-width signs folded and blanks trimmed; nothing for None."""
    return "" if value is None else _folded(str(value))


@lru_cache(maxsize=200_000)
def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split())


def reach(model: type[models.Model], access: Access) -> models.QuerySet[Any]:
    """The rows of a model that the user may point to: those in his scope, all of a model that knows no organ."""
    rows: models.QuerySet[Any] = model._default_manager.all()
    return access.scope(rows) if any(field.name == "l1" for field in model._meta.fields) else rows


@dataclass(frozen=True)
class Found:
    """The rows one text names: (id, id of the row that narrows)."""

    rows: tuple[tuple[Any, Any], ...]

    def one(self, label: str, text: str, narrow: object) -> Any:
        """The id of the row meant. Refusals `link.unknown`, `link.ambiguous`."""
        rows = self.rows
        if len(rows) > 1 and narrow is not None:
            rows = tuple(row for row in rows if row[1] == narrow)
        if len(rows) == 1:
            return rows[0][0]
        if rows or self.rows:
            raise Refusal("link.ambiguous", f"“{label}”的“{text}”不止一个,请连同编号或上一级名称一起写。")
        raise Refusal("link.unknown", f"“{label}”的“{text}”在您管理的范围内没有登记,请核对名称或先登记。")


def find(model: type[models.Model], texts: Iterable[str], access: Access) -> dict[str, Found]:
    """The rows that each text names, way by way: a text that an earlier way knows is not tried on a later one."""
    naming = naming_of(model)
    found: dict[str, Found] = {}
    open_texts = {text for text in texts if text}
    for way in naming.find:
        hits = _by_way(naming, way, open_texts, access)
        found.update({text: Found(tuple(rows)) for text, rows in hits.items()})
        open_texts -= hits.keys()
    found.update({text: Found(()) for text in open_texts})
    return found


def _by_way(naming: Naming, way: tuple[str, ...], texts: set[str], access: Access) -> dict[str, list[tuple[Any, Any]]]:
    """One query for each chunk of last parts, each asked once; the other parts are compared here."""
    asked: dict[str, dict[tuple[str, ...], list[str]]] = defaultdict(dict)
    for text in texts:
        if parts := _split(text, len(way)):
            asked[parts[-1]].setdefault(parts, []).append(text)
    narrow = f"{naming.narrow}_id" if naming.narrow else "pk"
    hits: dict[str, list[tuple[Any, Any]]] = defaultdict(list)
    for lasts in chunks(asked, MANY):
        rows = reach(naming.model, access).filter(_spelt(way[-1], lasts))
        heads = {parts[0] for last in lasts for parts in asked[last]}
        if len(heads) < sum(len(asked[last]) for last in lasts):  # room 0612 is in every building
            rows = rows.filter(_spelt(way[0], heads))
        for pk, narrowed, *found in rows.values_list("pk", narrow, *way):
            parts = tuple(map(plain, found))
            for text in asked.get(parts[-1], {}).get(parts, ()):
                hits[text].append((pk, narrowed))
    return hits


def _spelt(path: str, words: Iterable[str]) -> models.Q:
    """The path is one of the words, with brackets in half or full width."""
    return models.Q(**{f"{path}__among": {spelling for word in words for spelling in (word, word.translate(_WIDE))}})


#: Names keep their brackets in full width as often as not.
_WIDE = str.maketrans("()", "()")


def _split(text: str, count: int) -> tuple[str, ...]:
    """The parts of a name; nothing where it has not so many."""
    parts = text.rsplit("/", count - 1)
    if len(parts) < count:
        parts = text.rsplit(" ", count - 1)
    return tuple(map(plain, parts)) if len(parts) == count else ()


def joined(parts: Iterable[object]) -> str:
    """The parts of a name as one text that can be split again."""
    return "/".join(map(plain, parts))


def named(key: object, *parts: object) -> str | None:
    """The name of the row with this key; None where there is no key."""
    return None if key is None else joined(parts)


def names(model: type[models.Model], keys: Iterable[Any], access: Access | None = None) -> dict[Any, str]:
    """What rows are called in full, by id: the text that names each again. Of ids that a user gave: within his reach."""
    way, rows = naming_of(model).find[0], reach(model, access) if access else model._default_manager.all()
    return {
        pk: joined(parts) for some in chunks(keys) for pk, *parts in rows.filter(pk__in=some).values_list("pk", *way)
    }


def suggest(model: type[models.Model], typed: str, access: Access, limit: int = 20) -> list[str]:
    """Full names that contain what was typed, part by part where it is written in parts; for the list below an input."""
    naming, typed = naming_of(model), plain(typed)
    if not typed:
        return []
    parts = _split(typed, len(naming.show)) if len(naming.show) > 1 else ()
    if parts:
        condition = models.Q(**{f"{path}__icontains": part for path, part in zip(naming.show, parts, strict=True)})
    else:
        condition = models.Q()
        for path in naming.show:
            condition |= models.Q(**{f"{path}__icontains": typed})
    rows = reach(model, access).filter(condition).order_by(*naming.show)
    return [joined(parts) for parts in rows.values_list(*naming.find[0])[:limit]]
