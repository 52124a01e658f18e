"""A gift that is given every month, at the second provider of these tests."""

from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.kernel.money import usd
from grants.core.people.viewer import VISITOR
from grants.giving.cards.mandates.models import CardMandate
from grants.giving.cards.mandates.service import settle_mandate, start_mandate
from grants.giving.cards.models import CardPayment
from grants.giving.cards.providers import Order
from grants.giving.cards.service import note_page
from grants.giving.pledges.models import Pledge
from tests.giving.cards.conftest import a_gift, screening
from tests.giving.cards.stub import StubProvider


@dataclass(frozen=True)
class Monthly:
    """A mandate, the page on which it was begun, and its provider."""

    session: Session
    provider: StubProvider
    mandate: CardMandate
    page: str

    def ask(self) -> None:
        """The job asks the provider about the mandate and all of its charges."""
        status = self.provider.ask_mandate(self.page)
        charges = {name: self.provider.ask(name) for name in status.charges}
        settle_mandate(self.session, self.mandate, status, charges)

    @property
    def payments(self) -> list[CardPayment]:
        self.session.flush()
        self.session.expire(self.mandate, ["charges"])
        return self.mandate.charges


def begun(session: Session, pledge: Pledge, provider: StubProvider) -> Monthly:
    """A giver is on the page of the provider."""
    mandate = start_mandate(session, pledge, "stub", Act(VISITOR))
    page = provider.start_mandate(Order(mandate.key, mandate.amount, "", "", ""))
    note_page(session, mandate, page)
    return Monthly(session, provider, mandate, page.reference)


@pytest.fixture
def monthly(session: Session, fund: Fund, provider: StubProvider) -> Monthly:
    """USD 50 a month, begun on the page of the provider."""
    screening(session)
    session.commit()
    return begun(session, a_gift(session, fund, usd(5_000)), provider)
