"""What insight does once a night: snapshots of every dataset, and the cubes of this year and the last."""

from __future__ import annotations

from datetime import date

from yiwang.core.verdicts.sources import sourced
from yiwang.insight import actions
from yiwang.insight.lake import actions as lake


def run(*, on: date) -> dict[str, int]:
    """Rows by dataset. May be run again on the same day without harm."""
    done = lake.nightly(on=on)
    if {actions.MONTHS, actions.YEARS} <= set(sourced()):
        for year in (on.year - 1, on.year):
            actions.keep_year(year=year, on=on, actor="system")
        actions.thin_out()
    return done
