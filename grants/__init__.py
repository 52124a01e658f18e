"""Paragraph 20: grant management for United Nations voluntary trust funds."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # `flask --help` needs none of it
    from flask import Flask

    from grants.config import Settings
    from grants.core.database.db import Database


def create_app(settings: "Settings | None" = None, database: "Database | None" = None) -> "Flask":
    """Assemble the rooms. Holds no rule of the fund.

    Without a database the one of the settings is used, which is opened at the first request.
    """
    from grants import assembly
    from grants.config import Settings
    from grants.core.kernel import logs

    if settings is None:  # a process of its own, which may write as it is told to
        settings = Settings.from_environment()
        logs.configure(as_json=settings.logs_json, level=settings.level)
    return assembly.assemble(settings, database)
