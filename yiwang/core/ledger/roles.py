"""PostgreSQL roles: the owner migrates, the app adds entries and reads, the sealer seals. Nobody else touches them."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.backends.base.base import BaseDatabaseWrapper

TABLES = ("ledger_entry", "ledger_seal", "ledger_head", "ledger_anchor")
#: What anybody but the owner may have, by table and by column.
_ALLOWED = {
    "ledger_entry": {"SELECT"},
    "ledger_seal": {"SELECT", "INSERT"},
    "ledger_head": {"SELECT"},
    "ledger_anchor": {"SELECT", "INSERT"},
    **{f"ledger_entry.{column}": {"INSERT"} for column in ("at", "actor", "act", "object", "clause", "body")},
    **{f"ledger_head.{column}": {"UPDATE"} for column in ("seq", "hash", "horizon")},
}
#: Rights on whole tables and on single columns, but the owner's own.
_GRANTED = """
SELECT place, a.privilege_type, coalesce(r.rolname, 'PUBLIC') FROM (
  SELECT relname AS place, relname, relowner, relacl AS acl FROM pg_class WHERE relkind = 'r'
  UNION ALL
  SELECT relname || '.' || attname, relname, relowner, attacl FROM pg_class
  JOIN pg_attribute ON attrelid = pg_class.oid WHERE relkind = 'r'
) t CROSS JOIN LATERAL aclexplode(acl) a LEFT JOIN pg_roles r ON r.oid = a.grantee
WHERE relname = ANY(%s) AND a.grantee <> relowner ORDER BY place, 2, 3
"""

_SQL = """\
-- 三个角色:{owner} 只用于迁移;{app} 供网站进程;{sealer} 供封存进程。口令请另用 ALTER ROLE … PASSWORD 设定。
{create}
GRANT CONNECT ON DATABASE "{database}" TO {app}, {sealer};
GRANT CREATE ON DATABASE "{database}" TO {owner};
GRANT USAGE, CREATE ON SCHEMA public TO {owner};
GRANT USAGE ON SCHEMA public TO {app}, {sealer};
{own}
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {app};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {app};
ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app};
ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {app};
REVOKE ALL ON {tables} FROM PUBLIC, {app}, {sealer};
GRANT SELECT ON {tables} TO {app}, {sealer};
GRANT INSERT (at, actor, act, object, clause, body) ON ledger_entry TO {app};
GRANT INSERT ON ledger_seal, ledger_anchor TO {sealer};
GRANT INSERT ON ledger_anchor TO {app};
GRANT UPDATE (seq, hash, horizon) ON ledger_head TO {sealer};
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {sealer};
"""

_CREATE = """DO $$ BEGIN CREATE ROLE {role} LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;"""


def statements(connection: BaseDatabaseWrapper, *, prefix: str = "yiwang") -> str:
    """The SQL that makes the three roles and their rights; may be run again after every migration."""
    names = {kind: f"{prefix}_{kind}" for kind in ("owner", "app", "sealer")}
    return _SQL.format(
        **names,
        create="\n".join(_CREATE.format(role=role) for role in names.values()),
        database=connection.settings_dict["NAME"],
        own="\n".join(f"ALTER {kind} {name} OWNER TO {names['owner']};" for kind, name in _objects(connection)),
        tables=", ".join(TABLES),
    )


def _objects(connection: BaseDatabaseWrapper) -> Iterator[tuple[str, str]]:
    """Tables (their sequences and indexes follow them) and the trigger function, quoted."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        yield from [("TABLE", row[0]) for row in cursor.fetchall()]
    yield "FUNCTION", "ledger_refuse()"


def excess(connection: BaseDatabaseWrapper) -> list[tuple[str, str, str]]:
    """(role, right, table) that somebody has on a table of the ledger and must not have."""
    with connection.cursor() as cursor:
        cursor.execute(_GRANTED, [list(TABLES)])
        return [
            (role, right, place) for place, right, role in cursor.fetchall() if right not in _ALLOWED.get(place, ())
        ]


def is_owner(connection: BaseDatabaseWrapper) -> bool:
    """Whether this connection could disable the triggers."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_has_role(current_user, c.relowner, 'MEMBER') FROM pg_class c"
            " WHERE c.oid = 'ledger_entry'::regclass"
        )
        return bool(cursor.fetchone()[0])
