"""The migrations are the models, and go down as well as up."""

import re

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, inspect, text
from sqlalchemy.pool import NullPool

from grants.core.database import revisions, schema
from grants.core.database.db import Database
from grants.giving.pledges.workflow import PledgeState
from tests.rules.source import ROOT
from tests.run import Run, create


@pytest.fixture
def empty(whole_run: Run, server_url: str) -> Engine:
    """A database without any table."""
    return create_engine(create(server_url, f"{whole_run.own}_empty"), poolclass=NullPool)


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


CONSTRAINTS = """
SELECT conrelid::regclass || '.' || conname AS name, pg_get_constraintdef(oid, true) AS rule
FROM pg_constraint
WHERE connamespace = CAST(:schema AS regnamespace) AND contype IN ('c', 'x', 'u')
"""
INDEXES = """
SELECT tablename || '.' || indexname AS name, indexdef AS rule FROM pg_indexes
WHERE schemaname = :schema AND tablename <> 'alembic_version'
"""
LISTED = re.compile(r"ARRAY\[(.*?)\]")


def _rules(connection: Connection, schema_name: str) -> dict[str, str]:
    """Constraints and indexes of one schema by table and name, as PostgreSQL words them."""
    connection.execute(text(f"SET LOCAL search_path TO {schema_name}, public"))
    rows = [
        row
        for query in (CONSTRAINTS, INDEXES)
        for row in connection.execute(text(query), {"schema": schema_name})
        if not row.name.startswith("procrastinate_")
    ]
    return {row.name: _in_order(row.rule.replace(f" {schema_name}.", " ")) for row in rows}


def _in_order(rule: str) -> str:
    """The same rule, its list of allowed values sorted: their order means nothing."""
    return LISTED.sub(lambda found: f"ARRAY[{', '.join(sorted(found[1].split(', ')))}]", rule)


def _differences(connection: Connection) -> list[str]:
    """Rules that the models and the migrated database do not share, with what to do."""
    theirs = _rules(connection, "public")
    connection.execute(text("CREATE SCHEMA models"))
    copy = connection.execution_options(schema_translate_map={None: "models"})
    schema.all_models().create_all(copy, checkfirst=False)
    ours = _rules(connection, "models")
    return [
        f"{name}: in the models {ours.get(name, 'there is none')}; in the database "
        f"{theirs.get(name, 'there is none')}. Write a migration in migrations/versions/."
        for name in sorted(ours.keys() | theirs.keys())
        if ours.get(name) != theirs.get(name)
    ]


def test_the_database_has_every_check_and_index_of_the_models(real_database: Database) -> None:
    with real_database.connect() as connection:
        found = _differences(connection)
    assert not found, "\n".join(found)


def test_a_state_without_a_migration_is_told_by_the_name_of_its_check(
    real_database: Database,
) -> None:
    known = ", ".join(f"'{state.value}'" for state in PledgeState if state != PledgeState.SIGNED)
    with real_database.connect() as connection:
        connection.execute(text("ALTER TABLE pledge DROP CONSTRAINT ck_pledge_pledgestate"))
        connection.execute(
            text(
                "ALTER TABLE pledge ADD CONSTRAINT ck_pledge_pledgestate "
                f"CHECK (state IN ({known}))"
            )
        )
        (told,) = [line for line in _differences(connection) if line.startswith("pledge.")]
    assert told.startswith("pledge.ck_pledge_pledgestate: in the models CHECK")
    assert told.count("'signed'") == 1
    assert "migrations/versions/" in told


def test_the_newest_migration_is_the_one_that_alembic_ends_with() -> None:
    settings = Config()
    settings.set_main_option("script_location", str(ROOT / "migrations"))
    assert revisions.newest() == ScriptDirectory.from_config(settings).get_current_head()


def test_migrations_stand_alone() -> None:
    """What they call of the application changes, and books of years ago are upgraded by it."""
    found = {
        path.name
        for path in ROOT.joinpath("migrations/versions").glob("*.py")
        if "from grants" in path.read_text("utf-8") or "import grants" in path.read_text("utf-8")
    }
    assert found == {"0063_bank_details_encrypted.py"}, "it needs the key of the installation"
