"""The same look-up in OpenFisca (bench extra only): a vector formula over dated parameters, one simulation per edition."""

from __future__ import annotations

import time
from datetime import date
from typing import Any

import numpy as np

from bench.standards import COUNTIES, EDITIONS, RANKS, REGIONS, TIERS, dense_tables, lawbook, records


def _system() -> Any:
    """A tax-and-benefit system with one entity, four inputs and one formula."""
    from openfisca_core.entities import build_entity
    from openfisca_core.parameters import ParameterNode
    from openfisca_core.periods import DateUnit
    from openfisca_core.taxbenefitsystems import TaxBenefitSystem
    from openfisca_core.variables import Variable

    person = build_entity(key="person", plural="persons", label="person", is_person=True)

    def declare(key: str, kind: type, formula: Any = None) -> None:
        body = {"value_type": kind, "entity": person, "definition_period": DateUnit.YEAR, "label": key}
        system.add_variable(type(key, (Variable,), body | ({"formula": formula} if formula else {})))

    def excess(people: Any, period: Any, parameters: Any) -> Any:
        place = people("place", period)
        tier, rank = people("tier", period), people("rank", period)
        limit = parameters(period).limit[place][tier][rank]
        return people("area", period) > limit

    system = TaxBenefitSystem([person])
    system.parameters = ParameterNode(data={"limit": _limits()})
    for key, kind in (("place", str), ("tier", str), ("rank", str), ("area", float)):
        declare(key, kind)
    declare("excess", bool, excess)
    return system


def _limits() -> dict[str, Any]:
    book = lawbook()
    tree: dict[str, Any] = {}
    for place, region in enumerate(REGIONS):
        for edition, start in enumerate(EDITIONS):
            for n, row in enumerate(book.clause(f"B-{region}-{edition}/a").table):
                tier, rank = n // len(RANKS), n % len(RANKS)
                leaf = (
                    tree.setdefault(f"p{place}", {}).setdefault(f"t{tier}", {}).setdefault(f"r{rank}", {"values": {}})
                )
                leaf["values"][start.isoformat()] = {"value": int(row.cells["value"]) * 100}
    return tree


def run(count: int = 500_000) -> dict[str, float]:
    """Records per CPU second of OpenFisca; its count of excesses must equal numpy's."""
    from openfisca_core.simulations import SimulationBuilder

    data = records(count)
    system = _system()
    _, place = dense_tables(lawbook())
    words = {
        "place": np.array([f"p{n}" for n in range(len(REGIONS))])[place[data["county"]]],
        "tier": np.array([f"t{n}" for n in range(len(TIERS))])[data["tier"]],
        "rank": np.array([f"r{n}" for n in range(len(RANKS))])[data["rank"]],
        "area": data["area"].astype(float),
    }
    assert len(COUNTIES) > int(data["county"].max())
    starts = np.array([day.toordinal() for day in EDITIONS])
    edition = np.searchsorted(starts, data["day"], side="right") - 1
    started = time.process_time()
    over = 0
    for number, start in enumerate(EDITIONS):
        over += _one(system, SimulationBuilder, words, edition == number, start)
    return {"per_cpu_s": count / (time.process_time() - started), "over": over}


def _one(system: Any, builder: Any, words: dict[str, Any], chosen: Any, start: date) -> int:
    simulation = builder().build_default_simulation(system, count=int(chosen.sum()))
    for key, values in words.items():
        simulation.set_input(key, str(start.year), values[chosen])
    return int(simulation.calculate("excess", str(start.year)).sum())


if __name__ == "__main__":
    import json

    print(json.dumps(run()))
