"""The registers of the services as datasets: each topic registers its own."""

from __future__ import annotations

import yiwang.areas.services.canteen.sources
import yiwang.areas.services.orders.sources
import yiwang.areas.services.patrols.sources  # noqa: F401
