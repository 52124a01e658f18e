"""One record of the demonstration for each page that shows one."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from sqlalchemy import Select, inspect, select
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application, AttachedFile, SignOff
from grants.applying.applications.workflow import TO_BE_SCORED_AGAIN, ApplicationState
from grants.applying.builder.pages import FORM
from grants.applying.calls.models import Call
from grants.applying.form_files.models import FormFile
from grants.applying.organisations.papers.models import OrganisationPaper
from grants.applying.organisations.verification.models import Verification
from grants.applying.organisations.verification.workflow import VerificationState
from grants.applying.public_questions.models import PublicQuestion
from grants.banking.accounts.models import AccountChange
from grants.banking.accounts.workflow import DetailsState
from grants.banking.bank.models import BankLine
from grants.banking.reconciliation.models import Reconciliation
from grants.books.certificates.models import Certificate
from grants.books.settings.models import SettingChange
from grants.core.audit.models import TrailRow
from grants.core.database.seals import token
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.taxonomies import DonorKind, Earmarking
from grants.core.people.models import Membership, Organisation, Person
from grants.core.people.permissions import Role
from grants.deciding.awards.models import Award
from grants.deciding.awards.workflow import AwardState
from grants.deciding.decision_lists.models import SignedDecisions
from grants.deciding.portfolio.models import Scenario
from grants.deciding.reviews.models import Review
from grants.deciding.reviews.workflow import ReviewState
from grants.deciding.sessions.models import BoardSession
from grants.deciding.sessions.workflow import SessionState
from grants.deciding.visits.models import Visit
from grants.deciding.visits.workflow import VisitState
from grants.desk.audit_samples.models import AuditSample
from grants.desk.data_protection.models import ErasureRequest
from grants.desk.merging.models import OrganisationMerge
from grants.desk.merging.workflow import MergeState
from grants.desk.moving_in.models import Import
from grants.desk.retention.models import LegalHold, Purge
from grants.fundraising.appeals.models import Mailing, MailingLine, Post
from grants.fundraising.thanks.models import ThanksLetter
from grants.giving.contributions.models import Deposit, Receipt
from grants.giving.donors.models import Contact, Donor
from grants.giving.outreach.consents import LEAVING
from grants.giving.outreach.models import OutreachContact
from grants.giving.outside.models import OutsideContribution
from grants.giving.pledges.dates.models import NewDate
from grants.giving.pledges.gifts import PAGE
from grants.giving.pledges.models import Pledge, PledgeChange
from grants.giving.pledges.proposals.models import EarmarkProposal
from grants.giving.pledges.proposals.workflow import ProposalState
from grants.giving.pledges.signatures.models import AgreementSigning
from grants.giving.pledges.signatures.workflow import AgreementState
from grants.giving.receivables.models import AllowanceRun
from grants.granting.allegations.models import Allegation
from grants.granting.bank_details.models import BankDetails
from grants.granting.changes.models import GrantChange
from grants.granting.closure.models import AuditCertificate, ForcedClosing
from grants.granting.closure.workflow import CertificateState, ForcedState
from grants.granting.findings.models import Finding
from grants.granting.monitoring.models import Activity
from grants.granting.payment_runs.models import RunFile
from grants.granting.preparing.models import Preparation
from grants.granting.preparing.workflow import PreparationState
from grants.granting.recovery.models import RefundRequest
from grants.granting.reporting.models import Report, ReportFile
from grants.granting.results.queries import years_with_results
from grants.granting.signing.models import Signing
from grants.granting.signing.workflow import SigningState
from grants.integrity.diligence.models import DueDiligence, Evidence
from grants.integrity.enquiries.models import Enquiry
from grants.integrity.other_grants.models import OtherGrant
from grants.integrity.risk.models import Flag, SafeguardingAssessment
from grants.integrity.sanctions.models import SanctionsHit, SanctionsList
from grants.papers.printing.models import StatementRun
from grants.platform.casework.models import Remark
from grants.platform.documents.models import Document
from grants.platform.staff.models import Appointment
from grants.publishing.facts.references import public_reference
from grants.publishing.integration.models import ApiToken
from grants.publishing.webhooks.models import Webhook
from seeds.cast import DONORS, STAFF, address
from seeds.company import GRANTEE
from seeds.projects import proposal


class Examples:
    """The records that the rows of the table are about: those of one donor and one applicant."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def one(self, query: Select[Any]) -> Any:
        if not query._order_by_clauses:
            query = query.order_by(*inspect(query.column_descriptions[0]["entity"]).primary_key)
        found = self.session.scalars(query.limit(1)).first()
        assert found is not None, f"the demonstration holds nothing for {query}"
        return found

    def organisation(self, contact: str) -> Organisation:
        query = (
            select(Organisation).join(Membership).join(Person, Membership.person_id == Person.id)
        )
        found: Organisation = self.one(query.where(Person.email == address(contact)))
        return found

    def application(self, *where: Any) -> Application:
        found: Application = self.one(select(Application).where(*where).order_by(Application.id))
        return found

    def in_state(self, state: ApplicationState) -> dict[str, Any]:
        return {"reference": self.application(Application.state == state).reference}

    def in_note(self) -> dict[str, Any]:
        """A concept note that waits to be decided on."""
        waiting = Application.state == ApplicationState.REVIEWED
        first = Application.call.has(Call.second_stage_id.is_not(None))
        return {"reference": self.application(waiting, first).reference}

    def review(self, state: ReviewState) -> dict[str, Any]:
        """One that the reviewer of the table was assigned."""
        email = next(actor.email for actor in STAFF if actor.role is Role.REVIEWER)
        query = select(Review).join(Person, Review.reviewer_id == Person.id).order_by(Review.id)
        review: Review = self.one(query.where(Person.email == email, Review.state == state))
        return {
            "reference": review.application.reference,
            "review_id": review.id,
            "attached_id": self.file_of(review.application),
        }

    def reopenable(self) -> dict[str, Any]:
        """A submitted review that no recommendation rests on."""
        query = select(Review).join(Review.application).order_by(Review.id)
        to_be_scored = Application.state.in_(TO_BE_SCORED_AGAIN)
        review: Review = self.one(query.where(Review.state == ReviewState.SUBMITTED, to_be_scored))
        return {"reference": review.application.reference, "review_id": review.id}

    def visit(self, state: VisitState) -> dict[str, Any]:
        found: Visit = self.one(select(Visit).where(Visit.state == state))
        return {"reference": found.application.reference, "number": found.id}

    def finding(self, state: str) -> dict[str, Any]:
        """The oldest finding in a state, and its first file."""
        finding: Finding = self.one(select(Finding).where(Finding.state == state))
        return {
            "reference": finding.reference,
            "number": finding.files[0].id if finding.files else 1,
        }

    def allegation(self, state: str) -> dict[str, Any]:
        """The oldest allegation in a state."""
        return {
            "reference": self.one(select(Allegation).where(Allegation.state == state)).reference
        }

    def activity(self, state: str) -> dict[str, Any]:
        """The oldest visit, spot check or audit in a state, and its first file."""
        found: Activity = self.one(select(Activity).where(Activity.state == state))
        return {
            "reference": found.reference,
            "number": found.files[0].id if found.files else 1,
        }

    @cached_property
    def to_sign_off(self) -> str:
        """An application that waits for its signatory."""
        asked = select(Application).join(SignOff, SignOff.application_id == Application.id)
        return str(self.one(asked.where(SignOff.signed_at.is_(None))).reference)

    def report_sent(self) -> str:
        """A report on the grant of the examples, as its paper is named."""
        query = select(Report).where(Report.award_id == self.award.id)
        report = self.one(query.where(Report.submitted_at.is_not(None)))
        return f"{self.award.reference}/{report.number}"

    def payment_run(self) -> dict[str, Any]:
        """A run with its file, and one of its payments."""
        file = self.one(select(RunFile).order_by(RunFile.id))
        instalment = file.run.parts[0].instalment
        return {
            "reference": file.run.reference,
            "number": file.id,
            "grant": instalment.award.reference,
        }

    def report_file(self) -> dict[str, Any]:
        """A file of a report, on the grant of the examples if it has one."""
        ours = (Report.award_id == self.award.id).desc()
        query = select(ReportFile).join(ReportFile.report).order_by(ours, ReportFile.id)
        file: ReportFile = self.one(query)
        report = file.report
        return {
            "reference": report.award.reference,
            "number": report.number,
            "file_id": file.id,
        }

    def change(self, *where: Any) -> GrantChange:
        """A change of the grant of the examples if there is one, else of another."""
        query = select(GrantChange).where(*where)
        ours = (GrantChange.award_id == self.award.id).desc()
        found: GrantChange = self.one(query.order_by(ours, GrantChange.id))
        return found

    @cached_property
    def published(self) -> Award:
        """A grant that the public reads of."""
        award: Award = self.one(select(Award).where(Award.state == AwardState.AGREED))
        return award

    @cached_property
    def refund(self) -> RefundRequest:
        """A refund that is asked for, of the grant of the examples if there is one."""
        ours = (RefundRequest.award_id == self.award.id).desc()
        found: RefundRequest = self.one(select(RefundRequest).order_by(ours, RefundRequest.id))
        return found

    def amendment(self) -> str:
        """An amendment, as its paper is named."""
        change = self.change(GrantChange.amendment.is_not(None))
        return f"{change.award.reference}/{change.number}"

    def read_blind(self) -> str:
        """An application whose reviewer of the table is not told who applies."""
        email = next(actor.email for actor in STAFF if actor.role is Role.REVIEWER)
        query = select(Application).join(Review).join(Person, Review.reviewer_id == Person.id)
        blind = Application.call.has(Call.blind)
        found: Application = self.one(
            query.where(blind, Person.email == email, Review.state == ReviewState.DECLARED)
        )
        return found.reference

    def file_of(self, application: Application) -> int:
        query = select(AttachedFile.id).where(AttachedFile.application_id == application.id)
        found: int = self.one(query)
        return found

    @cached_property
    def applicant(self) -> Organisation:
        return self.organisation(proposal(GRANTEE).contact)

    @cached_property
    def donor(self) -> Organisation:
        return self.organisation(DONORS[0].contact)

    @cached_property
    def waiting_merge(self) -> OrganisationMerge:
        waits = OrganisationMerge.state == MergeState.PROPOSED
        found: OrganisationMerge = self.one(select(OrganisationMerge).where(waits))
        return found

    @cached_property
    def to_verify(self) -> str:
        query = select(Organisation.code).join(Verification)
        found: str = self.one(query.where(Verification.state == VerificationState.PENDING))
        return found

    @cached_property
    def submitted(self) -> Application:
        own = Application.organisation_id == self.applicant.id
        return self.application(own, Application.submitted_at.is_not(None))

    @cached_property
    def draft(self) -> Application:
        own = Application.organisation_id == self.applicant.id
        return self.application(own, Application.submitted_at.is_(None))

    @cached_property
    def award(self) -> Award:
        found: Award = self.one(select(Award).where(Award.application_id == self.submitted.id))
        return found

    @cached_property
    def to_sign(self) -> Pledge:
        """The donor's pledge with an agreement to sign."""
        mine = select(Pledge).where(Pledge.donor_id == self.donor.id).order_by(Pledge.id.desc())
        found: Pledge = self.one(mine)
        return found

    @cached_property
    def handed_in(self) -> Pledge:
        """A pledge, another donor's, whose signed agreement is to be checked."""
        found: Pledge = self.one(select(Pledge).where(Pledge.returned_document_id.is_not(None)))
        return found

    @cached_property
    def prepared(self) -> Preparation:
        """What a grantee has submitted before its agreement, to be checked."""
        state = PreparationState.SUBMITTED
        found: Preparation = self.one(select(Preparation).where(Preparation.state == state))
        return found

    @cached_property
    def countersigned(self) -> Signing:
        """An agreement that its grantee has signed, and the fund has not."""
        state = SigningState.COUNTERSIGN
        found: Signing = self.one(select(Signing).where(Signing.state == state))
        return found

    def meeting(self, state: SessionState) -> BoardSession:
        found: BoardSession = self.one(select(BoardSession).where(BoardSession.state == state))
        return found

    @cached_property
    def signed_list(self) -> SignedDecisions:
        found: SignedDecisions = self.one(select(SignedDecisions))
        return found

    @cached_property
    def on_agenda(self) -> Application:
        """On the agenda of the session that is ahead."""
        return self.meeting(SessionState.INVITED).items[0].application

    @cached_property
    def trustee_id(self) -> int:
        """The trustee of the table."""
        email = next(actor.email for actor in STAFF if actor.role is Role.TRUSTEE)
        found: int = self.one(select(Person.id).where(Person.email == email))
        return found

    @cached_property
    def contact_id(self) -> int:
        found: int = self.one(select(Contact.id).where(Contact.organisation_id == self.donor.id))
        return found

    @cached_property
    def evidence_id(self) -> int:
        found: int = self.one(select(Evidence.id))
        return found

    @cached_property
    def examined(self) -> DueDiligence:
        """The examination that has a file."""
        kept = self.session.get_one(Evidence, self.evidence_id)
        return self.session.get_one(DueDiligence, kept.due_diligence_id)

    @cached_property
    def year(self) -> int:
        """The last one in which a grant was paid."""
        fund = self.one(select(Fund).where(Fund.code == "UNVTF"))
        return years_with_results(self.session, fund)[0]

    @cached_property
    def certificate(self) -> Certificate:
        """The one of the donor's statement of last year."""
        own = Certificate.organisation_id == self.donor.id
        found: Certificate = self.one(
            select(Certificate).where(own, Certificate.document == "donor-statement")
        )
        return found

    def call_in(self, state: str) -> dict[str, Any]:
        """The oldest call in a state."""
        return {
            "reference": self.one(
                select(Call).where(Call.state == state).order_by(Call.id)
            ).reference
        }

    @cached_property
    def by_page(self) -> dict[str, dict[str, Any]]:
        """Beginning of a page's address → its arguments; the longest beginning holds."""
        unsigned = self.one(select(Award).where(Award.state == AwardState.APPROVED))
        pledge = self.one(select(Pledge).where(Pledge.donor_id == self.donor.id))
        mailing = self.one(select(Mailing).where(Mailing.post == Post.LETTER))
        deposit = self.one(select(Deposit).join(Receipt).where(Receipt.donor_id == self.donor.id))
        call = self.one(
            select(Call).where(Call.state.not_in(("draft", "test"))).order_by(Call.id.desc())
        )
        coming = {
            "reference": self.one(select(Call).where(Call.state == "draft")).reference,
            "key": "organisation",
            "section": "organisation",
            "kind": "number",
            "number": 1,
            "which": "form",
            "code": "fr",
        }
        member = select(Membership.id).where(Membership.organisation_id == self.applicant.id)
        grant = {"reference": self.award.reference, "number": 1, "key": "story"}
        scenario = self.one(select(Scenario).order_by(Scenario.id))
        return {
            "/": {
                "code": "UNVTF",
                "token": "nobody-was-sent-this",
                "name": "none.eml",
                "place": 0,
                "loss_id": 0,
            },
            "/applications": {
                "reference": self.submitted.reference,
                "attached_id": self.file_of(self.submitted),
            },
            "/applications/<reference>/letter.pdf": self.in_state(ApplicationState.REVIEWED),
            "/applying": {"reference": self.draft.reference, "key": "organisation"},
            "/applying/<reference>/sign": {"reference": self.to_sign_off},
            "/awards": {"reference": self.award.reference},
            "/bank": {
                "line_id": self.one(select(BankLine.id).where(BankLine.state == "unmatched")),
                "code": "UNVTF-USD",
                "grant": self.award.reference,
                "number": 1,
                "reference": str(self.one(select(Deposit.id).order_by(Deposit.id.desc()))),
                "month": self.one(select(Reconciliation)).month.strftime("%Y-%m"),
                "run": self.payment_run()["reference"],
            },
            "/bank/account-changes": {
                "number": self.one(
                    select(AccountChange.id).where(AccountChange.state == DetailsState.PROPOSED)
                )
            },
            "/board": {
                "reference": self.submitted.reference,
                "attached_id": self.file_of(self.submitted),
            },
            "/board/sessions": {
                "reference": self.meeting(SessionState.INVITED).reference,
                "application": self.on_agenda.reference,
            },
            "/board/sessions/opinions": {"reference": self.on_agenda.reference},
            "/board/sessions/<reference>/signed": {
                "reference": self.meeting(SessionState.SIGNED).reference
            },
            "/board/sessions/<reference>/decisions": {
                "reference": self.signed_list.meeting.reference,
                "number": self.signed_list.id,
            },
            "/board/calls": {"reference": self.submitted.call.reference},
            "/calls": {
                "reference": call.reference,
                "code": "UNVTF",
                "token": "nobody-was-sent-this",
                "number": self.one(
                    select(PublicQuestion.id).where(PublicQuestion.answer.is_(None))
                ),
            },
            "/calls/<reference>/archive": self.call_in("published"),
            "/calls/<reference>/bring-back": self.call_in("archived"),
            "/calls/<reference>/delete": coming,
            "/calls/<reference>/form": coming,
            FORM: coming,
            f"{FORM}/library": {**coming, "name": "standard"},
            "/calls/<reference>/form/trials": {
                "reference": self.one(select(Call).where(Call.state == "test")).reference
            },
            "/calls/<reference>/scenarios": {
                "reference": scenario.call.reference,
                "number": scenario.id,
            },
            f"{FORM}/questions": {**coming, "key": "title"},
            f"{FORM}/questions/<key>/columns": {
                **coming,
                "key": "yearly_costs",
                "name": "both",
            },
            "/certified": {"serial": self.certificate.serial, "language": "en"},
            "/certify": {"document": "fund-statement", "reference": "UNVTF"},
            "/certify/year": {"code": "UNVTF", "year": self.certificate.certified_on.year - 1},
            "/clauses": {"code": "UNVTF", "language": "en", "number": 1},
            "/documents/clauses": {"code": "UNVTF", "language": "en"},
            "/contributions": {"deposit_id": deposit.id, "code": "UNVTF", "currency": "EUR"},
            "/dashboard": {
                "code": "UNVTF",
                "month": f"{clock.today():%Y-%m}",
                "when": "month",
            },
            "/decisions": self.in_state(ApplicationState.RECOMMENDED),
            "/decisions/<reference>/invite": self.in_note(),
            "/decisions/<reference>/not-invite": self.in_note(),
            "/feedback": self.in_state(ApplicationState.REVIEWED),
            "/feedback/texts": {"code": "UNVTF", "letter": "award", "language": "en"},
            "/grants": grant,
            "/grants/<reference>/sign": {"reference": unsigned.reference},
            "/grants/<reference>/send-for-signature": {"reference": unsigned.reference},
            "/grants/<reference>/prepared": {
                "reference": self.prepared.award.reference,
                "part": self.prepared.part.value,
            },
            "/grants/<reference>/revised-budget": {"reference": unsigned.reference},
            "/grants/<reference>/finance": {"reference": unsigned.reference},
            "/grants/<reference>/before-agreement": {"reference": unsigned.reference},
            "/grants/<reference>/signing": {
                "reference": self.countersigned.award.reference,
                "number": self.countersigned.id,
                "side": "grantee",
            },
            "/grants/<reference>/terms": {"reference": unsigned.reference},
            "/grants/<reference>/public-name": grant,
            "/grants/<reference>/period": {"reference": unsigned.reference},
            "/grants/<reference>/earmarks": {"reference": unsigned.reference},
            "/grants/<reference>/signed-agreement": grant,
            "/grants/<reference>/reports/<int:number>/files": self.report_file(),
            "/grants/<reference>/changes": {
                "reference": (change := self.change()).award.reference,
                "number": change.number,
                "kind": "extension",
            },
            "/grants/<reference>/changes/<int:number>/signed": {
                "reference": (
                    signed := self.change(GrantChange.document_id.is_not(None))
                ).award.reference,
                "number": signed.number,
            },
            "/grants/<reference>/refund-requests": {
                "reference": self.refund.award.reference,
                "number": self.refund.number,
            },
            "/grants/<reference>/closing/write-off": {
                "reference": self.one(
                    select(ForcedClosing).where(ForcedClosing.state == ForcedState.PROPOSED)
                ).award.reference
            },
            "/grants/<reference>/closing/certificate": {
                "reference": self.one(
                    select(AuditCertificate).where(
                        AuditCertificate.state == CertificateState.SUBMITTED
                    )
                ).award.reference
            },
            "/audit-samples": {"number": self.one(select(AuditSample.id))},
            "/findings": self.finding("open"),
            "/findings/<reference>/files/<int:number>": self.finding("answered"),
            "/findings/<reference>/send-back": self.finding("answered"),
            "/findings/<reference>/close": self.finding("answered"),
            "/findings/<reference>/claim": self.finding("answered"),
            "/findings/<reference>/settle": self.finding("to_recover"),
            "/allegations": self.allegation("received"),
            "/allegations/readers/<code>": {"code": "UNVTF"},
            "/allegations/<reference>/substantiate": self.allegation("examined"),
            "/allegations/<reference>/dismiss": self.allegation("examined"),
            "/allegations/<reference>/close": self.allegation("substantiated"),
            "/monitoring": self.activity("planned"),
            "/monitoring/rules/<code>": {"code": "UNVTF"},
            "/monitoring/<reference>/report": self.activity("held"),
            "/monitoring/<reference>/close": self.activity("reported"),
            "/monitoring/<reference>/findings": self.activity("held"),
            "/monitoring/<reference>/files/<int:number>": self.activity("reported"),
            "/bank-details": {"number": self.one(select(BankDetails.id))},
            "/payment-runs": self.payment_run(),
            "/payment-runs/columns": {"code": "UNVTF"},
            "/ledger": {"code": "UNVTF", "number": 1, "month": "2026-01"},
            "/outreach": {
                "code": mailing.campaign.code,
                "action": "close",
                "post": "letter",
                "place": 1,
                "mailing_id": mailing.id,
            },
            "/outreach/campaigns/new": {"code": "UNVTF"},
            "/outreach/contacts": {"contact_id": self.one(select(OutreachContact.id))},
            "/outreach/donors": {"code": self.donor.code, "fund": "UNVTF"},
            "/outreach/donors/<code>/consent": {
                "code": self.one(
                    select(Organisation.code)
                    .join(Donor, Donor.organisation_id == Organisation.id)
                    .where(Organisation.kind == DonorKind.INDIVIDUAL)
                )
            },
            "/outreach/pledges": {"reference": pledge.reference},
            "/outside": {
                "reference": self.one(
                    select(OutsideContribution.reference).where(
                        OutsideContribution.document_id.is_not(None)
                    )
                )
            },
            "/prospects": {"code": "UNVTF"},
            "/thanks": {"code": "UNVTF"},
            "/thank-you": {"token": self.one(select(ThanksLetter).limit(1)).token},
            "/moving-in": {"number": self.one(select(Import.id))},
            "/organisations": {
                "code": self.applicant.code,
                "membership_id": self.one(member),
                "topic": "experience",
            },
            "/organisations/<code>/merge": {
                "code": self.waiting_merge.kept.code,
                "other": self.waiting_merge.merged.code,
            },
            "/data-protection/requests": {"number": self.one(select(ErasureRequest.id))},
            "/tokens": {
                "number": self.one(select(ApiToken.id).where(ApiToken.revoked_at.is_(None)))
            },
            "/cases": {"kind": "application", "number": self.submitted.id},
            "/remarks": {"number": self.one(select(Remark.id))},
            "/webhooks": {
                "number": self.one(select(Webhook.id).where(Webhook.name == "Data warehouse")),
                "event": 1,
            },
            "/retention": {"number": self.one(select(Purge.id))},
            "/retention/kinds": {"code": "mail", "day": "2015-01-01"},
            "/retention/holds": {"number": self.one(select(LegalHold.id))},
            "/organisations/merges": {"number": self.waiting_merge.id},
            "/organisations/<code>/papers": {
                "code": self.applicant.code,
                "number": self.one(
                    select(OrganisationPaper.id).where(
                        OrganisationPaper.organisation_id == self.applicant.id,
                        OrganisationPaper.ended_at.is_(None),
                    )
                ),
            },
            "/organisations/<code>/verification": {"code": self.to_verify},
            "/pledge/": {
                "code": "UNVTF",
                "name": "amount",
                "token": "nobody-was-sent-this",
            },
            "/pledges/changes": {"change_id": self.one(select(PledgeChange.id))},
            "/pledges/earmarks": {
                "number": self.one(
                    select(EarmarkProposal.id).where(
                        EarmarkProposal.state == ProposalState.PROPOSED
                    )
                )
            },
            "/giving/<reference>/earmark": {
                "reference": self.one(
                    select(Pledge.reference)
                    .join(EarmarkProposal, EarmarkProposal.pledge_id == Pledge.id)
                    .where(EarmarkProposal.state == ProposalState.PROPOSED)
                )
            },
            "/contribution-agreements": {
                "number": self.one(
                    select(AgreementSigning.id).where(
                        AgreementSigning.state == AgreementState.COUNTERSIGN
                    )
                )
            },
            "/pledges/dates": {"request_id": self.one(select(NewDate.id))},
            "/pledges": {"reference": pledge.reference, "code": self.donor.code},
            "/donors": {"code": self.donor.code, "contact_id": self.contact_id},
            "/due-diligence": {"case_id": self.examined.id, "evidence_id": self.evidence_id},
            "/due-diligence/new": {"code": self.examined.organisation.code},
            "/due-diligence/organisations": {"code": self.examined.organisation.code},
            "/due-diligence/safeguarding": {"number": self.one(select(SafeguardingAssessment.id))},
            "/due-diligence/flags": {"number": self.one(select(Flag.id))},
            "/due-diligence/references": {
                "number": self.one(select(Enquiry.id).where(Enquiry.answered_on.is_(None)))
            },
            "/due-diligence/references/<int:number>/file": {
                "number": self.one(select(Enquiry.id).where(Enquiry.document_id.is_not(None)))
            },
            "/due-diligence/other-grants": {"number": self.one(select(OtherGrant.id))},
            "/due-diligence/rules": {"code": "UNVTF"},
            "/sanctions": {
                "list_id": self.one(select(SanctionsList.id)),
                "hit_id": self.one(select(SanctionsHit.id)),
                "action": "confirm",
            },
            "/giving/donors": {
                "code": self.donor.code,
                "contact_id": self.contact_id,
                "token": "nobody-was-sent-this",
            },
            "/funds": {"code": "UNVTF", "year": self.year},
            "/funds/<code>/campaigns": {"code": "UNVTF", "campaign": mailing.campaign.code},
            "/funds/<code>/data": {
                "code": "UNVTF",
                "name": "grants",
                "ending": "csv",
            },
            "/funds/<code>/standards": {
                "code": "UNVTF",
                "name": "iati-activities.xml",
            },
            "/funds/<code>/frames": {"code": "UNVTF", "name": "map", "language": "en-XA"},
            "/api/v1": {"name": "funds", "path": "nothing"},
            "/funds/<code>/grants/<reference>": {
                "code": self.published.fund.code,
                "reference": public_reference(self.published),
            },
            "/giving": {"reference": pledge.reference, "code": "UNVTF"},
            "/give/": {"code": "UNVTF"},
            "/unsubscribe/": {"token": token(LEAVING, "f" * 64)},
            "/gift/": {
                "token": token(PAGE, str(self.one(select(Pledge.id).where(Pledge.express))))
            },
            "/giving/<reference>/signed-agreement": {"reference": self.to_sign.reference},
            "/giving/<reference>/signed-agreement/file": {"reference": self.handed_in.reference},
            "/pledges/<reference>/agreement/returned": {"reference": self.handed_in.reference},
            "/earmarks": {
                "code": "UNVTF",
                "reference": self.one(
                    select(Pledge.reference)
                    .join(Pledge.fund)
                    .where(Fund.code == "UNVTF", Pledge.earmarking == Earmarking.EARMARKED)
                ),
            },
            "/receivables": {
                "code": "UNVTF",
                "number": self.one(select(AllowanceRun.id)),
            },
            "/people": {"number": self.one(select(Appointment.person_id))},
            "/people/accounts": {"number": 0},
            "/people/appointments": {"number": self.one(select(Appointment.id))},
            "/people/roles": {
                "number": self.one(select(Membership.id).where(Membership.role == Role.REVIEWER))
            },
            "/access-log/files/": {"number": self.one(select(Document.id))},
            "/trail": {"number": self.one(select(TrailRow.id))},
            "/fund-setup": {"code": "UNVTF", "name": "mark"},
            "/funds/<code>/<any(mark, icon):kind>.png": {"code": "UNVTF", "kind": "mark"},
            "/charts/": {"name": "0" * 64, "width": "wide"},
            "/form-files/": {"digest": self.one(select(FormFile.sha256)), "name": "costs.pdf"},
            "/guide/": {"name": "donor"},
            "/settings": {
                "code": "UNVTF",
                "setting": "operating_reserve",
                "number": self.one(select(SettingChange.id)),
            },
            "/reviews": self.review(ReviewState.DECLARED),
            "/reviews/assign/calls": {"reference": self.submitted.call.reference},
            "/reviews/assign": self.review(ReviewState.ASSIGNED),
            "/reviews/assign/<reference>/<int:review_id>/reopen": self.reopenable(),
            "/visits": self.visit(VisitState.PLANNED),
            "/screening": self.in_state(ApplicationState.SUBMITTED),
            "/statements/runs": {"number": self.one(select(StatementRun.id))},
            "/statements": {"document": "donor-statement", "reference": self.donor.code},
            "/statements/years": {"code": self.donor.code, "year": clock.today().year - 2},
        }

    def of(self, rule: str) -> dict[str, Any]:
        """The arguments of a page."""
        return self.by_page[max((key for key in self.by_page if rule.startswith(key)), key=len)]


def more(examples: Examples) -> Iterator[tuple[str, str]]:
    """Pages whose answer turns on the state of the record."""
    undeclared = examples.review(ReviewState.ASSIGNED)
    yield "review: not declared yet", f"/reviews/{undeclared['reference']}"
    yield (
        "a file of it: not declared yet",
        f"/reviews/{undeclared['reference']}/files/{undeclared['attached_id']}",
    )
    yield "review: of a blind call", f"/reviews/{examples.read_blind()}"
    reported = examples.visit(VisitState.REPORTED)["reference"]
    yield "a case with the report of a visit", f"/decisions/{reported}?part=visits"
    again = examples.review(ReviewState.REOPENED)
    yield "review: reopened", f"/reviews/{again['reference']}"
    yield "an application still being written", f"/applications/{examples.draft.reference}"


def documents(examples: Examples) -> Iterator[tuple[str, str]]:
    """Each kind of document; its facts are asked for, which takes less than printing them."""
    pledge = examples.by_page["/pledges"]["reference"]
    sent = (MailingLine.donor_id == examples.donor.id, MailingLine.excluded.is_(None))
    letter = examples.one(select(MailingLine).where(*sent))
    receipt = examples.one(select(Receipt).where(Receipt.donor_id == examples.donor.id))
    declared, assigned = (
        examples.review(state)["reference"]
        for state in (ReviewState.DECLARED, ReviewState.ASSIGNED)
    )
    rejected = examples.in_state(ApplicationState.REJECTED)["reference"]
    notes = {declared: ", the reviewer has declared", assigned: ", not declared yet"}
    year = "?from=2026-01-01&to=2026-06-30"
    for document, reference in (
        ("acknowledgement", pledge),
        ("appeal-letter", letter.reference),
        ("thanks", examples.by_page["/thank-you"]["token"]),
        ("receipt", receipt.reference),
        ("donor-statement", examples.donor.code + ".json" + year),
        ("fund-statement", "UNVTF.json" + year),
        ("financial-statements", "UNVTF.json" + year),
        ("aged-receivables", "UNVTF.json" + year),
        ("earmarks", "UNVTF.json" + year),
        ("contributions", "UNVTF.json" + year),
        ("public-contributions", "UNVTF.json" + year),
        ("annex", "UNVTF.json" + year),
        ("briefing", "UNVTF"),
        ("donor-report", f"{examples.donor.code}/UNVTF.json?from=2025-01-01&to=2025-12-31"),
        ("submission", examples.submitted.reference),
        ("submission", declared),
        ("submission", assigned),
        ("board-minutes", examples.meeting(SessionState.SIGNED).reference),
        ("decision-list", examples.signed_list.meeting.reference),
        ("board-dossier", f"{examples.submitted.call.reference}/{examples.trustee_id}"),
        ("blank-form", examples.by_page["/calls"]["reference"]),
        ("award-letter", examples.award.reference),
        ("regret-letter", rejected),
        ("reserve-letter", rejected),  # nobody’s: it was never on a reserve list
        ("agreement", examples.award.reference),
        ("amendment", examples.amendment()),
        ("refund-letter", f"{examples.refund.award.reference}/{examples.refund.number}"),
        ("grant-statement", examples.award.reference),
        ("grant-report", examples.report_sent()),
        ("monitoring-report", examples.activity("reported")["reference"]),
        ("monitoring-report", examples.activity("closed")["reference"]),
    ):
        ending = "" if ".json" in reference else ".json"
        name = f"document: {document}{notes.get(reference, '')}"
        yield name, f"/documents/{document}/{reference}{ending}"
