"""A PostgreSQL server as an office runs it: over TCP, with passwords (SCRAM), by two roles."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

from grants.config import Settings
from grants.operations.backups.tools import folders
from tests.test_serving import free_port

PROGRAMS = [folder for folder in folders() if (folder / "initdb").exists()][-1]
ADMINISTRATOR, OWNER, APPLICATION = "postgres", "paragraph20_owner", "paragraph20"
PASSWORDS = {ADMINISTRATOR: "administrator", OWNER: "ö/w:n@r'%", APPLICATION: r"a\p:p%40 #1"}
"""With everything that a file of passwords or an address would take for something else."""


@dataclass(frozen=True)
class PasswordServer:
    """The server, while it runs."""

    port: int

    def url(self, role: str, database: str) -> str:
        secret = "".join(f"%{byte:02X}" for byte in PASSWORDS[role].encode())
        return f"postgresql://{role}:{secret}@127.0.0.1:{self.port}/{database}"

    def create(self, database: str) -> None:
        """An empty database of the owner's."""
        with psycopg.connect(self.url(ADMINISTRATOR, "postgres"), autocommit=True) as admin:
            admin.execute(f"CREATE DATABASE {database} OWNER {OWNER} ENCODING 'UTF8'".encode())

    def settings(self, data: Path, database: str) -> Settings:
        """Of an installation in production, as docs/operations.md has it set up."""
        return Settings(
            data,
            "https://fund.example.org",
            database_url=self.url(APPLICATION, database),
            database_owner_url=self.url(OWNER, database),
            secret_key="0123456789abcdef" * 2,
        )


@contextmanager
def password_server() -> Iterator[PasswordServer]:
    """Started for the tests, with the two roles of docs/operations.md; stopped and deleted."""
    folder = Path(tempfile.mkdtemp(prefix="p20-scram-"))
    folder.chmod(0o711)  # as root, PostgreSQL runs as another user
    data, secret = folder / "data", folder / "secret"
    data.mkdir(mode=0o700)
    secret.write_text(PASSWORDS[ADMINISTRATOR])
    if os.geteuid() == 0:
        for path in (data, secret):
            shutil.chown(path, "nobody")
    server = PasswordServer(free_port())
    start = f"-h 127.0.0.1 -p {server.port} -c unix_socket_directories='' -c fsync=off"
    try:
        _run(
            data,
            "initdb",
            "--no-sync",
            "-A",
            "scram-sha-256",
            "-U",
            ADMINISTRATOR,
            "--pwfile",
            secret,
        )
        _run(data, "pg_ctl", "-w", "-o", start, "-l", data / "log", "start")
        _make_roles(server)
        yield server
    finally:
        with suppress(subprocess.CalledProcessError):  # it may have been killed
            _run(data, "pg_ctl", "-w", "-m", "immediate", "stop")
        shutil.rmtree(folder)


def _run(data: Path, program: str, *arguments: str | Path) -> None:
    command = [PROGRAMS / program, "-D", data, *arguments]
    subprocess.run(command, user=data.owner(), cwd="/", check=True, stdout=subprocess.DEVNULL)


def _make_roles(server: PasswordServer) -> None:
    with psycopg.connect(server.url(ADMINISTRATOR, "postgres"), autocommit=True) as admin:
        for role in (OWNER, APPLICATION):
            secret = psycopg.sql.Literal(PASSWORDS[role])
            name = psycopg.sql.Identifier(role)
            admin.execute(psycopg.sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(name, secret))
