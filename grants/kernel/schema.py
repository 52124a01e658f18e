"""Bringing the database's schema up and down (Alembic without an ini file)."""

import importlib
import pkgutil
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, MetaData

ROOT = Path(__file__).parent.parent.parent


def config(connection: Connection) -> Config:
    """Alembic's configuration for migrations/ over an open connection."""
    settings = Config()
    settings.set_main_option("script_location", str(ROOT / "migrations"))
    settings.attributes["connection"] = connection
    return settings


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Migrate up; what is there already is left alone."""
    command.upgrade(config(connection), revision)


def downgrade(connection: Connection, revision: str) -> None:
    """Migrate down to a revision ("base" for an empty database)."""
    command.downgrade(config(connection), revision)


def all_models() -> MetaData:
    """Every room's tables, for comparing them with the migrations."""
    import grants
    from grants.kernel.db import Base

    for module in pkgutil.walk_packages(grants.__path__, "grants."):
        if module.name.endswith((".models", ".numbering")):
            importlib.import_module(module.name)
    return Base.metadata
