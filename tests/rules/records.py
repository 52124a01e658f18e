"""Records of the demonstration, as pages and papers that show one need them."""

from functools import cached_property
from typing import Any, TypeVar

from sqlalchemy import Select, inspect, select
from sqlalchemy.orm import QueryableAttribute, Session

from grants.applying.applications.models import Application, AttachedFile, SignOff
from grants.applying.applications.workflow import TO_BE_SCORED_AGAIN, ApplicationState
from grants.applying.calls.models import Call
from grants.applying.organisations.verification.models import Verification
from grants.applying.organisations.verification.workflow import VerificationState
from grants.applying.references.models import LetterRequest
from grants.books.certificates.models import Certificate
from grants.core.funds.models import Fund
from grants.core.people.models import Membership, Organisation, Person
from grants.core.people.permissions import Role
from grants.deciding.awards.models import Award
from grants.deciding.awards.workflow import AwardState
from grants.deciding.decision_lists.models import SignedDecisions
from grants.deciding.reviews.models import Review
from grants.deciding.reviews.workflow import ReviewState
from grants.deciding.sessions.models import BoardSession
from grants.deciding.sessions.workflow import SessionState
from grants.deciding.visits.models import Visit
from grants.deciding.visits.workflow import VisitState
from grants.desk.merging.models import OrganisationMerge
from grants.desk.merging.workflow import MergeState
from grants.giving.donors.models import Contact
from grants.giving.pledges.models import Pledge
from grants.granting.allegations.models import Allegation
from grants.granting.changes.models import GrantChange
from grants.granting.findings.models import Finding
from grants.granting.monitoring.models import Activity
from grants.granting.payment_runs.models import RunFile
from grants.granting.preparing.models import Preparation
from grants.granting.preparing.workflow import PreparationState
from grants.granting.recovery.models import RefundRequest
from grants.granting.reporting.models import Report, ReportFile
from grants.granting.results.queries import years_with_results
from grants.granting.set_offs.models import SetOff
from grants.granting.set_offs.workflow import SetOffState
from grants.granting.signing.models import Signing
from grants.granting.signing.workflow import SigningState
from grants.integrity.diligence.models import DueDiligence, Evidence
from seeds.cast import DONORS, STAFF, address
from seeds.company import GRANTEE
from seeds.projects import proposal

T = TypeVar("T")


class Records:
    """The records that examples are about: those of one donor and one applicant."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def one(self, query: "Select[T]") -> T:
        """The first that a query finds, by the query's order or by its key."""
        if not query._order_by_clauses:
            query = query.order_by(*inspect(query.column_descriptions[0]["entity"]).primary_key)
        record = self.session.scalars(query.limit(1)).first()
        assert record is not None, f"the demonstration holds nothing for {query}"
        return record

    def first(self, what: "type[T] | QueryableAttribute[T]", *where: Any) -> T:
        """The first record, or a column of it, for which this is so."""
        return self.one(select(what).where(*where))

    def organisation(self, contact: str) -> Organisation:
        query = (
            select(Organisation).join(Membership).join(Person, Membership.person_id == Person.id)
        )
        return self.one(query.where(Person.email == address(contact)))

    def application(self, *where: Any) -> Application:
        return self.one(select(Application).where(*where).order_by(Application.id))

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
        review = self.one(query.where(Person.email == email, Review.state == state))
        return {
            "reference": review.application.reference,
            "review_id": review.id,
            "attached_id": self.file_of(review.application),
        }

    def reopenable(self) -> dict[str, Any]:
        """A submitted review that no recommendation rests on."""
        query = select(Review).join(Review.application).order_by(Review.id)
        to_be_scored = Application.state.in_(TO_BE_SCORED_AGAIN)
        review = self.one(query.where(Review.state == ReviewState.SUBMITTED, to_be_scored))
        return {"reference": review.application.reference, "review_id": review.id}

    def visit(self, state: VisitState) -> dict[str, Any]:
        found = self.first(Visit, Visit.state == state)
        return {"reference": found.application.reference, "number": found.id}

    def finding(self, state: str) -> dict[str, Any]:
        """The oldest finding in a state, and its first file."""
        finding = self.first(Finding, Finding.state == state)
        return {
            "reference": finding.reference,
            "number": finding.files[0].id if finding.files else 1,
        }

    def allegation(self, state: str) -> dict[str, Any]:
        """The oldest allegation in a state."""
        return {"reference": self.first(Allegation, Allegation.state == state).reference}

    def activity(self, state: str) -> dict[str, Any]:
        """The oldest visit, spot check or audit in a state, and its first file."""
        found = self.first(Activity, Activity.state == state)
        return {
            "reference": found.reference,
            "number": found.files[0].id if found.files else 1,
        }

    @cached_property
    def to_sign_off(self) -> str:
        """An application that waits for its signatory."""
        asked = select(Application).join(SignOff, SignOff.application_id == Application.id)
        return str(self.one(asked.where(SignOff.signed_at.is_(None))).reference)

    def letter_of_reference(self) -> dict[str, str]:
        """A letter of reference that is waited for."""
        request = self.first(LetterRequest, LetterRequest.answered_at.is_(None))
        return {"reference": request.application.reference, "question": request.question}

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
        file = self.one(query)
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
        return self.one(query.order_by(ours, GrantChange.id))

    @cached_property
    def published(self) -> Award:
        """A grant that the public reads of."""
        return self.first(Award, Award.state == AwardState.AGREED)

    @cached_property
    def refund(self) -> RefundRequest:
        """A refund that is asked for, of the grant of the examples if there is one."""
        ours = (RefundRequest.award_id == self.award.id).desc()
        return self.one(select(RefundRequest).order_by(ours, RefundRequest.id))

    @cached_property
    def set_off(self) -> SetOff:
        """A refund that is deducted from a payment."""
        return self.one(select(SetOff).where(SetOff.state == SetOffState.PROPOSED))

    def amendment(self) -> str:
        """An amendment, as its paper is named."""
        change = self.change(GrantChange.amendment.is_not(None))
        return f"{change.award.reference}/{change.number}"

    def read_blind(self) -> str:
        """An application whose reviewer of the table is not told who applies."""
        email = next(actor.email for actor in STAFF if actor.role is Role.REVIEWER)
        query = select(Application).join(Review).join(Person, Review.reviewer_id == Person.id)
        blind = Application.call.has(Call.blind)
        found = self.one(
            query.where(blind, Person.email == email, Review.state == ReviewState.DECLARED)
        )
        return found.reference

    def file_of(self, application: Application) -> int:
        query = select(AttachedFile.id).where(AttachedFile.application_id == application.id)
        return self.one(query)

    @cached_property
    def applicant(self) -> Organisation:
        return self.organisation(proposal(GRANTEE).contact)

    @cached_property
    def donor(self) -> Organisation:
        return self.organisation(DONORS[0].contact)

    @cached_property
    def waiting_merge(self) -> OrganisationMerge:
        waits = OrganisationMerge.state == MergeState.PROPOSED
        return self.first(OrganisationMerge, waits)

    @cached_property
    def to_verify(self) -> str:
        query = select(Organisation.code).join(Verification)
        return self.one(query.where(Verification.state == VerificationState.PENDING))

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
        return self.first(Award, Award.application_id == self.submitted.id)

    @cached_property
    def to_sign(self) -> Pledge:
        """The donor's pledge with an agreement to sign."""
        mine = select(Pledge).where(Pledge.donor_id == self.donor.id).order_by(Pledge.id.desc())
        return self.one(mine)

    @cached_property
    def handed_in(self) -> Pledge:
        """A pledge, another donor's, whose signed agreement is to be checked."""
        return self.first(Pledge, Pledge.returned_document_id.is_not(None))

    @cached_property
    def prepared(self) -> Preparation:
        """What a grantee has submitted before its agreement, to be checked."""
        state = PreparationState.SUBMITTED
        return self.first(Preparation, Preparation.state == state)

    @cached_property
    def countersigned(self) -> Signing:
        """An agreement that its grantee has signed, and the fund has not."""
        state = SigningState.COUNTERSIGN
        return self.first(Signing, Signing.state == state)

    def meeting(self, state: SessionState) -> BoardSession:
        return self.first(BoardSession, BoardSession.state == state)

    @cached_property
    def signed_list(self) -> SignedDecisions:
        return self.first(SignedDecisions)

    @cached_property
    def on_agenda(self) -> Application:
        """On the agenda of the session that is ahead."""
        return self.meeting(SessionState.INVITED).items[0].application

    @cached_property
    def trustee_id(self) -> int:
        """The trustee of the table."""
        email = next(actor.email for actor in STAFF if actor.role is Role.TRUSTEE)
        return self.first(Person.id, Person.email == email)

    @cached_property
    def contact_id(self) -> int:
        return self.first(Contact.id, Contact.organisation_id == self.donor.id)

    @cached_property
    def evidence_id(self) -> int:
        return self.first(Evidence.id)

    @cached_property
    def examined(self) -> DueDiligence:
        """The examination that has a file."""
        kept = self.session.get_one(Evidence, self.evidence_id)
        return self.session.get_one(DueDiligence, kept.due_diligence_id)

    @cached_property
    def year(self) -> int:
        """The last one in which a grant was paid."""
        fund = self.first(Fund, Fund.code == "UNVTF")
        return years_with_results(self.session, fund)[0]

    @cached_property
    def certificate(self) -> Certificate:
        """The one of the donor's statement of last year."""
        own = Certificate.organisation_id == self.donor.id
        return self.first(Certificate, own, Certificate.document == "donor-statement")

    @cached_property
    def statement(self) -> Certificate:
        """The one of a fund’s own source and use of funds."""
        found: Certificate = self.one(
            select(Certificate)
            .join(Certificate.fund)
            .where(Certificate.document == "fund-statement", Fund.code == "UNVTF")
        )
        return found

    def call_in(self, state: str) -> dict[str, Any]:
        """The oldest call in a state."""
        return {
            "reference": self.one(
                select(Call).where(Call.state == state).order_by(Call.id)
            ).reference
        }
