"""A register of monthly use for tests: rows in memory behind the name of the dataset, as the meters would give them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

import numpy as np
import pytest

from yiwang.areas.energy.judge.loading import NIGHT, USE, shifted
from yiwang.core.orgs.models import Organ
from yiwang.core.verdicts import sources
from yiwang.core.verdicts.sources import SourceRow

THROUGH, ON = date(2026, 10, 1), date(2026, 11, 12)
SEASON = (1.3, 1.1, 0.9, 0.8, 0.9, 1.1, 1.3, 1.3, 1.0, 0.8, 0.8, 1.0)
WORDS = {"ELECTRICITY": ("电力", "kWh"), "WATER": ("水", "m3")}


class Books:
    """Use by organ, kind and month; a month without a figure has no row."""

    def __init__(self) -> None:
        self.use: dict[tuple[int, str, date], float] = {}
        self.price: dict[tuple[int, str, date], float] = {}
        self.night: dict[tuple[int, str, date], float] = {}

    def series(self, organ: Organ, energy: str = "ELECTRICITY", *, months: int = 36, level: float = 1000) -> None:
        """A quiet series that ends with THROUGH."""
        rng = np.random.default_rng(organ.pk % 97 + len(energy))
        for number in range(months):
            month = shifted(THROUGH, number - months + 1)
            self.use[organ.pk, energy, month] = round(
                level * SEASON[month.month - 1] * float(np.exp(rng.normal(0, 0.03))), 1
            )

    def rows(self, *, on: date, subjects: Collection[str] | None = None) -> Iterator[SourceRow]:
        """energy.consumption_month."""
        names = {organ.pk: organ for organ in Organ.objects.all()}
        for (organ, energy, month), used in self.use.items():
            word, unit = WORDS[energy]
            fen = round(used * self.price.get((organ, energy, month), 0.6) * 100)
            values = {
                "organ": names[organ].name, "month": f"{month:%Y-%m}", "energy_kind": energy, "energy": word,
                "quantity": used, "unit": unit, "fen": fen,
            }  # fmt: skip
            yield SourceRow(
                subject=f"{organ}:{month:%Y-%m}:{energy}", label=word, organ_id=organ,
                region=names[organ].region_id, on=month, values=values,
            )  # fmt: skip

    def nights(self, *, on: date, subjects: Collection[str] | None = None) -> Iterator[SourceRow]:
        """energy.night_month."""
        for (organ, energy, month), share in self.night.items():
            values = {"organ": "", "month": f"{month:%Y-%m}", "energy_kind": energy, "night_share": share}
            yield SourceRow(subject="", label="", organ_id=organ, region="CN", on=month, values=values)


@pytest.fixture
def books(monkeypatch: pytest.MonkeyPatch) -> Books:
    """An empty register of use, known under its names for one test."""
    made = Books()
    monkeypatch.setitem(sources._sources, USE, made.rows)
    monkeypatch.setitem(sources._sources, NIGHT, made.nights)
    return made
