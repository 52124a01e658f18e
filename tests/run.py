"""What all workers of one test run share: a folder, a server, and what is made once for all."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg
from fasteners import InterProcessLock
from sqlalchemy.engine import make_url

from grants.core.database import embedded
from grants.core.database.connections import with_driver

EMBEDDED = (Path(os.environ.get("DATA_DIR", "instance")) / "test-postgresql").resolve()
"""The data of the tests' own embedded server."""
SETTINGS = {
    "max_connections": "300",  # each worker has tests with fifty connections at once
    "fsync": "off",  # what a test commits need not outlive a failure of the machine
    "full_page_writes": "off",
    "synchronous_commit": "off",
}
"""How the embedded server of the tests differs from that of an installation."""


@dataclass(frozen=True)
class Run:
    """One run of pytest, seen from one of its workers."""

    folder: Path
    """Deleted when the run ends."""
    worker: str
    """gw0, gw1 …; master when there is one process only."""

    @property
    def name(self) -> str:
        """Every database of this run has a name that begins with it."""
        return f"p20_test_{self.folder.name.rpartition('-')[2].lower()}"

    @property
    def own(self) -> str:
        """The databases of this worker begin with it."""
        return f"{self.name}_{self.worker}"

    def once(self, what: str, make: Callable[[Path], None]) -> Path:
        """A file or folder of the run; the first worker that asks for it makes it."""
        made = self.folder / what
        made.parent.mkdir(parents=True, exist_ok=True)
        with InterProcessLock(f"{made}.lock"):
            if not made.exists():
                half = made.with_name(f"{made.name}.half")
                make(half)
                half.rename(made)
        return made

    def server(self) -> str:
        """URL of the PostgreSQL server: that of DATABASE_URL, or the embedded one, started."""
        self.once("tuned", _tune)
        return os.environ.get("DATABASE_URL") or embedded.start(EMBEDDED)

    def end(self) -> None:
        """Drop every database that the run made, and its folder."""
        if (self.folder / "tuned").exists():
            server = self.server()
            with psycopg.connect(server, autocommit=True) as admin:
                ours = admin.execute(
                    "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [self.name]
                ).fetchall()
            for (name,) in ours:
                drop(server, name)
        shutil.rmtree(self.folder, ignore_errors=True)


def _tune(note: Path) -> None:
    """Set up the embedded server in a process of its own: it stops the server when it ends."""
    conf = EMBEDDED / "postgresql.auto.conf"
    tuned = conf.exists() and "max_connections" in conf.read_text("utf-8")
    if not tuned and "DATABASE_URL" not in os.environ:
        subprocess.run([sys.executable, "-m", "tests.run"], check=True)
    note.touch()


def _set_up() -> None:
    with psycopg.connect(embedded.start(EMBEDDED), autocommit=True) as admin:
        for name, value in SETTINGS.items():
            admin.execute(f"ALTER SYSTEM SET {name} = '{value}'".encode())


def drop(server: str, name: str) -> None:
    """Drop a database if it is there, even while it is in use."""
    _tell(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def create(server: str, name: str, template: str = "template0") -> str:
    """A new database of this name, in place of an old one: its URL with the driver named."""
    drop(server, name)
    _tell(server, f"CREATE DATABASE {name} TEMPLATE {template} ENCODING 'UTF8'")
    return with_driver(make_url(server).set(database=name).render_as_string(hide_password=False))


def _tell(server: str, statement: str) -> None:
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(statement.encode())


if __name__ == "__main__":
    _set_up()
