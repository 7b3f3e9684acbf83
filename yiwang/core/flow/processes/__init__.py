"""The processes that the house knows: areas register theirs when Django starts; the files lie beside this one or there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from yiwang.core.flow.facts import Fact
from yiwang.core.rights.models import Verb
from yiwang.kit.refusal import Refusal

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Gate:
    """A place where standards are judged: the dataset, and the rows of it that a case makes.

    `rows(case, facts, on)`: facts typed (Decimal, date …). Without it the facts themselves are the one row.
    """

    dataset: str
    rows: Callable[[Any, Mapping[str, Any], date], Iterable[Row]] | None = None


@dataclass(frozen=True, kw_only=True)
class ProcessKind:
    """A process of an area: its file, who may open it, what happens beside it in the same transaction."""

    key: str  # the id of the process in the file
    label: str
    area: str
    file: Path
    code: str = ""  # begins its numbers; the key in capitals if empty
    verb: Verb = Verb.APPLY
    facts: tuple[Fact, ...] = ()
    gates: Mapping[str, Gate] = field(default_factory=dict)
    on_end: Callable[..., None] | None = None  # (case=, access=, on=, now=)
    on_event: Callable[..., None] | None = None  # (case=, event: Moment, access=, on=, now=)
    note: str = ""  # one sentence for the catalogue
    words: str = ""  # the button in the hall of services, in the words of who comes: 我要用车
    page: str = ""  # name of the address of the area's own form; without one the generic form asks

    @property
    def prefix(self) -> str:
        """How its numbers begin."""
        return self.code or self.key.replace(".", "-").upper()


_kinds: dict[str, ProcessKind] = {}


def register(kind: ProcessKind) -> ProcessKind:
    """Declare a process; a second one with the same key is a programming error."""
    if any(one.key != kind.key and one.prefix == kind.prefix for one in _kinds.values()):
        raise ValueError(f"process {kind.key}: another one's numbers begin with {kind.prefix} too")
    if _kinds.setdefault(kind.key, kind) is not kind:
        raise ValueError(f"process {kind.key} is registered twice")
    return kind


def extend(
    key: str,
    *,
    gates: Mapping[str, Gate] | None = None,
    on_end: Callable[..., None] | None = None,
    on_event: Callable[..., None] | None = None,
    page: str = "",
    words: str = "",
) -> ProcessKind:
    """Let an area hang its own work on a standard process: gates, what happens in the same transaction, its own form and button."""
    kind = _kinds[key]
    more: dict[str, Any] = {"gates": {**kind.gates, **(gates or {})}}
    if on_end is not None:
        more["on_end"] = on_end
    if on_event is not None:
        more["on_event"] = on_event
    if page:
        more["page"] = page
    if words:
        more["words"] = words
    _kinds[key] = replace(kind, **more)
    return _kinds[key]


def get(key: str) -> ProcessKind:
    """The process with this key. Refusal `flow.process`."""
    try:
        return _kinds[key]
    except KeyError:
        raise Refusal("flow.process", f"没有登记“{key[:60]}”这个流程。") from None


def known(key: str) -> bool:
    """Whether there is such a process."""
    return key in _kinds


def all_kinds() -> list[ProcessKind]:
    """Every process, in the order of the keys."""
    return [_kinds[key] for key in sorted(_kinds)]


def forget(key: str) -> None:
    """Take a process out again; for tests."""
    _kinds.pop(key, None)
