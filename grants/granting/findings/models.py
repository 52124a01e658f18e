"""A finding on a grant: what was observed, who answers by when, and what became of it."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.core.database.db import Base, Key, Minor, Versioned, choice
from grants.core.database.personal import Personal
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.kernel.money import Money, usd
from grants.core.kernel.taxonomies import Term
from grants.core.kernel.workflow import StateName
from grants.core.people.models import Person
from grants.deciding.awards.models import Award, OfAward
from grants.granting.findings.workflow import FindingState, Severity, name_of
from grants.granting.recovery.models import RefundRequest
from grants.granting.reporting.models import Report
from grants.platform.documents.models import Document


class Source(Term):
    """From what a finding comes."""

    REPORT = "report", _l("Report by the grantee")
    VISIT = "visit", _l("Monitoring visit")
    SPOT_CHECK = "spot_check", _l("Spot check")
    AUDIT = "audit", _l("Audit")
    OTHER = "other", _p("source", "Other")


class Finding(OfAward, Versioned, Base):
    """One line of the register of findings, whatever it comes from."""

    __tablename__ = "finding"
    __personal__ = Personal.ACTED.of("owner_id")
    __bound__ = (
        "id",
        "reference",
        "award_id",
        "source",
        "report_id",
        "observation",
        "severity",
        "ineligible_minor",
        "state",
        "owner_id",
        "by_grantee",
        "due_on",
        "noted_at",
        "conclusion",
        "claimed_minor",
        "refund_id",
        "escalated_on",
        "request_id",
    )
    __table_args__ = (
        CheckConstraint("(source = 'report') = (report_id IS NOT NULL)", name="source_report"),
        CheckConstraint("length(observation) > 0", name="observation"),
        CheckConstraint("ineligible_minor >= 0 AND claimed_minor >= 0", name="amounts"),
        CheckConstraint(
            "(state = 'to_recover' OR refund_id IS NOT NULL) <= (claimed_minor > 0)",
            name="claimed_amount",
        ),
        CheckConstraint(
            "state <> 'closed' OR length(conclusion) > 0", name="closed_with_conclusion"
        ),
        Index("ix_finding_award", "award_id", "id"),
        Index("ix_finding_state_due", "state", "due_on", "id"),
        Index("ix_finding_owner", "owner_id", "state"),
    )

    id: Mapped[Key]
    reference: Mapped[str] = mapped_column(String(40), unique=True)
    award_id: Mapped[int] = mapped_column(ForeignKey("award.id"))
    source: Mapped[Source] = mapped_column(choice(Source))
    report_id: Mapped[int | None] = mapped_column(ForeignKey("report.id"))
    observation: Mapped[str] = mapped_column(Text)
    """What is wrong, in words that name no victim."""
    severity: Mapped[Severity] = mapped_column(choice(Severity))
    ineligible_minor: Mapped[Minor] = mapped_column(default=0)
    """USD cents that seem to be spent against the agreement; 0 where it is not about money."""
    state: Mapped[FindingState] = mapped_column(choice(FindingState))
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    by_grantee: Mapped[bool]
    """The owner acts for the grantee, and any colleague may answer; else it is one of the fund."""
    due_on: Mapped[date]
    noted_at: Mapped[datetime]
    conclusion: Mapped[str] = mapped_column(Text, default="")
    """Why the fund closes it, or asks for the money back."""
    claimed_minor: Mapped[Minor] = mapped_column(default=0)
    """USD cents that the grantee has to refund because of it."""
    refund_id: Mapped[int | None] = mapped_column(ForeignKey("grant_refund.id"))
    """The refund that brought them."""
    request_id: Mapped[int | None] = mapped_column(ForeignKey(RefundRequest.id), index=True)
    """The letter that asks for them: the finding closes with it."""
    escalated_on: Mapped[date | None]
    """When the fund manager was told that it is late."""
    award: Mapped[Award] = relationship()
    report: Mapped[Report | None] = relationship()
    owner: Mapped[Person] = relationship()
    request: Mapped[RefundRequest | None] = relationship()
    answers: Mapped[list["FindingAnswer"]] = relationship(order_by="FindingAnswer.id")
    files: Mapped[list["FindingFile"]] = relationship(order_by="FindingFile.id")

    @hybrid_property
    def is_answered(self) -> bool:
        """Is the fund to check the answer?"""
        return self.state == FindingState.ANSWERED

    @property
    def ineligible(self) -> Money:
        return usd(self.ineligible_minor)

    @property
    def claimed(self) -> Money:
        return usd(self.claimed_minor)

    @property
    def origin(self) -> str:
        """From what it comes, in words: a report with its number."""
        if self.report is None:
            return str(self.source.label)
        return _("Report %(number)s", number=self.report.number)

    @property
    def name(self) -> StateName:
        """The state in words, on the fund's day."""
        return name_of(self.state, self.due_on, self.award.fund.today())


class FindingAnswer(Base):
    """What the owner answered, each time. Append-only."""

    __tablename__ = "finding_answer"
    __personal__ = Personal.ACTED.of("person_id")
    __bound__ = ("id", "finding_id", "text", "person_id", "answered_at")

    id: Mapped[Key]
    finding_id: Mapped[int] = mapped_column(ForeignKey("finding.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime]
    person: Mapped[Person | None] = relationship()


class FindingFile(Base):
    """A file that shows something about a finding. Append-only."""

    __tablename__ = "finding_file"
    __bound__ = ("id", "finding_id", "document_id")

    id: Mapped[Key]
    finding_id: Mapped[int] = mapped_column(ForeignKey("finding.id"), index=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    document: Mapped[Document] = relationship()
