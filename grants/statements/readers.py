"""Who may read a document: whoever may see its record. Missing for everybody else."""

from sqlalchemy.orm import Session

from grants.applications.workflow import ApplicationState
from grants.awards.models import Award
from grants.calls.workflow import CallState
from grants.funds.queries import fund_by_code
from grants.kernel.errors import Missing
from grants.kernel.language import gettext as _
from grants.people.permissions import Permission
from grants.people.queries import organisation_by_code
from grants.people.viewer import Scope, Viewer
from grants.reviews.queries import may_open
from grants.statements import records

P = Permission


def _let(viewer: Viewer, scope: Scope, *permissions: Permission) -> None:
    if not any(viewer.may(permission, scope) for permission in permissions):
        raise Missing(_("There is no such document, or it is not open to you."))


def of_pledge(session: Session, viewer: Viewer, reference: str) -> None:
    """The donor's own people, and the fund's."""
    pledge = records.pledge_called(session, reference)
    _let(viewer, pledge.scope, P.PLEDGE_SEE, P.PLEDGE_MAKE)


def of_receipt(session: Session, viewer: Viewer, reference: str) -> None:
    """The donor's own people, and the fund's."""
    fund, receipt = records.receipt_called(session, reference)
    _let(viewer, Scope(fund.id, receipt.donor_id), P.CONTRIBUTION_SEE, P.PLEDGE_MAKE)


def of_donor(session: Session, viewer: Viewer, code: str) -> None:
    """The donor's own people, and whoever issues statements."""
    donor = organisation_by_code(session, code)
    if viewer.funds_with(P.STATEMENT_ISSUE) is not None:  # not of every fund
        _let(viewer, Scope(None, donor.id), P.PLEDGE_MAKE)


def of_fund(session: Session, viewer: Viewer, code: str) -> None:
    """The fund's own people."""
    _let(viewer, Scope(fund_by_code(session, code).id), P.STATEMENT_ISSUE)


def of_application(session: Session, viewer: Viewer, reference: str) -> None:
    """The applicant, the fund's people who read applications, and its reviewers once they have
    declared to have no conflict of interest.
    """
    application = records.application_called(session, reference)
    if not may_open(session, application, viewer):
        raise Missing(_("There is no such document, or it is not open to you."))


def of_decision(session: Session, viewer: Viewer, reference: str) -> None:
    """The applicant, and the fund's people who read applications, once there is a decision."""
    application = records.application_called(session, reference)
    if application.state not in {ApplicationState.INELIGIBLE, ApplicationState.REJECTED}:
        raise Missing(_("There is no such document, or it is not open to you."))
    _let(viewer, application.scope, P.APPLICATION_SEE, P.APPLICATION_WRITE)


def of_call(session: Session, viewer: Viewer, reference: str) -> None:
    """Anybody, once the call is open; before that the fund's people."""
    call = records.call_called(session, reference)
    if call.state is CallState.DRAFT:
        _let(viewer, call.scope, P.CALL_SEE)


def of_award(session: Session, viewer: Viewer, reference: str) -> None:
    """The grantee, and the fund's people who read awards."""
    award: Award = records.award_called(session, reference)
    _let(viewer, award.scope, P.AWARD_SEE, P.REPORT_WRITE)
