"""No two rows may hold one thing at one time: the database's own refusal, for spans of instants.

`kit.constraints.no_overlap` does the same for periods of days. Here a row holds its thing from an instant to another
(half-open), and only while its state says so: what was cancelled stands in nobody's way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connections


@dataclass(frozen=True, kw_only=True)
class Slot:
    """Which columns say what is held, from when to when, and whether it is held: in the `live` ones of the words of
    `state`, or as long as `free` (an instant) is empty. A row without a key holds nothing; the others are never empty.
    """

    table: str
    key: str
    first: str
    last: str
    state: str = ""
    live: tuple[str, ...] = ()
    free: str = ""

    @property
    def name(self) -> str:
        """The name of the constraint, found again in the database's error; with `free` a table may have several."""
        return f"{self.table}_{self.key}_slot" if self.free else f"{self.table}_slot"

    def held(self, row: str = "") -> str:
        """The condition in SQL. `row`: "NEW." in a trigger."""
        words = ", ".join(f"'{state}'" for state in self.live)
        return f"{row}{self.free} IS NULL" if self.free else f"{row}{self.state} IN ({words})"


def install_slot(using: str, slot: Slot) -> None:
    """Run `statements` where the table is; for a post_migrate handler. Idempotent."""
    connection = connections[using]
    if slot.table in connection.introspection.table_names():
        run(using, statements(slot, connection.vendor))


def remove_slot(using: str, slot: Slot) -> None:
    """Take the belt off: for the positive control of a race, and for nothing else."""
    if connections[using].vendor == "postgresql":
        run(using, [f"ALTER TABLE {slot.table} DROP CONSTRAINT IF EXISTS {slot.name}"])
    else:
        run(using, [f"DROP TRIGGER IF EXISTS {slot.name}_{verb}" for verb in ("insert", "update")])


def run(using: str, sql: Sequence[str]) -> None:
    """Statements, one after the other."""
    with connections[using].cursor() as cursor:
        for statement in sql:
            cursor.execute(statement)


def statements(slot: Slot, vendor: str) -> list[str]:
    """The SQL: an exclusion constraint over boxes on PostgreSQL (no extension is needed), triggers on SQLite.

    The triggers fire on UPDATE too: a cancelled row that is put back is a new claim. Instants are kept in UTC and
    without fractions of a second, so that SQLite may compare them as text.
    """
    if vendor == "postgresql":
        return [_exclusion(slot)]
    found = (
        f"SELECT 1 FROM {slot.table} WHERE {slot.key} = NEW.{slot.key} AND id <> NEW.id AND {slot.held()} "
        f"AND {slot.first} < NEW.{slot.last} AND NEW.{slot.first} < {slot.last}"
    )
    return [
        f"CREATE TRIGGER IF NOT EXISTS {slot.name}_{verb} AFTER {verb} ON {slot.table} "
        f"WHEN {slot.held('NEW.')} AND EXISTS ({found}) BEGIN SELECT RAISE(ABORT, '{slot.name}'); END"
        for verb in ("insert", "update")
    ]


def _exclusion(slot: Slot) -> str:
    """A box for each row: the thing across, the seconds up. Boxes that touch overlap, so the last second is left out."""
    seconds = "extract(epoch from {} at time zone 'UTC')::float8"
    low = f"point({slot.key}, {seconds.format(slot.first)})"
    high = f"point({slot.key}, {seconds.format(slot.last)} - 1)"
    known = f" AND {slot.key} IS NOT NULL" if slot.free else ""
    return (
        f"DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = '{slot.name}') THEN "
        f"ALTER TABLE {slot.table} ADD CONSTRAINT {slot.name} EXCLUDE USING gist (box({low}, {high}) WITH &&) "
        f"WHERE ({slot.held()}{known}); END IF; END $$"
    )
