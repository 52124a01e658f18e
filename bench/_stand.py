"""What the benchmarks stand on: a database of their own, a clock that can be trusted, one table."""

import gc
import math
import resource
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import text

from grants import create_app
from grants.config import Settings
from grants.core.database import embedded, schema
from grants.core.database.db import Database
from grants.core.funds.service import UNVTF, establish
from grants.core.kernel import clock
from grants.core.people import credentials
from grants.core.people.models import Person


@contextmanager
def installation() -> Iterator[tuple[Flask, Database]]:
    """A fresh installation in a temporary folder, with the fund UNVTF."""
    folder = Path(tempfile.mkdtemp(prefix="p20-bench-"))
    database = Database.at(embedded.start(folder / "postgresql"), pool_size=8)
    try:
        with database.begin() as connection:
            schema.upgrade(connection)
        with database.transaction() as session:
            establish(session, UNVTF)
        settings = Settings(data_dir=folder, base_url="http://localhost", secret_key="bench")
        yield create_app(settings, database), database
    finally:
        database.dispose()
        shutil.rmtree(folder, ignore_errors=True)


def cookie_for(app: Flask, database: Database, person: Person) -> dict[str, str]:
    """Headers of a browser in which a person has signed in."""
    with database.transaction() as session:
        token = credentials.sign_in(
            session, person, "bench", proved_at=clock.now() + timedelta(days=1)
        )
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    name = app.config["SESSION_COOKIE_NAME"]
    return {"Cookie": f"{name}={serializer.dumps({'_user_id': token, '_fresh': True})}"}


def analyse(database: Database) -> None:
    """Tell the planner how much there is, as autovacuum does in life."""
    with database.begin() as connection:
        connection.execute(text("ANALYZE"))


def milliseconds(act: Callable[[], object], times: int, warm: int = 20) -> list[float]:
    """How long each of `times` calls took, sorted; the collector is quiet as in production."""
    for _number in range(warm):
        act()
    gc.collect()
    gc.freeze()
    taken = []
    for _number in range(times):
        begun = time.perf_counter()
        act()
        taken.append((time.perf_counter() - begun) * 1000)
    gc.unfreeze()
    return sorted(taken)


def row(name: str, taken: Sequence[float]) -> list[str]:
    """One line of the table: name, p50, p99, a second."""
    middle = taken[len(taken) // 2]
    last = taken[min(len(taken) - 1, math.ceil(len(taken) * 0.99) - 1)]
    return [name, f"{middle:.1f}", f"{last:.1f}", f"{1000 * len(taken) / sum(taken):.0f}"]


def show(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print one table."""
    widths = [max(len(line[place]) for line in (heads, *rows)) for place in range(len(heads))]
    print(f"\n{title}")
    for line in (heads, *rows):
        first, *others = (cell for cell in line)
        ends = "  ".join(c.rjust(w) for c, w in zip(others, widths[1:], strict=True))
        print(f"  {first.ljust(widths[0])}  {ends}")


def megabytes() -> int:
    """The most memory this process has used."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
