"""Bringing the database's schema up and down (Alembic without an ini file), which processes that
answer pages do not load.
"""

import importlib

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData

from grants.core.database.db import Base
from grants.core.database.revisions import ROOT


def config(connection: Connection) -> Config:
    """Alembic's configuration for migrations/ over an open connection."""
    settings = Config()
    settings.set_main_option("script_location", str(ROOT / "migrations"))
    settings.attributes["connection"] = connection
    return settings


def revision_of(connection: Connection) -> str | None:
    """The revision that a database has; None: it was never migrated."""
    return MigrationContext.configure(connection).get_current_revision()


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Migrate up; what is there already is left alone."""
    command.upgrade(config(connection), revision)


def downgrade(connection: Connection, revision: str) -> None:
    """Migrate down to a revision ("base" for an empty database)."""
    command.downgrade(config(connection), revision)


def all_models() -> MetaData:
    """Every room's tables, for comparing them with the migrations."""
    for name in ("models.py", "numbering.py"):
        for path in sorted((ROOT / "grants").rglob(name)):
            importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    return Base.metadata
