"""What is wrong with a file: each problem names the element and the reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from yiwang.kit.refusal import Refusal, Where

SHOWN = 5


@dataclass(frozen=True)
class Problem:
    """One reason to refuse: a stable code, the element's id or tag, and a sentence."""

    code: str
    element: str
    message: str

    def __str__(self) -> str:
        return f"{self.element}:{self.message}" if self.element else self.message


class BpmnRefusal(Refusal):
    """A file that cannot become a process, with every problem of the stage at which reading stopped."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        first, shown = problems[0], problems[:SHOWN]
        more = f"(另有 {len(problems) - SHOWN} 处)" if len(problems) > SHOWN else ""
        super().__init__(first.code, f"{';'.join(map(str, shown))}{more}", where=Where(column=first.element))
        self.problems = tuple(problems)

    def __str__(self) -> str:
        return self.message


def refuse(problems: Iterable[Problem]) -> None:
    """BpmnRefusal if there is a problem."""
    found = list(problems)
    if found:
        raise BpmnRefusal(found)


def named(kind: str, key: str, name: str = "") -> str:
    """An element as its author finds it: kind, name and id."""
    label = f"“{name[:40]}”" if name else ""
    return f"{kind}{label}({key[:60]})" if key else f"{kind}{label}"
