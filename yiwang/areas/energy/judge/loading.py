"""From the dataset of monthly use to a panel: series of organ and kind of energy over the last three years.

The meters are another's: what was used is read from `energy.consumption_month` by name, the share of the night from
`energy.night_month` where that has a source.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from yiwang.areas.energy.judge.limits import Figures
from yiwang.areas.energy.judge.profile import Panel
from yiwang.areas.energy.judge.robust import Floats
from yiwang.areas.energy.judge.rules import RULES
from yiwang.core.verdicts.sources import SourceRow, source_of

USE, NIGHT = "energy.consumption_month", "energy.night_month"
MONTHS = 36
#: A series without a reading for so many months has ended.
ENDED = 12


@dataclass(frozen=True)
class Series:
    """One series: who, what, in which unit."""

    organ: int
    name: str
    energy: str
    word: str
    unit: str


@dataclass(frozen=True)
class Batch:
    """The series with their panel; `months` are the first days of its columns."""

    series: list[Series]
    months: list[date]
    panel: Panel
    rows: dict[tuple[int, str], int] = field(default_factory=dict)


def month_before(day: date) -> date:
    """The first day of the last month that is over on a day."""
    return shifted(day.replace(day=1), -1)


def shifted(month: date, by: int) -> date:
    """The first day of the month so many months later."""
    number = month.year * 12 + month.month - 1 + by
    return date(number // 12, number % 12 + 1, 1)


def rows_of(dataset: str, on: date) -> Iterable[SourceRow]:
    """The rows of a dataset; none where nobody keeps it."""
    try:
        return source_of(dataset)(on=on)
    except KeyError:
        return ()


def load(through: date, *, on: date, organs: Collection[int] | None = None, months: int = MONTHS) -> Batch:
    """The use of so many months, the last of which is `through`; of some organs or of all."""
    columns = [shifted(through, number - months + 1) for number in range(months)]
    place = {f"{month:%Y-%m}": number for number, month in enumerate(columns)}
    wanted = None if organs is None else set(organs)
    series: list[Series] = []
    index: dict[tuple[int, str], int] = {}
    cells: list[tuple[int, int, float, float]] = []
    for row in rows_of(USE, on):
        given = row.values
        column = place.get(str(given["month"])[:7])
        if column is None or (wanted is not None and row.organ_id not in wanted) or given.get("quantity") is None:
            continue
        energy = str(given["energy_kind"])
        number = index.setdefault((row.organ_id, energy), len(series))
        if number == len(series):
            series.append(
                Series(row.organ_id, str(given["organ"]), energy, str(given["energy"]), str(given.get("unit") or ""))
            )
        fen = given.get("fen")
        cells.append((number, column, float(given["quantity"]), float("nan") if fen is None else float(fen)))
    amount, cost = np.full((2, len(series), months), np.nan)
    for number, column, quantity, fen in cells:
        amount[number, column], cost[number, column] = quantity, fen
    kinds = {word: number for number, word in enumerate(dict.fromkeys(one.energy for one in series))}
    kind = np.array([kinds[one.energy] for one in series], dtype=int)
    night = _night(index, place, on, amount.shape)
    panel = Panel(amount, kind, columns[0].month, cost / 100, night, _expected(amount))
    return Batch(series, columns, panel, index)


def _expected(amount: Floats) -> Floats:
    """Due from the first reading on; a series that has been silent for a year has ended with its last reading."""
    read = ~np.isnan(amount)
    begun = np.maximum.accumulate(read, axis=1)
    still = np.maximum.accumulate(read[:, ::-1], axis=1)[:, ::-1]
    ended = ~read[:, -ENDED:].any(axis=1)
    return begun & (still | ~ended[:, None])


def _night(index: dict[tuple[int, str], int], place: dict[str, int], on: date, shape: tuple[int, int]) -> Floats | None:
    found = np.full(shape, np.nan)
    some = False
    for row in rows_of(NIGHT, on):
        number = index.get((row.organ_id, str(row.values["energy_kind"])))
        column = place.get(str(row.values["month"])[:7])
        if number is not None and column is not None:
            found[number, column], some = float(row.values["night_share"]) / 100, True
    return found if some else None


def figures_of(batch: Batch, on: date) -> dict[tuple[str, str], Floats]:
    """Each figure of each rule, for each series."""
    known = Figures({one.organ for one in batch.series}, on)
    return {
        (rule, name): np.array([known.of(one.organ, rule, name, one.energy) for one in batch.series], dtype=float)
        for rule, declared in RULES.items()
        for name, _ in declared.figures
    }
