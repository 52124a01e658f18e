"""What must hold of allowances on live data; `flask ledger verify` asks it with the rest."""

from collections.abc import Iterator

from sqlalchemy import text
from sqlalchemy.orm import Session

from grants.books.ledger.verify import Check
from grants.core.kernel.language import gettext as _

TRIGGERS = {"allowance_run_kept": "allowance_run"}
"""The database's own rule about allowances, and its table."""


def allowances_are_as_decided(session: Session) -> Iterator[str]:
    """Each posted allowance has its standing entry on its year's end; each reversed one has an
    entry that was reversed; and no entry changed the allowance but for one of them.
    """
    for row in session.execute(
        text(
            "SELECT coalesce(run.as_of, entry.booked_on) AS day"
            " FROM (SELECT * FROM entry"
            "   WHERE event = 'allowance_changed' AND reverses_id IS NULL) entry"
            " FULL JOIN (SELECT * FROM allowance_run"
            "   WHERE state IN ('posted', 'reversed')) run ON run.entry_id = entry.id"
            " LEFT JOIN entry undone ON undone.reverses_id = entry.id"
            " WHERE run.id IS NULL OR entry.id IS NULL OR entry.booked_on <> run.as_of"
            " OR (run.state = 'posted') <> (undone.id IS NULL)"
        )
    ):
        yield _(
            "The allowance of %(day)s in the ledger differs from the one that was approved.",
            day=row.day,
        )


CHECKS: list[Check] = [allowances_are_as_decided]
