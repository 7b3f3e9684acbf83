"""The registers and pages of energy: each topic declares its own."""

from __future__ import annotations

from yiwang.areas.energy.nav import reads, writes
from yiwang.core.registers.pages import guard, page

page("energy", "我的能耗", "energy:mine")
page("energy", "抄表", "energy:read")
page("energy", "导入对账单", "energy:statement")
page("energy", "能耗总览", "energy:board")
guard("energy:mine", reads)
guard("energy:read", writes)
guard("energy:statement", writes)
guard("energy:board", reads)

# Registers stand in the order of their declaration.
import yiwang.areas.energy.book.resources  # isort: skip # noqa: E402
import yiwang.areas.energy.meters.resources  # isort: skip # noqa: E402
import yiwang.areas.energy.small.resources  # isort: skip # noqa: E402
import yiwang.areas.energy.indicators.resources  # isort: skip # noqa: E402, F401
