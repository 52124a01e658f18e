"""What an upgrade says before it does anything."""

from pathlib import Path

import pytest
from sqlalchemy import Connection

from grants import create_app
from grants.config import Settings
from grants.core.database import schema
from grants.core.database.db import Database
from grants.core.database.revisions import FOLDER
from grants.operations.upgrades import plan
from grants.operations.upgrades.plan import Phase, Wait, read_migration

SINCE = "0175"
"""From this number on each migration says whether the running version works with it."""
ALL = sorted(FOLDER.glob("[0-9]*.py"))
MIGRATION = '''
"""A column for the fund's motto, and a table."""

import sqlalchemy as sa
from alembic import op

revision = "9999_motto"
phase = "expand"

def upgrade() -> None:
    op.create_table("motto", sa.Column("id", sa.BigInteger(), nullable=False))
    op.create_index("ix_motto", "motto", ["id"])
    op.add_column("fund", sa.Column("motto", sa.String(80), nullable=False, server_default=""))
    op.create_index("ix_person_name", "person", ["name"])
    op.execute("UPDATE award SET note = ''")
    op.execute("ALTER TABLE pledge ADD CHECK (true)")
    REST

def _drop_default() -> None:
    op.alter_column("fund", "motto", server_default=None)

def downgrade() -> None:
    op.drop_table("motto")
'''


def written(folder: Path, rest: str = "pass") -> plan.Migration:
    path = folder / "9999_motto.py"
    path.write_text(MIGRATION.replace("REST", rest))
    return read_migration(path)


def test_what_others_wait_for_is_read_from_the_migration(tmp_path: Path) -> None:
    read = written(tmp_path)
    assert read.waits == {
        "fund": Wait.EVERYONE,
        "person": Wait.WRITERS,
        "award": Wait.WRITERS,
        "pledge": Wait.EVERYONE,
    }
    assert (read.phase, read.demands, read.is_safe) == (Phase.EXPAND, (), True)
    assert read.subject == "A column for the fund's motto, and a table."


@pytest.mark.parametrize(
    "rest",
    [
        'op.drop_column("fund", "motto")',
        'op.drop_table("person")',
        'op.rename_table("fund", "trust")',
        'op.alter_column("fund", "code", new_column_name="sign")',
        'op.alter_column("fund", "code", nullable=False)',
        'op.add_column("fund", sa.Column("sign", sa.String(8), nullable=False))',
        'op.alter_column("fund", "motto", server_default=None)',
        "_drop_default()",
        'op.execute("ALTER TABLE fund DROP COLUMN code")',
        'op.execute("ALTER TABLE fund ALTER code SET NOT NULL")',
    ],
)
def test_a_mark_does_not_hide_what_the_running_version_would_stumble_over(
    tmp_path: Path, rest: str
) -> None:
    read = written(tmp_path, rest)
    assert len(read.demands) == 1
    assert not read.is_safe


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_every_newer_migration_says_whether_the_running_version_works_with_it(path: Path) -> None:
    read = read_migration(path)
    assert read.subject, "its first line says what it is for"
    if path.stem >= SINCE:
        assert read.phase, 'set phase = "expand" or "contract" beside its revision'
    if read.phase is Phase.EXPAND:
        assert read.demands == (), "it is no expansion"


def test_the_command_tells_what_is_to_run_and_runs_nothing(
    settings: Settings, real_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = create_app(settings, real_database).test_cli_runner().invoke
    done = run(args=["upgrade", "--check"])
    assert done.output == "There are no migrations to run.\n", repr(done.exception)
    before = ALL[-3].stem

    def revision_of(_connection: Connection) -> str:
        return before

    monkeypatch.setattr(schema, "revision_of", revision_of)
    told = run(args=["upgrade", "--check"])
    assert [path.stem in told.output for path in ALL[-3:]] == [False, True, True]
    assert told.exit_code == int("Stop the running version first" in told.output)
