"""What an installation needs before people can work: database, migrations, files."""

from collections.abc import Callable

import psycopg

from grants.core.kernel import schema
from grants.core.kernel.db import Database
from grants.core.kernel.errors import Away
from grants.platform.documents.store import Store

PATIENCE = 3
"""Seconds after which a database counts as away."""


def faults(opened: Callable[[], Database], store: Store) -> dict[str, str]:
    """What does not answer, and why: empty when all is well. Words for a monitor, in English."""
    return {**_database_faults(opened), **_file_faults(store)}


def _database_faults(opened: Callable[[], Database]) -> dict[str, str]:
    try:
        with psycopg.connect(
            opened().url, connect_timeout=PATIENCE, options=f"-c statement_timeout={PATIENCE}s"
        ) as connection:
            known = connection.execute("SELECT to_regclass('alembic_version')").fetchone()
            rows = (
                connection.execute("SELECT version_num FROM alembic_version").fetchall()
                if known and known[0]
                else []
            )
    except (psycopg.Error, Away):
        return {"database": "does not answer"}
    if [row[0] for row in rows] != [schema.newest()]:
        return {"migrations": "are not up to date: run flask setup"}
    return {}


def _file_faults(store: Store) -> dict[str, str]:
    try:
        store.probe()
    except OSError:
        return {"files": "cannot be written"}
    return {}
