"""The demonstration, and the same a thousand times over: what a page is measured on."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from functools import partial
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier

from bench._copied import Copies
from bench._multiply import multiply, side_by_side
from grants.assembly import join_rooms
from grants.config import Settings
from grants.core.database import embedded, schema
from grants.core.database.db import Database
from grants.core.database.encryption import use_keys
from grants.core.database.seals import use_seals
from grants.core.kernel import clock
from grants.core.proofs.secrets import use_factor_key
from grants.platform.documents.origin import use_seal_key
from grants.platform.documents.store import Folder, use_store
from grants.platform.pdf_signing.installing import Desk
from grants.platform.pdf_signing.signing import use_signer
from seeds.story import plant

TODAY = date(2026, 9, 15)
NOON = datetime.combine(TODAY, time(12), clock.zone())
SETTINGS = (
    "autovacuum = off",
    *("fsync = off", "full_page_writes = off", "max_wal_size = '8GB'"),
)
"""Nothing is vacuumed beside what is timed; what a crash would lose is made again."""


@contextmanager
def stands(folder: Path) -> Iterator[tuple[Database, Database]]:
    """The demonstration and its thousandfold, in `folder`; made if they are not there."""
    server = _prepared(folder)
    small, large = (_named(server, name) for name in ("bench_small", "bench_large"))
    with psycopg.connect(server, autocommit=True) as connection:
        known = {n for (n,) in connection.execute("SELECT datname FROM pg_database").fetchall()}
        if "bench_small" not in known:
            connection.execute("CREATE DATABASE bench_small TEMPLATE template0 ENCODING 'UTF8'")
            _plant(small)
        if "bench_large" not in known:
            connection.execute("CREATE DATABASE bench_large TEMPLATE bench_small")
            multiply(large, Copies())
            _tidy(large)
    yield Database.at(small), Database.at(large)


def _prepared(folder: Path) -> str:
    """The server in `folder`, with keys and places of files for this process."""
    join_rooms()
    server = embedded.start(folder / "postgresql")
    with psycopg.connect(server, autocommit=True) as connection:
        for setting in SETTINGS:
            connection.execute(f"ALTER SYSTEM SET {setting}".encode())
        connection.execute("SELECT pg_reload_conf()")
    use_store(Folder(folder / "files"))
    use_seal_key("bench")
    use_factor_key("bench")
    use_keys("bench")
    use_seals("bench")
    desk = Desk(Settings(folder, "http://localhost:5000"))
    use_signer(desk.current, desk.known)
    return server


def _tidy(url: str) -> None:
    """Every table as after a night's vacuum, the trail beside the others."""
    with psycopg.connect(url, autocommit=True) as connection:
        kinds = "relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'trail'"
        others = connection.execute(f"SELECT relname FROM pg_class WHERE {kinds}".encode())
        names = [name for (name,) in others.fetchall()]
    side_by_side([partial(_vacuum, url, ["trail"]), partial(_vacuum, url, names)])


def _vacuum(url: str, tables: Sequence[str]) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        names = SQL(", ").join(map(Identifier, tables))
        connection.execute(SQL("VACUUM ANALYZE {}").format(names))


def _named(server: str, name: str) -> str:
    return server.replace(f"/{embedded.DATABASE}?", f"/{name}?")


def _plant(url: str) -> None:
    database = Database.at(url)
    with database.begin() as connection:
        schema.upgrade(connection)
    with clock.at(NOON), database.transaction() as session:
        plant(session, TODAY)
    database.dispose()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


if __name__ == "__main__":
    import sys

    with stands(Path(sys.argv[1])) as both:
        for one in both:
            print(one.url)
