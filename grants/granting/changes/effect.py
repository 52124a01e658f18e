"""Putting new terms in force: the grant, its instalments, reports and budget, and the books."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from grants.books.ledger.entries import Voucher
from grants.books.ledger.spending import adjust_commitment, with_support_cost
from grants.core.audit.act import Act
from grants.core.audit.advance import advance, begin
from grants.core.kernel import clock
from grants.deciding.awards.models import Award
from grants.granting.changes.models import GrantChange
from grants.granting.changes.terms import Terms
from grants.granting.changes.workflow import CHANGE
from grants.granting.earmarks.service import fit_again
from grants.granting.payments.models import Instalment
from grants.granting.payments.queries import instalments_of
from grants.granting.payments.workflow import INSTALMENT
from grants.granting.reporting.models import Report
from grants.granting.reporting.queries import budget_of, reports_of
from grants.granting.reporting.service import drop_drafts
from grants.granting.reporting.workflow import REPORT

FOR_LATER: Mapping[str, str] = {
    "give_notice": "give_notice_for_later",
    "approve_at_once": "approve_for_later",
    "put_in_force": "agree",
    "countersign": "countersign_for_later",
}
"""Steps that put a change in force, and what each is while the day of the change is to come."""


def bring_about(
    session: Session,
    change: GrantChange,
    now: Terms,
    new: Terms,
    action: str,
    act: Act,
    **facts: Any,
) -> None:
    """All that a change needs is done: in force from this moment, or agreed until its day.

    The fund and the grant are locked by the act that calls it.
    """
    if change.is_for_later:
        change.before, change.after = now.as_json(), new.as_json()
        day = change.effective_on.isoformat() if change.effective_on else ""
        advance(session, change, CHANGE, FOR_LATER[action], act, effective_on=day, **facts)
    else:
        take_force(session, change, now, new, act)
        advance(session, change, CHANGE, action, act, **facts)


def take_force(session: Session, change: GrantChange, now: Terms, new: Terms, act: Act) -> None:
    """The grant stands on new terms from this moment: what is unpaid and what is not submitted is
    rescheduled, and what is committed follows to the cent.

    The fund and the grant are locked by the act that calls it.
    """
    award = change.award
    change.before, change.after, change.in_force_at = now.as_json(), new.as_json(), act.at
    costs = [with_support_cost(terms.unpaid, award.psc_percent) for terms in (now, new)]
    if costs[0] != costs[1]:
        note = f"{award.reference} / {change.number}"
        voucher = Voucher(
            award.fund, clock.today(), award.account, f"grant_change:{change.id}", act, note=note
        )
        adjust_commitment(session, voucher, now.unpaid, new.unpaid)
    award.amount_minor, award.ends_on = new.amount.minor, new.ends_on
    is_elsewhere = award.country != (new.country or None)
    award.country, award.suspended_on = new.country or None, new.suspended_on
    if is_elsewhere:
        fit_again(session, award, clock.today())
    _make_instalments(session, award, new, act)
    _make_reports(session, award, new, act)
    amounts = {line.category: line.amount.minor for line in new.budget}
    for line in budget_of(session, award.id):
        line.amount_minor = amounts[line.category]
    session.flush()


def _make_instalments(session: Session, award: Award, new: Terms, act: Act) -> None:
    existing = {part.number: part for part in instalments_of(session, award.id)}
    for term in new.instalments:
        part = existing.pop(term.number, None)
        if part is None:
            part = Instalment(
                award=award,
                number=term.number,
                amount_minor=term.amount.minor,
                due_on=term.due_on,
            )
            begin(session, part, INSTALMENT, act)
        elif term.is_open:
            part.amount_minor, part.due_on = term.amount.minor, term.due_on
    for part in existing.values():
        session.delete(part)


def _make_reports(session: Session, award: Award, new: Terms, act: Act) -> None:
    existing = {report.number: report for report in reports_of(session, award.id)}
    for term in new.reports:
        report = existing.pop(term.number, None)
        if report is not None and not term.is_open:
            continue
        days = (term.kind, term.covers_from, term.covers_to, term.due_on)
        if report is None:
            report = Report(award=award, number=term.number)
            report.kind, report.covers_from, report.covers_to, report.due_on = days
            begin(session, report, REPORT, act)
        else:
            report.kind, report.covers_from, report.covers_to, report.due_on = days
    for report in existing.values():
        drop_drafts(session, report)
        session.delete(report)
