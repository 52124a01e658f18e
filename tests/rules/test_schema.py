"""The migrations are the models, and go down as well as up."""

import pytest
from alembic import command
from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from grants.core.kernel import schema
from grants.core.kernel.db import Database, with_driver


@pytest.fixture
def empty(server_url: str, template: str) -> Engine:
    """A database without any table."""
    name = f"{template}_empty"
    admin = create_engine(with_driver(server_url), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"))
    return create_engine(make_url(with_driver(server_url)).set(database=name), poolclass=NullPool)


def test_the_migrations_make_exactly_the_models(real_database: Database) -> None:
    with real_database.connect() as connection:
        command.check(schema.config(connection))


def test_the_schema_goes_up_down_and_up_again(empty: Engine) -> None:
    with empty.connect() as connection:
        schema.upgrade(connection)
        connection.commit()
        made = set(inspect(connection).get_table_names())
        schema.downgrade(connection, "base")
        connection.commit()
        assert inspect(connection).get_table_names() == ["alembic_version"]
        assert connection.scalar(text(ROUTINES)) == 0
        schema.upgrade(connection)
        connection.commit()
        assert set(inspect(connection).get_table_names()) == made


ROUTINES = "SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace"


def test_migrations_stand_in_one_line(empty: Engine) -> None:
    from alembic.script import ScriptDirectory

    with empty.connect() as connection:
        script = ScriptDirectory.from_config(schema.config(connection))
    assert len(script.get_heads()) == 1
