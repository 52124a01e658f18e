"""The application's role of the database, attacked from inside."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import make_url, text
from sqlalchemy.exc import ProgrammingError

from grants.books.ledger.receipts import receive_unidentified
from grants.books.ledger.verify import breaches
from grants.core.audit.advance import record
from grants.core.database import roles
from grants.core.database.db import Database
from grants.core.funds.queries import fund_by_code
from grants.core.kernel.errors import DomainError
from grants.operations.owner import refuse_owner
from tests.books.ledger.books import CLERK, MARCH, money, voucher
from tests.run import Run, create, drop


@pytest.fixture(scope="module")
def owned(whole_run: Run, server_url: str, template: str) -> Iterator[Database]:
    """A database whose rights these tests change: one for all of them, as what is refused leaves
    no trace.
    """
    name = f"{whole_run.own}_roles"
    database = Database.at(create(server_url, name, template))
    yield database
    database.dispose()
    drop(server_url, name)


@pytest.fixture
def limited(owned: Database, whole_run: Run) -> Iterator[Database]:
    """The same database over a role that `flask setup` would make."""
    role = f"{whole_run.own}_application"
    url = make_url(owned.url).set(username=role, password="a:b'c")
    with owned.begin() as connection:
        assert roles.provide(connection, url.render_as_string(False)) == role
        roles.limit(connection, role)
    opened = Database.at(url.render_as_string(hide_password=False))
    yield opened
    opened.dispose()
    with owned.begin() as connection:
        connection.execute(text(f"DROP OWNED BY {role}"))
        connection.execute(text(f"DROP ROLE {role}"))


ATTACKS = [
    "UPDATE posting SET usd_minor = 0",
    "DELETE FROM entry",
    "UPDATE trail SET actor = 'x'",
    "DELETE FROM trail_link",
    "DELETE FROM trail_head",
    "DELETE FROM message",
    "DELETE FROM advice",
    "DELETE FROM review",
    "DELETE FROM award",
    "DELETE FROM pledge",
    "DELETE FROM document",
    "DELETE FROM membership",
    "UPDATE receipt SET number = 9",
    "UPDATE exchange_rate SET rate = 1",
    "UPDATE certificate_copy SET facts = '{}'",
    "TRUNCATE trail",
    "TRUNCATE posting CASCADE",
    "ALTER TABLE trail DISABLE TRIGGER ALL",
    "ALTER TABLE posting DROP CONSTRAINT posting_pkey",
    "DROP TRIGGER trail_append_only ON trail",
    "DROP TABLE trail CASCADE",
    "CREATE TABLE mine (id int)",
    "CREATE OR REPLACE FUNCTION forbid_change() RETURNS trigger LANGUAGE sql AS 'SELECT 1'",
    "CREATE FUNCTION sha256(bytea) RETURNS bytea LANGUAGE sql AS 'SELECT $1'",
    "CREATE TRIGGER mine BEFORE INSERT ON trail FOR EACH ROW EXECUTE FUNCTION forbid_change()",
    "CREATE RULE mine AS ON INSERT TO trail DO INSTEAD NOTHING",
    "SET session_replication_role = replica",
    "UPDATE alembic_version SET version_num = '0001_foundations'",
    "ALTER ROLE CURRENT_USER SUPERUSER",
    "SET ROLE postgres",
    "COPY trail TO PROGRAM 'cat'",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_applications_role_may_not(limited: Database, attack: str) -> None:
    with pytest.raises(ProgrammingError) as refused, limited.begin() as connection:
        connection.execute(text(attack))
    assert isinstance(refused.value.orig, InsufficientPrivilege)


def test_it_may_do_what_the_application_does(limited: Database) -> None:
    with limited.transaction() as session:
        fund = fund_by_code(session, "UNVTF")
        receive_unidentified(session, voucher(fund, MARCH), money("12.50"))
        record(session, fund, "write", CLERK)
    with limited.session() as session:
        assert breaches(session) == []


def test_what_it_has_analysed_are_the_funds_own_tables(limited: Database) -> None:
    rows = text("SELECT reltuples FROM pg_class WHERE oid = 'entry'::regclass")
    with limited.transaction() as session:
        session.execute(text("CREATE TEMP TABLE entry AS SELECT 1 AS id"))
        session.execute(text("SELECT analyse_imported()"))
        assert session.scalar(rows) == -1, "one of its own by the same name is not"


def test_an_owner_is_told_from_the_applications_role(owned: Database, limited: Database) -> None:
    with owned.connect() as owner, limited.connect() as application:
        assert roles.is_owner(owner)
        assert not roles.is_owner(application)
    refuse_owner(limited)
    with pytest.raises(DomainError, match="a role that can change tables"):
        refuse_owner(owned)


def test_what_it_may_do_is_granted_again_for_a_new_table(
    owned: Database, limited: Database
) -> None:
    with owned.begin() as connection:
        connection.execute(text("CREATE TABLE novelty (id int)"))
    with psycopg.connect(limited.url) as direct, pytest.raises(InsufficientPrivilege):
        direct.execute("SELECT * FROM novelty")
    with owned.begin() as connection:
        roles.limit(connection, str(make_url(limited.url).username))
    with limited.begin() as connection:
        connection.execute(text("INSERT INTO novelty VALUES (1)"))
