"""Bank details of an organisation that a fund pays."""

from collections.abc import Collection
from datetime import UTC, date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, event, text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.orm.attributes import set_committed_value

from grants.core.database.db import Base, Currency, Key, Versioned, choice
from grants.core.database.encryption import FORM, Encrypted, Owned, Unreadable, is_of
from grants.core.database.personal import Personal
from grants.core.funds.models import Fund
from grants.core.kernel.money import FUNCTIONAL_CURRENCY
from grants.core.people.models import Organisation
from grants.core.people.viewer import Scope
from grants.granting.bank_details.workflow import DetailsState
from grants.platform.documents.models import Document

STATED = ("holder", "number", "bic", "bank", "bank_address", "intermediary_bank")
"""What the organisation states: the encrypted columns."""
NEEDED = ("holder", "number", "bank")
ENCRYPTED = " AND ".join(
    f"{name} ~ '{FORM}'" if name in NEEDED else f"({name} = '' OR {name} ~ '{FORM}')"
    for name in STATED
)


class BankDetails(Versioned, Base):
    """An account as an organisation stated it, and the call by which the fund checked it.

    What was stated never changes; another account is another row. The database keeps it encrypted.
    """

    __tablename__ = "bank_details"
    __personal__ = Personal.OTHER.of("holder") | Personal.RECORD.of("spoke_to")
    __bound__ = (
        "id",
        "fund_id",
        "organisation_id",
        "state",
        "holder",
        "number",
        "bic",
        "bank",
        "bank_address",
        "intermediary_bank",
        "evidence_id",
        "requested_at",
        "called_on",
        "called_number",
        "spoke_to",
        "call_note",
        "currency",
    )
    __table_args__ = (
        CheckConstraint(
            "state NOT IN ('checked', 'in_force', 'replaced') OR called_on IS NOT NULL",
            name="called_before_it_counts",
        ),
        CheckConstraint(
            "(called_on IS NULL) = (called_number = '') AND (called_on IS NULL) = (spoke_to = '')",
            name="whole_call",
        ),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
        CheckConstraint(ENCRYPTED, name="encrypted"),
        Index(
            "uq_bank_details_open",
            "fund_id",
            "organisation_id",
            unique=True,
            postgresql_where=text("state IN ('requested', 'checked')"),
        ),
        Index(
            "uq_bank_details_in_force",
            "fund_id",
            "organisation_id",
            unique=True,
            postgresql_where=text("state = 'in_force'"),
        ),
    )

    id: Mapped[Key]
    fund_id: Mapped[int] = mapped_column(ForeignKey(Fund.id))
    organisation_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id))
    state: Mapped[DetailsState] = mapped_column(choice(DetailsState))
    holder: Mapped[str] = mapped_column(Encrypted(140))
    number: Mapped[str] = mapped_column(Encrypted(34))
    """IBAN, or the bank's own account number, without spaces."""
    bic: Mapped[str] = mapped_column(Encrypted(11), default="")
    bank: Mapped[str] = mapped_column(Encrypted(120))
    bank_address: Mapped[str] = mapped_column(Encrypted(300), default="")
    intermediary_bank: Mapped[str] = mapped_column(Encrypted(300), default="")
    currency: Mapped[Currency] = mapped_column(default=FUNCTIONAL_CURRENCY)
    """In which it is kept, and paid."""
    evidence_id: Mapped[int] = mapped_column(ForeignKey(Document.id))
    """A letter or a statement of the bank that shows holder and number."""
    requested_at: Mapped[datetime]
    called_on: Mapped[date | None]
    called_number: Mapped[str] = mapped_column(String(40), default="")
    """A number that was known before the request."""
    spoke_to: Mapped[str] = mapped_column(String(120), default="")
    call_note: Mapped[str] = mapped_column(Text, default="")
    fund: Mapped[Fund] = relationship()
    organisation: Mapped[Organisation] = relationship()
    evidence: Mapped[Document] = relationship()

    @property
    def scope(self) -> Scope:
        return Scope(self.fund_id, self.organisation_id)

    @hybrid_property
    def is_in_force(self) -> bool:
        """Is the organisation paid to them?"""
        return self.state == DetailsState.IN_FORCE

    @hybrid_property
    def is_replaced(self) -> bool:
        """Were others put in force in their place?"""
        return self.state == DetailsState.REPLACED

    def whose(self, name: str) -> str:
        """What a statement is encrypted with: it is read in this row and column alone."""
        moment = self.requested_at.astimezone(UTC).isoformat()
        parts = (self.fund_id, self.organisation_id, self.evidence_id, moment)
        return " ".join(map(str, (self.__tablename__, name, *parts)))

    @property
    def masked(self) -> str:
        """The number as lists show it: its last four characters."""
        return f"…{self.number[-4:]}"

    @property
    def is_readable(self) -> bool:
        """False if another SECRET_KEY encrypted it, or it was changed outside the application."""
        return not any(isinstance(getattr(self, name), Unreadable) for name in STATED)


@event.listens_for(BankDetails, "before_insert")
def _bind_stated_values(_mapper: object, _connection: object, details: BankDetails) -> None:
    for name in STATED:
        setattr(details, name, Owned(getattr(details, name) or "", details.whose(name)))


@event.listens_for(BankDetails, "load")
@event.listens_for(BankDetails, "refresh")
def _refuse_others(
    details: BankDetails, _context: object, names: Collection[str] | None = None
) -> None:
    """What was copied from another row, or from another column, is not read."""
    for name in STATED if names is None else set(STATED).intersection(names):
        if not is_of(getattr(details, name), details.whose(name)):
            set_committed_value(details, name, Unreadable())
