"""Gifts of private persons in the demonstration: paid, awaited, cancelled, and one kept apart."""

from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.kernel.money import Money
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.permissions import Role
from grants.core.people.viewer import VISITOR
from grants.giving.contributions.service import Arrival, record_deposit
from grants.giving.outreach.consents import give_consent, leaving_token, unsubscribe
from grants.giving.pledges.gifts import cancel_gift
from grants.giving.pledges.making import Contact, Giver, Offer
from grants.giving.pledges.models import Pledge
from grants.giving.pledging.service import propose
from seeds.cast import address
from seeds.company import Company, days_after, on

AGREES = "Beatrice Rossi"
"""Who consents to appeals."""
PAID_AFTER = 4
"""Days from the gift to its transfer."""


def plant_gifts(company: Company, fund: Fund) -> None:
    """What the page of gifts brought in the last weeks."""
    paid = _give(company, fund, AGREES, "IT", Money(20_000, "EUR"), -22)
    _agree(company, paid, -22)
    _pay(company, fund, paid, -22 + PAID_AFTER)
    listed = _give(company, fund, "Nadeem Velkarov", "AT", Money(15_000, "USD"), -15)
    _pay(company, fund, listed, -15 + PAID_AFTER)
    _give(company, fund, "Hanna Lindqvist", "SE", Money(10_000, "EUR"), -2)
    _leave(company, address("Paulo Mendes"), -9)
    cancelled = _give(company, fund, "Paulo Mendes", "BR", Money(5_000, "USD"), -11)
    with on(days_after(company.today, -10)):
        cancel_gift(company.session, cancelled)


def _give(
    company: Company, fund: Fund, name: str, country: str, amount: Money, days: int
) -> Pledge:
    giver = Giver(name, DonorKind.INDIVIDUAL, country)
    offer = Offer(amount, public_name=False, gift=True)
    with on(days_after(company.today, days), 20):
        contact = Contact(name, address(name), takes_appeals=name == AGREES)
        return propose(company.session, fund, offer, giver, contact, Act(VISITOR))


def _agree(company: Company, pledge: Pledge, days: int) -> None:
    words = "Write to me about the work of the fund and how I can help. I can stop it at any time."
    with on(days_after(company.today, days), 20):
        give_consent(
            company.session, pledge.promise["email"], words, pledge.reference, Act(VISITOR)
        )


def _leave(company: Company, email: str, days: int) -> None:
    """A reader of an appeal has had enough."""
    with on(days_after(company.today, days)):
        unsubscribe(company.session, leaving_token(company.session, email), Act(VISITOR))


def _pay(company: Company, fund: Fund, pledge: Pledge, days: int) -> None:
    day = days_after(company.today, days)
    arrival = Arrival(f"BT{day:%y%m%d}GIFT{pledge.id}", day, pledge.amount)
    with on(day):
        record_deposit(company.session, fund, pledge, arrival, company.act(Role.FINANCE_OFFICER))
