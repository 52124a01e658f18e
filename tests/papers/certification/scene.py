"""A fund with a quarter of giving behind it, its months closed: ready to be certified."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from grants.books.certificates.models import Certificate
from grants.books.ledger import periods
from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.kernel.money import Money
from grants.core.people.models import Organisation, Person
from grants.core.people.permissions import Role
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.service import Agreement, sign_agreement
from grants.papers.typesetting.paper import Span
from tests.books.ledger.books import FEBRUARY, JANUARY, publish_rates
from tests.factories import a_deposit, a_pledge, act_of, member, staff

QUARTER = Span(date(2026, 1, 1), date(2026, 3, 31))
QUERY = "?from=2026-01-01&to=2026-03-31"


@dataclass(frozen=True)
class Quarter:
    """The fund, who certifies, and a donor that paid a part of what it signed."""

    session: Session
    fund: Fund
    officer: Person
    finance: Person
    donor: Organisation
    pledge: Pledge
    contact: Person

    def act(self, person: Person | None = None, reason: str | None = None) -> Act:
        return act_of(self.session, person or self.officer, reason)

    def certify(self, document: str = "fund-statement", reference: str = "UNVTF") -> Certificate:
        from grants.papers.certification.certifying import certify

        return certify(self.session, document, reference, QUARTER, self.act())

    def change_figures(self) -> None:
        """A month is opened again, more money is booked, and the month is closed."""
        month = date(2026, 2, 1)
        periods.reopen(self.session, self.fund, month, self.act(self.finance, "Money was missed."))
        amount = Money.parse("1000", "EUR")
        a_deposit(self.session, self.fund, self.pledge, amount, value_on=FEBRUARY)
        periods.close(self.session, self.fund, month, self.act(self.finance))


def a_quarter(session: Session, fund: Fund, *, closed: int = 3) -> Quarter:
    """January to March 2026, so many of its months closed."""
    publish_rates(session)
    pledge = a_pledge(session, fund, Money.parse("90000", "EUR"), pledged_on=JANUARY)
    signed = act_of(session, staff(session, Role.FUND_MANAGER))
    sign_agreement(session, pledge, Agreement(JANUARY), signed)
    a_deposit(session, fund, pledge, Money.parse("40000", "EUR"), value_on=FEBRUARY)
    officer, finance = staff(session, Role.CERTIFYING_OFFICER), staff(session, Role.FINANCE_OFFICER)
    assert pledge.donor is not None
    contact = member(session, pledge.donor, Role.DONOR, "Jo Arcady")
    for number in range(1, closed + 1):
        periods.close(session, fund, date(2026, number, 1), act_of(session, finance))
    return Quarter(session, fund, officer, finance, pledge.donor, pledge, contact)
