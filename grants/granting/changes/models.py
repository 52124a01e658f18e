"""A change of a grant: what was asked for, and the terms before and after it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.core.database.db import Base, Key, Versioned, choice
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.money import Money
from grants.deciding.awards.models import Award, OfAward
from grants.granting.changes.kinds import KINDS, Kind
from grants.granting.changes.terms import Terms
from grants.granting.changes.workflow import ChangeKind, ChangeState
from grants.platform.documents.models import Document

ONE_AT_A_TIME = (
    "state IN ('requested', 'sent_back', 'recommended', 'approved', 'returned', 'agreed')"
    " AND kind NOT IN ('suspension', 'termination', 'reduction')"
)

ADDITION = _l("Additional money, same last day")


class GrantChange(OfAward, Versioned, Base):
    """One change, from the request to its effect. Of those that both sign, one is open at a time.

    What has taken effect never changes: the database keeps it.
    """

    __tablename__ = "grant_change"
    __bound__ = (
        "id",
        "award_id",
        "number",
        "kind",
        "state",
        "by_grantee",
        "by_notice",
        "asked",
        "before",
        "after",
        "reason",
        "requested_at",
        "amendment",
        "document_id",
        "returned_document_id",
        "in_force_at",
        "effective_on",
    )
    __table_args__ = (
        UniqueConstraint("award_id", "number"),
        UniqueConstraint("award_id", "amendment"),
        CheckConstraint("length(reason) > 0", name="reason"),
        CheckConstraint(
            "state NOT IN ('in_force', 'lifted') OR in_force_at IS NOT NULL", name="in_force_when"
        ),
        CheckConstraint("state != 'agreed' OR effective_on IS NOT NULL", name="agreed_for"),
        Index(
            "uq_grant_change_open",
            "award_id",
            unique=True,
            postgresql_where=text(ONE_AT_A_TIME),
        ),
        Index("ix_grant_change_state", "state", "award_id"),
    )

    id: Mapped[Key]
    award_id: Mapped[int] = mapped_column(ForeignKey(Award.id))
    number: Mapped[int]
    """Of the changes of this grant, from 1."""
    kind: Mapped[ChangeKind] = mapped_column(choice(ChangeKind))
    state: Mapped[ChangeState] = mapped_column(choice(ChangeState, "grantchangestate"))
    by_grantee: Mapped[bool]
    """The organisation asked for it; else the fund began it."""
    by_notice: Mapped[bool]
    """Within the fund's tolerance: in force without approval."""
    asked: Mapped[dict[str, Any]]
    """What is asked for, as its kind reads it (kinds.py)."""
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    """All terms (terms.py), as they were drawn up; as they came into force once they have."""
    reason: Mapped[str] = mapped_column(Text)
    requested_at: Mapped[datetime]
    effective_on: Mapped[date | None]
    """From which day it is in force, once it is agreed; None: as soon as it is."""
    amendment: Mapped[int | None]
    """The number of the amendment, given with the approval."""
    returned_document_id: Mapped[int | None] = mapped_column(ForeignKey(Document.id))
    """The amendment as the organisation signed it."""
    document_id: Mapped[int | None] = mapped_column(ForeignKey(Document.id))
    """The amendment with both signatures."""
    in_force_at: Mapped[datetime | None]
    award: Mapped[Award] = relationship()
    document: Mapped[Document | None] = relationship(foreign_keys=document_id)
    returned_document: Mapped[Document | None] = relationship(foreign_keys=returned_document_id)

    @property
    def awaits_day(self) -> bool:
        """Is it agreed, and in force from a day to come?"""
        return self.state is ChangeState.AGREED

    @property
    def more_money(self) -> Money:
        """By how much the award grows; negative where it shrinks."""
        return self.terms_after.amount - self.terms_before.amount

    @property
    def is_for_later(self) -> bool:
        """Is its day still to come, in the fund's time?"""
        return self.effective_on is not None and self.effective_on > self.award.fund.today()

    @property
    def row(self) -> Kind:
        """What its kind does."""
        return KINDS[self.kind]

    @property
    def label(self) -> object:
        """What changes: additional money alone is no extension."""
        same_day = self.before["ends_on"] == self.after["ends_on"]
        return ADDITION if self.kind is ChangeKind.TOP_UP and same_day else self.kind.label

    @property
    def terms_before(self) -> Terms:
        return Terms.from_json(self.before)

    @property
    def terms_after(self) -> Terms:
        return Terms.from_json(self.after)
