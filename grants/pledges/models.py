"""A pledge and the instalments it is promised in. A memorandum: it posts nothing."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, composite, mapped_column, query_expression, relationship

from grants.documents.models import Document
from grants.funds.models import Fund
from grants.kernel.db import Base, Currency, Key, Minor, Versioned, choice
from grants.kernel.language import lazy_gettext as _l
from grants.kernel.money import Money
from grants.kernel.taxonomies import Earmarking, Term
from grants.people.models import Organisation
from grants.people.viewer import Scope
from grants.pledges.workflow import PledgeState


class Source(Term):
    """How a pledge reached the fund."""

    ONLINE = "online", _l("Made on these pages")
    NOTE_VERBALE = "note_verbale", _l("Note verbale")
    LETTER = "letter", _l("Letter or e-mail")
    CONFERENCE = "conference", _l("Announced at a conference")
    RECORDS = "records", _l("Taken over from earlier records")


class Pledge(Versioned, Base):
    """What a donor promised. Never rewritten: what came of it stands in its contributions."""

    __tablename__ = "pledge"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint(
            "state IN ('unconfirmed', 'withdrawn') OR donor_id IS NOT NULL",
            name="confirmed_by_a_donor",
        ),
        CheckConstraint(
            "state <> 'signed' OR agreement_signed_on IS NOT NULL", name="signed_on_a_day"
        ),
        Index("ix_pledge_fund_newest", "fund_id", "id"),
        CheckConstraint(
            "earmarking <> 'unearmarked' OR earmarked_for IS NULL", name="unearmarked_for_nothing"
        ),
        Index("ix_pledge_donor", "donor_id", "id"),
        Index("ix_pledge_state_newest", "state", "id"),
        Index(
            "ix_pledge_reference_begins",
            "reference",
            postgresql_ops={"reference": "varchar_pattern_ops"},
        ),
        Index(
            "ix_pledge_unconfirmed_email",
            text("lower(promise ->> 'email')"),
            postgresql_where=text("state = 'unconfirmed'"),
        ),
    )

    id: Mapped[Key]
    reference: Mapped[str] = mapped_column(String(40), unique=True)
    """What a payment quotes; its last sign is a check mark."""
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    donor_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    """None until the e-mail's link is confirmed."""
    key: Mapped[str | None] = mapped_column(String(64), unique=True)
    """Idempotency: whoever sends the same pledge twice makes one."""
    source: Mapped[Source] = mapped_column(choice(Source, "pledge_source"), default=Source.ONLINE)
    source_note: Mapped[str | None] = mapped_column(String(200))
    """Which note, letter or conference."""
    state: Mapped[PledgeState] = mapped_column(choice(PledgeState))
    amount_minor: Mapped[Minor]
    currency: Mapped[Currency]
    amount: Mapped[Money] = composite("amount_minor", "currency")
    earmarking: Mapped[Earmarking] = mapped_column(choice(Earmarking))
    earmarked_for: Mapped[str | None] = mapped_column(Text)
    """In the donor's words, unless unearmarked."""
    message: Mapped[str | None] = mapped_column(Text)
    public_name: Mapped[bool] = mapped_column(default=True)
    """May the public see the donor's name beside this pledge?"""
    conditional: Mapped[bool] = mapped_column(default=False)
    pledged_on: Mapped[date]
    agreement_signed_on: Mapped[date | None]
    agreement_document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    promise: Mapped[dict[str, str]] = mapped_column(default=dict)
    """Who pledged, as typed, until confirmed: name, kind, country, contact, email, language."""
    made_at: Mapped[datetime]

    fund: Mapped[Fund] = relationship()
    donor: Mapped[Organisation | None] = relationship()
    agreement_document: Mapped[Document | None] = relationship()
    received_minor: Mapped[int | None] = query_expression()
    """What came so far, bank fees included, in queries that ask for it (`with_received`)."""
    instalments: Mapped[list["PledgeInstalment"]] = relationship(
        back_populates="pledge", order_by="PledgeInstalment.number", cascade="all, delete-orphan"
    )

    @property
    def scope(self) -> Scope:
        return Scope(self.fund_id, self.donor_id)

    @property
    def subject(self) -> str:
        """What the ledger calls it."""
        return f"pledge:{self.id}"


class PledgeInstalment(Base):
    """One promised payment; the instalments of a pledge add up to it."""

    __tablename__ = "pledge_instalment"
    __table_args__ = (CheckConstraint("amount_minor > 0", name="amount"),)

    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledge.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    due_on: Mapped[date]
    amount_minor: Mapped[Minor]
    """Minor units of the pledge's currency."""
    pledge: Mapped[Pledge] = relationship(back_populates="instalments")

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.pledge.currency)
