"""The register of contributions outside the fund."""

from datetime import date, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, composite, mapped_column, relationship

from grants.core.database.db import Base, Currency, Key, Minor, Versioned, choice
from grants.core.database.personal import Personal
from grants.core.database.seals import token
from grants.core.funds.models import Fund
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.money import Money, usd
from grants.core.kernel.taxonomies import DonorKind, Term
from grants.core.people.owned import OfFund
from grants.giving.outside.workflow import OutsideState
from grants.platform.documents.models import Document

OPEN_FOR = timedelta(days=30)
"""From the day on which it is handed on, the office opens the donor's paper."""
PAPER = "paper of a contribution outside the fund"
"""Purpose of the token in its address."""


class Purpose(Term):
    """What money outside the fund is for."""

    GENERAL = "general", _l("General purposes of the office")
    PROGRAMME = "programme", _l("A programme or project of the office")


class OutsideContribution(OfFund, Versioned, Base):
    """What a donor would give to the office that manages the fund, and not to the fund: who, how
    much, for what, and to whom it was handed on. It is in no book of the fund.
    """

    __tablename__ = "outside_contribution"
    __personal__ = (
        Personal.CONTACT.of("contact", "email")
        | Personal.RECORD.of("donor_name", "wording")
        | Personal.OTHER.of("office")
    )
    __bound__ = (
        "id",
        "reference",
        "key",
        "fund_id",
        "donor_name",
        "donor_kind",
        "contact",
        "email",
        "language",
        "purpose",
        "wording",
        "amount_minor",
        "currency",
        "usd_minor",
        "announced_on",
        "state",
        "office",
        "handed_on",
        "document_id",
        "confirmed_on",
        "office_reference",
    )
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint(
            "state NOT IN ('handed_on', 'confirmed')"
            " OR (office IS NOT NULL AND handed_on IS NOT NULL)",
            name="handed_on_to_an_office",
        ),
        CheckConstraint(
            "(state = 'confirmed') = (confirmed_on IS NOT NULL)", name="confirmed_on_a_day"
        ),
        Index("ix_outside_contribution_fund", "fund_id", "announced_on"),
        Index("ix_outside_contribution_state", "state", "id"),
    )

    id: Mapped[Key]
    reference: Mapped[str] = mapped_column(String(40), unique=True)
    key: Mapped[str | None] = mapped_column(String(64), unique=True)
    """Idempotency: what is sent twice is one contribution."""
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    donor_name: Mapped[str] = mapped_column(String(200))
    donor_kind: Mapped[DonorKind] = mapped_column(choice(DonorKind, "outside_donor_kind"))
    contact: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(10))
    purpose: Mapped[Purpose] = mapped_column(choice(Purpose, "outside_purpose"))
    wording: Mapped[str] = mapped_column(Text, default="")
    """Which programme, and for what, in the donor's words."""
    amount_minor: Mapped[Minor]
    currency: Mapped[Currency]
    amount: Mapped[Money] = composite("amount_minor", "currency")
    usd_minor: Mapped[Minor | None]
    """At the rate of the day on which it was told; none where there was no rate."""
    announced_on: Mapped[date]
    state: Mapped[OutsideState] = mapped_column(choice(OutsideState))
    office: Mapped[str | None] = mapped_column(String(254))
    """The address of the office that it was handed on to."""
    handed_on: Mapped[date | None]
    document_id: Mapped[int | None] = mapped_column(ForeignKey(Document.id))
    """The donor's note or letter."""
    confirmed_on: Mapped[date | None]
    office_reference: Mapped[str] = mapped_column(String(80), default="")
    """Under which the office has it."""
    fund: Mapped[Fund] = relationship()
    document: Mapped[Document | None] = relationship()

    @property
    def paper_until(self) -> date | None:
        """The last day on which the office opens the donor's paper by the link; None where there is
        no such link: nothing was handed on, or the office has it.
        """
        if self.document_id is None or self.handed_on is None:
            return None
        return self.handed_on + OPEN_FOR if self.state is OutsideState.HANDED_ON else None

    @property
    def paper_path(self) -> str:
        """The address of the page that the office opens."""
        return f"/outside/paper/{token(PAPER, str(self.id))}"

    @property
    def worth(self) -> Money | None:
        """In US dollars, at the rate of the day on which it was told."""
        return None if self.usd_minor is None else usd(self.usd_minor)
