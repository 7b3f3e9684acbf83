"""The clause under a refusal, as a page shows it."""

from __future__ import annotations

from dataclasses import dataclass

from yiwang.core.standards.book import load


@dataclass(frozen=True)
class Ground:
    """A clause in words. `verified`: whether it was read in a published text; else it is shown as 待核."""

    clause: str
    title: str
    number: str
    article: str
    text: str
    verified: bool


def ground(clause: str) -> Ground | None:
    """The clause with this id; None where there is none."""
    try:
        document, found = load().document_of(clause), load().clause(clause)
    except KeyError:
        return None
    return Ground(
        clause=clause,
        title=document.title.strip("《》"),
        number=document.document_number or "",
        article=found.article or "",
        text=found.paraphrase,
        verified=found.verified,
    )
