"""A token: the key with which a program of a fund's own comes in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.core.database.bound import Unbound
from grants.core.database.db import Base, Key, choice
from grants.core.database.personal import Personal
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.taxonomies import Term
from grants.core.people.models import Person
from grants.core.people.owned import OfFund
from grants.core.people.permissions import Permission, Role


class TokenScope(Term):
    """What a token is for."""

    READ_GRANTS = "read_grants", _l("Read payments and reports")
    READ_GIVING = "read_giving", _l("Read contributions, donors and their contacts")
    WRITE_RATES = "write_rates", _l("Enter exchange rates")
    WRITE_STATEMENTS = "write_statements", _l("Import bank statements")
    WRITE_PAYMENTS = "write_payments", _l("Read payments, and record what became of them")
    WRITE_CONTACTS = "write_contacts", _l("Read and change contacts of donors")


@dataclass(frozen=True, slots=True)
class Reach:
    """As which role of the fund a program acts, and with which of that role's permissions."""

    role: Role
    permissions: frozenset[Permission]


P = Permission

REACH: Mapping[TokenScope, Reach] = {
    TokenScope.READ_GRANTS: Reach(Role.AUDITOR, frozenset({P.DISBURSEMENT_SEE, P.REPORT_SEE})),
    TokenScope.READ_GIVING: Reach(Role.AUDITOR, frozenset({P.CONTRIBUTION_SEE, P.DONOR_SEE})),
    TokenScope.WRITE_RATES: Reach(Role.FINANCE_OFFICER, frozenset({P.LEDGER_RATES})),
    TokenScope.WRITE_STATEMENTS: Reach(Role.FINANCE_OFFICER, frozenset({P.BANK_IMPORT})),
    TokenScope.WRITE_PAYMENTS: Reach(
        Role.FINANCE_OFFICER, frozenset({P.DISBURSEMENT_SEE, P.INSTALMENT_RELEASE})
    ),
    TokenScope.WRITE_CONTACTS: Reach(
        Role.PROGRAMME_OFFICER, frozenset({P.DONOR_SEE, P.DONOR_EDIT})
    ),
}


class ApiToken(OfFund, Base):
    """A program of a fund, until when it may come in, and what it may do. Only the hash of its key
    is here. The program is a person of the trail who cannot sign in and holds no role.
    """

    __tablename__ = "api_token"
    __personal__ = Personal.ACTED.of("made_by_id", "revoked_by_id") | Personal.OTHER.of(
        "person_id", "name"
    )
    __bound__ = (
        "id",
        "name",
        "purpose",
        "fund_id",
        "person_id",
        "token_hash",
        "hint",
        "made_by_id",
        "made_at",
        "ends_on",
        "revoked_by_id",
        "revoked_at",
    )
    __unbound__ = Unbound.PROGRESS.of("used_at")
    __table_args__ = (
        CheckConstraint("(revoked_at IS NULL) = (revoked_by_id IS NULL)", name="revoked_by"),
    )

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(String(80))
    """Of the program: "Umoja bridge"."""
    purpose: Mapped[TokenScope] = mapped_column(choice(TokenScope))
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    """As which the trail knows the program."""
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    hint: Mapped[str] = mapped_column(String(8))
    """How it begins, so that people tell it from others."""
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    ends_on: Mapped[date]
    """The last day on which it is taken."""
    revoked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    revoked_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    fund: Mapped[Fund] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=person_id)
    made_by: Mapped[Person] = relationship(foreign_keys=made_by_id)

    @property
    def is_valid(self) -> bool:
        """Is it taken today?"""
        return self.revoked_at is None and clock.today() <= self.ends_on

    @property
    def reach(self) -> Reach:
        return REACH[self.purpose]
