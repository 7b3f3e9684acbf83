"""The kinds of printed forms, as data: where the facts come from, what they are called, who may have them printed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import Access

#: The key under which facts hold the opinions: a list of dicts with step, name, verdict, opinion, at.
OPINIONS = "opinions"
OPINION_LABEL = "办理意见"


@dataclass(frozen=True)
class PaperKind:
    """One kind.

    `facts(pk)`: what is printed, JSON values (dates and decimals become text); raises LookupError or DoesNotExist where the
    record is gone. `labels`: what each fact is called, in the order of printing, for all records or by `labels(pk)`; facts without a label
    are not printed but compared. `word`: of the number. `organ(pk)`: who issues. `guard`: who may issue, print and see.
    """

    key: str
    title: str
    word: str
    facts: Callable[[int], dict[str, Any]]
    labels: Mapping[str, str] | Callable[[int], Mapping[str, str]]
    organ: Callable[[int], Organ]
    guard: Callable[[Access, int], bool]
    template: str = "papers/base_form.html"

    def labels_of(self, pk: int) -> list[list[str]]:
        """Key and label of every fact that is printed, in order."""
        labels = self.labels(pk) if callable(self.labels) else self.labels
        return [[key, label] for key, label in labels.items()]


_KINDS: dict[str, PaperKind] = {}


def register(kind: PaperKind) -> PaperKind:
    """Add a kind; the same key again replaces it."""
    _KINDS[kind.key] = kind
    return kind


def get(key: str) -> PaperKind:
    """The kind; KeyError if there is none."""
    return _KINDS[key]


def known(key: str) -> bool:
    """Whether the kind is there."""
    return key in _KINDS
