"""While an import goes on, the database looks at how much of it there is already."""

from pathlib import Path
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.desk.moving_in.history.service import take_over
from grants.desk.moving_in.history.sources import given_in
from tests.desk.moving_in.history.folders import added, folder

ENTRIES = text("SELECT reltuples FROM pg_class WHERE oid = 'entry'::regclass")


def test_tables_are_analysed_whenever_the_acts_have_doubled(
    session: Session, fund: Fund, tmp_path: Path
) -> None:
    done, looked = 0, list[int]()

    def report(now: int, _all: int) -> None:
        nonlocal done
        done = now

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if "analyse_imported" in statement:
            looked.append(done)

    event.listen(session.connection(), "after_cursor_execute", note)
    days = [f"2024-{1 + n % 12:02}-{1 + n % 28:02}" for n in range(1_500)]
    unknown = [f"U{n},,{on},USD,1.00," for n, on in enumerate(days)]
    given = given_in(folder(tmp_path, **added("deposits", *unknown)))
    take_over(session, fund.code, given, report)
    first, second = looked
    assert 500 <= first < 2 * 500
    assert 2 * first <= second <= done
    assert second - 20 < (session.scalar(ENTRIES) or 0) <= second + 20
