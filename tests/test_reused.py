"""Tests with real commits find the database that the template is, whatever ran before them."""

from sqlalchemy import text

from grants.core.database.db import Database
from grants.core.funds.models import Fund
from grants.core.kernel.money import usd
from tests.factories import a_deposit, a_pledge
from tests.reused import Reused


def content(database: Database) -> dict[str, str]:
    """Every row of every table, and where each sequence stands."""
    with database.session() as session:
        tables = session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname='public'"))
        found = {
            table: str(
                session.scalar(text(f'SELECT array_agg(t::text ORDER BY 1) FROM "{table}" t'))
            )
            for table in tables
        }
        numbers = "SELECT array_agg((sequencename, last_value)::text ORDER BY 1) FROM pg_sequences"
        return {**found, "numbers": str(session.scalar(text(numbers)))}


def written(database: Database) -> None:
    """What acts write: money, the trail, numbers, jobs."""
    with database.transaction() as session:
        fund = session.get_one(Fund, 1)
        a_deposit(session, fund, a_pledge(session, fund, usd(500)), usd(300))


def test_what_a_test_has_written_is_taken_out_again(own_copy: Reused) -> None:
    before = content(own_copy.ready())
    written(own_copy.ready())
    assert content(own_copy.ready()) != before
    own_copy.clean()
    copy = own_copy.ready()
    assert content(copy) == before
    written(copy)  # append-only tables are so again
    own_copy.clean()


def test_a_database_that_is_no_longer_made_the_same_is_replaced(own_copy: Reused) -> None:
    copy = own_copy.ready()
    for change in (
        "ALTER TABLE trail DISABLE TRIGGER trail_append_only",
        "ALTER TABLE pledge ADD COLUMN more text",
    ):
        with copy.begin() as connection:
            number = "SELECT oid FROM pg_database WHERE datname = current_database()"
            old = connection.execute(text(number)).scalar()
            connection.execute(text(change))
        copy.dispose()
        own_copy.clean()
        with own_copy.ready().connect() as connection:
            assert connection.execute(text(number)).scalar() != old, change
        copy.dispose()
