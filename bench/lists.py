"""List, search and export of applications at two sizes, in time of the processor, with the plans.

    python -m bench.lists [APPLICATIONS …]

Time of the processor, ours and the database's, hardly depends on what else a machine does.
"""

import json
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import event, text

from bench._stand import analyse, cookie_for, installation, show
from bench.applications import get, grow, prepare
from bench.words import FIRST, SOUGHT, WORDS
from grants.core.database.db import Database
from grants.core.funds.queries import fund_by_code

SIZES = (1_000, 100_000)
TIMES = 40
TICKS = 100
"""A second, as /proc counts it."""
SNAPSHOT = {
    "answers": {"problem": {"problem": "People reach us without papers. " * 20}},
    "files": [],
    "submitted_by": "Writer",
    "organisation": {"name": "Organisation"},
}
SUBMISSIONS = """
    INSERT INTO submission (application_id, snapshot, sha256, submitted_at)
    SELECT n, CAST(:snapshot AS jsonb), repeat('0', 64), now()
    FROM generate_series(CAST(:first AS bigint), CAST(:last AS bigint)) n
"""


def database_seconds(folder: Path) -> float:
    """What every process of the database has used so far."""
    server = (folder / "postmaster.pid").read_text().splitlines()[0]
    used = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(") ")[2].split()
        except OSError:
            continue
        if fields[1] == server or path.parent.name == server:
            used += sum(map(int, fields[11:15]))
    return used / TICKS


def cost(folder: Path, act: Callable[[], object], times: int) -> tuple[str, str]:
    """Milliseconds of the processor for one call: ours, and the database's."""
    if times > 1:
        act()
    ours, theirs = time.process_time(), database_seconds(folder)
    for _number in range(times):
        act()
    spent = time.process_time() - ours, database_seconds(folder) - theirs
    return f"{spent[0] / times * 1000:.1f}", f"{spent[1] / times * 1000:.1f}"


def plans(database: Database, act: Callable[[], object]) -> list[str]:
    """The plans of the questions of a page that read more than a few blocks of the database."""
    asked: list[tuple[str, Any]] = []

    def note(_c: object, _cursor: object, statement: str, values: Any, *_more: object) -> None:
        asked.append((statement, values))

    for pool in database.pools:
        event.listen(pool, "before_cursor_execute", note)
    act()
    for pool in database.pools:
        event.remove(pool, "before_cursor_execute", note)
    found = []
    with database.session() as session:
        for statement, values in asked:
            if not statement.lstrip().upper().startswith(("SELECT", "WITH")):
                continue
            cursor = session.connection().connection.cursor()
            cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF) {statement}", values)
            lines = [line for (line,) in cursor.fetchall()]
            blocks = next((line.strip() for line in lines if "Buffers" in line), "")
            nodes = [line.strip(" ->") for line in lines if "actual" in line]
            deepest = [node for node in nodes if "Scan" in node and "application" in node]
            if deepest:
                found.append(f"{blocks}: {'; '.join(deepest)}")
    return found


def consumed(app: Flask, path: str, headers: dict[str, str]) -> None:
    with app.test_client(use_cookies=False).get(path, headers=headers) as answer:
        assert answer.status_code == 200, answer.status
        assert answer.get_data()


def main() -> None:
    rows, said, there = [], [], FIRST
    with installation() as (app, database):
        folder = app.extensions["settings"].data_dir / "postgresql"
        manager, call_id, _draft = prepare(database)
        with database.session() as session:
            fund_id = fund_by_code(session, "UNVTF").id
            call = session.execute(
                text("SELECT reference FROM call WHERE id = :id"), {"id": call_id}
            ).scalar_one()
        headers = cookie_for(app, database, manager)
        for size in [int(one) for one in sys.argv[1:]] or SIZES:
            grow(database, fund_id, call_id, there + 1, FIRST + size)
            span = {"first": there + 1, "last": FIRST + size}
            with database.begin() as connection:
                connection.execute(text(WORDS), span)
                connection.execute(text(SUBMISSIONS), {**span, "snapshot": json.dumps(SNAPSHOT)})
            there = FIRST + size
            analyse(database)
            answers = f"/calls/{call}/answers"
            pages = {
                "list": "/applications",
                **{f"search: {name}": f"/applications?q={w}" for name, w in SOUGHT.items()},
                "answers": answers,
            }
            for name, path in pages.items():
                act = partial(get, app, path, headers)
                rows.append([name, *cost(folder, act, TIMES), f"{size:,}"])
                if name in {"list", "search: in one of ten", "answers"}:
                    said += [f"{size:,} {name}: {plan}" for plan in plans(database, act)]
            for name, path in (("CSV", "/applications"), ("CSV of answers", answers)):
                act = partial(consumed, app, f"{path}?format=csv", headers)
                rows.append([f"{name}, every row", *cost(folder, act, 1), f"{size:,}"])
    show("Applications", ["", "ours, ms", "database, ms", "applications"], rows)
    print("\n".join(said))


if __name__ == "__main__":
    main()
