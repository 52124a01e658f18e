"""Backup and restore where they count: over TCP, with passwords, by the two roles of production."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from click.testing import Result

from grants import create_app
from grants.books.ledger.receipts import receive_unidentified
from grants.core.database.db import Database
from grants.core.funds.queries import fund_by_code
from grants.core.kernel.errors import DomainError
from grants.operations.backups.encrypting import new_key
from grants.operations.backups.tools import Tools
from grants.operations.owner import refuse_empty
from tests.books.ledger.books import MARCH, money, voucher
from tests.operations.backups.passwords import (
    ADMINISTRATOR,
    APPLICATION,
    PasswordServer,
    password_server,
)


@pytest.fixture(scope="module")
def server(server_url: str) -> Iterator[PasswordServer]:
    assert server_url  # whose programs these are
    with password_server() as server:
        yield server


def flask(
    server: PasswordServer, data: Path, database: str, *words: str, keys: tuple[str, ...] = ()
) -> Result:
    """A command of an installation in production, over this database."""
    opened = Database.at(server.url(APPLICATION, database))
    settings = replace(server.settings(data, database), backup_recipients=keys)
    app = create_app(settings, opened)
    done = app.test_cli_runner().invoke(args=words)
    opened.dispose()
    return done


def test_the_server_of_these_tests_asks_for_a_password(server: PasswordServer) -> None:
    server.create("asked")
    with pytest.raises(psycopg.OperationalError, match="no password supplied"):
        psycopg.connect(f"postgresql://{APPLICATION}@127.0.0.1:{server.port}/asked")
    with psycopg.connect(server.url(ADMINISTRATOR, "asked")) as connection:
        rows = connection.execute("SELECT auth_method FROM pg_hba_file_rules").fetchall()
    assert set(rows) == {("scram-sha-256",)}


def test_an_encrypted_backup_by_the_application_is_restored_by_the_owner(
    server: PasswordServer, tmp_path: Path
) -> None:
    server.create("fund")
    server.create("drill")
    made = flask(server, tmp_path / "fund", "fund", "setup")
    assert made.exit_code == 0, made.output
    database = Database.at(server.url(APPLICATION, "fund"))
    with database.transaction() as session:
        fund = fund_by_code(session, "UNVTF")
        receive_unidentified(session, voucher(fund, MARCH), money("1234.56"))
    database.dispose()
    private, public = new_key()
    (tmp_path / "key").write_text(private)
    file = str(tmp_path / "night.p20.age")
    taken = flask(server, tmp_path / "fund", "fund", "backup", file, keys=(public,))
    assert taken.exit_code == 0, taken.output
    assert [path.name for path in tmp_path.glob("*night*")] == ["night.p20.age"]
    told = flask(server, tmp_path / "drill", "drill", "restore", file)
    assert told.exit_code == 2
    assert "--identity" in told.stderr
    key = str(tmp_path / "key")
    restored = flask(server, tmp_path / "drill", "drill", "restore", file, "--identity", key)
    assert restored.exit_code == 0, restored.output
    assert restored.stdout.splitlines()[-1] == "All as in the backup."
    assert restored.stdout.splitlines()[:-1] == taken.stdout.splitlines()[:-1]
    assert "-1234.56" in restored.stdout
    assert flask(server, tmp_path / "drill", "drill", "ledger", "verify").exit_code == 0


def test_an_empty_database_and_the_wrong_role_are_told_in_one_sentence(
    server: PasswordServer, tmp_path: Path
) -> None:
    server.create("empty")
    app = create_app(replace(server.settings(tmp_path, "empty"), database_owner_url=None))
    told = app.test_cli_runner().invoke(args=["setup"])
    assert (told.exit_code, told.stdout) == (2, "")
    assert told.stderr.startswith("This database role may not create tables.")
    opened = Database.at(server.url(APPLICATION, "empty"))
    with pytest.raises(DomainError, match="The database is empty"):
        refuse_empty(opened)
    opened.dispose()


def test_no_password_stands_in_the_list_of_processes(tmp_path: Path) -> None:
    program = tmp_path / "pg_restore"
    program.write_text(f'#!/bin/sh\necho "$PGPASSWORD" "$@" > {tmp_path}/told\n')
    program.chmod(0o755)
    url = f"postgresql://{APPLICATION}:hidden@127.0.0.1:5432/fund"
    Tools(tmp_path).restore(url, tmp_path / "dump")
    secret, *words = (tmp_path / "told").read_text().split()
    assert secret == "hidden"
    assert f"user={APPLICATION}" in " ".join(words)
    assert "hidden" not in " ".join(words)
