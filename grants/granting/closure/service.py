"""Closing a grant once everything is paid, confirmed, reported, refunded and stated."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import advance, record, require
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money
from grants.core.people.permissions import Permission
from grants.core.people.viewer import keep_apart
from grants.core.texts.formats import plain_day, plain_money
from grants.deciding.awards.locking import lock_award
from grants.deciding.awards.models import Award
from grants.deciding.awards.workflow import AWARD
from grants.granting.changes.queries import open_changes
from grants.granting.closure import notices
from grants.granting.closure.models import ClosingStatement
from grants.granting.closure.queries import AtEnd, Ending, at_end
from grants.granting.findings.queries import unfinished_of
from grants.granting.monitoring.queries import announced_of
from grants.granting.payments.queries import instalments_of
from grants.granting.reporting.queries import reports_of
from grants.granting.set_offs.queries import unfinished_on


@dataclass(frozen=True, slots=True)
class Asset:
    """Something durable that was bought with the grant."""

    what: str
    value: Money
    becomes: str
    """What becomes of it after the grant."""


def close_grant(session: Session, award: Award, act: Act, *, seen: int | None = None) -> None:
    """The grant is done: everything paid, confirmed and reported, nothing left over, the papers
    accepted. It is read-only from now on, and the organisation is told.

    DomainError names what is still open; money that was not spent has to come back first.
    """
    award = lock_award(session, award.id)
    if seen is not None:
        award.seen_at(seen)
    require_closable(session, award, act)
    advance(session, award, AWARD, "close", act)
    notices.tell_closed(session, award, act)


def require_closable(session: Session, award: Award, act: Act) -> None:
    """Refuse as `close_grant` would."""
    require(session, award, AWARD, "close", act)
    keep_apart(act.actor, award.organisation_id)
    if obstacles := to_close(session, award):
        raise DomainError(_("Before the grant can be closed: %(what)s", what=" ".join(obstacles)))


def to_close(session: Session, award: Award, end: AtEnd | None = None) -> list[str]:
    """What is still open before a running grant can be closed, each as a sentence. `end`: as it was
    read already.
    """
    end = end or at_end(session, award)
    return [*obstacles_of_grant(session, award), *obstacles_at_end(session, award, end)]


def obstacles_of_grant(session: Session, award: Award) -> Iterator[str]:
    """What no write-off can take out of the way: it has to be paid, decided or terminated."""
    if award.fund.today() < award.ends_on:
        yield _(
            "The grant runs until %(day)s. It can be closed from that day.",
            day=plain_day(award.ends_on),
        )
    for change in open_changes(session, award):
        yield _("Change %(number)s of the grant is not finished.", number=change.number)
    if award.suspended_on:
        yield _("The grant is suspended. Lift the suspension, or terminate the grant.")
    for part in instalments_of(session, award.id):
        if not part.is_confirmed:
            yield _(
                "Instalment %(number)s has not been paid, or its receipt has not been confirmed.",
                number=part.number,
            )
    for set_off in unfinished_on(session, award.id):
        yield _(
            "The set-off %(reference)s is not finished: its payment is not confirmed.",
            reference=set_off.reference,
        )
    for visit in announced_of(session, award.id):
        yield _(
            "The visit or audit %(reference)s has been neither carried out nor cancelled.",
            reference=visit.reference,
        )


def obstacles_at_end(session: Session, award: Award, end: AtEnd) -> Iterator[str]:
    """What the organisation owes: reports, money and papers."""
    reports, ending = reports_of(session, award.id), end.ending
    for report in reports:
        if not report.is_accepted:
            yield _("Report %(number)s is not accepted.", number=report.number)
    is_reported = all(report.is_accepted for report in reports)
    if reports and is_reported and end.unspent.minor > 0:
        yield _("%(amount)s was not spent and must be refunded.", amount=plain_money(end.unspent))
    for request in ending.open_requests:
        yield _(
            "The refund %(reference)s of %(amount)s has not been received.",
            reference=request.reference,
            amount=plain_money(request.outstanding),
        )
    for finding in unfinished_of(session, award.id):
        yield _("Finding %(reference)s is not closed.", reference=finding.reference)
    yield from _missing_papers(ending)


def _missing_papers(ending: Ending) -> Iterator[str]:
    if ending.lacks_statement:
        yield _("The assets and lessons have not been stated yet.")
    if ending.lacks_certificate:
        yield _("The certificate of audit has not been submitted yet.")
    elif ending.needs_certificate and ending.checks_certificate:
        yield _("The certificate of audit is not accepted.")


def state_closing(
    session: Session, award: Award, assets: Sequence[Asset], lessons: str, act: Act
) -> ClosingStatement:
    """The organisation states what was bought and what it has learnt; stated again until the grant
    is closed, the later statement counts.
    """
    act.demand(Permission.REPORT_WRITE, award.scope)
    award = lock_award(session, award.id)
    if not award.is_running:
        raise Conflict(_("The grant is not active."))
    if not lessons.strip():
        raise DomainError(_("Enter the lessons learnt."))
    statement = session.get(ClosingStatement, award.id)
    if statement is None:
        statement = ClosingStatement(award_id=award.id)
        session.add(statement)
    statement.assets = [
        {"what": asset.what, "value": str(asset.value), "becomes": asset.becomes}
        for asset in assets
    ]
    statement.lessons, statement.submitted_at = lessons.strip(), act.at
    record(session, award, "state_closing", act, assets=len(assets))
    return statement
