"""The register of designated suppliers: all that kinds inherit."""

from __future__ import annotations

from datetime import date
from itertools import count

from yiwang.areas.vehicles.costs.models import DesignatedSupplier
from yiwang.core.orgs.models import Organ, Scoped
from yiwang.desk.testing import KindTests
from yiwang.kit.pinyin import sort_key

_numbers = count(1)


class TestDesignatedSupplier(KindTests):
    """定点供应商."""

    key = "vehicles.designated-supplier"

    def make(self, organ: Organ) -> Scoped:
        """One in force."""
        name = f"示例加油站{next(_numbers)}"
        row = DesignatedSupplier(
            organ=organ, name=name, sort_key=sort_key(name), kind="FUEL", valid_from=date(2026, 1, 1)
        )
        row.place()
        row.save()
        return row

    def given(self, organ: Organ) -> dict[str, str]:
        """One more."""
        given = {"organ": organ.name, "name": "示例石化示例路站", "kind": "加油", "contract": "DD-2026-01"}
        return {**given, "address": "示例路 1 号", "valid_from": "2026-06-01", "valid_to": "2027-06-01"}
