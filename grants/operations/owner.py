"""The database as its owner: to migrate, to restore, and to say what the application may do."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import current_app

from grants.config import Settings
from grants.core.database import embedded, roles, schema
from grants.core.database.db import Database
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.platform.web.database import database


@contextmanager
def owned_database() -> Iterator[Database]:
    """The database over the owner's connection; in a test and without DATABASE_OWNER_URL, the one
    of the application.
    """
    settings: Settings = current_app.extensions["settings"]
    if settings.testing:
        yield database()
        return
    url = settings.database_owner_url or settings.database_url
    opened = Database.at(url or embedded.start(settings.data_dir / "postgresql"))
    try:
        _refuse_application(opened)
        yield opened
    finally:
        opened.dispose()


def _refuse_application(opened: Database) -> None:
    """DomainError if this role can make no tables: it is the one that the application works as."""
    with opened.connect() as connection:
        if not roles.is_owner(connection):
            raise DomainError(
                _(
                    "This database role may not create tables. Give this command the "
                    "owner’s address too: "
                    "DATABASE_OWNER_URL=postgresql://owner:password@host/database"
                )
            )


def limit_application(owned: Database) -> None:
    """Give the application's role what it needs, where it is another than the owner."""
    settings: Settings = current_app.extensions["settings"]
    if settings.testing:
        return
    with owned.begin() as connection:
        if settings.database_owner_url:
            roles.limit(connection, roles.provide(connection, settings.database_url or ""))
        elif not settings.database_url:
            roles.limit(connection, embedded.ROLE)


def refuse_empty(opened: Database) -> None:
    """DomainError if the database was never set up: every page would be a fault."""
    with opened.connect() as connection:
        if schema.revision_of(connection) is None:
            raise DomainError(_("The database is empty. Run flask setup first."))


def refuse_owner(opened: Database) -> None:
    """DomainError if the application would run as a role that can change its tables."""
    with opened.connect() as connection:
        if roles.is_owner(connection):
            raise DomainError(
                _(
                    "DATABASE_URL connects as a role that can change tables. Give the "
                    "application a role of its own there, set DATABASE_OWNER_URL to the "
                    "owner’s address, and run flask setup."
                )
            )
