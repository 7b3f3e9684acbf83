"""What happened to a record, read from the ledger: changes made one by one, and the imports it was part of."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from django.utils import timezone

from yiwang.core.ledger.models import Entry
from yiwang.core.registers import sight
from yiwang.core.registers.register import Bound, Register, Show
from yiwang.core.registers.values import NONE, writer
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import User
from yiwang.core.rights.naming import names

WORDS = {"create": "登记", "change": "修改", "delete": "删除", "import": "导入"}
LATEST = 50


@dataclass
class Step:
    """One entry as a person reads it."""

    number: int
    at: str
    when: str
    actor: str
    act: str
    changes: list[str] = field(default_factory=list)


def steps(register: Register, pk: int, access: Access, imports: Iterable[int] = ()) -> list[Step]:
    """The latest entries about a record as `access` may see them, newest first; `imports` are the entries of files that it was part of."""
    own = Entry.objects.filter(obj=f"{register.key}:{pk}")
    found = sorted([*own.order_by("-id")[:LATEST], *Entry.objects.filter(pk__in=imports)], key=lambda one: -one.pk)
    people = _people(entry.actor for entry in found)
    words = {**WORDS, **dict(register.words)}
    seen = [bound for bound in register.inputs if sight.sees(register, bound, access)]
    linked = _linked(seen, found)
    covered = {bound.field.attname: sight.left(bound) for bound in register.inputs if bound not in seen}
    return [
        Step(
            number=entry.pk,
            at=entry.at,
            when=timezone.localtime(datetime.fromisoformat(entry.at)).strftime("%Y-%m-%d %H:%M"),
            actor=people.get(entry.actor, entry.actor),
            act=words.get(entry.act.rpartition(".")[2], entry.act),
            changes=_changes(register, entry, linked, covered),
        )
        for entry in found
    ]


def _people(actors: Iterable[str]) -> dict[str, str]:
    keys = {actor.removeprefix("user:") for actor in actors if actor.startswith("user:")}
    users = User.objects.filter(pk__in=[int(key) for key in keys if key.isdigit()])
    return {"system": "系统", **{f"user:{user.pk}": user.display_name or user.username for user in users}}


def _body(entry: Entry) -> dict[str, Any]:
    return json.loads(entry.body) if entry.body else {}


def _linked(seen: Iterable[Bound], entries: Iterable[Entry]) -> dict[tuple[str, Any], str]:
    """(column, id) → name, for the links that changed: one query a column."""
    seen = [bound for bound in seen if bound.show is Show.LINK]
    links = {bound.field.attname for bound in seen}
    ids: dict[str, set[Any]] = {}
    for entry in entries:
        for side in ("before", "after"):
            for key, value in (_body(entry).get(side) or {}).items():
                if key in links:
                    ids.setdefault(key, set()).add(value)
    return {
        (bound.field.attname, pk): name
        for bound in seen
        if (keys := ids.get(bound.field.attname, set()) - {None})
        for pk, name in names(bound.target, keys).items()
    }


def _changes(
    register: Register,
    entry: Entry,
    linked: Mapping[tuple[str, Any], str],
    covered: Mapping[str, Callable[[Any], str]],
) -> list[str]:
    """使用面积 18.00 → 20.00, for the columns that a person fills."""
    body = _body(entry)
    before, after = body.get("before") or {}, body.get("after") or {}
    if not (before and after):
        return [str(body["file"])] if "file" in body else []
    changes = []
    for bound in register.inputs:
        name = bound.field.attname
        if name in after:
            say = covered.get(name) or partial(_said, bound, linked=linked)
            old, new = (say(side.get(name)) for side in (before, after))
            changes.append(f"{bound.label} {old} → {new}")
    return changes


def _said(bound: Any, value: Any, linked: Mapping[tuple[str, Any], str]) -> str:
    if bound.show is Show.LINK:
        return linked.get((bound.field.attname, value), NONE)
    return NONE if value in (None, "") else writer(bound)(bound.field.to_python(value))
