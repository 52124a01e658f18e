"""Closing a grant once everything is paid, confirmed and reported."""

from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import advance, require
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.people.viewer import keep_apart
from grants.core.texts.formats import plain_day, plain_money
from grants.deciding.awards.models import Award
from grants.deciding.awards.workflow import AWARD
from grants.granting.agreements.queries import progress_of
from grants.granting.payments.queries import lock_award
from grants.granting.payments.workflow import InstalmentState
from grants.granting.reporting.workflow import ReportState


def close_grant(session: Session, award: Award, act: Act, *, version: int | None = None) -> None:
    """The grant is done: everything paid, confirmed and reported, and nothing left over.

    DomainError names what is still open; money that was not spent has to come back first.
    """
    award = lock_award(session, award.id)
    if version is not None:
        award.seen_at(version)
    require(session, award, AWARD, "close", act)
    keep_apart(act.actor, award.organisation_id)
    if obstacles := to_close(session, award):
        raise DomainError(_("Before it can be closed: %(what)s", what=" ".join(obstacles)))
    advance(session, award, AWARD, "close", act)


def to_close(session: Session, award: Award) -> list[str]:
    """What is still open before a running grant can be closed, each as a sentence."""
    progress = progress_of(session, award)
    obstacles = [
        _("The grant runs until %(day)s. It can be closed from that day.", day=plain_day(day))
        for day in [award.ends_on]
        if award.fund.today() < day
    ]
    obstacles += [
        _("Change %(number)s of the grant is not finished.", number=change.number)
        for change in progress.open_changes
    ]
    if award.suspended_on:
        obstacles.append(_("The grant is suspended. Lift the suspension, or terminate the grant."))
    obstacles += [
        _("Instalment %(number)s is not paid and confirmed.", number=part.number)
        for part in progress.instalments
        if part.state is not InstalmentState.CONFIRMED
    ]
    obstacles += [
        _("Report %(number)s is not accepted.", number=report.number)
        for report in progress.reports
        if report.state is not ReportState.ACCEPTED
    ]
    if progress.reports and progress.balance.minor > 0:
        obstacles.append(
            _(
                "%(amount)s was not spent and must be refunded.",
                amount=plain_money(progress.balance),
            )
        )
    return obstacles
