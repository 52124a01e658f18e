"""How the demonstration's donors give: pledges, agreements, deposits, over four years."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from grants.core.funds.models import Fund
from grants.core.kernel.money import Money, exponent
from grants.core.kernel.taxonomies import Earmarking, RegionalGroup
from grants.core.people.models import Organisation, Person
from grants.core.people.permissions import Role
from grants.core.people.service import appoint, enter_organisation
from grants.giving.contributions.service import Arrival, record_deposit
from grants.giving.pledges import making, service
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.schedule import Due
from seeds.cast import COLLEAGUE, DONORS, Giver
from seeds.company import Company, days_after, on

SHARES = (75, 55, 45, 25)
"""Percent that is given of what donors could give, from the first year of the story to this one: so
much that most of it is awarded.
"""


@dataclass(frozen=True)
class Known:
    """A donor that has been entered, and its contact."""

    giver: Giver
    organisation: Organisation
    contact: Person


def plant_donors(company: Company, since: date) -> list[Known]:
    """Each donor with the person who acts for it."""
    known = []
    with on(since):
        for giver in DONORS:
            organisation = enter_organisation(
                company.session, giver.name, giver.kind, giver.country, public_name=giver.public
            )
            contact = company.enter(giver.contact)
            appoint(company.session, contact, Role.DONOR, organisation=organisation)
            known.append(Known(giver, organisation, contact))
        colleague = company.enter(COLLEAGUE)
        appoint(company.session, colleague, Role.DONOR_GIVER, organisation=known[0].organisation)
    return known


def plant_pledges(company: Company, fund: Fund, donors: list[Known], year: int) -> None:
    """A year of giving. The last weeks of the story leave work for everyone to do."""
    for number, known in enumerate(donors):
        if (number + year) % 5 == 0:
            continue
        _give(company, fund, known, date(year, 1 + (number * 7) % 10, 3 + number % 20), number)


def _give(company: Company, fund: Fund, known: Known, day: date, number: int) -> None:
    if day >= company.today:
        return
    given = SHARES[day.year - company.today.year + 3] * (36 + (number * 13 + day.year) % 15)
    whole = known.giver.yearly * given // 10_000
    amount = Money(whole * 10 ** exponent(known.giver.currency), known.giver.currency)
    parts = 2 if number % 4 == 1 else 1
    with on(day):
        pledge = _pledge(company, fund, known, amount, day, parts, number)
    acknowledged, signed = days_after(day, 6), days_after(day, 30)
    if acknowledged < company.today:
        with on(acknowledged):
            service.acknowledge(company.session, pledge, company.act(Role.FUND_MANAGER))
    if signed < company.today and known.giver.kind.value != "individual":
        with on(signed):
            agreement = service.Agreement(signed)
            service.sign_agreement(
                company.session, pledge, agreement, company.act(Role.FUND_MANAGER)
            )
    _pay(company, fund, pledge, amount, day, parts, number)


def _pledge(
    company: Company,
    fund: Fund,
    known: Known,
    amount: Money,
    day: date,
    parts: int,
    number: int,
) -> Pledge:
    shares = amount.allocate([1] * parts)
    payments = tuple(
        Due(days_after(day, 60 + 120 * place), share) for place, share in enumerate(shares)
    )
    offer = making.Offer(
        amount,
        payments,
        **_earmark(number, day),
        message="With our thanks to all who support survivors." if number % 7 == 0 else "",
        public_name=known.giver.public,
    )
    return making.pledge_for(
        company.session, fund, offer, known.organisation, company.act_of(known.contact)
    )


def _earmark(number: int, day: date) -> dict[str, Any]:
    """Every sixth pledge is for a region in the donor's words; some are for two countries."""
    if number % 6 == 2:
        words = "Shelter and legal aid in Africa"
        region = RegionalGroup.AFRICAN
        return {"earmarking": Earmarking.SOFT, "region": region, "earmarked_for": words}
    if number % 12 == 4:
        until = days_after(day, 900)
        return {"earmarking": Earmarking.EARMARKED, "countries": ("KE", "UG"), "until": until}
    return {}


def _pay(
    company: Company,
    fund: Fund,
    pledge: Pledge,
    amount: Money,
    day: date,
    parts: int,
    number: int,
) -> None:
    """Part payments arrive on their days, some with a fee withheld; a few are still awaited."""
    for place, share in enumerate(amount.allocate([1] * parts)):
        arrived = days_after(day, 58 + 120 * place + number % 9)
        late = number % 8 == 5 and place == parts - 1 and day.year >= company.today.year - 2
        if arrived >= company.today or late:
            continue
        fee = Money(min(1_500, share.minor // 50), share.currency) if number % 3 == 0 else None
        credited = share - fee if fee else share
        with on(arrived):
            record_deposit(
                company.session,
                fund,
                pledge,
                Arrival(f"BT{arrived:%y%m%d}{number:03}{place}", arrived, credited, fee or None),
                company.act(Role.FINANCE_OFFICER),
            )


def plant_unidentified(company: Company, fund: Fund) -> None:
    """A person's money that nobody knows yet."""
    arrived = days_after(company.today, -9)
    amount = Money(int(Decimal("1250.00") * 100), "USD")
    with on(arrived):
        arrival = Arrival(f"BT{arrived:%y%m%d}UNKNOWN", arrived, amount)
        record_deposit(company.session, fund, None, arrival, company.act(Role.FINANCE_OFFICER))
