"""The figures of the made-up nation: institutions first, then their months by chunks, the same ones each time they are asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from yiwang.insight.coefficients import method
from yiwang.insight.national import planting
from yiwang.insight.national.shape import CARRIERS, KINDS, MONTHS, NORTHERN, NUMBERS, Place, places, profile, shares

#: Institutions whose months are in memory at once: 96 rows each.
CHUNK = 20_000
_WATER, _PETROL = CARRIERS.index("WATER"), CARRIERS.index("PETROL")


@dataclass(frozen=True)
class Nation:
    """Every institution, ordered by region and kind. `annual`: institution × carrier, quantity of a year before noise."""

    year: int
    seed: int
    places: tuple[Place, ...]
    place: np.ndarray
    kind: np.ndarray
    users: np.ndarray
    area: np.ndarray
    annual: np.ndarray
    planted: planting.Planted

    @property
    def size(self) -> int:
        """How many institutions."""
        return len(self.kind)


@dataclass(frozen=True)
class Chunk:
    """Months of the institutions from `first`: institution × month × carrier; `absent` rows were never reported."""

    province: int
    first: int
    quantity: np.ndarray
    last: np.ndarray
    absent: np.ndarray


def kgce() -> np.ndarray:
    """kgce by unit of each carrier of the demo; water has none."""
    by = method(2018).kgce
    found: np.ndarray = np.array([by.get(int(number), 0.0) for number in NUMBERS])
    return found


def nation(institutions: int, *, year: int, seed: int) -> Nation:
    """Institutions with users, floor area and the year's quantities."""
    rng = np.random.default_rng([seed, 1])
    known = tuple(places())
    weights = rng.lognormal(0, 0.5, len(known))
    place = np.sort(rng.choice(len(known), institutions, p=weights / weights.sum())).astype(np.int32)
    table = np.array(KINDS)
    which = rng.choice(len(KINDS), institutions, p=table[:, 1] / table[:, 1].sum())
    which = which[np.lexsort((which, place))]
    users = np.maximum(np.round(table[which, 2] * rng.lognormal(0, 0.6, institutions)), 1.0)
    area = np.round(users * table[which, 3] * rng.lognormal(0, 0.3, institutions), 2)
    province = np.array([one.province for one in known])[place]
    return Nation(
        year=year,
        seed=seed,
        places=known,
        place=place,
        kind=table[which, 0].astype(np.int8),
        users=users,
        area=area,
        annual=_annual(rng, province, table[which, 4], table[which, 5], users),
        planted=planting.plant(users, seed),
    )


def _annual(
    rng: np.random.Generator, province: np.ndarray, energy: np.ndarray, water: np.ndarray, users: np.ndarray
) -> np.ndarray:
    """Quantities of a year: intensity × users × share of the carrier ÷ its coal equivalent."""
    northern = np.isin(province // 10_000, list(NORTHERN))
    climate = np.where(northern, 1.25, 0.85) * (1 + 0.02 * (province // 10_000 % 7 - 3))
    intensity = 300 * climate * energy * rng.lognormal(0, 0.35, len(users)) * users
    mix = np.where(northern[:, None], shares(True), shares(False)) * rng.lognormal(0, 0.25, (len(users), len(CARRIERS)))
    mix /= mix.sum(axis=1, keepdims=True)
    weights = kgce()
    annual: np.ndarray = intensity[:, None] * mix / np.where(weights > 0, weights, 1.0)
    annual[:, _WATER] = 22 * water * rng.lognormal(0, 0.4, len(users)) * users
    return annual


def chunks(found: Nation) -> Iterator[Chunk]:
    """The months, never across a province. Seeded by the chunk: asked twice, the same figures come twice."""
    provinces = np.array([one.province for one in found.places])[found.place]
    edges: np.ndarray = np.flatnonzero(np.diff(provinces)) + 1
    for start, stop in zip([0, *edges], [*edges, found.size], strict=True):
        for first in range(start, stop, CHUNK):
            yield _chunk(found, int(provinces[start]), first, min(first + CHUNK, stop))


def _chunk(found: Nation, province: int, first: int, stop: int) -> Chunk:
    rng = np.random.default_rng([found.seed, 2, first])
    shape = (stop - first, MONTHS, len(CARRIERS))
    usual = found.annual[first:stop, None, :] * profile(province // 10_000 in NORTHERN).T[None]
    quantity = usual * np.exp(0.10 * rng.standard_normal(shape, dtype=np.float32))
    last = usual * np.exp(0.015 + 0.10 * rng.standard_normal(shape, dtype=np.float32))
    absent = planting.spoil(quantity, found.planted.within(first, stop), first)
    return Chunk(province, first, quantity, last, absent)


def calibrated(found: Nation, *, energy_per_head: float, energy_per_area: float, water_per_head: float) -> Nation:
    """Scaled so that the sums over all months, faults included, give these levels (kgce, kgce by m², m³)."""
    totals = np.zeros(len(CARRIERS))
    for chunk in chunks(found):
        totals += chunk.quantity.sum(axis=(0, 1))
    weights, users = kgce(), found.users.sum()
    energy = energy_per_head * users / float(totals @ weights)
    scale = np.full(len(CARRIERS), energy)
    scale[_WATER] = water_per_head * users / totals[_WATER]
    fuel = totals[_PETROL] * weights[_PETROL] * energy
    area = (energy_per_head * users - fuel) / energy_per_area
    return replace(
        found, annual=found.annual * scale, area=np.maximum(np.round(found.area * area / found.area.sum(), 2), 0.01)
    )
