"""A grantee's report on a span of its grant. Counts of people, never names."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.core.database.bound import Unbound
from grants.core.database.db import Base, InUsd, Key, Minor, Texts, Versioned, choice
from grants.core.database.personal import Personal
from grants.core.kernel.language import in_language
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.money import Money, usd
from grants.core.kernel.taxonomies import Term
from grants.deciding.awards.models import Award, OfAward
from grants.granting.reporting.workflow import ANSWERED, PartAnswer, ReportPart, ReportState
from grants.platform.documents.models import Document
from grants.platform.questionnaires.saving import SavedAnswers


class ReportKind(Term):
    """Interim reports come while the grant runs; the final one ends it."""

    INTERIM = "interim", _l("Interim report")
    FINAL = "final", _l("Final report")


class BudgetLine(InUsd, Base):
    """What a grant has for one category: the grantee reports its spending against it."""

    __tablename__ = "budget_line"
    __bound__ = ("award_id", "category", "position", "amount_minor", "label", "lines")
    __table_args__ = (
        UniqueConstraint("award_id", "position"),
        CheckConstraint("amount_minor >= 0", name="amount"),
    )

    award_id: Mapped[int] = mapped_column(ForeignKey("award.id"), primary_key=True)
    category: Mapped[str] = mapped_column(String(60), primary_key=True)
    position: Mapped[int]
    label: Mapped[Texts]
    """As the call named the category, in its languages."""
    amount_minor: Mapped[Minor]
    """USD cents; 0 where the application had no budget."""
    lines: Mapped[list[dict[str, Any]]] = mapped_column(default=list, server_default="[]")
    """The lines of the budget that the grantee revised, {"number", "description", "amount"}; none
    where the application's hold.
    """

    @property
    def name(self) -> str:
        """The category in the reader's language."""
        return in_language(self.label)


class Report(OfAward, Versioned, Base):
    """One narrative and financial report. What it says is there once it was sent."""

    __tablename__ = "report"
    __bound__ = (
        "id",
        "award_id",
        "number",
        "kind",
        "state",
        "covers_from",
        "covers_to",
        "narrative",
        "expenditure",
        "people",
        "spent_minor",
        "submitted_at",
        "due_on",
        "challenges",
        "explanation",
        "beneficiaries",
        "exploitation",
        "services",
        "decided_at",
        "narrative_answer",
        "finances_answer",
        "times_sent",
        "results",
        "line_spending",
        "exchange",
        "answers",
        "explanations",
        "circumstances",
    )
    __bound_from__ = "submitted_at"
    __deletable__ = True
    __table_args__ = (
        UniqueConstraint("award_id", "number"),
        CheckConstraint("covers_from <= covers_to AND covers_to <= due_on", name="period"),
        CheckConstraint("spent_minor >= 0 AND people >= 0", name="counts"),
        CheckConstraint(
            "state = 'due' OR submitted_at IS NOT NULL",
            name="sent_with_its_content",
        ),
        Index("ix_report_state_due", "state", "due_on", "id"),
        Index("ix_report_due", "due_on", "id"),
        Index(
            "ix_report_spent",
            "award_id",
            postgresql_include=["spent_minor"],
            postgresql_where=text("state IN ('submitted', 'accepted')"),
        ),
    )

    id: Mapped[Key]
    award_id: Mapped[int] = mapped_column(ForeignKey("award.id"))
    number: Mapped[int]
    kind: Mapped[ReportKind] = mapped_column(choice(ReportKind))
    state: Mapped[ReportState] = mapped_column(choice(ReportState))
    covers_from: Mapped[date]
    covers_to: Mapped[date]
    due_on: Mapped[date]
    narrative: Mapped[str] = mapped_column(Text, default="")
    challenges: Mapped[str] = mapped_column(Text, default="")
    explanation: Mapped[str] = mapped_column(Text, default="")
    """What else there is to know about the spending."""
    explanations: Mapped[dict[str, str]] = mapped_column(default=dict)
    """Line of the budget → why its spending differs from it by more than the tolerance."""
    beneficiaries: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Sex → age band → people new in this period; each person once over all reports."""
    exploitation: Mapped[dict[str, int]] = mapped_column(default=dict)
    """Main form of exploitation → the same people."""
    services: Mapped[dict[str, int]] = mapped_column(default=dict)
    """Service → people served in this period, also those counted as new before."""
    circumstances: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Pillars, roles of the country, recruitment and grounds of discrimination → code → people
    assisted in this period, who may count under several.
    """
    results: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Number of a planned result → what was reached: "now" in this period, "so_far", and "why" it
    differs from the plan.
    """
    expenditure: Mapped[dict[str, str]] = mapped_column(default=dict)
    """Budget category → USD with two decimals, spent in this period."""
    line_spending: Mapped[dict[str, str]] = mapped_column(default=dict)
    """The organisation's own budget line → the same USD; empty where it tells whole categories."""
    exchange: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """The grantee's currency, its rate for 1 USD, the rate's source, and the amounts in it; empty:
    it spent in USD.
    """
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Section of the report form of its call → input name → texts."""
    people: Mapped[int] = mapped_column(default=0)
    """All the beneficiaries: the sum of the table."""
    spent_minor: Mapped[Minor] = mapped_column(default=0)
    """USD cents spent in this period: the sum of the expenditure."""
    submitted_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    """When both its parts were accepted."""
    narrative_answer: Mapped[PartAnswer] = mapped_column(
        choice(PartAnswer, "narrative_answer"), default=PartAnswer.NONE
    )
    finances_answer: Mapped[PartAnswer] = mapped_column(
        choice(PartAnswer, "finances_answer"), default=PartAnswer.NONE
    )
    times_sent: Mapped[int] = mapped_column(default=0)
    """How often the grantee has submitted it."""
    award: Mapped[Award] = relationship()

    @hybrid_property
    def is_due(self) -> bool:
        """Has it still to be submitted for the first time?"""
        return self.state == ReportState.DUE

    @hybrid_property
    def is_submitted(self) -> bool:
        """Does it wait for the fund?"""
        return self.state == ReportState.SUBMITTED

    @hybrid_property
    def is_returned(self) -> bool:
        """Does it wait for corrections?"""
        return self.state == ReportState.SENT_BACK

    @hybrid_property
    def is_accepted(self) -> bool:
        return self.state == ReportState.ACCEPTED

    def answer_to(self, part: ReportPart) -> PartAnswer:
        """What the fund has answered to its narrative or its finances."""
        return self.narrative_answer if part is ReportPart.NARRATIVE else self.finances_answer

    def waits_for_answer(self, part: ReportPart) -> bool:
        """Has the fund still to accept this part, or to return sections of it?"""
        return self.state in ANSWERED and self.answer_to(part) is PartAnswer.NONE

    def set_answer(self, part: ReportPart, answer: PartAnswer) -> None:
        if part is ReportPart.NARRATIVE:
            self.narrative_answer = answer
        else:
            self.finances_answer = answer

    @property
    def may_be_submitted(self) -> bool:
        """Has the period that it covers come to its last day?"""
        return self.award.fund.today() >= self.covers_to

    @property
    def spent(self) -> Money:
        return usd(self.spent_minor)


class ReturnedSection(Base):
    """A section that the fund returned: what is to be corrected, and what it said until then."""

    __tablename__ = "returned_section"
    __bound__ = ("report_id", "times_sent", "section", "correction", "typed", "returned_at")

    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), primary_key=True)
    times_sent: Mapped[int] = mapped_column(primary_key=True)
    """Which submission of the report it was returned from: 1 for the first."""
    section: Mapped[str] = mapped_column(String(40), primary_key=True)
    correction: Mapped[str] = mapped_column(Text)
    typed: Mapped[dict[str, Any]]
    """Input name → texts, as they were submitted."""
    returned_at: Mapped[datetime]


class FileKind(Term):
    """What a file of a report shows."""

    RECEIPT = "receipt", _l("Receipts and invoices")
    PHOTOGRAPH = "photograph", _l("Photographs, without the people who were assisted")
    LIST = "list", _l("Lists and other papers, without names of those assisted")
    RATE = "rate", _l("Evidence of the exchange rate")


class ReportFile(Base):
    """A file beside a report; what was submitted with it stays."""

    __tablename__ = "report_file"
    __bound__ = ("id", "report_id", "kind", "document_id", "added_at", "removed_at")
    __table_args__ = (Index("ix_report_file_report", "report_id", "id"),)

    id: Mapped[Key]
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"))
    kind: Mapped[FileKind] = mapped_column(choice(FileKind))
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    report: Mapped[Report] = relationship()
    document: Mapped[Document] = relationship(lazy="joined")

    @property
    def was_submitted(self) -> bool:
        """Was the report submitted with it?"""
        submitted_at = self.report.submitted_at
        return submitted_at is not None and self.added_at <= submitted_at


class ReportDraft(SavedAnswers, Base):
    """One section of a report as its writer left it, whatever it is; each save keeps it."""

    __tablename__ = "report_draft"
    __personal__ = Personal.ACTED.of("saved_by_id")
    __unbound__ = Unbound.DRAFT

    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), primary_key=True)
    section: Mapped[str] = mapped_column(String(40), primary_key=True)
    attested: Mapped[list[str]] = mapped_column(default=list)
    """Digests of words that looked as if they mentioned a victim, and do not: the writer said
    so."""
