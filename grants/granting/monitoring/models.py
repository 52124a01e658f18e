"""What is done to see how a grant goes, the plan of it, and the rules of the fund for the plan."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.core.database.db import Base, Key, Minor, Versioned, choice
from grants.core.database.personal import Personal
from grants.core.funds.models import Fund
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.kernel.money import Money, usd
from grants.core.kernel.taxonomies import Term
from grants.core.kernel.workflow import StateName
from grants.core.people.models import Person
from grants.deciding.awards.models import Award, OfAward
from grants.granting.findings.models import Finding, Source
from grants.granting.monitoring.workflow import ACTIVITY, AHEAD, ActivityState
from grants.platform.documents.models import Document


class ActivityKind(Term):
    """How the fund looks at a grant."""

    VISIT = "visit", _l("Monitoring visit")
    SPOT_CHECK = "spot_check", _l("Spot check")
    AUDIT = "audit", _l("Audit")

    @property
    def source(self) -> Source:
        """As what its findings stand in the register."""
        return Source.of(self.value)


LATE = StateName(_p("work", "Overdue"), _p("work", "Overdue"), "bad")


class Activity(OfAward, Versioned, Base):
    """A visit, a spot check or an audit. Where a shelter is, is never written."""

    __tablename__ = "monitoring"
    __personal__ = Personal.ACTED.of("lead_id")
    __bound__ = (
        "id",
        "reference",
        "award_id",
        "kind",
        "state",
        "due_on",
        "purpose",
        "lead_id",
        "others",
        "starts_on",
        "place",
        "held_on",
        "report",
        "recommendation",
        "conclusion",
        "planned_at",
    )
    __table_args__ = (
        CheckConstraint("length(purpose) > 0", name="purpose"),
        CheckConstraint("state <> 'announced' OR starts_on IS NOT NULL", name="announced_day"),
        CheckConstraint(
            "state NOT IN ('held', 'reported', 'closed') OR held_on IS NOT NULL", name="held_day"
        ),
        CheckConstraint(
            "state NOT IN ('reported', 'closed') OR length(report) > 0", name="reported_in_words"
        ),
        Index("ix_monitoring_award", "award_id", "id"),
        Index("ix_monitoring_state_due", "state", "due_on", "id"),
    )

    id: Mapped[Key]
    reference: Mapped[str] = mapped_column(String(40), unique=True)
    award_id: Mapped[int] = mapped_column(ForeignKey("award.id"))
    kind: Mapped[ActivityKind] = mapped_column(choice(ActivityKind))
    state: Mapped[ActivityState] = mapped_column(choice(ActivityState))
    due_on: Mapped[date]
    """By when it has to be held."""
    purpose: Mapped[str] = mapped_column(Text)
    lead_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    others: Mapped[str] = mapped_column(String(300), default="")
    """Who comes too: colleagues, an interpreter, the audit firm."""
    starts_on: Mapped[date | None]
    """As announced to the grantee."""
    place: Mapped[str] = mapped_column(String(200), default="")
    """Where they meet: an office or a town; never a shelter."""
    held_on: Mapped[date | None]
    report: Mapped[str] = mapped_column(Text, default="")
    recommendation: Mapped[str] = mapped_column(Text, default="")
    conclusion: Mapped[str] = mapped_column(Text, default="")
    planned_at: Mapped[datetime]
    award: Mapped[Award] = relationship()
    lead: Mapped[Person] = relationship()
    files: Mapped[list["ActivityFile"]] = relationship(order_by="ActivityFile.id")
    notes: Mapped[list["ActivityFinding"]] = relationship(order_by="ActivityFinding.finding_id")

    @property
    def is_late(self) -> bool:
        return self.state in AHEAD and self.due_on < self.award.fund.today()

    @property
    def name(self) -> StateName:
        """The state in words: what is late after its day."""
        return LATE if self.is_late else ACTIVITY.names[self.state]

    @property
    def findings(self) -> list[Finding]:
        """What was found, in the register."""
        return [item.finding for item in self.notes]


class ActivityFile(Base):
    """A file of a report. Append-only."""

    __tablename__ = "monitoring_file"
    __bound__ = ("id", "monitoring_id", "document_id")

    id: Mapped[Key]
    monitoring_id: Mapped[int] = mapped_column(ForeignKey("monitoring.id"), index=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    document: Mapped[Document] = relationship()


class ActivityFinding(Base):
    """A finding that comes from a visit, a spot check or an audit. Append-only."""

    __tablename__ = "monitoring_finding"
    __bound__ = ("finding_id", "monitoring_id")

    finding_id: Mapped[int] = mapped_column(ForeignKey("finding.id"), primary_key=True)
    monitoring_id: Mapped[int] = mapped_column(ForeignKey("monitoring.id"), index=True)
    finding: Mapped[Finding] = relationship()


class AssuranceRules(Versioned, Base):
    """From which amounts on a fund looks at a grant. A high risk brings a visit and a spot check
    whatever the amount.
    """

    __tablename__ = "assurance_rules"
    __bound__ = ("fund_id", "visit_minor", "spot_check_minor", "audit_minor")
    __table_args__ = (
        CheckConstraint(
            "visit_minor >= 0 AND spot_check_minor >= 0 AND audit_minor >= 0", name="amounts"
        ),
    )

    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"), primary_key=True)
    visit_minor: Mapped[Minor] = mapped_column(default=50_000_00)
    """USD cents: grants above it are visited."""
    spot_check_minor: Mapped[Minor] = mapped_column(default=50_000_00)
    audit_minor: Mapped[Minor] = mapped_column(default=100_000_00)
    fund: Mapped[Fund] = relationship()

    @property
    def id(self) -> int:
        """One row a fund."""
        return self.fund_id

    def above(self, kind: ActivityKind) -> Money:
        """The amount above which a grant is looked at in this way."""
        return usd(int(getattr(self, f"{kind.value}_minor")))


class AssurancePlan(Versioned, Base):
    """How a grant is looked at, as a person decided: as proposed, or otherwise and why."""

    __tablename__ = "assurance_plan"
    __bound__ = ("award_id", "kinds", "proposed", "reason", "decided_at")

    award_id: Mapped[int] = mapped_column(ForeignKey("award.id"), primary_key=True)
    kinds: Mapped[list[str]]
    proposed: Mapped[list[str]]
    """What was proposed on that day."""
    reason: Mapped[str] = mapped_column(Text, default="")
    decided_at: Mapped[datetime]
    award: Mapped[Award] = relationship()

    @property
    def id(self) -> int:
        """One row a grant."""
        return self.award_id

    @property
    def chosen(self) -> list[ActivityKind]:
        """How the grant is looked at."""
        return [ActivityKind.of(kind) for kind in self.kinds]
