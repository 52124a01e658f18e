"""A pledge, the instalments it is promised in, and what was taken from it since."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    cast,
    func,
    select,
    text,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import (
    Mapped,
    column_property,
    composite,
    mapped_column,
    query_expression,
    relationship,
)

from grants.core.countries.countries import country_name
from grants.core.database.db import Base, Currency, Key, Minor, Versioned, choice
from grants.core.database.personal import Personal
from grants.core.funds.models import Fund
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.money import Money
from grants.core.kernel.taxonomies import (
    DonorKind,
    Earmarking,
    RegionalGroup,
    Service,
    Term,
    Window,
)
from grants.core.people.models import Organisation
from grants.core.people.viewer import Scope
from grants.core.texts.formats import plain_day, plain_money, whole_money
from grants.giving.pledges.workflow import STANDING, ChangeState, PledgeState
from grants.platform.documents.models import Document


class Source(Term):
    """How a pledge reached the fund."""

    ONLINE = "online", _l("Made online")
    NOTE_VERBALE = "note_verbale", _l("Note verbale")
    LETTER = "letter", _l("Letter or e-mail")
    CONFERENCE = "conference", _l("Announced at a conference")
    RECORDS = "records", _l("Imported from earlier records")


class ChangeKind(Term):
    """Why less will come than was promised."""

    REDUCTION = "reduction", _l("Reduced by the donor")
    WITHDRAWAL = "withdrawal", _l("Withdrawn by the donor")
    WRITE_OFF = "write_off", _l("Written off by the fund")


class PledgeChange(Versioned, Base):
    """A part of a pledge that will not come: one person asks for it, another decides.

    The pledge itself stays as it was promised; approved changes are taken from it.
    """

    __tablename__ = "pledge_change"
    __personal__ = Personal.ACTED.of("requested_by_id", "decided_by_id")
    __bound__ = (
        "id",
        "pledge_id",
        "kind",
        "amount_minor",
        "reason",
        "document_id",
        "state",
        "decided_on",
        "decided_by_id",
        "requested_at",
        "requested_by_id",
        "in_books",
    )
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("state = 'requested' OR decided_on IS NOT NULL", name="decided_on_a_day"),
        CheckConstraint("requested_by_id <> decided_by_id", name="two_persons"),
        CheckConstraint("state <> 'refused' OR NOT in_books", name="refused_is_not_booked"),
        Index("ix_pledge_change_pledge", "pledge_id", "id"),
        Index(
            "ix_pledge_change_open",
            "pledge_id",
            unique=True,
            postgresql_where=text("state = 'requested'"),
        ),
    )

    id: Mapped[Key]
    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledge.id"))
    kind: Mapped[ChangeKind] = mapped_column(choice(ChangeKind))
    amount_minor: Mapped[Minor]
    """How much less, in the pledge's currency."""
    reason: Mapped[str] = mapped_column(Text)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    """The donor's letter, or what else shows why."""
    state: Mapped[ChangeState] = mapped_column(choice(ChangeState))
    requested_at: Mapped[datetime]
    requested_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    decided_on: Mapped[date | None]
    """From this day on less is owed; a write-off is booked on it."""
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    in_books: Mapped[bool] = mapped_column(default=False)
    """A receivable was written off for it."""
    pledge: Mapped["Pledge"] = relationship(back_populates="changes")
    document: Mapped[Document] = relationship()

    @property
    def scope(self) -> Scope:
        return Scope(self.pledge.fund_id)

    @hybrid_property
    def awaits_decision(self) -> bool:
        return self.state == ChangeState.REQUESTED

    @hybrid_property
    def is_approved(self) -> bool:
        return self.state == ChangeState.APPROVED

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.pledge.currency)


class Pledge(Versioned, Base):
    """What a donor promised. Never rewritten: what followed is in its contributions, what
    will not come in its changes.
    """

    __tablename__ = "pledge"
    __personal__ = Personal.OTHER.of("public_name")
    __bound__ = (
        "id",
        "reference",
        "fund_id",
        "donor_id",
        "amount_minor",
        "currency",
        "state",
        "conditional",
        "pledged_on",
        "agreement_signed_on",
        "agreement_document_id",
        "earmarking",
        "earmarked_for",
        "condition",
        "revision",
        "key",
        "source",
        "source_note",
        "earmarked_window",
        "earmarked_region",
        "earmarked_theme",
        "message",
        "public_name",
        "returned_document_id",
        "promise",
        "made_at",
        "earmarked_countries",
        "earmarked_until",
        "earmarked_call_id",
        "earmarked_award_id",
        "express",
        "chosen_minor",
        "chosen_currency",
        "chosen_rate_on",
        "note_document_id",
    )
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint(
            "state IN ('unconfirmed', 'withdrawn') OR donor_id IS NOT NULL",
            name="confirmed_by_a_donor",
        ),
        CheckConstraint(
            "state <> 'signed' OR agreement_signed_on IS NOT NULL", name="signed_on_a_day"
        ),
        CheckConstraint(
            "(chosen_minor IS NULL) = (chosen_currency IS NULL)"
            " AND (chosen_minor IS NULL) = (chosen_rate_on IS NULL)",
            name="chosen_whole",
        ),
        CheckConstraint("NOT express OR earmarking = 'unearmarked'", name="express_gift"),
        Index("ix_pledge_fund_newest", "fund_id", "id"),
        CheckConstraint(
            "earmarking <> 'unearmarked' OR (earmarked_for IS NULL AND earmarked_window IS NULL"
            " AND earmarked_region IS NULL AND earmarked_theme IS NULL)",
            name="unearmarked_for_nothing",
        ),
        CheckConstraint(
            "earmarking <> 'unearmarked' OR (earmarked_countries = '[]' AND earmarked_until IS NULL"
            " AND earmarked_call_id IS NULL AND earmarked_award_id IS NULL)",
            name="unearmarked_without_terms",
        ),
        Index(
            "ix_pledge_earmarked",
            "fund_id",
            "id",
            postgresql_where=text("earmarking <> 'unearmarked'"),
        ),
        Index("ix_pledge_donor", "donor_id", "id"),
        Index(
            "ix_pledge_reference_ends",
            text("right(regexp_replace(upper(reference), '[^A-Z0-9]', '', 'g'), 8)"),
        ),
        Index("ix_pledge_state_newest", "state", "id", postgresql_include=["fund_id"]),
        Index(
            "ix_pledge_returned",
            "id",
            postgresql_include=["fund_id"],
            postgresql_where=text(
                "returned_document_id IS NOT NULL AND state IN ('pledged', 'acknowledged')"
            ),
        ),
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

    id: Mapped[Key] = mapped_column()
    reference: Mapped[str] = mapped_column(String(40), unique=True)
    """What a payment quotes; its last character is a check character."""
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    donor_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    """None until the e-mail's link is confirmed."""
    key: Mapped[str | None] = mapped_column(String(64), unique=True)
    """Idempotency: a person who sends the same pledge twice makes one."""
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
    earmarked_window: Mapped[Window | None] = mapped_column(choice(Window, "pledge_window"))
    earmarked_region: Mapped[RegionalGroup | None] = mapped_column(
        choice(RegionalGroup, "pledge_region")
    )
    earmarked_theme: Mapped[Service | None] = mapped_column(choice(Service, "pledge_theme"))
    earmarked_countries: Mapped[list[str]] = mapped_column(default=list)
    """ISO alpha-2 codes, in order; none: any country."""
    earmarked_until: Mapped[date | None]
    """The last day on which a grant agreement may take from it."""
    earmarked_call_id: Mapped[int | None] = mapped_column(ForeignKey("call.id"))
    earmarked_award_id: Mapped[int | None] = mapped_column(ForeignKey("award.id"))
    message: Mapped[str | None] = mapped_column(Text)
    public_name: Mapped[bool] = mapped_column(default=True)
    """May the public see the donor's name beside this pledge?"""
    express: Mapped[bool] = mapped_column(default=False)
    """A gift of a private person that is paid at once: its transfer confirms it, and the name alone
    is checked.
    """
    chosen_minor: Mapped[int | None] = mapped_column(BigInteger)
    """What the giver chose in a currency that the fund cannot take; None: as it is given."""
    chosen_currency: Mapped[str | None] = mapped_column(String(3))
    chosen_rate_on: Mapped[date | None]
    """The day of the rates at which `amount` was made of it."""
    conditional: Mapped[bool] = mapped_column(default=False)
    pledged_on: Mapped[date]
    condition: Mapped[str | None] = mapped_column(Text)
    """What has to be met first, as the agreement says it."""
    agreement_signed_on: Mapped[date | None]
    agreement_document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    returned_document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    """The agreement as the donor signed it and handed it in, until the fund has checked it."""
    note_document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    """The note verbale or letter with which the donor announced it."""
    promise: Mapped[dict[str, str]] = mapped_column(default=dict)
    """Who pledged, as typed, until confirmed: name, kind, country, contact, email, language."""
    made_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)
    """Which of its schedules of payments holds; the earlier ones are kept."""

    fund: Mapped[Fund] = relationship()
    donor: Mapped[Organisation | None] = relationship()
    agreement_document: Mapped[Document | None] = relationship(foreign_keys=agreement_document_id)
    returned_document: Mapped[Document | None] = relationship(foreign_keys=returned_document_id)
    note_document: Mapped[Document | None] = relationship(foreign_keys=note_document_id)
    received_minor: Mapped[int | None] = query_expression()
    """What came so far, bank fees included, in queries that ask for it (`with_received`)."""
    given_up_minor: Mapped[int] = column_property(
        select(cast(func.coalesce(func.sum(PledgeChange.amount_minor), 0), BigInteger))
        .where(
            PledgeChange.pledge_id == id,  # noqa: A003 - the column above
            PledgeChange.state == ChangeState.APPROVED,
        )
        .correlate_except(PledgeChange)
        .scalar_subquery()
    )
    """What approved changes have taken from it."""
    instalments: Mapped[list["PledgeInstalment"]] = relationship(
        primaryjoin="and_(Pledge.id == PledgeInstalment.pledge_id,"
        " Pledge.revision == PledgeInstalment.revision)",
        order_by="PledgeInstalment.number",
        viewonly=True,
    )
    """The promised payments that hold now."""
    all_instalments: Mapped[list["PledgeInstalment"]] = relationship(
        back_populates="pledge",
        order_by="PledgeInstalment.revision, PledgeInstalment.number",
        cascade="all, delete-orphan",
    )
    """The instalments of every revision, the first one first."""
    changes: Mapped[list[PledgeChange]] = relationship(
        back_populates="pledge", order_by=PledgeChange.id
    )

    @property
    def scope(self) -> Scope:
        return Scope(self.fund_id, self.donor_id)

    @hybrid_property
    def is_unconfirmed(self) -> bool:
        """Does its sender still have to confirm it?"""
        return self.state == PledgeState.UNCONFIRMED

    @hybrid_property
    def is_signed(self) -> bool:
        """Is there a signed agreement?"""
        return self.state == PledgeState.SIGNED

    @property
    def is_standing(self) -> bool:
        """Is it in force?"""
        return self.state in STANDING

    @property
    def subject(self) -> str:
        """What the ledger calls it."""
        return f"pledge:{self.id}"

    @property
    def given_up(self) -> Money:
        """What will not come of it any more."""
        return Money(self.given_up_minor or 0, self.currency)

    @property
    def standing(self) -> Money:
        """What still holds of the promise: as promised, less what was given up."""
        return self.amount - self.given_up

    @property
    def is_gift(self) -> bool:
        """Is it of a private person, who calls it a gift?"""
        return is_gift_of(self.donor.kind.value if self.donor else self.promise.get("kind"))

    @property
    def word(self) -> str:
        """What pages call it where it stands alone."""
        return word_for(gift=self.is_gift)

    @property
    def awaits_transfer(self) -> bool:
        """An express gift that nobody has confirmed: its transfer will."""
        return self.express and self.state is PledgeState.UNCONFIRMED

    @property
    def giver_name(self) -> str:
        """Who gives, as known or as typed."""
        return self.donor.name if self.donor else self.promise.get("name", "")

    @property
    def exchange(self) -> str:
        """“CHF 100 = EUR 106.20 at the rate of 1 December 2026”; "" if it is given as chosen."""
        if self.chosen_minor is None or self.chosen_currency is None:
            return ""
        chosen = Money(self.chosen_minor, self.chosen_currency)
        return exchange_in_words(chosen, self.amount, self.chosen_rate_on)

    @property
    def purpose(self) -> str:
        """For what it is earmarked, in the reader's language and the donor's words; "" if not."""
        terms = (self.earmarked_window, self.earmarked_region, self.earmarked_theme)
        return worded(terms, self.earmarked_for, self.earmarked_countries, self.earmarked_until)


def is_gift_of(kind: str | None) -> bool:
    """The one rule: what a private person gives is a gift, on the pages of both sides and in
    e-mails; what others promise is a pledge.
    """
    return kind == DonorKind.INDIVIDUAL.value


def word_for(*, gift: bool) -> str:
    return _("Gift") if gift else _("Pledge")


def exchange_in_words(chosen: Money, amount: Money, day: date | None) -> str:
    """What was chosen, what it is in the currency that is paid, and the day of the rate."""
    return _(
        "%(chosen)s = %(amount)s at the rate of %(day)s",
        chosen=whole_money(chosen),
        amount=plain_money(amount),
        day=plain_day(day),
    )


def worded(
    terms: Iterable[Term | None],
    words: str | None,
    countries: Iterable[str] = (),
    until: date | None = None,
) -> str:
    """A window, a region, a theme, countries, the last day, and a person's own words, as a line."""
    labels = [str(term.label) for term in terms if term]
    labels += [country_name(code) for code in countries]
    if until:
        labels.append(_("until %(day)s", day=plain_day(until)))
    return " · ".join([*labels, *([words] if words else [])])


class PledgeInstalment(Base):
    """One promised payment. Those of a pledge's newest revision add up to its amount in force."""

    __tablename__ = "pledge_instalment"
    __bound__ = ("pledge_id", "revision", "number", "due_on", "amount_minor")
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount"),
        Index("ix_pledge_instalment_due", "due_on"),
    )

    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledge.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True, default=1)
    number: Mapped[int] = mapped_column(primary_key=True)
    due_on: Mapped[date]
    amount_minor: Mapped[Minor]
    """Minor units of the pledge's currency."""
    pledge: Mapped[Pledge] = relationship(back_populates="all_instalments")

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.pledge.currency)
