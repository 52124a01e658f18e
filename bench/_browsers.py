"""The application over a database of the benchmarks, and a browser for each person who looks."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from grants import create_app
from grants.config import Settings
from grants.core.database.db import Database
from tests.platform.web.client import rows_of
from tests.rules.access import lookers
from tests.rules.demonstration import Demonstration, browser_of

LONGEST = "60s"
"""Of one question to the database."""


@dataclass
class Counts:
    """What was asked of the database."""

    queries: int = 0
    loaded: int = 0


@contextmanager
def counting(database: Database) -> Iterator[Counts]:
    """Count statements and the rows that they bring."""
    counts = Counts()

    def count(_c: Any, cursor: Any, statement: str, *_rest: Any) -> None:
        counts.loaded += rows_of(cursor, statement)
        counts.queries += 1

    for pool in database.pools:
        event.listen(pool, "after_cursor_execute", count)
    try:
        yield counts
    finally:
        for pool in database.pools:
            event.remove(pool, "after_cursor_execute", count)


def fetch(browser: FlaskClient, address: str) -> tuple[int, int]:
    """Status and bytes of an answer."""
    answer = browser.get(address, headers={"Accept-Encoding": "identity"})
    size = sum(len(part) for part in answer.response)
    answer.close()
    return answer.status_code, size


class Stand:
    """The application over one database, with a browser for each person."""

    def __init__(self, folder: Path, database: Database) -> None:
        self.folder, self.database = folder, database
        self.demonstration = Demonstration(database, folder)
        settings = Settings(data_dir=folder, base_url="http://localhost", secret_key="bench")
        self.app: Flask = create_app(settings, database)
        self.emails = {who.heading: who.email for who in lookers()}
        self.browsers = {
            name: browser_of(self.app, self.demonstration, email)
            for name, email in self.emails.items()
        }
        for pool in database.pools:
            event.listen(pool, "connect", _limited)

    def looker_of(self, address: str) -> str | None:
        for name, browser in self.browsers.items():
            if fetch(browser, address)[0] == 200:
                return name
        return None


def _limited(connection: Any, _record: Any) -> None:
    connection.execute(f"SET statement_timeout = '{LONGEST}'")
    connection.commit()
