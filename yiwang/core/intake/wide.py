"""Wide tables turned long: headers that are words of a vocabulary (正处级 · 副处级 …, 机要通信用车 · 应急保障用车 …) become rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from yiwang.core.datasets import Column, Dataset, Kind
from yiwang.core.intake.context import heading_word, known
from yiwang.core.intake.headers import SERIAL, TAKE, Assignment, ColumnMatch, Header
from yiwang.core.intake.words import best, normal
from yiwang.core.standards.ladders import Ladders, Vocabulary

FEWEST = 2  # different words that make a table wide
SURE = 0.9  # how sure a header is that is spread out
AT = "@"  # in a mapping file: quota@机要通信用车


def widen(found: Assignment, dataset: Dataset, ladders: Ladders) -> str:
    """Give free headers that are words of a coded column, together with a figure's name, to that figure's column.

    Changes the assignment; returns the coded column that the words fill, "" if the table is not wide.
    """
    taken = {match.column for match in found.matches if match.column and not match.word}
    for column in dataset.columns:
        if column.key in taken or column.vocabulary not in ladders:
            continue
        spread = list(_spread(found, dataset, ladders[column.vocabulary], taken))
        if len({match.word for _, match in spread}) >= FEWEST:
            for place, match in spread:
                found.matches[place] = match
            used = {match.header.index for _, match in spread}
            found.doubtful = [one for one in found.doubtful if one.header.index not in used]
            return column.key
    return ""


def _spread(
    found: Assignment, dataset: Dataset, vocabulary: Vocabulary, taken: set[str]
) -> Iterator[tuple[int, ColumnMatch]]:
    """Each free header that names a word and a figure, with its place among the matches."""
    figures = [one for one in dataset.columns if one.kind in (Kind.NUMBER, Kind.INTEGER) and one.key not in taken]
    for place, match in enumerate(found.matches):
        if match.word:
            if known(match.word, vocabulary):
                yield place, match
        elif match.column is None and not match.how and match.header.leaf not in SERIAL:
            pair = _word_and_figure(match.header, vocabulary, figures)
            if pair is not None:
                yield place, replace(match, column=pair[1], word=pair[0], score=SURE, how="宽表")


def _word_and_figure(header: Header, vocabulary: Vocabulary, figures: list[Column]) -> tuple[str, str] | None:
    """The word and the figure's column that a path says: 编制数/机要通信用车, 机要通信用车/编制数, or the word alone."""
    for at in reversed(range(len(header.path))):
        word = heading_word(header.path[at], vocabulary)
        if word:
            rest = [normal(part) for place, part in enumerate(header.path) if place != at]
            column = _figure(rest, figures)
            return (word, column) if column else None
    return None


def _figure(rest: list[str], figures: list[Column]) -> str:
    """The figure that the rest of a path names; the only one there is, if nothing else is said."""
    scored = [
        (max(best(part, [normal(name) for name in (one.label, *one.synonyms)]) for part in rest), one.key)
        for one in figures
        if rest
    ]
    top = max(scored, default=(0.0, ""))
    if top[0] >= TAKE:
        return top[1]
    return figures[0].key if len(figures) == 1 else ""
