"""The allowance for doubtful receivables: finance proposes it, another person posts it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.books.ledger.allowance import change_allowance
from grants.books.ledger.days import not_to_come
from grants.books.ledger.entries import Voucher
from grants.books.ledger.models import Entry
from grants.books.ledger.periods import is_open
from grants.books.ledger.positions import Depended
from grants.books.ledger.reversal import require_reversible, reverse
from grants.core.audit.act import Act
from grants.core.audit.advance import advance, begin, require
from grants.core.funds.models import Fund
from grants.core.funds.queries import lock
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope
from grants.core.texts.formats import plain_day
from grants.giving.receivables.ageing import Ageing
from grants.giving.receivables.models import AllowanceRun
from grants.giving.receivables.queries import ageing
from grants.giving.receivables.workflow import ALLOWANCE, AllowanceState


def propose_allowance(session: Session, fund: Fund, as_of: date, act: Act) -> AllowanceRun:
    """Reckon the allowance at a year's end by the fund's percentages, for another to approve.

    DomainError for a day that is no year's end or still to come, and if the books hold it
    already; Conflict while another proposal waits.
    """
    act.demand(Permission.RECEIVABLE_PROPOSE, Scope(fund.id))
    fund = lock(session, fund.id)
    _year_end(as_of)
    _none_waits(session, fund)
    receivables = ageing(session, fund, as_of)
    run = AllowanceRun(
        fund=fund,
        as_of=as_of,
        percents=dict(receivables.percents),
        lines=_lines_of(receivables),
        receivable_minor=receivables.receivable.minor,
        allowance_minor=receivables.doubtful.minor,
        change_minor=receivables.doubtful.minor - receivables.in_books.minor,
    )
    begin(
        session, run, ALLOWANCE, act, as_of=as_of.isoformat(), allowance=str(receivables.doubtful)
    )
    return run


def approve(session: Session, run: AllowanceRun, act: Act) -> None:
    """Post the difference between this allowance and what the books hold, on the year's end.

    Not by the person who proposed it. Conflict if the receivables are no longer what was proposed.
    """
    fund = _lock_run(session, run)
    require(session, run, ALLOWANCE, "approve", act)
    receivables = ageing(session, fund, run.as_of)
    if _lines_of(receivables) != run.lines or dict(receivables.percents) != run.percents:
        raise Conflict(
            _(
                "The receivables or a percentage have changed since this allowance was proposed. "
                "Reject it."
            )
        )
    voucher = Voucher(fund, run.as_of, f"fund:{fund.id}", f"allowance:{run.id}", act)
    entry = change_allowance(session, voucher, receivables.wanted())
    if entry is None:
        raise DomainError(_("This allowance is already in the ledger. There is nothing to post."))
    run.entry_id = entry.id
    advance(session, run, ALLOWANCE, "approve", act, entry=entry.id)


def reject(session: Session, run: AllowanceRun, act: Act) -> None:
    """This allowance is not posted, for a reason."""
    _lock_run(session, run)
    advance(session, run, ALLOWANCE, "reject", act)


def undo(session: Session, run: AllowanceRun, act: Act) -> None:
    """Reverse a posted allowance: on its own day while that is open, else today. Refused once a
    write-off has used it.
    """
    fund = _lock_run(session, run)
    require(session, run, ALLOWANCE, "undo", act)
    require_unused(session, run)
    day = run.as_of if is_open(session, fund, run.as_of) else clock.today()
    reverse(session, session.get_one(Entry, run.entry_id), day, act)
    advance(session, run, ALLOWANCE, "undo", act)


def require_unused(session: Session, run: AllowanceRun) -> None:
    """DomainError where a posted allowance can no longer be reversed: a write-off has used it, or
    a later allowance has lowered it.
    """
    try:
        require_reversible(session, session.get_one(Entry, run.entry_id))
    except Depended as later:
        references = {line["subject"]: line["pledge"] for line in run.lines}
        raise DomainError(
            _(
                "The allowance for %(pledge)s has since been used by a write-off, or lowered by a "
                "later allowance. It can no longer be reversed.",
                pledge=references.get(later.subject, later.subject),
            )
        ) from later


def _lock_run(session: Session, run: AllowanceRun) -> Fund:
    """The fund's books first, then the proposal: in that order everyone waits."""
    fund = lock(session, run.fund_id)
    session.refresh(run, with_for_update={"of": AllowanceRun})
    return fund


def _lines_of(receivables: Ageing) -> list[dict[str, Any]]:
    return [
        {"subject": aged.subject, "pledge": aged.pledge, "doubtful": _as_text(aged.doubtful)}
        for aged in receivables.pledges
        if aged.doubtful
    ]


def _as_text(amount: Money) -> str:
    return f"{amount} {amount.currency}"


def doubtful_of(lines: Sequence[dict[str, Any]]) -> list[tuple[str, Money]]:
    """The lines of a proposal as pledge and amount."""
    facts = [(line["pledge"], *line["doubtful"].split()) for line in lines]
    return [(pledge, Money.parse(amount, currency)) for pledge, amount, currency in facts]


def _year_end(day: date) -> None:
    if (day.month, day.day) != (12, 31):
        raise DomainError(
            _("An allowance is made at the end of a year, not on %(day)s.", day=plain_day(day))
        )
    not_to_come(day)


def _none_waits(session: Session, fund: Fund) -> None:
    waiting = select(AllowanceRun.id).where(
        AllowanceRun.fund_id == fund.id, AllowanceRun.state == AllowanceState.PROPOSED
    )
    if session.scalar(waiting):
        raise Conflict(_("Another allowance is awaiting approval. Decide on that one first."))
