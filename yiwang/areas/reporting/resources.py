"""The pages of direct reporting are declared in `nav`; it has no register of the desk: returns are written by verbs only."""

from __future__ import annotations

import yiwang.areas.reporting.nav  # noqa: F401
