"""What an installation needs before people can work: database, migrations, files, its key."""

from collections.abc import Callable

import psycopg

from grants.config import Settings
from grants.core.database import revisions
from grants.core.database.db import Database
from grants.core.kernel.errors import Away, DomainError
from grants.platform.documents.store import Store
from grants.platform.pdf_signing.installing import key_folder
from grants.platform.signing_key.installed import NOTED, fault, follow_key

PATIENCE = 3
"""Seconds after which a database counts as away."""


def faults(opened: Callable[[], Database], store: Store, settings: Settings) -> dict[str, str]:
    """What does not answer, and why: empty when all is well. Words for a monitor, in English."""
    return {**_database_faults(opened, settings), **_file_faults(store)}


def _database_faults(opened: Callable[[], Database], settings: Settings) -> dict[str, str]:
    try:
        with psycopg.connect(
            opened().url, connect_timeout=PATIENCE, options=f"-c statement_timeout={PATIENCE}s"
        ) as connection:
            table = connection.execute("SELECT to_regclass('alembic_version')").fetchone()
            rows = (
                connection.execute("SELECT version_num FROM alembic_version").fetchall()
                if table and table[0]
                else []
            )
            # A newer database is one that was upgraded while this version still serves.
            if not rows or rows[0][0] < revisions.newest():
                return {"migrations": "are not up to date: run flask setup"}
            noted = connection.execute(NOTED).fetchone()
    except (psycopg.Error, Away):
        return {"database": "does not answer"}
    return _key_faults(opened(), settings, noted[0] if noted else None)


def _key_faults(opened: Database, settings: Settings, noted: str | None) -> dict[str, str]:
    """In production no host makes a key by itself, nor signs with one that others do not know: it
    gets that of the installation.
    """
    if settings.signing_pkcs11 or not settings.production:
        return {}
    try:
        if fault(settings, noted):
            with opened.reading() as session:
                follow_key(session, settings)
        key_folder(settings).read()
    except DomainError:
        return {"signing key": "cannot be read: flask signing-key show says why"}
    if fault(settings, noted):
        return {"signing key": "is another one than that of this installation: run flask setup"}
    return {}


def _file_faults(store: Store) -> dict[str, str]:
    try:
        store.probe()
    except OSError:
        return {"files": "cannot be written"}
    return {}
