"""The kinds of records behind the work that waits: what a line about one of each says."""

from collections.abc import Sequence
from typing import Any

from grants.applying.applications.models import Application, Clarification
from grants.applying.calls.models import Call
from grants.applying.organisations.verification.models import Verification
from grants.banking.bank.models import BankLine
from grants.core.people.models import Organisation
from grants.deciding.awards.models import Award
from grants.deciding.reviews.models import Review
from grants.deciding.sessions.models import BoardSession
from grants.desk.portal.cases import Kind
from grants.giving.contributions.models import Deposit
from grants.giving.outreach.models import OutreachContact
from grants.giving.pledges.dates.models import NewDate
from grants.giving.pledges.models import Pledge, PledgeChange
from grants.granting.bank_details.models import BankDetails
from grants.granting.changes.models import GrantChange
from grants.granting.findings.models import Finding
from grants.granting.monitoring.models import Activity
from grants.granting.payment_runs.models import PaymentRun
from grants.granting.payments.models import Instalment
from grants.granting.recovery.models import RefundRequest
from grants.granting.reporting.models import Report
from grants.granting.signing.models import Signing
from grants.integrity.diligence.models import DueDiligence
from grants.integrity.sanctions.models import SanctionsHit


def _of_award(model: Any) -> Sequence[tuple[Any, Any]]:
    return (
        (Award, Award.id == model.award_id),
        (Organisation, Organisation.id == Award.organisation_id),
    )


def _of_pledge(model: Any) -> Sequence[tuple[Any, Any]]:
    return (
        (Pledge, Pledge.id == model.pledge_id),
        (Organisation, Organisation.id == Pledge.donor_id),
    )


def _of_organisation(model: Any) -> Sequence[tuple[Any, Any]]:
    return ((Organisation, Organisation.id == model.organisation_id),)


APPLICATION = Kind(
    Application,
    Application.reference,
    Organisation.name,
    Application.title,
    minor=Application.requested_minor,
    since=Application.submitted_at,
    joins=_of_organisation(Application),
)
DRAFT = Kind(
    Application,
    Application.reference,
    title=Application.title,
    minor=Application.requested_minor,
    due=Call.deadline_at,
    joins=((Call, Call.id == Application.call_id),),
)
QUESTION = Kind(
    Clarification,
    Application.reference,
    title=Application.title,
    since=Clarification.asked_at,
    joins=((Application, Application.id == Clarification.application_id),),
)
CALL = Kind(Call, Call.reference, since=Call.deadline_at)
REVIEW = Kind(
    Review,
    Application.reference,
    since=Review.assigned_at,
    joins=((Application, Application.id == Review.application_id),),
)
MEETING = Kind(BoardSession, BoardSession.reference, due=BoardSession.held_on)
AWARD = Kind(
    Award,
    Award.reference,
    Organisation.name,
    Award.title,
    minor=Award.amount_minor,
    since=Award.approved_on,
    joins=_of_organisation(Award),
)
ENDED = Kind(
    Award,
    Award.reference,
    Organisation.name,
    Award.title,
    minor=Award.amount_minor,
    since=Award.ends_on,
    joins=_of_organisation(Award),
)
INSTALMENT = Kind(
    Instalment,
    Award.reference,
    Organisation.name,
    number=Instalment.number,
    minor=Instalment.amount_minor,
    due=Instalment.due_on,
    joins=_of_award(Instalment),
)
RUN = Kind(PaymentRun, PaymentRun.reference, since=PaymentRun.begun_at)
REPORT = Kind(
    Report,
    Award.reference,
    Organisation.name,
    number=Report.number,
    since=Report.submitted_at,
    joins=_of_award(Report),
)
REPORT_DUE = Kind(
    Report,
    Award.reference,
    Organisation.name,
    number=Report.number,
    due=Report.due_on,
    joins=_of_award(Report),
)
CHANGE = Kind(
    GrantChange,
    Award.reference,
    Organisation.name,
    number=GrantChange.number,
    since=GrantChange.requested_at,
    joins=_of_award(GrantChange),
)
SIGNING = Kind(
    Signing,
    Award.reference,
    Organisation.name,
    Award.title,
    number=Signing.id,
    joins=_of_award(Signing),
)
FINDING = Kind(
    Finding, Finding.reference, Organisation.name, due=Finding.due_on, joins=_of_award(Finding)
)
ACTIVITY = Kind(
    Activity, Activity.reference, Organisation.name, due=Activity.due_on, joins=_of_award(Activity)
)
REFUND = Kind(
    RefundRequest,
    Award.reference,
    Organisation.name,
    number=RefundRequest.number,
    minor=RefundRequest.amount_minor,
    due=RefundRequest.due_on,
    joins=_of_award(RefundRequest),
)
DETAILS = Kind(
    BankDetails,
    Organisation.code,
    Organisation.name,
    number=BankDetails.id,
    since=BankDetails.requested_at,
    joins=_of_organisation(BankDetails),
    coded=True,
)
VERIFICATION = Kind(
    Verification,
    Organisation.code,
    Organisation.name,
    since=Verification.asked_at,
    joins=_of_organisation(Verification),
    coded=True,
)
PLEDGE = Kind(
    Pledge,
    Pledge.reference,
    Organisation.name,
    minor=Pledge.amount_minor,
    currency=Pledge.currency,
    since=Pledge.pledged_on,
    joins=((Organisation, Organisation.id == Pledge.donor_id),),
)
PLEDGE_CHANGE = Kind(
    PledgeChange,
    Pledge.reference,
    Organisation.name,
    number=PledgeChange.id,
    minor=PledgeChange.amount_minor,
    currency=Pledge.currency,
    since=PledgeChange.requested_at,
    joins=_of_pledge(PledgeChange),
)
NEW_DATE = Kind(
    NewDate,
    Pledge.reference,
    Organisation.name,
    number=NewDate.id,
    since=NewDate.asked_on,
    joins=_of_pledge(NewDate),
)
DONOR = Kind(Organisation, Organisation.code, Organisation.name, coded=True)
STEP = Kind(
    OutreachContact,
    Organisation.code,
    Organisation.name,
    number=OutreachContact.id,
    due=OutreachContact.next_on,
    joins=((Organisation, Organisation.id == OutreachContact.donor_id),),
    coded=True,
)
DILIGENCE = Kind(
    DueDiligence,
    Organisation.code,
    Organisation.name,
    number=DueDiligence.id,
    since=DueDiligence.begun_at,
    joins=_of_organisation(DueDiligence),
    coded=True,
)
HIT = Kind(
    SanctionsHit,
    Organisation.code,
    Organisation.name,
    SanctionsHit.ours,
    number=SanctionsHit.id,
    since=SanctionsHit.found_at,
    joins=_of_organisation(SanctionsHit),
    coded=True,
)
DEPOSIT = Kind(
    Deposit,
    Deposit.bank_reference,
    number=Deposit.id,
    minor=Deposit.amount_minor,
    currency=Deposit.currency,
    since=Deposit.value_on,
)
LINE = Kind(
    BankLine,
    BankLine.bank_reference,
    BankLine.counterparty,
    number=BankLine.id,
    minor=BankLine.amount_minor,
    currency=BankLine.currency,
    since=BankLine.value_on,
)
