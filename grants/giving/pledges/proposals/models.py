"""Other terms of an earmark, proposed by the fund."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.core.database.db import Base, Key, Versioned, choice
from grants.core.kernel.taxonomies import Earmarking, RegionalGroup, Service, Window
from grants.core.people.viewer import Scope
from grants.giving.pledges.models import Pledge, worded
from grants.giving.pledges.proposals.workflow import ProposalState
from grants.platform.documents.models import Document


class EarmarkProposal(Versioned, Base):
    """What a pledge is to be earmarked for instead: before its agreement, or when its end has come.
    Once its donor agrees, the pledge has these terms.
    """

    __tablename__ = "earmark_proposal"
    __bound__ = (
        "id",
        "pledge_id",
        "earmarking",
        "earmarked_for",
        "earmarked_window",
        "earmarked_region",
        "earmarked_theme",
        "earmarked_countries",
        "earmarked_until",
        "reason",
        "state",
        "proposed_at",
        "answer",
        "decided_on",
        "document_id",
        "before",
    )
    __table_args__ = (
        CheckConstraint("length(reason) > 0", name="reason"),
        CheckConstraint("state = 'proposed' OR decided_on IS NOT NULL", name="decided_on_a_day"),
        Index("ix_earmark_proposal_pledge", "pledge_id", "id"),
        Index(
            "ix_earmark_proposal_open",
            "pledge_id",
            unique=True,
            postgresql_where=text("state = 'proposed'"),
        ),
    )

    id: Mapped[Key]
    pledge_id: Mapped[int] = mapped_column(ForeignKey(Pledge.id))
    earmarking: Mapped[Earmarking] = mapped_column(choice(Earmarking, "proposed_earmarking"))
    earmarked_for: Mapped[str | None] = mapped_column(Text)
    earmarked_window: Mapped[Window | None] = mapped_column(choice(Window, "proposed_window"))
    earmarked_region: Mapped[RegionalGroup | None] = mapped_column(
        choice(RegionalGroup, "proposed_region")
    )
    earmarked_theme: Mapped[Service | None] = mapped_column(choice(Service, "proposed_theme"))
    earmarked_countries: Mapped[list[str]] = mapped_column(default=list)
    earmarked_until: Mapped[date | None]
    reason: Mapped[str] = mapped_column(Text)
    """Why the fund proposes it; the donor reads it."""
    before: Mapped[str] = mapped_column(Text)
    """What the pledge was for when it was proposed, in words."""
    state: Mapped[ProposalState] = mapped_column(choice(ProposalState))
    proposed_at: Mapped[datetime]
    answer: Mapped[str | None] = mapped_column(Text)
    """What the donor says to it."""
    decided_on: Mapped[date | None]
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    """The donor's letter, where the fund recorded the answer."""
    pledge: Mapped[Pledge] = relationship()
    document: Mapped[Document | None] = relationship()

    @property
    def scope(self) -> Scope:
        return self.pledge.scope

    @property
    def until_now(self) -> str:
        """For what the pledge is while the donor has not answered, in the reader's language; later
        what it was for, as recorded.
        """
        return self.pledge.purpose if self.state is ProposalState.PROPOSED else self.before

    @property
    def purpose(self) -> str:
        """For what the pledge would be, in the reader's language; "" for nothing in particular."""
        terms = (self.earmarked_window, self.earmarked_region, self.earmarked_theme)
        return worded(terms, self.earmarked_for, self.earmarked_countries, self.earmarked_until)
