"""The registers of the services: each topic declares its own."""

from __future__ import annotations

import yiwang.areas.services.canteen.resources
import yiwang.areas.services.catalogue.resources
import yiwang.areas.services.events.resources
import yiwang.areas.services.orders.resources
import yiwang.areas.services.patrols.resources
import yiwang.areas.services.suppliers.resources
import yiwang.areas.services.supplies.resources
import yiwang.areas.services.venues.resources
import yiwang.areas.services.visitors.resources  # noqa: F401
