"""The kinds of records behind the work that waits: what a line about one of each says."""

from typing import Any

from sqlalchemy import func, select

from grants.applying.applications.models import Application, Clarification
from grants.applying.calls.models import Call
from grants.applying.organisations.verification.models import Verification
from grants.banking.bank.models import BankLine
from grants.core.people.models import Organisation
from grants.deciding.awards.models import Award
from grants.deciding.reviews.models import Review
from grants.deciding.sessions.models import BoardSession
from grants.desk.tasks.cases import Kind
from grants.giving.cards.mandates.models import CardMandate
from grants.giving.cards.models import CardPayment, CardReturn
from grants.giving.contributions.models import Deposit
from grants.giving.outreach.models import OutreachContact
from grants.giving.pledges.dates.models import NewDate
from grants.giving.pledges.models import Pledge, PledgeChange
from grants.granting.bank_details.models import BankDetails
from grants.granting.changes.models import GrantChange
from grants.granting.closure.models import AuditCertificate
from grants.granting.findings.models import Finding, FindingAnswer
from grants.granting.monitoring.models import Activity
from grants.granting.payment_runs.models import PaymentRun
from grants.granting.payments.models import Instalment
from grants.granting.payments.workflow import CONFIRM_DAYS
from grants.granting.preparing.models import AwardReply, Preparation
from grants.granting.recovery.models import RefundRequest
from grants.granting.reporting.models import Report
from grants.granting.set_offs.models import SetOff
from grants.granting.signing.models import Signature, Signing
from grants.integrity.diligence.models import DueDiligence
from grants.integrity.holds.models import OrganisationHold
from grants.integrity.sanctions.models import SanctionsHit


def _of_grant(model: Any, reference: Any = Award.reference, **columns: Any) -> Kind:
    """Records of a grant, which carry its reference unless they have one of their own."""
    joins = (
        (Award, Award.id == model.award_id),
        (Organisation, Organisation.id == Award.organisation_id),
    )
    return Kind(model, reference, Organisation.name, joins=joins, **columns)


def _of_pledge(model: Any, **columns: Any) -> Kind:
    joins = (
        (Pledge, Pledge.id == model.pledge_id),
        (Organisation, Organisation.id == Pledge.donor_id),
    )
    return Kind(model, Pledge.reference, Organisation.name, joins=joins, **columns)


def _of_applicant(model: Any, **columns: Any) -> Kind:
    """Applications and grants: each has a reference, a title and its organisation."""
    joins = ((Organisation, Organisation.id == model.organisation_id),)
    return Kind(model, model.reference, Organisation.name, model.title, joins=joins, **columns)


def _of_application(model: Any, **columns: Any) -> Kind:
    """What is about an application whose organisation the reader may not know."""
    joins = ((Application, Application.id == model.application_id),)
    return Kind(model, Application.reference, joins=joins, **columns)


def _coded(model: Any, organisation_id: Any, **columns: Any) -> Kind:
    """Records of an organisation, whose code is in their address."""
    joins = ((Organisation, Organisation.id == organisation_id),)
    return Kind(model, Organisation.code, Organisation.name, joins=joins, coded=True, **columns)


APPLICATION = _of_applicant(
    Application, minor=Application.requested_minor, since=Application.submitted_at
)
DRAFT = Kind(
    Application,
    Application.reference,
    title=Application.title,
    minor=Application.requested_minor,
    due=Call.deadline_at,
    joins=((Call, Call.id == Application.call_id),),
)
QUESTION = _of_application(Clarification, title=Application.title, since=Clarification.asked_at)
CALL = Kind(Call, Call.reference, since=Call.deadline_at)
REVIEW = _of_application(Review, since=Review.assigned_at)
MEETING = Kind(BoardSession, BoardSession.reference, due=BoardSession.held_on)
AWARD = _of_applicant(Award, minor=Award.amount_minor, since=Award.approved_on)
ENDED = _of_applicant(Award, minor=Award.amount_minor, since=Award.ends_on)
INSTALMENT = _of_grant(
    Instalment, number=Instalment.number, minor=Instalment.amount_minor, due=Instalment.due_on
)
REFUSED = _of_grant(Instalment, title=Award.title, minor=Instalment.amount_minor)
TO_CONFIRM = _of_grant(
    Instalment,
    number=Instalment.number,
    minor=Instalment.amount_minor,
    due=Instalment.paid_on + CONFIRM_DAYS,
)
PAID = _of_grant(
    Instalment,
    number=Instalment.number,
    minor=Instalment.amount_minor,
    since=func.coalesce(Instalment.not_arrived_at, Instalment.confirmed_at),
)
RUN = Kind(PaymentRun, PaymentRun.reference, since=PaymentRun.begun_at)
REPORT = _of_grant(Report, number=Report.number, since=Report.submitted_at)
REPORT_DUE = _of_grant(Report, number=Report.number, due=Report.due_on)
CHANGE = _of_grant(GrantChange, number=GrantChange.number, since=GrantChange.requested_at)
_signed_at = select(func.max(Signature.signed_at)).where(
    Signature.signing_id == Signing.id, Signature.returned_at.is_(None)
)
_answered_at = select(func.max(FindingAnswer.answered_at)).where(
    FindingAnswer.finding_id == Finding.id
)
SIGNING = _of_grant(
    Signing,
    title=Award.title,
    number=Signing.id,
    since=func.coalesce(_signed_at.scalar_subquery(), Signing.sent_at, Signing.drawn_at),
)
TO_SIGN = _of_grant(Signing, title=Award.title, number=Signing.id, due=Signing.sign_by)
AWARD_REPLY = _of_grant(AwardReply, title=Award.title, since=AwardReply.asked_at)
PREPARATION = _of_grant(Preparation, title=Award.title, since=Preparation.submitted_at)
CERTIFICATE = _of_grant(AuditCertificate, title=Award.title, since=AuditCertificate.submitted_at)
FINDING = _of_grant(Finding, Finding.reference, due=Finding.due_on)
ANSWERED = _of_grant(Finding, Finding.reference, since=_answered_at.scalar_subquery())
ACTIVITY = _of_grant(Activity, Activity.reference, due=Activity.due_on)
ANNOUNCED = _of_grant(Activity, Activity.reference, due=Activity.starts_on)
REFUND = _of_grant(
    RefundRequest,
    number=RefundRequest.number,
    minor=RefundRequest.to_send_minor,
    due=RefundRequest.due_on,
)
REFUND_REPLY = _of_grant(
    RefundRequest,
    number=RefundRequest.number,
    minor=RefundRequest.to_send_minor,
    since=RefundRequest.transferred_on,
)
SET_OFF = _of_grant(
    SetOff, number=SetOff.number, minor=SetOff.amount_minor, since=SetOff.proposed_at
)
DETAILS = _coded(
    BankDetails,
    BankDetails.organisation_id,
    number=BankDetails.id,
    since=BankDetails.requested_at,
)
VERIFICATION = _coded(Verification, Verification.organisation_id, since=Verification.asked_at)
PLEDGE = Kind(
    Pledge,
    Pledge.reference,
    Organisation.name,
    minor=Pledge.amount_minor,
    currency=Pledge.currency,
    since=Pledge.pledged_on,
    joins=((Organisation, Organisation.id == Pledge.donor_id),),
)
PLEDGE_CHANGE = _of_pledge(
    PledgeChange,
    number=PledgeChange.id,
    minor=PledgeChange.amount_minor,
    currency=Pledge.currency,
    since=PledgeChange.requested_at,
)
NEW_DATE = _of_pledge(NewDate, number=NewDate.id, since=NewDate.asked_on)
DONOR = Kind(Organisation, Organisation.code, Organisation.name, coded=True)
STEP = _coded(
    OutreachContact,
    OutreachContact.donor_id,
    number=OutreachContact.id,
    due=OutreachContact.next_on,
)
DILIGENCE = _coded(
    DueDiligence, DueDiligence.organisation_id, number=DueDiligence.id, since=DueDiligence.begun_at
)
HOLD = _coded(OrganisationHold, OrganisationHold.organisation_id, due=OrganisationHold.review_on)
HIT = _coded(
    SanctionsHit,
    SanctionsHit.organisation_id,
    title=SanctionsHit.ours,
    number=SanctionsHit.id,
    since=SanctionsHit.found_at,
)
DEPOSIT = Kind(
    Deposit,
    Deposit.bank_reference,
    number=Deposit.id,
    minor=Deposit.amount_minor,
    currency=Deposit.currency,
    since=Deposit.value_on,
)
CARD_MANDATE = Kind(
    CardMandate,
    Pledge.reference,
    number=CardMandate.id,
    minor=CardMandate.amount_minor,
    currency=CardMandate.currency,
    since=CardMandate.started_at,
    joins=((Pledge, Pledge.id == CardMandate.pledge_id),),
)
CARD_RETURN = Kind(
    CardReturn,
    Pledge.reference,
    number=CardReturn.id,
    minor=CardReturn.amount_minor,
    currency=CardReturn.currency,
    since=CardReturn.began_at,
    joins=(
        (CardPayment, CardPayment.id == CardReturn.payment_id),
        (Pledge, Pledge.id == CardPayment.pledge_id),
    ),
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
