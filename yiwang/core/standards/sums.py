"""`sum_of` in bulk: Σ count × the figure of another topic for that rank, as one temporary table a rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from yiwang.core.standards.book import Lawbook
from yiwang.core.standards.effective import Stream
from yiwang.core.standards.grid import Grid
from yiwang.core.standards.ladders import RANK, TIER
from yiwang.core.standards.rules import Rule

Numberer = Callable[[str, str, Callable[[str], int]], None]


@dataclass(frozen=True)
class Sum:
    """One rule that adds up: `name` of its table (rid, total, sound), the other stream and where its cells are."""

    name: str
    rule: Rule
    other: Stream
    grid: Grid
    cells: str

    def number(self, book: Lawbook, table: str, words: Numberer) -> None:
        """Number the words of `table` for the other stream: per count the rank is given and the tier decides what it means."""
        words(f"{table}_{self.name}_region", "region", self.grid.place_number)
        for dim in self._shared():
            position = self.other.dims.index(dim)
            words(f"{table}_{self.name}_{dim}", f"{dim}@key", partial(self.grid.word_number, position))
        for number, word in enumerate(self.rule.check.limit.counts.values()):
            words(f"{table}_{self.name}_{number}", f"{TIER}@key", partial(self._rank, book, word))

    def _shared(self) -> list[str]:
        """The other dimensions whose facts this dataset has, but for the rank."""
        return [dim for dim in self.other.dims if dim != RANK and dim in self.rule.dataset.keys]

    def _rank(self, book: Lawbook, word: str, tier: str) -> int:
        canonical = book.ladders[RANK].canonical(word, tier or None) or ""
        fixed = [dim for dim in self.other.dims if dim != RANK and dim not in self.rule.dataset.keys]
        number = sum(self.grid.word_number(self.other.dims.index(dim), "") for dim in fixed)
        if RANK in self.other.dims:
            number += self.grid.word_number(self.other.dims.index(RANK), canonical)
        return number

    def sql(self, table: str) -> str:
        """The sums of every record: unknown if no count is given, or a count has no figure."""
        parts = " UNION ALL ".join(
            self._count(table, number, column) for number, column in enumerate(self.rule.check.limit.counts)
        )
        return (
            "SELECT rid, CASE WHEN bool_and(n IS NULL) OR bool_or(coalesce(n, 0) <> 0 AND figure IS NULL) THEN NULL "
            "ELSE sum(coalesce(n, 0) * coalesce(figure, 0)) END AS total, "
            "coalesce(bool_and(verified) FILTER (WHERE coalesce(n, 0) <> 0), TRUE) AS sound "
            f"FROM ({parts}) GROUP BY rid"
        )

    def _count(self, table: str, number: int, column: str) -> str:
        own = f"{table}_{self.name}"
        joins = (
            f'"{table}" r JOIN "{own}_region" g ON g.word = r.region JOIN "{own}_{number}" k ON k.word = r."{TIER}@key"'
        )
        day = self.grid.day_sql('r."on"')
        cell = f"{day} + g.number + k.number"
        for at, dim in enumerate(self._shared()):
            joins += f' JOIN "{own}_{dim}" d{at} ON d{at}.word = r."{dim}@key"'
            cell += f" + d{at}.number"
        pick = "QUALIFY row_number() OVER (PARTITION BY r.rid ORDER BY c.ord) = 1" if self.grid.several else ""
        return (
            f'(SELECT r.rid, r."{column}" AS n, c.figure, c.verified FROM {joins} '
            f'LEFT JOIN "{self.cells}" c ON c.cell = {cell} {pick})'
        )
