"""Contributions that donors told the fund of, and that are for the office: one in each state."""

from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.kernel.money import Money
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.permissions import Role
from grants.giving.outside.models import OutsideContribution, Purpose
from grants.giving.outside.service import Intention, announce, confirm, hand_on, withdraw
from grants.platform.documents.service import keep
from grants.platform.file_checks.checks import Upload
from seeds.company import Company, days_after, on
from seeds.scans import page_saying

INTENTIONS = (
    Intention(
        "Department of Justice, Arcadia",
        DonorKind.MEMBER_STATE,
        "Leila Haddad",
        "leila.haddad@arcadia.example",
        Money(40_000_000, "USD"),
        Purpose.PROGRAMME,
        "The programme on border cooperation in two regions.",
    ),
    Intention(
        "Stiftung Nordlicht",
        DonorKind.FOUNDATION,
        "Ruth Amsler",
        "ruth.amsler@nordlicht.example",
        Money(6_000_000, "EUR"),
        Purpose.GENERAL,
    ),
    Intention(
        "Meridian Shipping",
        DonorKind.PRIVATE,
        "Tom Baker",
        "tom.baker@meridian.example",
        Money(2_500_000, "USD"),
        Purpose.PROGRAMME,
        "Training of crews in ports.",
    ),
    Intention(
        "Ines Duarte",
        DonorKind.INDIVIDUAL,
        "Ines Duarte",
        "ines.duarte@mail.example",
        Money(30_000, "EUR"),
        Purpose.GENERAL,
    ),
)


def plant_outside(company: Company, fund: Fund) -> None:
    """One is confirmed, one is with the office, one waits to be handed on, one was withdrawn."""
    with on(days_after(company.today, -20)):
        first, second, third = (_announce_as_donor(company, fund, place) for place in (0, 1, 3))
    with on(days_after(company.today, -18)):
        _hand_on(company, first)
        _hand_on(company, second)
        why = "The donor gives to the fund instead."
        withdraw(company.session, third, company.act(Role.PROGRAMME_OFFICER, why))
    with on(days_after(company.today, -6)):
        day = days_after(company.today, -7)
        by = company.act(Role.PROGRAMME_OFFICER)
        confirm(company.session, first, day, "OFF-2041", by)
        _announce_as_donor(company, fund, 2)


def _announce_as_donor(company: Company, fund: Fund, place: int) -> OutsideContribution:
    return announce(company.session, fund, INTENTIONS[place], Act.by_system("demonstration"))


def _hand_on(company: Company, contribution: OutsideContribution) -> None:
    act = company.act(Role.FUND_MANAGER)
    content = page_saying(f"Letter of {contribution.donor_name} (demonstration)")
    letter = keep(company.session, Upload("Letter of the donor.pdf", content), act)
    hand_on(company.session, contribution, letter, act)
