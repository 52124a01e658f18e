"""Who may read a document: a person who may see its record, by the room it belongs to; else
Missing.
"""

from sqlalchemy.orm import Session

from grants.applying.applications.queries import application_by_reference, application_for_viewer
from grants.applying.applications.workflow import REFUSED
from grants.applying.calls.queries import call_for_viewer
from grants.core.funds.queries import all_funds, fund_by_code
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Scope, Viewer
from grants.deciding.awards.queries import award_for_viewer
from grants.deciding.blind_review.blinding import is_blind_to
from grants.deciding.reserve_list.reserve import letter_confirmed
from grants.deciding.reviews.queries import may_open
from grants.fundraising.appeals.queries import letter_for_viewer
from grants.fundraising.thanks.queries import letter_of_token
from grants.giving.contributions.queries import receipt_for_viewer
from grants.giving.pledges.gifts import gift_of_token
from grants.giving.pledges.queries import pledge_for_viewer
from grants.giving.reminders.queries import reminder_called
from grants.granting.changes.queries import change_for_viewer
from grants.granting.monitoring.queries import activity_for_viewer
from grants.granting.monitoring.workflow import ActivityState
from grants.granting.recovery.queries import request_for_viewer
from grants.granting.reporting.queries import report_for_viewer
from grants.papers.statements.builders.calls.applying import BLIND
from grants.papers.statements.builders.calls.board import call_and_trustee, session_and_reader
from grants.papers.statements.builders.calls.decisions import decided_and_reader
from grants.papers.statements.builders.donors.donor_pledges import donor_and_funds
from grants.papers.statements.builders.funds.banking import account_and_month
from grants.papers.statements.records import parts_of_receipt
from grants.platform.forms.typed import counted
from grants.platform.guides.places import GUIDES

P = Permission


def _only_if(allowed: bool) -> None:  # noqa: FBT001 - reads as a sentence where it is called
    if not allowed:
        raise Missing(_("Document not found, or you do not have access to it."))


def of_pledge(session: Session, viewer: Viewer, reference: str) -> None:
    """The donor's own people, and the fund's."""
    pledge_for_viewer(session, reference, viewer)


def of_gift_or_pledge(session: Session, viewer: Viewer, reference: str) -> None:
    """Who has the address of a gift's page; of a pledge, the donor's own people, and the fund's."""
    try:
        gift_of_token(session, reference)
    except Missing:
        pledge_for_viewer(session, reference, viewer)


def of_reminder(session: Session, viewer: Viewer, reference: str) -> None:
    """The donor's own people, and the fund's."""
    pledge_for_viewer(session, reminder_called(session, reference).pledge.reference, viewer)


def of_appeal_letter(session: Session, viewer: Viewer, reference: str) -> None:
    """The people of the donor it went to, and those of the fund who read its outreach."""
    letter_for_viewer(session, reference, viewer)


def of_thanks(session: Session, _viewer: Viewer, token: str) -> None:
    """Who has the link: it names no donor and no amount."""
    letter_of_token(session, token)


def of_receipt(session: Session, viewer: Viewer, reference: str) -> None:
    """The donor's own people, and the fund's."""
    receipt_for_viewer(session, *parts_of_receipt(reference), viewer)


def of_donor(session: Session, viewer: Viewer, reference: str) -> None:
    """The donor's own people, and a person who issues the statements of every fund it is about."""
    donor, funds = donor_and_funds(session, reference)
    reach = viewer.funds_with(P.STATEMENT_ISSUE)
    values = {fund_by_code(session, code).id for code in funds}
    issues = reach is None or bool(values and values <= reach)
    _only_if(issues or donor.id in viewer.organisations_with(P.PLEDGE_READ))


def narrowed_donor(session: Session, viewer: Viewer, reference: str) -> str:
    """Of all that a donor gave, what it gave to the funds whose people ask."""
    donor, funds = donor_and_funds(session, reference)
    reach = viewer.funds_with(P.STATEMENT_ISSUE)
    if funds or not reach or donor.id in viewer.organisations_with(P.PLEDGE_READ):
        return reference
    return f"{donor.code}/{'+'.join(f.code for f in all_funds(session) if f.id in reach)}"


def of_fund(session: Session, viewer: Viewer, code: str) -> None:
    """The fund's own people."""
    _only_if(viewer.may(P.STATEMENT_ISSUE, Scope(fund_by_code(session, code).id)))


def of_bank_account(session: Session, viewer: Viewer, reference: str) -> None:
    """A person who reads the bank's side of the account's fund."""
    account, _month = account_and_month(session, reference)
    _only_if(viewer.may(P.BANK_SEE, Scope(account.fund_id)))


def of_public_fund(session: Session, _viewer: Viewer, code: str) -> None:
    """Anybody, as far as the fund is there."""
    fund_by_code(session, code)


def of_guide(_session: Session, _viewer: Viewer, name: str) -> None:
    """Anybody: guides are public."""
    _only_if(name in GUIDES)


def of_application(session: Session, viewer: Viewer, reference: str) -> None:
    """The applicant, the fund's people who read applications, and its reviewers once they have
    declared to have no conflict of interest.
    """
    application = application_by_reference(session, reference.removesuffix(BLIND))
    _only_if(may_open(session, application, viewer))


def narrowed_to_reviewers(session: Session, viewer: Viewer, reference: str) -> str:
    """Of an application that a person reviews blind, what its reviewers read. Its own people never
    get that: in it are letters of reference which they do not read.
    """
    application = application_by_reference(session, reference.removesuffix(BLIND))
    if application.organisation_id in viewer.organisation_ids:
        return application.reference
    blind = is_blind_to(session, application, viewer)
    return f"{application.reference}{BLIND}" if blind else reference


def of_decision(session: Session, viewer: Viewer, reference: str) -> None:
    """The applicant, and the fund's people who read applications, once there is a decision."""
    application = application_for_viewer(session, reference, viewer)
    _only_if(application.state in REFUSED)


def of_reserve(session: Session, viewer: Viewer, reference: str) -> None:
    """The applicant, and the fund's people who read applications, once the list is confirmed."""
    application = application_for_viewer(session, reference, viewer)
    _only_if(letter_confirmed(session, application) is not None)


def of_report(session: Session, viewer: Viewer, reference: str) -> None:
    """The grantee, and the fund's people who read reports."""
    grant, _slash, number = reference.rpartition("/")
    report_for_viewer(session, grant, counted(number), viewer)


def of_monitoring(session: Session, viewer: Viewer, reference: str) -> None:
    """The fund's people who read reports; the grantee once it is closed."""
    activity = activity_for_viewer(session, reference, viewer)
    is_shared = activity.state is ActivityState.CLOSED
    _only_if(is_shared or viewer.may(P.REPORT_SEE, activity.scope))


def of_call(session: Session, viewer: Viewer, reference: str) -> None:
    """Anybody, once the call is open; before that the fund's people."""
    call_for_viewer(session, reference, viewer)


def of_award(session: Session, viewer: Viewer, reference: str) -> None:
    """The grantee, and the fund's people who read awards."""
    award_for_viewer(session, reference, viewer)


def of_amendment(session: Session, viewer: Viewer, reference: str) -> None:
    """The grantee, and the fund's people who see its payments."""
    grant, _slash, number = reference.rpartition("/")
    change_for_viewer(session, grant, counted(number), viewer)


def of_refund(session: Session, viewer: Viewer, reference: str) -> None:
    """The grantee, and the fund's people who see its payments."""
    grant, _slash, number = reference.rpartition("/")
    request_for_viewer(session, grant, counted(number), viewer)


def narrowed_to_reader(_session: Session, viewer: Viewer, reference: str) -> str:
    """Of a paper of the Board, the one of the person who asks."""
    return reference if "/" in reference else f"{reference}/{viewer.person_id}"


def of_board_dossier(session: Session, viewer: Viewer, reference: str) -> None:
    """The trustee, and a person who records the Board's advice and prints dossiers for trustees."""
    call, trustee = call_and_trustee(session, reference)
    _only_if(
        trustee.person_id == viewer.person_id
        or (viewer.may(P.AWARD_ADVISE, call.scope) and viewer.may(P.APPLICATION_SEE, call.scope))
    )


def of_board_minutes(session: Session, viewer: Viewer, reference: str) -> None:
    """A person who reads the Board's sessions, without what is shut to that person."""
    _meeting, reader = session_and_reader(session, reference)
    _only_if(reader.person_id == viewer.person_id)


def of_decision_list(session: Session, viewer: Viewer, reference: str) -> None:
    """A person who reads what the Board advises, without what is shut to that person."""
    _decided, reader = decided_and_reader(session, reference)
    _only_if(reader.person_id == viewer.person_id)
