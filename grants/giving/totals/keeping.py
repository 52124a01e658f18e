"""Keeping the figures: as a transaction commits, those of the pledges it touched are worked out.

The pledge's row is locked while that happens, so that two deposits on one pledge follow each
other; a fund's figures are only added to, so that nobody waits for them. It comes before the
trail is chained, whose lock is the last one of a transaction.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.orm import Session

from grants.books.ledger.models import ExchangeRate, Posting
from grants.core.kernel import clock
from grants.core.kernel.db import Database
from grants.core.people.models import Organisation
from grants.giving.contributions.models import Deposit
from grants.giving.pledges.models import Pledge, PledgeChange, PledgeInstalment
from grants.giving.receivables.kept import keep as keep_aged
from grants.giving.totals.measure import Measured, measure

WATCHED = (Pledge, PledgeChange, PledgeInstalment, Deposit, Posting, ExchangeRate, Organisation)
"""Whose triggers name pledges."""
_TOUCHED = "figures to keep"
_BATCH = 2000
_AT_ONCE = 500
"""Pledges of a transaction that are worked out by as many statements as one."""


@event.listens_for(Session, "after_flush")
def _notice(session: Session, _context: Any) -> None:
    if any(isinstance(one, WATCHED) for one in (*session.new, *session.dirty, *session.deleted)):
        session.info[_TOUCHED] = True


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop(_TOUCHED, None)


@event.listens_for(Session, "before_commit", insert=True)
def _before_commit(session: Session) -> None:
    if session.in_nested_transaction():
        return
    session.flush()
    if session.info.pop(_TOUCHED, False):
        keep_own(session)


def keep_own(session: Session) -> None:
    """Keep the figures of the pledges that this transaction has touched."""
    keep(session, list(session.scalars(_OWN)))


def keep_some(session: Session, most: int = _BATCH) -> int:
    """Keep figures that others left: of a migration, or of a program that wrote past the acts.
    Returns how many pledges.
    """
    left = sorted(set(session.scalars(_LEFT, {"most": most})))
    keep(session, left)
    return len(left)


def keep_turned(session: Session, most: int = _BATCH) -> int:
    """Keep the figures of the pledges that have come into their next band of age, or whose fund
    has other percentages now. Returns how many pledges.
    """
    turned = list(session.scalars(_TURNED, {"on": clock.today(), "most": most}))
    keep(session, turned)
    return len(turned)


def keep_all(database: Database) -> None:
    """Keep every figure that was left, some at a time, and add up the rows of each day."""
    for keep_more in (keep_some, keep_turned):
        more = True
        while more:
            with database.transaction() as session:
                more = keep_more(session) > 0
    with database.transaction() as session:
        fold(session)


def keep(session: Session, ids: Sequence[int]) -> None:
    """Work out the figures of these pledges again, and put them in place of the old ones."""
    every = sorted(set(ids))
    for some in (every[at : at + _AT_ONCE] for at in range(0, len(every), _AT_ONCE)):
        chosen = {"ids": some}
        session.execute(_LOCKED, chosen)
        measured = measure(session, some)
        for statement in (_LINES_GO, _SHARES_GO, _OWED_GOES):
            session.execute(statement, chosen)
        session.execute(_LINES_COME, _columns(_line_rows(measured), 5))
        session.execute(_SHARES_COME, _columns(_share_rows(measured), 6))
        session.execute(_OWED_COMES, _columns(_owed_rows(measured), 6))
        keep_aged(session, some, [one.aged for one in measured.values() if one.aged])


def fold(session: Session) -> None:
    """Add up the rows of each figure and day that has several; the others stay where they are."""
    session.execute(_FOLDED)


def _line_rows(measured: dict[int, Measured]) -> Iterator[tuple[Any, ...]]:
    for pledge_id, one in measured.items():
        for (fund_id, figure, day), cents in one.lines.items():
            yield pledge_id, fund_id, figure.value, day, cents


def _share_rows(measured: dict[int, Measured]) -> Iterator[tuple[Any, ...]]:
    for pledge_id, one in measured.items():
        if share := one.share:
            yield (
                pledge_id,
                *(share.fund_id, share.donor_id, share.named),
                share.pledged,
                share.received,
            )


def _owed_rows(measured: dict[int, Measured]) -> Iterator[tuple[Any, ...]]:
    for pledge_id, one in measured.items():
        for owed in one.owed:
            yield pledge_id, *owed


def _columns(rows: Iterator[tuple[Any, ...]], width: int) -> dict[str, list[Any]]:
    """Rows as the arrays that a statement takes: a, b, c …"""
    columns = list(zip(*rows, strict=True)) or [()] * width
    return {chr(ord("a") + place): list(column) for place, column in enumerate(columns)}


_OWN = text("DELETE FROM pledge_stale WHERE written_in = txid_current() RETURNING pledge_id")
_LEFT = text(
    "DELETE FROM pledge_stale WHERE pledge_id IN ("
    " SELECT DISTINCT pledge_id FROM pledge_stale ORDER BY pledge_id LIMIT :most)"
    " RETURNING pledge_id"
)
_LOCKED = text(
    "SELECT id FROM pledge WHERE id = ANY(CAST(:ids AS bigint[])) ORDER BY id FOR NO KEY UPDATE"
)
_LINES_GO = text(
    "WITH gone AS (DELETE FROM pledge_figure WHERE pledge_id = ANY(CAST(:ids AS bigint[]))"
    " RETURNING fund_id, figure, on_day, amount)"
    " INSERT INTO fund_figure (fund_id, figure, on_day, amount)"
    " SELECT fund_id, figure, on_day, -sum(amount) FROM gone GROUP BY 1, 2, 3"
)
_LINES_COME = text(
    "WITH come AS (INSERT INTO pledge_figure (pledge_id, fund_id, figure, on_day, amount)"
    " SELECT * FROM unnest(CAST(:a AS bigint[]), CAST(:b AS bigint[]), CAST(:c AS text[]),"
    " CAST(:d AS date[]), CAST(:e AS bigint[])) RETURNING fund_id, figure, on_day, amount)"
    " INSERT INTO fund_figure (fund_id, figure, on_day, amount)"
    " SELECT fund_id, figure, on_day, sum(amount) FROM come GROUP BY 1, 2, 3"
)
_SUMMED = (
    " INSERT INTO donor_total"
    " SELECT fund_id, donor_id, named, {sign}count(*), {sign}sum(pledged_minor),"
    " {sign}sum(received_minor) FROM moved GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
    " ON CONFLICT (fund_id, donor_id, named) DO UPDATE SET"
    " pledges = donor_total.pledges + excluded.pledges,"
    " pledged_minor = donor_total.pledged_minor + excluded.pledged_minor,"
    " received_minor = donor_total.received_minor + excluded.received_minor"
)
_MOVED = "RETURNING fund_id, donor_id, named, pledged_minor, received_minor"
_SHARES_GO = text(
    "WITH moved AS (DELETE FROM pledge_share WHERE pledge_id = ANY(CAST(:ids AS bigint[]))"  # noqa: S608 - our own words
    f" {_MOVED})" + _SUMMED.format(sign="-")
)
_SHARES_COME = text(
    "WITH moved AS (INSERT INTO pledge_share (pledge_id, fund_id, donor_id, named, pledged_minor,"  # noqa: S608 - our own words
    " received_minor) SELECT * FROM unnest(CAST(:a AS bigint[]), CAST(:b AS bigint[]),"
    " CAST(:c AS bigint[]), CAST(:d AS boolean[]), CAST(:e AS bigint[]), CAST(:f AS bigint[]))"
    f" {_MOVED})" + _SUMMED.format(sign="")
)
_TURNED = text(
    "SELECT pledge_id FROM aged_receivable JOIN fund ON fund.id = fund_id"
    " WHERE NOT (holds_from <= :on AND holds_until > :on AND percents = doubtful_percents)"
    " ORDER BY 1 LIMIT :most"
)
_OWED_GOES = text("DELETE FROM pledge_owed WHERE pledge_id = ANY(CAST(:ids AS bigint[]))")
_OWED_COMES = text(
    "INSERT INTO pledge_owed (pledge_id, fund_id, donor_id, currency, minor, due_on)"
    " SELECT * FROM unnest(CAST(:a AS bigint[]), CAST(:b AS bigint[]), CAST(:c AS bigint[]),"
    " CAST(:d AS text[]), CAST(:e AS bigint[]), CAST(:f AS date[]))"
)
_FOLDED = text(
    "WITH many AS ("
    " SELECT fund_id, figure, on_day FROM fund_figure GROUP BY 1, 2, 3 HAVING count(*) > 1),"
    " gone AS (DELETE FROM fund_figure f USING many"
    " WHERE (f.fund_id, f.figure, f.on_day) = (many.fund_id, many.figure, many.on_day)"
    " RETURNING f.*)"
    " INSERT INTO fund_figure (fund_id, figure, on_day, amount)"
    " SELECT fund_id, figure, on_day, sum(amount) FROM gone GROUP BY 1, 2, 3"
    " HAVING sum(amount) <> 0"
)
