"""Two roles of the database: the owner migrates, the application's role works.

The application's role can neither change a table or a trigger, nor take back what is only ever
added to. What it may do is granted again after every migration (`flask setup`).
"""

from collections.abc import Iterator

from sqlalchemy import Connection, make_url, text
from sqlalchemy.orm import Mapper

from grants.core.database.db import Base
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _

UPDATE, DELETE = 16, 8
"""Bits of pg_trigger.tgtype."""


def limit(connection: Connection, role: str) -> None:
    """Give a role what the application needs in this database, and take everything else."""
    name = _quoted_name(connection, role)
    rights_by_table = {table: privileges(rights) for table, rights in _rights_on_tables(connection)}
    statements = [
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {name}",
        f"REVOKE ALL ON SCHEMA public FROM PUBLIC, {name}",
        f"GRANT USAGE ON SCHEMA public TO {name}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {name}",
        *(f'GRANT {rights} ON "{table}" TO {name}' for table, rights in rights_by_table.items()),
    ]
    for statement in statements:
        connection.execute(text(statement))


def privileges(rights: set[str]) -> str:
    return ", ".join(right for right in ("SELECT", "INSERT", "UPDATE", "DELETE") if right in rights)


def _rights_on_tables(connection: Connection) -> Iterator[tuple[str, set[str]]]:
    """What the application may do with each table."""
    undeletable = never_deleted()
    for table, forbidden in connection.execute(_TABLES):
        rights = {"SELECT", "INSERT", "UPDATE", "DELETE"}
        if forbidden & UPDATE:
            rights.discard("UPDATE")
        if forbidden & DELETE or table in undeletable:
            rights.discard("DELETE")
        yield table, {"SELECT"} if table == "alembic_version" else rights


_TABLES = text(
    "SELECT relname, coalesce(bit_or(tgtype) FILTER (WHERE proname = 'forbid_change'), 0)"
    " FROM pg_class LEFT JOIN pg_trigger ON tgrelid = pg_class.oid"
    " LEFT JOIN pg_proc ON pg_proc.oid = tgfoid"
    " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
    " GROUP BY relname ORDER BY relname"
)
"""Each table, and the acts that its trigger forbids."""


def never_deleted() -> set[str]:
    """Tables of records that are bound to the trail, but for those that their owner replaces and
    those that an act deletes: their model says `__deletable__`.
    """
    mappers = list(Base.registry.mappers)
    replaced = {
        other.mapper.local_table.name  # type: ignore[attr-defined]
        for mapper in mappers
        for other in mapper.relationships
        if other.cascade.delete_orphan
    }
    bound = {
        _table_name(mapper)
        for mapper in mappers
        if hasattr(mapper.class_, "__bound__") and not hasattr(mapper.class_, "__deletable__")
    }
    return bound - replaced | _KEPT


_KEPT = {
    *("posting", "trail_head", "turnover", "grant_spending", "counter", "fund", "person"),
    *("bank_turnover", "record_held"),
}


def _table_name(mapper: Mapper[object]) -> str:
    return str(mapper.local_table.name)  # type: ignore[attr-defined]


def provide(connection: Connection, url: str) -> str:
    """Make the role that an address names, if it is not there; returns its name.

    DomainError with the statement that makes it, where the owner may not.
    """
    address = make_url(url)
    role = address.username or ""
    query = text("SELECT 1 FROM pg_roles WHERE rolname = :role")
    if connection.scalar(query, {"role": role}) is None:
        try:
            with connection.begin_nested():
                _create_role(connection, role, address.password)
        except Exception as trouble:
            raise DomainError(
                _(
                    "The role in DATABASE_URL does not exist. Ask an administrator of"
                    " the server to run CREATE ROLE %(role)s LOGIN PASSWORD '…', then"
                    " run flask setup again.",
                    role=role,
                )
            ) from trouble
    return role


def _create_role(connection: Connection, role: str, password: object) -> None:
    name = _quoted_name(connection, role)
    secret = connection.scalar(
        text("SELECT quote_nullable(CAST(:password AS text))"), {"password": password}
    )
    connection.execute(text(f"CREATE ROLE {name} LOGIN PASSWORD {secret}".replace(":", r"\:")))


def _quoted_name(connection: Connection, role: str) -> str:
    return str(connection.scalar(text("SELECT quote_ident(:role)"), {"role": role}))


def is_owner(connection: Connection) -> bool:
    """May this role change tables: is it a superuser, the owner of one, or a maker of new ones?"""
    return bool(connection.scalar(_OWNS))


_OWNS = text(
    "SELECT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)"
    " OR has_schema_privilege('public', 'CREATE')"
    " OR EXISTS (SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace"
    "   AND relkind = 'r' AND pg_has_role(relowner, 'USAGE'))"
)
