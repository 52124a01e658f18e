"""The demonstration, and the same a thousand times over: what a page is measured on at two sizes.

Copies are written by INSERT … SELECT under every rule of the database: its triggers balance the
entries, keep the turnover and number the receipts. A copy's keys are moved by a fixed step, so
that what belonged together in the demonstration belongs together in each copy.
"""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier

from grants.applying.applications.jobs import fold
from grants.assembly import join_rooms
from grants.config import Settings
from grants.core.kernel import clock, embedded, schema
from grants.core.kernel.db import Database
from grants.core.kernel.encryption import use_keys
from grants.core.proofs.secrets import use_factor_key
from grants.giving.totals.keeping import keep_all
from grants.platform.documents.origin import use_seal_key
from grants.platform.documents.store import Folder, use_store
from grants.platform.pdf_signing.installing import Desk
from grants.platform.pdf_signing.signing import use_signer
from seeds.story import plant

TODAY = date(2026, 9, 15)
NOON = datetime.combine(TODAY, time(12), clock.zone())
STEP = 1_000_000
"""A copy's keys are those of the demonstration and so many more."""

AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Copies:
    """How many copies of what the demonstration holds."""

    organisations: int = 310
    """The copies of the rest are spread over them."""
    given: int = 1450
    """Of the pledges with their deposits, entries and bank lines."""
    awarded: int = 110
    """Of the awards, less than one for each copy of the organisations."""
    applied: int = 1450 * 11
    """Of the applications."""


ENTRIES = "o.subject LIKE 'pledge:%%' OR o.event = 'unidentified_received'"
AWARDS = "o.subject LIKE 'award:%%'"
SUBJECT = "split_part(o.subject, ':', 1) || ':' || (split_part(o.subject, ':', 2)::bigint + k)"

Changes = dict[str, str]
"""Column → what stands in it in a copy: `o` is the original row, `k` the copy's step."""


def moved(*columns: str) -> Changes:
    """Keys that move with the copy."""
    return {column: f"o.{column} + k" for column in columns}


def renamed(*columns: str) -> Changes:
    """Texts that are unique."""
    return {column: f"o.{column} || '.' || k / {STEP}" for column in columns}


SPREAD = "current_setting('bench.organisations')::bigint"
DONOR = f"(1 + mod(k / {STEP}, {SPREAD})) * {STEP}"
"""The step of the copy of an organisation to which a copy of something else belongs."""

ORGANISATIONS: Mapping[str, Changes] = {
    "organisation": moved("id") | renamed("code", "name"),
    "donor": moved("organisation_id"),
    "donor_contact": moved("id", "organisation_id"),
}
PLEDGES: Mapping[str, Changes] = {
    "pledge": moved("id") | renamed("reference", "key") | {"donor_id": f"o.donor_id + {DONOR}"},
    "pledge_instalment": moved("pledge_id"),
    "pledge_change": moved("id", "pledge_id"),
    "deposit": moved("id", "pledge_id") | renamed("bank_reference"),
    "entry": moved("id", "reverses_id")
    | {"subject": SUBJECT, "key": f"o.key || '.' || k / {STEP}"},
    "posting": moved("id", "entry_id") | {"subject": SUBJECT},
    "bank_statement": moved("id") | renamed("reference"),
    "bank_line": moved("id", "statement_id") | renamed("bank_reference"),
    "line_match": moved("id", "line_id", "posting_id"),
}
AWARDED_TABLES: Mapping[str, Changes] = {
    "award": moved("id", "application_id")
    | renamed("reference")
    | {"organisation_id": f"o.organisation_id + {DONOR}"},
    "agreement": moved("award_id"),
    "instalment": moved("id", "award_id") | renamed("bank_reference"),
    "budget_line": moved("id", "award_id"),
    "report": moved("id", "award_id"),
    "entry": moved("id", "reverses_id")
    | {"subject": SUBJECT, "key": f"o.key || '.' || k / {STEP}"},
    "posting": moved("id", "entry_id") | {"subject": SUBJECT},
}
CALL = f"(k / {STEP} / {SPREAD}) * {STEP}"
APPLICATIONS: Mapping[str, Changes] = {
    "application": moved("id", "note_id")
    | renamed("reference")
    | {
        "title": f"o.title || ' ' || k / {STEP}",
        "organisation_id": f"o.organisation_id + {DONOR}",
        "call_id": f"o.call_id + {CALL}",
    },
}
TRAIL: Mapping[str, Changes] = {"trail": moved("id", "subject_id")}
ONLY = {
    "donor_contact": "o.left_on IS NULL",
    "pledge": "o.donor_id IS NOT NULL AND o.state <> 'unconfirmed'",
    "pledge_change": "o.state <> 'requested'",
    "trail": "o.subject IN ('application', 'submission') AND o.target IS NOT NULL",
}


COPIED = (
    """NOT EXISTS (SELECT FROM line_match m JOIN posting p ON p.id = m.posting_id
    JOIN entry e ON e.id = p.entry_id WHERE m.line_id = {line} AND m.released_at IS NULL
    AND NOT ("""
    + ENTRIES.replace("o.", "e.")
    + "))"
)
"""Only bank lines whose entries are copied, too."""
ONLY |= {
    "bank_line": COPIED.format(line="o.id"),
    "line_match": "o.released_at IS NULL AND " + COPIED.format(line="o.line_id"),
}


def _copy(
    cursor: psycopg.Cursor, table: str, changes: Changes, steps: tuple[int, int], where: str
) -> None:
    """Copies `steps` of what the demonstration holds in a table."""
    cursor.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
        " AND NOT attisdropped AND attgenerated = '' ORDER BY attnum",
        [f'"{table}"'],
    )
    columns = [name for (name,) in cursor.fetchall() if name not in {"written_in", "recorded_in"}]
    values = [SQL(changes.get(name) or f'o."{name}"') for name in columns]
    key = next(
        name for name in ("id", "pledge_id", "award_id", "organisation_id") if name in columns
    )
    cursor.execute(
        SQL(
            "INSERT INTO {} ({}) SELECT {} FROM {} o CROSS JOIN"
            f" (SELECT n::bigint * {STEP} AS k FROM generate_series(%s::int, %s::int) n) steps"
            f" WHERE o.{{}} < {STEP} AND ({where}) ORDER BY k, o.{{}}"
        ).format(
            Identifier(table),
            SQL(", ").join(map(Identifier, columns)),
            SQL(", ").join(values),
            Identifier(table),
            Identifier(key),
            Identifier(key),
        ),
        steps,
    )


RECEIPTS = f"""
    INSERT INTO receipt (id, fund_id, year, number, deposit_id, donor_id, donor_name, issued_on,
        issued_at)
    SELECT o.id + k, o.fund_id, o.year,
        last.number + row_number() OVER (PARTITION BY o.fund_id, o.year ORDER BY k, o.id),
        o.deposit_id + k, o.donor_id + {DONOR}, o.donor_name, o.issued_on, o.issued_at
    FROM receipt o
    CROSS JOIN (SELECT n::bigint * {STEP} AS k FROM generate_series(%s::int, %s::int) n) steps
    JOIN (SELECT fund_id, year, max(number) AS number FROM receipt GROUP BY 1, 2) last
        USING (fund_id, year)
    WHERE o.id < {STEP} ORDER BY o.fund_id, o.year, k, o.id
"""


def _chunks(last: int, size: int = AT_ONCE) -> Iterator[tuple[int, int]]:
    for first in range(1, last + 1, size):
        yield first, min(first + size - 1, last)


def multiply(url: str, copies: Copies = Copies()) -> None:
    """A thousand times the demonstration, or as many `copies`, in place. The trail, half of the
    work, is copied beside the rest.
    """
    with _copying(url, copies) as cursor:
        cursor.execute("CREATE TEMP TABLE closed AS SELECT id, closed_at FROM period")
        cursor.execute("UPDATE period SET closed_at = NULL")
        for steps in _chunks(copies.organisations + 1):
            _together(cursor, ORGANISATIONS, steps, dict(ONLY))
        calls = moved("id", "second_stage_id") | renamed("reference")
        _copy(cursor, "call", calls, (1, copies.applied // copies.organisations), "true")
        with ThreadPoolExecutor(1) as beside:
            trail = beside.submit(_copy_trail, url, copies)
            for steps in _chunks(copies.applied):
                _together(cursor, APPLICATIONS, steps, dict(ONLY))
            cursor.execute("ANALYZE")
            about = f"o.entry_id IN (SELECT o.id FROM entry o WHERE {ENTRIES})"
            only = ONLY | {"entry": ENTRIES, "posting": about}
            for steps in _chunks(copies.given):
                _together(cursor, PLEDGES, steps, only, RECEIPTS)
            trail.result()
        about = f"o.entry_id IN (SELECT o.id FROM entry o WHERE {AWARDS})"
        for steps in _chunks(copies.awarded):
            _together(cursor, AWARDED_TABLES, steps, {"entry": AWARDS, "posting": about})
        cursor.execute(
            "UPDATE period SET closed_at = closed.closed_at FROM closed WHERE closed.id = period.id"
        )
        _settle(cursor)


@contextmanager
def _copying(url: str, copies: Copies) -> Iterator[psycopg.Cursor]:
    with psycopg.connect(url, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
        cursor.execute(f"SET bench.organisations = {copies.organisations:d}".encode())
        yield cursor


def _copy_trail(url: str, copies: Copies) -> None:
    """The trail of the applications."""
    with _copying(url, copies) as cursor:
        for steps in _chunks(copies.applied):
            _together(cursor, TRAIL, steps, ONLY)


def _together(
    cursor: psycopg.Cursor,
    tables: Mapping[str, Changes],
    steps: tuple[int, int],
    only: Mapping[str, str],
    after: str = "",
) -> None:
    with cursor.connection.transaction():
        for table, changes in tables.items():
            _copy(cursor, table, changes, steps, only.get(table, "true"))
        if after:
            cursor.execute(after.encode(), steps)


def _settle(cursor: psycopg.Cursor) -> None:
    """Numbers go on after the copies, and the planner knows how much there is."""
    cursor.execute(
        "SELECT t.relname, s.oid::regclass::text FROM pg_depend d"
        " JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'"
        " JOIN pg_class t ON t.oid = d.refobjid"
        " JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid"
        "   AND a.attname = 'id'"
        " WHERE t.relnamespace = 'public'::regnamespace AND t.relname NOT LIKE 'procrastinate%'"
    )
    for table, sequence in cursor.fetchall():
        cursor.execute(
            SQL("SELECT setval({}, (SELECT coalesce(max(id), 1) FROM {}))").format(
                sequence, Identifier(table)
            )
        )
    cursor.execute("VACUUM ANALYZE")


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
            _keep(small)
        if "bench_large" not in known:
            connection.execute("CREATE DATABASE bench_large TEMPLATE bench_small")
            multiply(large)
            with clock.at(NOON):
                _keep(large)
            with Database.at(large).transaction() as session:
                fold(session)
            _tidy(large)
    yield Database.at(small), Database.at(large)


def _prepared(folder: Path) -> str:
    """The server in `folder`, which vacuums nothing beside what is timed; keys and places of files
    for this process.
    """
    join_rooms()
    server = embedded.start(folder / "postgresql")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET autovacuum = off")
        connection.execute("SELECT pg_reload_conf()")
    use_store(Folder(folder / "files"))
    use_seal_key("bench")
    use_factor_key("bench")
    use_keys("bench")
    desk = Desk(Settings(folder, "http://localhost:5000"))
    use_signer(desk.current, desk.known)
    return server


def _tidy(url: str) -> None:
    """What was kept row by row and added up stands close together, as after a night's vacuum."""
    with psycopg.connect(url, autocommit=True) as connection:
        for table in ("call_figure", "fund_figure", "pledge_stale"):
            connection.execute(SQL("VACUUM FULL ANALYZE {}").format(Identifier(table)))
        connection.execute("VACUUM ANALYZE")


def _named(server: str, name: str) -> str:
    return server.replace(f"/{embedded.DATABASE}?", f"/{name}?")


def _keep(url: str) -> None:
    """Bring what is kept up to date, and leave: a database that is copied has nobody in it."""
    database = Database.at(url)
    keep_all(database)
    database.dispose()


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
