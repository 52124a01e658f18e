"""What the tests of payments by card stand on."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.kernel.money import Money
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.viewer import VISITOR
from grants.giving.cards.providers import use_providers
from grants.giving.pledges.making import Contact, Giver, Offer
from grants.giving.pledges.models import Pledge
from grants.giving.pledging.service import propose
from grants.integrity.sanctions.service import take_list
from tests.books.ledger.books import publish_rates
from tests.giving.cards.stub import StubProvider
from tests.integrity.sanctions.lists import a_list

GIVER = Giver("Lena Ojo", DonorKind.INDIVIDUAL, "PT")


@pytest.fixture
def provider(app: Flask) -> Iterator[StubProvider]:
    """The fund takes cards by a provider of these tests."""
    stub = StubProvider()
    use_providers({"UNVTF": stub})
    yield stub
    use_providers({})


def a_gift(session: Session, fund: Fund, amount: Money, giver: Giver = GIVER) -> Pledge:
    """An express gift that nobody has confirmed or paid."""
    contact = Contact(giver.name, "lena@ojo.example")
    return propose(session, fund, Offer(amount, gift=True), giver, contact, Act(VISITOR))


def screening(session: Session) -> None:
    """The sanctions list is there, and rates."""
    take_list(session, "list.xml", a_list(), Act.by_system("test"))
    publish_rates(session)
