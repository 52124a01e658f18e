"""Taking over a fund's history: all of it, or nothing."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.core.funds.queries import fund_by_code, lock
from grants.core.kernel.language import gettext as _
from grants.desk.moving_in.history.files import FILES
from grants.desk.moving_in.history.plan import Files
from grants.desk.moving_in.history.replay import Progress, Replay
from grants.desk.moving_in.history.sources import Given


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """What became of one file: its rows, and how many of them were new."""

    file: str
    rows: int
    new: int

    def __str__(self) -> str:
        return _(
            "%(file)s: %(rows)s rows read, %(new)s new.",
            file=self.file,
            rows=self.rows,
            new=self.new,
        )


def take_over(
    session: Session,
    fund_code: str,
    contents: Given,
    report: Progress = lambda _done, _all: None,
) -> list[ImportedFile]:
    """Replay the files of a history through the real acts.

    Returns what became of each file. UnreadableTable with every fault, `file:line: column: what is
    wrong and what is expected`; the caller then keeps nothing. Repeating it changes nothing. One
    import runs at a time. `report` is called with how many acts are done, and of how many.
    """
    files = Files.read(contents)
    files.check()
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("history", 0))))
    fund = lock(session, fund_by_code(session, fund_code).id)
    replay = Replay(fund, files, report=report)
    replay.run(session)
    return [
        ImportedFile(name, rows, replay.new.get(name, 0)) for name, rows in in_order(files.given)
    ]


def in_order(rows_by_file: Mapping[str, int]) -> list[tuple[str, int]]:
    """The files that were given, as they build on each other."""
    return [(name, rows_by_file[name]) for name in FILES if name in rows_by_file]
