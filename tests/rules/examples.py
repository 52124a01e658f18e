"""One record of the demonstration for each page that shows one."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from sqlalchemy import select

from grants.applying.applications.workflow import ApplicationState
from grants.applying.builder.pages import FORM
from grants.applying.calls.models import Call
from grants.applying.form_files.models import FormFile
from grants.applying.form_library.models import LibraryPart
from grants.applying.organisations.papers.models import OrganisationPaper
from grants.applying.public_questions.models import PublicQuestion
from grants.banking.accounts.models import AccountChange
from grants.banking.accounts.workflow import DetailsState
from grants.banking.bank.models import BankLine
from grants.banking.payouts.models import CardPayout
from grants.banking.reconciliation.models import Reconciliation
from grants.books.settings.models import SettingChange
from grants.core.audit.models import TrailRow
from grants.core.database.seals import token
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.taxonomies import DonorKind, Earmarking
from grants.core.people.models import Membership, Organisation
from grants.core.people.permissions import Role
from grants.deciding.announcements.public_references import public_reference
from grants.deciding.awards.models import Award
from grants.deciding.awards.workflow import AwardState
from grants.deciding.portfolio.models import Scenario
from grants.deciding.reviews.workflow import ReviewState
from grants.deciding.sessions.workflow import SessionState
from grants.deciding.visits.workflow import VisitState
from grants.desk.audit_samples.models import AuditSample
from grants.desk.data_protection.models import ErasureRequest
from grants.desk.moving_in.models import Import
from grants.desk.retention.models import LegalHold, Purge
from grants.fundraising.appeals.models import Mailing, Post
from grants.fundraising.thanks.models import ThanksLetter
from grants.giving.cards.mandates.models import CardMandate
from grants.giving.cards.models import CardPayment, CardReturn
from grants.giving.cards.workflow import ReturnState
from grants.giving.contributions.models import Deposit, Receipt
from grants.giving.donors.models import Donor
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
from grants.granting.bank_details.models import BankDetails
from grants.granting.changes.models import GrantChange
from grants.granting.closure.models import AuditCertificate, ForcedClosing
from grants.granting.closure.workflow import CertificateState, ForcedState
from grants.granting.payments.models import GrantRefund
from grants.granting.preparing.models import FinanceFile
from grants.granting.summaries.models import PublicSummary
from grants.integrity.enquiries.models import Enquiry
from grants.integrity.holds.models import OrganisationHold
from grants.integrity.other_grants.models import OtherGrant
from grants.integrity.risk.models import Flag, SafeguardingAssessment
from grants.integrity.sanctions.models import SanctionsHit, SanctionsList
from grants.papers.printing.models import StatementRun
from grants.platform.casework.models import Remark
from grants.platform.documents.models import Document
from grants.platform.messages.models import Message
from grants.platform.staff.models import Appointment
from grants.platform.undelivered.models import UndeliveredEmail
from grants.publishing.integration.models import ApiToken
from grants.publishing.webhooks.models import Webhook
from tests.rules.records import Records


class Examples(Records):
    """The arguments of each page: of a record whose page it is."""

    @cached_property
    def by_page(self) -> dict[str, dict[str, Any]]:
        """Beginning of a page's address → its arguments; the longest beginning holds."""
        unsigned = self.first(Award, Award.state == AwardState.APPROVED)
        pledge = self.first(Pledge, Pledge.donor_id == self.donor.id)
        mailing = self.first(Mailing, Mailing.post == Post.LETTER)
        deposit = self.one(select(Deposit).join(Receipt).where(Receipt.donor_id == self.donor.id))
        call = self.one(
            select(Call).where(Call.state.not_in(("draft", "test"))).order_by(Call.id.desc())
        )
        coming = {
            "reference": self.first(Call, Call.state == "draft").reference,
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
            "/applications/<reference>/translations": {
                "reference": self.submitted.reference,
                "language": "ar",
                "question": "problem",
            },
            "/applications/<reference>/letter.pdf": self.in_state(ApplicationState.REVIEWED),
            "/e-mails": {"page": self.one(select(Message.page).where(Message.page.is_not(None)))},
            "/applying": {"reference": self.draft.reference, "key": "organisation"},
            "/applying/<reference>/letters": self.letter_of_reference(),
            "/applying/<reference>/sign": {"reference": self.to_sign_off},
            "/awards": {"reference": self.award.reference},
            "/bank": {
                "line_id": self.first(BankLine.id, BankLine.state == "unmatched"),
                "code": "UNVTF-USD",
                "grant": self.award.reference,
                "number": 1,
                "reference": str(self.one(select(Deposit.id).order_by(Deposit.id.desc()))),
                "month": self.first(Reconciliation).month.strftime("%Y-%m"),
                "run": self.payment_run()["reference"],
            },
            "/bank/account-changes": {
                "number": self.first(AccountChange.id, AccountChange.state == DetailsState.PROPOSED)
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
                "number": self.first(PublicQuestion.id, PublicQuestion.answer.is_(None)),
            },
            "/calls/<reference>/archive": self.call_in("published"),
            "/calls/<reference>/bring-back": self.call_in("archived"),
            "/calls/<reference>/delete": coming,
            "/calls/<reference>/form": coming,
            FORM: coming,
            f"{FORM}/library": {**coming, "name": "standard"},
            f"{FORM}/parts": {**coming, "number": self.first(LibraryPart.id)},
            f"{FORM}/languages": {**coming, "code": "fr", "ending": "xlsx"},
            "/calls/<reference>/form/trials": {
                "reference": self.first(Call, Call.state == "test").reference
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
            f"{FORM}/questions/<key>/rules": {**coming, "key": "yearly_costs"},
            "/certified": {"serial": self.certificate.serial, "language": "en"},
            "/certify": {"document": "fund-statement", "reference": "UNVTF"},
            "/certify/year": {"code": "UNVTF", "year": self.certificate.certified_on.year - 1},
            "/clauses": {"code": "UNVTF", "language": "en", "number": 1},
            "/documents/clauses": {"code": "UNVTF", "language": "en"},
            "/bank/payouts": {"number": self.first(CardPayout.id)},
            "/contributions/cards": {"number": self.first(CardPayment.id)},
            "/contributions/monthly": {"number": self.first(CardMandate.id)},
            "/contributions/cards/refunds": {
                "number": self.first(CardReturn.id, CardReturn.state == ReturnState.FAILED)
            },
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
            "/grants/<reference>/finance/files": {
                "reference": (accounts := self.first(FinanceFile)).award.reference,
                "file_id": accounts.id,
            },
            "/grants/<reference>/before-agreement": {"reference": unsigned.reference},
            "/grants/<reference>/signing": {
                "reference": self.countersigned.award.reference,
                "number": self.countersigned.id,
                "side": "grantee",
            },
            "/grants/<reference>/terms": {"reference": unsigned.reference},
            "/grants/<reference>/public-name": grant,
            "/grants/<reference>/public-summary": {
                "reference": self.first(PublicSummary).award.reference
            },
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
            "/grants/<reference>/refunds/<int:refund_id>/evidence": {
                "reference": (
                    refunded := self.first(GrantRefund, GrantRefund.evidence_id.is_not(None))
                ).award.reference,
                "refund_id": refunded.id,
            },
            "/grants/<reference>/set-offs": {
                "reference": self.set_off.award.reference,
                "number": self.set_off.number,
            },
            "/grants/<reference>/closing/write-off": {
                "reference": self.first(
                    ForcedClosing, ForcedClosing.state == ForcedState.PROPOSED
                ).award.reference
            },
            "/grants/<reference>/closing/certificate": {
                "reference": self.first(
                    AuditCertificate, AuditCertificate.state == CertificateState.SUBMITTED
                ).award.reference
            },
            "/audit-samples": {"number": self.first(AuditSample.id)},
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
            "/bank-details": {"number": self.first(BankDetails.id)},
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
            "/outreach/contacts": {"contact_id": self.first(OutreachContact.id)},
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
                "reference": self.first(
                    OutsideContribution.reference, OutsideContribution.document_id.is_not(None)
                )
            },
            "/outside/paper": {"token": "nobody-was-sent-this"},
            "/prospects": {"code": "UNVTF"},
            "/thanks": {
                "code": "UNVTF",
                "number": self.one(select(ThanksLetter.id).where(ThanksLetter.sent_at.is_(None))),
            },
            "/thank-you": {"token": self.one(select(ThanksLetter).limit(1)).token},
            "/moving-in": {"number": self.first(Import.id)},
            "/organisations": {
                "code": self.applicant.code,
                "membership_id": self.one(member),
                "topic": "experience",
            },
            "/organisations/<code>/merge": {
                "code": self.waiting_merge.kept.code,
                "other": self.waiting_merge.merged.code,
            },
            "/data-protection/requests": {"number": self.first(ErasureRequest.id)},
            "/tokens": {"number": self.first(ApiToken.id, ApiToken.revoked_at.is_(None))},
            "/cases": {"kind": "application", "number": self.submitted.id},
            "/remarks": {"number": self.first(Remark.id)},
            "/webhooks": {
                "number": self.first(Webhook.id, Webhook.name == "Data warehouse"),
                "event": 1,
            },
            "/retention": {"number": self.first(Purge.id)},
            "/retention/kinds": {"code": "mail", "day": "2015-01-01"},
            "/retention/holds": {"number": self.first(LegalHold.id)},
            "/organisations/merges": {"number": self.waiting_merge.id},
            "/organisations/<code>/papers": {
                "code": self.applicant.code,
                "number": self.first(
                    OrganisationPaper.id,
                    OrganisationPaper.organisation_id == self.applicant.id,
                    OrganisationPaper.ended_at.is_(None),
                ),
            },
            "/organisations/<code>/verification": {"code": self.to_verify},
            "/pledge/": {
                "code": "UNVTF",
                "name": "amount",
                "token": "nobody-was-sent-this",
            },
            "/pledges/changes": {"change_id": self.first(PledgeChange.id)},
            "/pledges/earmarks": {
                "number": self.first(
                    EarmarkProposal.id, EarmarkProposal.state == ProposalState.PROPOSED
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
                "number": self.first(
                    AgreementSigning.id, AgreementSigning.state == AgreementState.COUNTERSIGN
                )
            },
            "/pledges/dates": {"request_id": self.first(NewDate.id)},
            "/pledges": {"reference": pledge.reference, "code": self.donor.code},
            "/donors": {"code": self.donor.code, "contact_id": self.contact_id},
            "/donors/undelivered": {
                "number": self.one(
                    select(UndeliveredEmail.id)
                    .join(UndeliveredEmail.message)
                    .where(Message.attachments != [])
                )
            },
            "/due-diligence": {"case_id": self.examined.id, "evidence_id": self.evidence_id},
            "/due-diligence/new": {"code": self.examined.organisation.code},
            "/due-diligence/organisations": {"code": self.examined.organisation.code},
            "/due-diligence/safeguarding": {"number": self.first(SafeguardingAssessment.id)},
            "/due-diligence/flags": {"number": self.first(Flag.id)},
            "/due-diligence/holds": {"number": self.first(OrganisationHold.id)},
            "/due-diligence/references": {
                "number": self.first(Enquiry.id, Enquiry.answered_on.is_(None))
            },
            "/due-diligence/references/<int:number>/file": {
                "number": self.first(Enquiry.id, Enquiry.document_id.is_not(None))
            },
            "/due-diligence/other-grants": {"number": self.first(OtherGrant.id)},
            "/due-diligence/rules": {"code": "UNVTF"},
            "/sanctions": {
                "list_id": self.first(SanctionsList.id),
                "hit_id": self.first(SanctionsHit.id),
                "action": "confirm",
            },
            "/giving/donors": {
                "code": self.donor.code,
                "contact_id": self.contact_id,
                "token": "nobody-was-sent-this",
            },
            "/funds": {"code": "UNVTF", "year": self.year},
            "/funds/<code>/campaigns": {"code": "UNVTF", "campaign": mailing.campaign.code},
            "/funds/<code>/certified": {
                "code": "UNVTF",
                "serial": self.statement.serial,
                "language": "en",
            },
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
            "/gift/": {"token": token(PAGE, str(self.first(Pledge.id, Pledge.express)))},
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
                "number": self.first(AllowanceRun.id),
            },
            "/people": {"number": self.first(Appointment.person_id)},
            "/people/accounts": {"number": 0},
            "/people/appointments": {"number": self.first(Appointment.id)},
            "/people/roles": {
                "number": self.first(Membership.id, Membership.role == Role.REVIEWER)
            },
            "/access-log/files/": {"number": self.first(Document.id)},
            "/trail": {"number": self.first(TrailRow.id)},
            "/fund-setup": {"code": "UNVTF", "name": "mark"},
            "/funds/<code>/<any(mark, icon):kind>.png": {"code": "UNVTF", "kind": "mark"},
            "/charts/": {"name": "0" * 64, "width": "wide"},
            "/form-files/": {"digest": self.first(FormFile.sha256), "name": "costs.pdf"},
            "/guide/": {"name": "donor"},
            "/settings": {
                "code": "UNVTF",
                "setting": "operating_reserve",
                "number": self.first(SettingChange.id),
            },
            "/reviews": self.review(ReviewState.DECLARED),
            "/reviews/assign/calls": {"reference": self.submitted.call.reference},
            "/reviews/assign": self.review(ReviewState.ASSIGNED),
            "/reviews/assign/<reference>/<int:review_id>/reopen": self.reopenable(),
            "/visits": self.visit(VisitState.PLANNED),
            "/screening": self.in_state(ApplicationState.SUBMITTED),
            "/statements/runs": {"number": self.first(StatementRun.id)},
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
