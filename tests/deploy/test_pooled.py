"""PgBouncer in transaction mode before PostgreSQL, both with passwords and verified TLS."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from click.testing import Result

from grants import create_app
from grants.assembly import open_database
from grants.config import Settings
from grants.core.kernel.errors import DomainError
from tests.operations.backups.passwords import (
    APPLICATION,
    PASSWORDS,
    PasswordServer,
    password_server,
)
from tests.platform.messages.smtp import certificate
from tests.test_serving import free_port

BOUNCER = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
pytestmark = pytest.mark.skipif(not BOUNCER, reason="pgbouncer is not installed here")


@contextmanager
def bouncer(server: PasswordServer) -> Iterator[str]:
    """One connection to the database for everybody; yields the address without the password."""
    folder, port = Path(tempfile.mkdtemp(prefix="p20-pool-")), free_port()
    paper = certificate(folder, "localhost")
    quoted = PASSWORDS[APPLICATION].replace('"', '""')
    (folder / "users").write_text(f'"{APPLICATION}" "{quoted}"\n')
    (folder / "ini").write_text(
        f"[databases]\nfund = host=127.0.0.1 port={server.port} connect_query='SET jit = off'\n"
        f"[pgbouncer]\nlisten_addr = localhost\nlisten_port = {port}\nunix_socket_dir =\n"
        f"auth_type = scram-sha-256\nauth_file = {folder}/users\npool_mode = transaction\n"
        "default_pool_size = 1\nmax_client_conn = 100\nclient_tls_sslmode = require\n"
        f"client_tls_key_file = {paper}\nclient_tls_cert_file = {paper}\n"
    )
    folder.chmod(0o755)
    for path in folder.iterdir():
        path.chmod(0o644)
    command = [str(BOUNCER), *(["-u", "nobody"] if os.geteuid() == 0 else []), str(folder / "ini")]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stderr=log)
    try:
        url = server.url(APPLICATION, "fund").replace(
            f"127.0.0.1:{server.port}", f"localhost:{port}"
        )
        yield f"{url}?sslmode=verify-full&sslrootcert={paper}"
    finally:
        process.kill()  # asked to stop, it waits for its clients
        process.wait()
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def settings(server_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Of an installation in production whose pages ask through the pool."""
    assert server_url  # whose programs these are
    folder = tmp_path_factory.mktemp("pooled")
    with password_server() as server, bouncer(server) as pool:
        server.create("fund")
        plain = server.settings(folder, "fund")
        made = flask(plain, "setup")
        assert made.exit_code == 0, made.output
        yield replace(plain, database_pool_url=pool)


def flask(settings: Settings, *words: str) -> Result:
    opened = open_database(settings)
    done = create_app(settings, opened).test_cli_runner().invoke(args=words)
    opened.dispose()
    return done


def test_a_certificate_of_another_authority_is_refused(settings: Settings) -> None:
    assert settings.database_pool_url
    address = settings.database_pool_url.partition("?")[0]
    with pytest.raises(psycopg.OperationalError, match="certificate"):
        psycopg.connect(f"{address}?sslmode=verify-full&sslrootcert=system")


def test_reading_leaves_nothing_behind_for_who_writes_over_the_same_connection(
    settings: Settings,
) -> None:
    database = open_database(settings)
    for _ in range(12):  # more often than after which psycopg prepares a statement
        with database.reading() as session:
            session.connection().exec_driver_sql("SELECT 1 FROM person")
            with pytest.raises(Exception, match="read-only"):
                session.connection().exec_driver_sql("UPDATE fund SET code = code")
        with database.transaction() as session:
            session.connection().exec_driver_sql("UPDATE fund SET code = code WHERE false")
    database.dispose()


def test_an_act_that_sends_an_email_and_its_worker(settings: Settings) -> None:
    told = flask(settings, "admin", "invite", "luz@example.org")
    assert told.exit_code == 0, told.output
    worked = flask(settings, "worker", "--once")
    assert worked.exit_code == 0, worked.output
    assert list((settings.data_dir / "mail").iterdir())


def test_pages_checks_and_a_backup(settings: Settings, tmp_path: Path) -> None:
    opened = open_database(settings)
    browser = create_app(settings, opened).test_client()
    for page in ("/", "/readyz", "/sign-in"):
        answer = browser.get(page, base_url="https://fund.example.org", follow_redirects=True)
        assert answer.status_code == 200, page
    opened.dispose()
    assert flask(settings, "ledger", "verify").exit_code == 0
    assert flask(settings, "trail", "verify").exit_code == 0
    assert flask(settings, "backup", str(tmp_path / "x.p20")).exit_code == 0
    assert flask(settings, "ledger", "verify").exit_code == 0  # nothing of pg_dump’s is left behind


def test_a_pool_without_the_way_past_it_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DomainError, match="DATABASE_POOL_URL needs DATABASE_URL"):
        Settings.from_environment(
            {"DATA_DIR": str(tmp_path), "DATABASE_POOL_URL": "postgresql://a@localhost/fund"}
        )
