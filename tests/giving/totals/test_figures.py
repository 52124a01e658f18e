"""What contributions add up to, for the public and for statements."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from grants.books.ledger.rates import NewRate, add_rates, worth
from grants.core.funds.models import Fund
from grants.core.kernel.money import Money, usd
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.permissions import Role
from grants.giving.contributions.queries import deposits_of
from grants.giving.pledges.service import acknowledge, decline
from grants.giving.totals.figures import fund_totals, public_donors, received_by_year
from tests.books.ledger.books import CLERK, publish_rates
from tests.factories import (
    a_cleared_donor,
    a_deposit,
    a_donor,
    a_pledge,
    a_signed_pledge,
    act_of,
    staff,
)


def test_pledged_signed_received_and_unidentified_are_told_apart(
    session: Session, fund: Fund
) -> None:
    publish_rates(session)
    a_pledge(session, fund, Money(90_000, "EUR"), pledged_on=date(2026, 1, 15))
    signed = a_signed_pledge(session, fund, usd(50_000))
    a_deposit(session, fund, signed, usd(20_000), fee=usd(100))
    a_deposit(session, fund, None, usd(300))
    totals = fund_totals(session, fund)
    assert (totals.pledged, totals.signed) == (usd(150_000), usd(50_000))
    assert (totals.received, totals.unidentified) == (usd(20_100), usd(300))
    assert totals.unvalued == ()


def test_a_declined_pledge_counts_for_nothing(session: Session, fund: Fund) -> None:
    decline(
        session,
        a_pledge(session, fund),
        act_of(session, staff(session, Role.FUND_MANAGER), "No."),
    )
    assert fund_totals(session, fund).pledged == usd(0)
    assert public_donors(session, fund) == []


def test_figures_of_a_period_hold_its_days_alone(session: Session, fund: Fund) -> None:
    pledge = a_pledge(session, fund, usd(50_000), pledged_on=date(2025, 12, 31))
    a_deposit(session, fund, pledge, usd(1_000), value_on=date(2025, 12, 31))
    a_deposit(session, fund, pledge, usd(2_000), value_on=date(2026, 1, 1))
    year = fund_totals(session, fund, date(2026, 1, 1), date(2026, 12, 31))
    assert (year.pledged, year.received) == (usd(0), usd(2_000))
    assert received_by_year(session, fund) == [(2025, usd(1_000)), (2026, usd(2_000))]


def test_a_currency_without_any_rate_is_named_and_in_no_sum(session: Session, fund: Fund) -> None:
    a_pledge(session, fund, Money(7_000, "NOK"))
    totals = fund_totals(session, fund)
    assert (totals.pledged, totals.unvalued) == (usd(0), (Money(7_000, "NOK"),))


def test_a_pledge_from_before_the_first_rate_is_valued_at_it(session: Session, fund: Fund) -> None:
    publish_rates(session)
    a_pledge(session, fund, Money(90_000, "EUR"), pledged_on=date(2020, 1, 1))
    assert fund_totals(session, fund).pledged == usd(100_000)


@pytest.mark.parametrize("minor", [1, 3, 5, 7, 12_345, 99_999_999])
@pytest.mark.parametrize(
    ("currency", "rate"), [("NOK", "2"), ("NOK", "10.87"), ("KRW", "40"), ("BHD", "0.376")]
)
def test_pledges_are_valued_in_sql_exactly_as_the_books_would(
    session: Session, fund: Fund, currency: str, rate: str, minor: int
) -> None:
    day = date(2026, 1, 1)
    add_rates(session, [NewRate(currency, day, Decimal(rate))], CLERK)
    a_pledge(session, fund, Money(minor, currency), pledged_on=day)
    expected = worth(session, Money(minor, currency), day)
    assert fund_totals(session, fund).pledged == expected


def test_the_public_sees_names_of_those_who_agreed_and_sums_of_the_others(
    session: Session, fund: Fund
) -> None:
    named = a_donor(session, "Utopia")
    shy = a_cleared_donor(session, fund, "Shy Foundation", DonorKind.FOUNDATION, None)
    shy.public_name = False
    a_deposit(session, fund, a_pledge(session, fund, usd(9_000), named), usd(5_000))
    quiet = a_pledge(session, fund, usd(1_000), named, public_name=False)
    acknowledge(session, quiet, act_of(session, staff(session, Role.FUND_MANAGER)))
    a_deposit(session, fund, a_pledge(session, fund, usd(7_000), shy), usd(6_000))
    listed = public_donors(session, fund)
    assert [(donor.name, donor.kind, donor.country) for donor in listed] == [
        ("Utopia", DonorKind.MEMBER_STATE, "GR"),
        (None, None, None),
    ]
    assert [(donor.donors, donor.pledged, donor.received) for donor in listed] == [
        (1, usd(9_000), usd(5_000)),
        (2, usd(8_000), usd(6_000)),
    ]


def test_nobody_is_named_in_public_for_a_pledge_that_the_fund_has_not_taken_up(
    session: Session, fund: Fund
) -> None:
    a_pledge(session, fund, usd(9_000), a_donor(session, "Whoever", DonorKind.PRIVATE))
    assert public_donors(session, fund) == []
    pledge = a_pledge(session, fund, usd(5_000), a_donor(session, "Utopia"))
    acknowledge(session, pledge, act_of(session, staff(session, Role.FUND_MANAGER)))
    assert [donor.name for donor in public_donors(session, fund)] == ["Utopia"]


def test_public_donors_are_in_the_order_of_what_they_gave(session: Session, fund: Fund) -> None:
    manager = act_of(session, staff(session, Role.FUND_MANAGER))
    for name, given in (("Small", 100), ("Large", 900), ("Promise", 0)):
        pledge = a_pledge(session, fund, usd(1_000), a_donor(session, name))
        acknowledge(session, pledge, manager)
        if given:
            a_deposit(session, fund, pledge, usd(given))
    assert [donor.name for donor in public_donors(session, fund)] == ["Large", "Small", "Promise"]


def test_deposits_are_found_by_pledge(session: Session, fund: Fund) -> None:
    donor = a_donor(session)
    first, second = a_pledge(session, fund, None, donor), a_pledge(session, fund, None, donor)
    late = a_deposit(session, fund, first, usd(100), value_on=date(2026, 2, 1))
    early = a_deposit(session, fund, first, usd(200), value_on=date(2026, 1, 1))
    other = a_deposit(session, fund, second, usd(300), value_on=date(2026, 3, 1))
    by_pledge = deposits_of(session, [first, second])
    assert by_pledge == {first.id: [early, late], second.id: [other]}


def test_a_page_of_the_donors_begins_after_the_others_and_ends_with_those_without_a_name(
    session: Session, fund: Fund
) -> None:
    manager = act_of(session, staff(session, Role.FUND_MANAGER))
    shy = a_cleared_donor(session, fund, "Shy Foundation", DonorKind.FOUNDATION, None)
    shy.public_name = False
    for donor, given in (
        (a_donor(session, "Small"), 100),
        (a_donor(session, "Large"), 900),
        (a_donor(session, "Middle"), 500),
        (shy, 700),
    ):
        pledge = a_pledge(session, fund, usd(1_000), donor)
        acknowledge(session, pledge, manager)
        a_deposit(session, fund, pledge, usd(given))
    pages = [public_donors(session, fund, most=2, skip=skip) for skip in (0, 2, 4)]
    names = [[donor.name for donor in page] for page in pages]
    assert names == [["Large", "Middle", None], ["Small", None], [None]]
