"""Writing the demonstration many times over, under every rule of the database, with two cores.

Copies are written by INSERT … SELECT: triggers balance the entries, keep the turnover, count the
applications and number the receipts. References of the largest tables are checked at the end,
of all rows at once.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial

import psycopg
from psycopg.sql import SQL, Identifier

from bench._copied import (
    APPLICATIONS,
    AWARDED_TABLES,
    AWARDS,
    ENTRIES,
    ONLY,
    ORGANISATIONS,
    PLEDGES,
    RECEIPTS,
    STEP,
    TRAIL,
    Changes,
    Copies,
    moved,
    renamed,
)

AT_ONCE = 100
"""Copies in one transaction."""
A_JOB = 10 * AT_ONCE
LARGEST = ("trail", "application", "pledge")
Job = Callable[[], object]


def multiply(url: str, copies: Copies) -> None:
    """As many `copies` of the demonstration, in place."""
    with _copying(url, copies) as cursor:
        cursor.execute("CREATE TEMP TABLE closed AS SELECT id, closed_at FROM period")
        cursor.execute("UPDATE period SET closed_at = NULL")
        for steps in _chunks(1, copies.organisations + 1):
            _together(cursor, ORGANISATIONS, steps)
        calls = moved("id", "second_stage_id") | renamed("reference")
        _copy(cursor, "call", calls, (1, copies.applied // copies.organisations), "true")
        cursor.execute("ANALYZE")
        bare = [_strip(cursor, table) for table in LARGEST]
        side_by_side([partial(_copy_given, url, copies), *_applying(url, copies)])
        side_by_side([partial(_dress, url, copies, statements) for statements in bare])
        for steps in _chunks(1, copies.awarded):
            _together(cursor, AWARDED_TABLES, steps, _with_entries(AWARDS))
        cursor.execute(
            "UPDATE period SET closed_at = closed.closed_at FROM closed WHERE closed.id = period.id"
        )
        _number_on(cursor)


@contextmanager
def _copying(url: str, copies: Copies) -> Iterator[psycopg.Cursor]:
    with psycopg.connect(url, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
        cursor.execute("SET maintenance_work_mem = '512MB'")
        cursor.execute(f"SET bench.organisations = {copies.organisations:d}".encode())
        yield cursor


def side_by_side(jobs: Iterable[Job]) -> None:
    """In their order, two at a time."""
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(job) for job in jobs]:
            done.result()


def _copy_given(url: str, copies: Copies) -> None:
    """What is given, one after the other: receipts are numbered without a gap."""
    with _copying(url, copies) as cursor:
        for steps in _chunks(1, copies.given):
            _together(cursor, PLEDGES, steps, _with_entries(ENTRIES), RECEIPTS)
        cursor.execute("ANALYZE")


def _applying(url: str, copies: Copies) -> Iterator[Job]:
    """Applications and their trail."""
    for span in _chunks(1, copies.applied, A_JOB):
        for tables in (APPLICATIONS, TRAIL):
            yield partial(_copy_span, url, copies, tables, span)


def _copy_span(
    url: str, copies: Copies, tables: Mapping[str, Changes], span: tuple[int, int]
) -> None:
    with _copying(url, copies) as cursor:
        for steps in _chunks(*span):
            _together(cursor, tables, steps)


def _strip(cursor: psycopg.Cursor, table: str) -> list[str]:
    """Take a table's references and those of its indexes that are no rule; returns the statements
    that put them back.
    """
    cursor.execute(
        "SELECT 'DROP INDEX ' || indexrelid::regclass, pg_get_indexdef(indexrelid) FROM pg_index"
        " WHERE indrelid = %(table)s::regclass AND NOT indisunique AND NOT indisexclusion"
        " UNION ALL SELECT change || 'DROP ' || name, change || 'ADD ' || name || ' ' || said"
        " FROM (SELECT 'ALTER TABLE ' || conrelid::regclass || ' ' AS change,"
        "   'CONSTRAINT ' || quote_ident(conname) AS name, pg_get_constraintdef(oid) AS said"
        "   FROM pg_constraint WHERE conrelid = %(table)s::regclass AND contype = 'f') reference",
        {"table": table},
    )
    found = cursor.fetchall()
    for dropped, _definition in found:
        cursor.execute(dropped.encode())
    return [definition for _dropped, definition in found]


def _dress(url: str, copies: Copies, statements: list[str]) -> None:
    with _copying(url, copies) as cursor:
        for statement in statements:
            cursor.execute(statement.encode())


def _with_entries(which: str) -> dict[str, str]:
    """Which entries are copied, and only their postings."""
    about = f"o.entry_id IN (SELECT o.id FROM entry o WHERE {which})"
    return {"entry": which, "posting": about}


def _together(
    cursor: psycopg.Cursor,
    tables: Mapping[str, Changes],
    steps: tuple[int, int],
    only: Mapping[str, str] | None = None,
    after: str = "",
) -> None:
    """Copies `steps` of what these tables hold, in one transaction."""
    which = {**ONLY, **(only or {})}
    with cursor.connection.transaction():
        for table, changes in tables.items():
            _copy(cursor, table, changes, steps, which.get(table, "true"))
        if after:
            cursor.execute(after.encode(), steps)


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


def _number_on(cursor: psycopg.Cursor) -> None:
    """What comes next is numbered after the copies."""
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


def _chunks(first: int, last: int, size: int = AT_ONCE) -> Iterator[tuple[int, int]]:
    for begin in range(first, last + 1, size):
        yield begin, min(begin + size - 1, last)
