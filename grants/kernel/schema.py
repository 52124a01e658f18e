"""Bringing the database's schema up and down (Alembic without an ini file)."""

import importlib
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
    from grants.kernel.db import Base

    rooms = ROOT / "grants"
    for path in sorted([*rooms.glob("*/models.py"), *rooms.glob("*/numbering.py")]):
        importlib.import_module(f"grants.{path.parent.name}.{path.stem}")
    return Base.metadata
