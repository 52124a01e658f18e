"""The words of answers: how long a search takes that finds few, some or many of so many thousands.

    python -m bench.words [APPLICATIONS …]

Each made-up application has some 150 different words of 20,000, some in most, some in few.
"""

import sys
from functools import partial

from sqlalchemy import text
from sqlalchemy.orm import Session

from bench._stand import analyse, cookie_for, installation, megabytes, milliseconds, row, show
from bench.applications import get, grow, prepare
from grants.applying.application_search.finding import Criteria
from grants.applying.application_search.searching import sought
from grants.core.funds.queries import fund_by_code
from grants.core.people.viewer import system

SIZES = (1_000, 100_000)
FIRST = 1_000_000
WORDS = """
    INSERT INTO answer_words (application_id, words)
    SELECT a.id, (SELECT array_to_tsvector(array_agg(DISTINCT
            'w' || floor(20000 * power(random(), 3))::int
            || CASE WHEN a.id % 20000 = 7 AND n = 1 THEN 'rare' ELSE '' END))
        FROM generate_series(1, 200) n WHERE a.id > 0)
    FROM application a WHERE a.id BETWEEN :first AND :last
"""
SOUGHT = {"in most": "w0", "in one of ten": "w100", "in one of a hundred": "w5000", "in none": "x"}


def search(session: Session, words: str) -> None:
    sought(session, system("bench"), Criteria(text=words))


def main() -> None:
    rows, there = [], FIRST
    sizes = [int(size) for size in sys.argv[1:]] or SIZES
    with installation() as (app, database):
        manager, call_id, _draft_id = prepare(database)
        with database.session() as session:
            fund_id = fund_by_code(session, "UNVTF").id
        headers = cookie_for(app, database, manager)
        for size in sizes:
            grow(database, fund_id, call_id, there + 1, FIRST + size)
            span = {"first": there + 1, "last": FIRST + size}
            with database.begin() as connection:
                connection.execute(text(WORDS), span)
            there = FIRST + size
            analyse(database)
            times = milliseconds(partial(get, app, "/applications", headers), 50)
            rows.append([*row("list of all", times), f"{size:,}"])
            for said, word in SOUGHT.items():
                with database.session() as session:
                    times = milliseconds(partial(search, session, word), 50)
                rows.append([*row(f"words {said}", times), f"{size:,}"])
                times = milliseconds(partial(get, app, f"/applications?q={word}", headers), 50)
                rows.append([*row(f"list of those {said}", times), f"{size:,}"])
    show(
        f"Words of answers ({megabytes()} MB)",
        ["", "p50 ms", "p99 ms", "a second", "applications"],
        rows,
    )


if __name__ == "__main__":
    main()
