"""A database with real commits for one test after the other: what each wrote is taken out again.

To copy the template makes some thousand files, which costs the processor most of a second; to
delete what a test wrote costs a few hundredths. A test that changes anything but rows, or writes
very many of them, costs a new copy.
"""

from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from grants.core.database.db import Database
from tests.run import create, drop

Admin = psycopg.Connection[tuple[Any, ...]]
MOST = 20_000
"""Rows that are deleted; after more, a new copy is better than tables full of holes."""


@dataclass
class Reused:
    """A copy of the template under one name."""

    server: str
    template: str
    name: str
    database: Database | None = None
    _good: bool = False
    _as_made: tuple[Any, ...] = ()
    _rows: dict[str, bytes] = field(default_factory=dict)
    """What the template holds, by table, as COPY writes it."""
    _numbers: list[tuple[Any, ...]] = field(default_factory=list)
    """Where each sequence stands."""

    def ready(self) -> Database:
        """The database as the template is."""
        if not self._good:
            url = create(self.server, self.name, self.template)
            self.database = self.database or Database.at(url, pool_size=64, max_overflow=16)
            with self._administered() as admin:
                self._note(admin)
            self._good = True
        assert self.database is not None
        return self.database

    def clean(self) -> None:
        """Take out what a test has written. Nobody uses the database any more."""
        self._good = False
        with self._administered() as admin:
            admin.execute(_OTHERS_END)
            if _made_of(admin) == self._as_made:
                self._good = self._restore(admin) <= MOST

    def end(self) -> None:
        drop(self.server, self.name)

    def _administered(self) -> Admin:
        url = make_url(self.server).set(database=self.name)
        return psycopg.connect(url.render_as_string(hide_password=False))

    def _note(self, admin: Admin) -> None:
        self._as_made = _made_of(admin)
        self._rows = {}
        for (table,) in admin.execute(_TABLES).fetchall():
            with admin.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(_known(table))) as copy:
                self._rows[table] = b"".join(bytes(part) for part in copy)
        self._numbers = admin.execute(_NUMBERS).fetchall()

    def _restore(self, admin: Admin) -> int:
        """How many rows were deleted."""
        admin.execute("SET session_replication_role = replica")  # append-only tables too
        asked = sql.SQL(" UNION ALL ").join(
            sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(table, _known(table))
            for table in self._rows
        )
        deleted = 0
        for (table,) in admin.execute(asked).fetchall():
            deleted += admin.execute(sql.SQL("DELETE FROM {}").format(_known(table))).rowcount
        for table, rows in self._rows.items():
            if rows:
                with admin.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(_known(table))) as to:
                    to.write(rows)
        admin.cursor().executemany("SELECT setval(%s::regclass, %s, %s)", self._numbers)
        return deleted


def _known(table: str) -> sql.Identifier:
    return sql.Identifier(table)


def _made_of(admin: Admin) -> tuple[Any, ...]:
    return tuple(admin.execute(_MADE_OF).fetchall())


_OTHERS_END = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
_NUMBERS = """
SELECT format('%I', sequencename), coalesce(last_value, start_value), last_value IS NOT NULL
FROM pg_sequences WHERE schemaname = 'public'
"""
_MADE_OF = """
SELECT count(*), sum(made::bigint), sum(xmin::text::bigint) FROM (
    SELECT oid AS made, xmin FROM pg_class WHERE oid >= 16384
    UNION ALL SELECT attrelid, xmin FROM pg_attribute WHERE attrelid >= 16384
    UNION ALL SELECT oid, xmin FROM pg_trigger
    UNION ALL SELECT oid, xmin FROM pg_constraint WHERE oid >= 16384
    UNION ALL SELECT oid, xmin FROM pg_proc WHERE oid >= 16384
    UNION ALL SELECT oid, xmin FROM pg_namespace WHERE nspname !~ '^pg_(toast_)?temp'
    UNION ALL SELECT setrole, xmin FROM pg_db_role_setting
        WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
) AS parts
"""
"""Everything but the rows: what was created, changed or switched off has another transaction."""
