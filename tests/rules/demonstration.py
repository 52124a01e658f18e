"""The demonstration in a database of its own, for rules that hold of every page at once."""

import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from grants import create_app
from grants.config import Settings
from grants.core.database import connections, schema
from grants.core.database.db import Database
from grants.core.database.encryption import use_keys
from grants.core.database.seals import use_seals
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.people.queries import person_by_email
from grants.core.proofs.secrets import use_factor_key
from grants.platform.documents.origin import use_seal_key
from grants.platform.documents.store import Folder, use_store
from grants.platform.messages import service as letters
from grants.platform.messages.wording import Words, as_html, words_of
from seeds import earlier
from seeds.company import sign_ins
from seeds.story import plant
from tests.platform.pdf_signing.keys import fund_key, sign_with
from tests.platform.web.client import StrictClient, rows_of
from tests.run import Run, create, drop
from tests.signing_in import put, token_of

TODAY = date(2026, 9, 15)
"""The day on which the rules look: always the same, so that a table of answers can be kept."""
NOON = datetime.combine(TODAY, time(12), clock.zone())
STATEMENTS = 5_000
"""Compiled statements kept: who opens every page for every role compiles each of them once."""
VISITOR = "Visitor"
PSEUDO = "en-XA"


@dataclass(frozen=True, slots=True)
class Letter:
    """An e-mail as an act of the demonstration worded it, in the pseudo-language."""

    template: str
    parts: tuple[str, str, str]


@dataclass
class Demonstration:
    """The planted database, its files and the letters that were written on the way."""

    database: Database
    folder: Path
    letters: list[Letter] = field(default_factory=list)

    def app(self, client: type[FlaskClient]) -> Flask:
        """The application over this database, for the given kind of browser."""
        settings = Settings(
            data_dir=self.folder,
            base_url="http://localhost",
            secret_key="for tests only",
            testing=True,
        )
        application = create_app(settings, self.database)
        application.test_client_class = client
        return application

    def token_of(self, email: str) -> str:
        """A signed-in browser of this person."""
        with self.database.transaction() as session:
            person = person_by_email(session, email)
            assert person is not None, f"the demonstration has nobody called {email}"
            return token_of(session, person)


def browser_of(app: Flask, demonstration: Demonstration, email: str | None) -> FlaskClient:
    """A browser in which this person has signed in; None: a visitor's."""
    browser = app.test_client()
    if email:
        put(demonstration.token_of(email), browser)
    return browser


@contextmanager
def counting(demonstration: Demonstration, browser: StrictClient) -> Iterator[None]:
    """Let the browser know how often its pages ask the database."""

    def count(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "SET ")):
            browser.queries += 1

    def loaded(_connection: Any, cursor: Any, statement: str, *_rest: Any) -> None:
        browser.rows += rows_of(cursor, statement)

    for pool in demonstration.database.pools:
        event.listen(pool, "before_cursor_execute", count)
        event.listen(pool, "after_cursor_execute", loaded)
    try:
        yield
    finally:
        for pool in demonstration.database.pools:
            event.remove(pool, "before_cursor_execute", count)
            event.remove(pool, "after_cursor_execute", loaded)


def people() -> list[tuple[str, str | None]]:
    """(role, e-mail) of everyone who looks: a visitor and one person of each role."""
    return [(VISITOR, None), *sign_ins()]


@contextmanager
def planted(server: str, name: str, folder: Path) -> Iterator[Demonstration]:
    """Plant the demonstration into a new database of this name, and drop it afterwards."""
    with standing(create(server, name), folder) as demonstration:
        plant_into(demonstration)
        yield demonstration
    drop(server, name)


@contextmanager
def standing(url: str, folder: Path) -> Iterator[Demonstration]:
    """A demonstration in the database at this URL, which nobody is connected to afterwards."""
    with patch.object(connections, "STATEMENTS", STATEMENTS):
        demonstration = Demonstration(Database.at(url), folder)
    try:
        yield demonstration
    finally:
        demonstration.database.dispose()


def plant_into(demonstration: Demonstration, moment: datetime | None = None) -> None:
    """Migrate its database, and plant the story as it stands at a moment (None: NOON)."""
    with demonstration.database.connect() as connection:
        schema.upgrade(connection)
        connection.commit()
    use_store(Folder(demonstration.folder / "files"))
    use_seal_key("of the demonstration")
    use_its_secret()
    sign_with(fund_key())
    with (
        _overhearing(demonstration.letters),
        clock.at(moment or NOON),
        demonstration.database.transaction() as session,
    ):
        plant(session, clock.today())
        earlier.begin(session)  # tests go on acting on that day
    _gather_statistics(demonstration.database)


def use_its_secret() -> None:
    """The secret of the demonstration, whatever secret a test before this one has used."""
    use_factor_key("for tests only")
    use_keys("for tests only")
    use_seals("for tests only")


def _gather_statistics(database: Database) -> None:
    """As PostgreSQL does by itself a minute later: without it, joins of new tables are slow."""
    with database.begin() as connection:
        connection.exec_driver_sql("ANALYZE")


@contextmanager
def _overhearing(heard: list[Letter], each: int = 2) -> Iterator[None]:
    """Word the first letters of each kind in the pseudo-language too."""
    worded = words_of

    def overheard(
        fund: Fund | None,
        recipient: letters.Recipient,
        template: str,
        facts: dict[str, Any],
        code: str,
    ) -> Words:
        if sum(letter.template == template for letter in heard) < each:
            pseudo = replace(recipient, language=PSEUDO)
            words = worded(fund, pseudo, template, facts, PSEUDO)
            html = as_html(fund, words, "", "", ())
            heard.append(Letter(template, (words.subject, words.text, html)))
        return worded(fund, recipient, template, facts, code)

    with patch.object(letters, "words_of", overheard):
        yield


@pytest.fixture(scope="session")
def planting(whole_run: Run, server_url: str, template: str) -> Iterator[Demonstration]:
    """Planted once in a run; each worker has a copy of the database."""
    name = f"{whole_run.name}_demonstration"

    def make(folder: Path) -> None:
        with standing(create(server_url, name, template), folder) as first:
            plant_into(first)
            (folder / "letters").write_bytes(pickle.dumps(first.letters))

    folder = whole_run.once("demonstration", make)
    with standing(create(server_url, f"{whole_run.own}_demonstration", name), folder) as copy:
        copy.letters += pickle.loads((folder / "letters").read_bytes())  # noqa: S301 - our own
        yield copy


@pytest.fixture
def demonstration(planting: Demonstration, store: Folder) -> Iterator[Demonstration]:
    """The planted demonstration, on its own day and with its own files."""
    use_store(Folder(planting.folder / "files"))
    with clock.at(NOON):
        yield planting
