"""The database itself keeps the three administrators apart (三员分立): a trigger beside the constraints of the models.

One administrator's role at most is a unique constraint of Grant; that it is the user's only grant looks across rows.
"""

from __future__ import annotations

from django.db import connections

from yiwang.core.rights.models import ADMINISTRATORS

TABLE = "rights_grant"
NAME = "grant_administrator_alone"
_ROLES = ", ".join(f"'{role}'" for role in sorted(ADMINISTRATORS))
_ADMIN = f"NEW.role IN ({_ROLES})"
#: Another grant of the user, where one of the two is an administrator's.
_FOUND = f"SELECT 1 FROM {TABLE} WHERE user_id = NEW.user_id AND id <> NEW.id AND ({_ADMIN} OR role IN ({_ROLES}))"

_SQLITE = [
    f"CREATE TRIGGER IF NOT EXISTS {NAME}_{verb} AFTER {verb} ON {TABLE} WHEN EXISTS ({_FOUND}) "
    f"BEGIN SELECT RAISE(ABORT, '{NAME}'); END"
    for verb in ("insert", "update")
]
#: The user's row is locked first: of two grants made at once the second sees the first.
_POSTGRESQL = [
    f"""CREATE OR REPLACE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM rights_user WHERE id = NEW.user_id FOR NO KEY UPDATE;
  IF EXISTS ({_FOUND}) THEN RAISE EXCEPTION '{NAME}' USING ERRCODE = 'integrity_constraint_violation'; END IF;
  RETURN NEW;
END $$""",
    f"DROP TRIGGER IF EXISTS {NAME} ON {TABLE}",
    f"CREATE TRIGGER {NAME} BEFORE INSERT OR UPDATE ON {TABLE} FOR EACH ROW EXECUTE FUNCTION {NAME}()",
]


def install(using: str) -> None:
    """Put the trigger in; to be run after every migration, for SQLite drops it when it rebuilds the table."""
    connection = connections[using]
    if TABLE not in connection.introspection.table_names():
        return
    with connection.cursor() as cursor:
        for statement in _POSTGRESQL if connection.vendor == "postgresql" else _SQLITE:
            cursor.execute(statement)
