"""Bringing the database's schema up and down (Alembic without an ini file), which processes that
answer pages need not load.
"""

import importlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, MetaData

if TYPE_CHECKING:
    from alembic.config import Config

ROOT = Path(__file__).parents[3]


def config(connection: Connection) -> "Config":
    """Alembic's configuration for migrations/ over an open connection."""
    from alembic.config import Config

    settings = Config()
    settings.set_main_option("script_location", str(ROOT / "migrations"))
    settings.attributes["connection"] = connection
    return settings


@cache
def newest() -> str:
    """The revision that a database which is up to date has: migrations are called by their files,
    in their order. Asked by pages, for which Alembic need not be loaded.
    """
    return max(path.stem for path in (ROOT / "migrations" / "versions").glob("*.py"))


def revision_of(connection: Connection) -> str | None:
    """The revision that a database has; None: it was never migrated."""
    from alembic.migration import MigrationContext

    return MigrationContext.configure(connection).get_current_revision()


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Migrate up; what is there already is left alone."""
    from alembic import command

    command.upgrade(config(connection), revision)


def downgrade(connection: Connection, revision: str) -> None:
    """Migrate down to a revision ("base" for an empty database)."""
    from alembic import command

    command.downgrade(config(connection), revision)


def all_models() -> MetaData:
    """Every room's tables, for comparing them with the migrations."""
    from grants.core.database.db import Base

    for name in ("models.py", "numbering.py"):
        for path in sorted((ROOT / "grants").rglob(name)):
            importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    return Base.metadata
