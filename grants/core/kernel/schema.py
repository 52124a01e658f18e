"""Bringing the database's schema up and down (Alembic without an ini file)."""

import importlib
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, MetaData

ROOT = Path(__file__).parents[3]


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
    from grants.core.kernel.db import Base

    for name in ("models.py", "numbering.py"):
        for path in sorted((ROOT / "grants").rglob(name)):
            importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    return Base.metadata
